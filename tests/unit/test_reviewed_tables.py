"""The reviewed files as they are: each passes its gate, and they fit the ledger they speak of."""

import csv
from datetime import date, timedelta

import polars as pl
import pytest

from expectations.gate import run_gate
from ingest.declaration import get_declaration, load_declarations
from ingest.parsing import parse, unpack
from ingest.transport_declaration import LedgerTransport

REVIEWED = [source_id for source_id, one in load_declarations().items() if one.domain == "reviewed"]
# A warning that needs nobody: it counts, or waits for another source.
TOLD = {"low_confidence_counted", "source_declared"}
# The European Central Bank has no rate for it.
NO_RATE = {"MAD"}
# Taken back, power only, calls and targets without a deal, and reports that nothing had happened.
WITHOUT_PARTIES = {
    "mys-skyvast-2025-05b", "pak-2000mw-2025-05", "eu-eoi-2025-06", "ind-gov200-2026-02", "oai-arg-stale-2026-06",
    "kor-aidc-2026-07", "oai-kor-stalled-2026-09", "gbr-pledges-2026-03", "gbr-loughton-2026-03",
}  # fmt: skip


def read(source_id: str) -> bytes:
    declaration = get_declaration(source_id)
    assert isinstance(declaration.transport, LedgerTransport)
    return (declaration.path.parent / declaration.transport.file).read_bytes()


def frame_of(source_id: str) -> pl.DataFrame:
    declaration = get_declaration(source_id)
    return parse(declaration, unpack(declaration, read(source_id))).frame


@pytest.mark.parametrize("source_id", REVIEWED)
def test_the_reviewed_file_passes_its_gate(source_id: str) -> None:
    declaration = get_declaration(source_id)
    parsed = parse(declaration, unpack(declaration, read(source_id)))
    report = run_gate(declaration, parsed, None, date(2026, 11, 22))
    assert {check.rule for check in report.failed} <= TOLD, report.message
    assert report.accepted is not None


@pytest.mark.parametrize("source_id", [source_id for source_id in REVIEWED if source_id != "candidate_reviews"])
def test_confidence_is_said_in_the_same_words(source_id: str) -> None:
    (confidence,) = (column for column in get_declaration(source_id).columns if column.name == "confidence")
    assert confidence.values == ["high", "medium", "low"]


@pytest.mark.parametrize("source_id", REVIEWED)
def test_the_file_has_the_declared_columns_and_no_others(source_id: str) -> None:
    header = next(csv.reader([read(source_id).decode().splitlines()[0]]))
    assert header == [column.source or column.name for column in get_declaration(source_id).columns]


def test_an_alias_of_the_ledger_is_one_of_its_events() -> None:
    aliases = frame_of("project_aliases").filter(pl.col("source_id") == "ledger")
    events = frame_of("ledger").select(source_key="deal_id")
    assert aliases.join(events, on="source_key", how="anti").is_empty()


def test_a_party_is_an_organisation_in_an_event_of_the_ledger_from_its_day() -> None:
    parties, ledger = frame_of("deal_parties"), frame_of("ledger")
    day = pl.col("announcement_date")
    told = pl.when(pl.col("date_precision") == "month").then(day.dt.month_end()).otherwise(day)
    events = ledger.select("deal_id", known_from=told, source="source_url")
    assert parties.join(events, on=["deal_id", "known_from", "source"], how="anti").is_empty()
    assert parties.join(frame_of("organisations"), on="org_id", how="anti").is_empty()


def test_every_event_about_sites_or_models_has_parties_unless_it_gives_nobody_a_role() -> None:
    works = pl.col("components").str.contains("data_center|localized_chatgpt") & (pl.col("event_type") != "regulatory")
    without = frame_of("ledger").filter(works).join(frame_of("deal_parties"), on="deal_id", how="anti")
    assert set(without["deal_id"]) == WITHOUT_PARTIES


def test_an_amount_of_the_ledger_has_a_rate_of_its_day() -> None:
    ledger = frame_of("ledger").filter(~pl.col("investment_currency").is_in([*NO_RATE, "EUR"]))
    rates = frame_of("ecb_rates").sort("rate_date")
    found = ledger.sort("announcement_date").join_asof(
        rates, left_on="announcement_date", right_on="rate_date", by_left="investment_currency", by_right="currency",
        strategy="backward", tolerance=timedelta(days=5), check_sortedness=False,
    )  # fmt: skip
    assert ledger.height > 40
    assert found.filter(pl.col("units_per_eur").is_null()).select("deal_id", "investment_currency").is_empty()


def test_the_terms_are_of_events_of_the_ledger_and_known_no_sooner() -> None:
    terms = frame_of("deal_terms")
    events = frame_of("ledger").select("deal_id", "announcement_date")
    assert terms.join(events, on="deal_id", how="anti").is_empty()
    early = terms.join(events, on="deal_id").filter(pl.col("known_from") < pl.col("announcement_date"))
    assert early["deal_id"].to_list() == []


def test_the_terms_of_money_are_told_exactly_where_an_event_names_an_amount() -> None:
    of_money = frame_of("deal_terms").filter(pl.col("funding_stage").is_not_null())
    with_amount = frame_of("ledger").filter(pl.col("investment_amount").is_not_null())
    assert set(of_money["deal_id"]) == set(with_amount["deal_id"])
