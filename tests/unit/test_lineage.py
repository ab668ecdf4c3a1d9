"""Every figure of a mart says what it is made of, and leads to bytes in the archive."""

import csv
import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from ingest import archive
from ingest.errors import AtlasError, UsageError
from ingest.home import PROJECT_ROOT, Home
from orchestration import answers, generate, lineage, views
from orchestration.trace import Trace, key_parts, trace
from tests.conftest import Refreshed

PARAMETERS = frozenset(["utilisation", "prior.announced.operational"])


def mart(**columns: dict[str, Any]) -> dict[str, Any]:
    grain = {"unique_grain": {"arguments": {"columns": ["history", "iso3", "year", "as_of"]}}}
    named = [{"name": name} for name in ("history", "iso3", "year", "as_of", "is_latest", "grade")]
    told = [{"name": name, "config": {"meta": meta}} for name, meta in columns.items()]
    return {"mart_a": {"data_tests": [grain], "columns": [*named, *told]}}


GOOD = mart(
    mw={"figure": "stated_mw"},
    demand={"figure": ["demand_twh", "losses_twh"]},
    twh={"made_of": ["mw"], "parameters": ["utilisation"]},
    share={"made_of": ["twh", "demand"]},
    unit={"role": "label"},
)


def test_a_column_comes_down_to_figures_and_parameters() -> None:
    assert lineage.faults(GOOD, PARAMETERS) == []
    told = {one[1:] for one in lineage.inputs(GOOD)}
    assert {("share", "figure", name) for name in ("stated_mw", "demand_twh", "losses_twh")} <= told
    assert {("share", "parameter", "utilisation"), ("unit", "label", "unit"), ("grade", "label", "grade")} <= told
    assert [one.column_name for one in lineage.inputs(GOOD) if one.kind == "key"] == [
        "history",
        "iso3",
        "year",
        "as_of",
    ]


def test_a_parameter_may_be_named_by_columns_of_the_row() -> None:
    told = "mart_a.mw names the parameter {}, which there is not"
    for name, faults in {"prior.{unit}.{iso3}": 0, "prior.{unit}": 1, "odds.{unit}.{iso3}": 1}.items():
        found = lineage.faults(mart(mw={"figure": "x", "parameters": [name]}), PARAMETERS)
        assert found == [told.format(name)] * faults


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"mw": {}}, "mart_a.mw says neither figure, made_of nor role"),
        ({"mw": {"figure": "x", "role": "label"}}, "mart_a.mw says figure and role"),
        ({"mw": {"role": "fun"}}, "mart_a.mw: a role is label, not 'fun'"),
        ({"mw": {"figure": "x", "parameters": ["odds"]}}, "mart_a.mw names the parameter odds, which there is not"),
        ({"mw": {"made_of": ["mw"]}}, "mart_a.mw is made of no figure in the end"),
        ({"mw": {"figure": "x"}, "twh": {"made_of": ["mw", "y"]}}, "mart_a.twh is made of y, which mart_a has not"),
    ],
)
def test_a_column_that_does_not_say_what_it_is_is_a_fault(columns: dict[str, Any], told: str) -> None:
    assert lineage.faults(mart(**columns), PARAMETERS) == [told]


def test_a_mart_that_is_not_traced_needs_no_lineage() -> None:
    table = mart(mw={})["mart_a"] | {"config": {"meta": {"is_traced": False}}}
    assert lineage.faults({"mart_a": table, "dim_b": mart(mw={})["mart_a"]}, PARAMETERS) == []


def test_every_column_of_every_mart_says_what_it_is_made_of() -> None:
    with (PROJECT_ROOT / "dbt_project/seeds/seed_parameter.csv").open(encoding="utf-8") as file:
        parameters = frozenset(row["parameter"] for row in csv.DictReader(file))
    assert lineage.faults(generate.described_marts(), parameters) == []


def test_the_key_of_a_row_leaves_out_clock_and_country() -> None:
    row = {"history": "as_now", "iso3": "AAA", "year": 2024, "as_of": "2026-01-01", "known_at": "2026-01-01"}
    assert lineage.row_key(["history", "iso3", "year", "as_of"], row) == "year=2024"
    assert lineage.row_key(["history", "iso3", "as_of"], row) == ""
    # Without a clock the day of a vintage is a part of the key like any other.
    assert lineage.row_key(["iso3", "year", "known_at"], row) == "year=2024,known_at=2026-01-01"


def test_a_key_is_read_part_by_part() -> None:
    assert key_parts("iso3=IRL, year=2024") == {"iso3": "IRL", "year": "2024"}
    assert key_parts("entity_id=a, b=c,kind=first") == {"entity_id": "a", "b": "c", "kind": "first"}
    assert key_parts("entity_id=Site, North,kind=first") == {"entity_id": "Site, North", "kind": "first"}


@pytest.mark.parametrize("text", ["", "IRL", "iso3=", "=IRL", "iso3=IRL,year="])
def test_a_key_that_is_none_is_a_wrong_use(text: str) -> None:
    with pytest.raises(UsageError, match="KEY must be such as iso3=IRL,year=2024"):
        key_parts(text)


def node(name: str, materialized: str, *parents: str) -> dict[str, Any]:
    schema = "staging" if name.startswith("stg") else "core"
    return {
        "resource_type": "model", "schema": schema, "alias": name, "config": {"materialized": materialized},
        "relation_name": f'"build"."{schema}"."{name}"', "depends_on": {"nodes": list(parents)},
    }  # fmt: skip


def test_a_view_has_what_readers_do_not_get_written_out_in_it() -> None:
    nodes = {
        "stg": node("stg_fact", "view"),
        "fact": node("core_fact", "table", "stg"),
        "inner": node("core_inner", "table", "fact"),
        "told": node("core_told", "view", "inner", "fact"),
    }
    texts = {
        "core_inner": 'select n + 1 as n from "build"."core"."core_fact"',
        "core_told": 'select core_inner.n from "build"."core"."core_inner" '
        'inner join "build"."core"."core_fact" as fact on fact.n + 1 = core_inner.n',
    }
    published = {("core", "core_fact"), ("core", "core_told")}
    ((view, sql),) = views.views({"nodes": nodes}, lambda one: texts[one["alias"]], published)
    assert view["alias"] == "core_told"
    with duckdb.connect() as con:
        con.execute("create schema core")
        con.execute("create table core.core_fact as select 1 as n")
        con.execute(f"create view core.core_told as {sql}")
        assert con.sql("select n from core.core_told").fetchall() == [(2,)]


def test_a_view_may_not_rest_on_what_is_not_published() -> None:
    nodes = {"stg": node("stg_fact", "view"), "told": node("core_told", "view", "stg")}
    texts = {
        "stg_fact": 'select * from "build"."raw"."fact"',
        "core_told": 'select * from "build"."staging"."stg_fact"',
    }
    with pytest.raises(AtlasError, match=r'reads "build"\."raw"\."fact", which is not published'):
        list(views.views({"nodes": nodes}, lambda one: texts[one["alias"]], {("core", "core_told")}))


@pytest.fixture(scope="module")
def con(refreshed: Refreshed) -> Iterator[duckdb.DuckDBPyConnection]:
    with answers.open_published(Home(refreshed.project.home)) as opened:
        yield opened


FIGURES = [
    (name, column)
    for name, column in dict.fromkeys(
        (one.mart, one.column_name) for one in lineage.inputs(generate.described_marts()) if one.kind == "figure"
    )
]


@pytest.mark.parametrize("name", sorted({name for name, _ in FIGURES}))
def test_every_known_figure_of_a_mart_leads_to_bytes_in_the_archive(
    con: duckdb.DuckDBPyConnection, refreshed: Refreshed, name: str
) -> None:
    key = lineage.key_of(generate.described_marts()[name])
    newest = "is_latest" if "is_latest" in generate.columns()[name] else "true"
    for column in (column for mart_name, column in FIGURES if mart_name == name):
        rows = con.execute(f'select * from {name} where {newest} and "{column}" is not null order by all limit 2')
        names = [one[0] for one in rows.description or []]
        for row in (dict(zip(names, cells, strict=True)) for cells in rows.fetchall()):
            found = trace(con, name, {part: str(row[part]) for part in key}, column)
            assert found.inputs or (found.is_assumption and found.parameters), f"{name}.{column} of {found.row}"
            for one in found.inputs:
                assert archive.read(refreshed.project.home / "archive", one["raw_sha256"])
                assert one["address"], one
                assert one["item_known_at"] is None or one["source_id"]


@pytest.mark.parametrize("name", sorted({name for name, _ in FIGURES}))
def test_no_known_figure_of_the_newest_rows_is_without_a_source(con: duckdb.DuckDBPyConnection, name: str) -> None:
    key = lineage.key_of(generate.described_marts()[name])
    has_clock = "history" in key
    placed = [part for part in lineage.OF_CLOCK_AND_PLACE if part in key and (has_clock or part == "iso3")]
    own = [part for part in key if part not in placed]
    row_key = " || ',' || ".join(f"'{part}=' || cast(\"{part}\" as varchar)" for part in own) or "''"
    same = " and ".join(["told.row_key = fact.row_key", *(f"told.{part} = fact.{part}" for part in placed)])
    # What rests on a prior alone has assumptions and no source.
    known = ["is_latest"] * has_clock + ["not (is_prior and source_id is null)"] * (
        "is_prior" in generate.columns()[name]
    )
    newest = f"where {' and '.join(known)}" if known else ""
    for column in (column for mart_name, column in FIGURES if mart_name == name):
        lost = con.execute(
            f"with fact as (select *, {row_key} as row_key from {name} {newest}), "
            "told as (select * from mart_lineage inner join ref_column_input using (mart) "
            f"where figure = input and mart = '{name}' and column_name = '{column}' and input_kind = 'figure') "
            f'select fact.row_key from fact where fact."{column}" is not null '
            f"and not exists (select 1 from told where {same}) limit 3"
        ).fetchall()
        assert lost == [], f"{name}.{column}"


def one_figure(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, int, Trace]:
    (iso3, year), *_ = con.execute(sql).fetchall()
    return iso3, year, trace(con, "mart_country_power", {"iso3": iso3, "year": str(year)}, "ai_share_demand_central")


def test_a_derived_figure_leads_to_all_its_figures_and_assumptions(con: duckdb.DuckDBPyConnection) -> None:
    known = "select iso3, year from mart_country_power where is_latest and ai_share_demand_central is not null"
    iso3, year, found = one_figure(con, known)
    assert (found.row["iso3"], found.row["year"]) == (iso3, year)
    assert {one["figure"] for one in found.inputs} == {"demand_twh", "operational_stated_mw"}
    assert {one["parameter"] for one in found.parameters} >= {"utilisation", "mw_band.modelled"}
    (demand,) = [one for one in found.inputs if one["figure"] == "demand_twh"]
    told = con.execute(
        "select demand_twh, demand_source_id from mart_country_power where is_latest and iso3 = ? and year = ?",
        [iso3, year],
    ).fetchall()
    assert [(demand["value"], demand["source_id"])] == told


def test_an_unknown_figure_names_the_sources_that_were_asked(con: duckdb.DuckDBPyConnection) -> None:
    known = "select iso3, year from mart_country_power where is_latest and ai_twh_low is null and demand_twh > 0"
    _, _, found = one_figure(con, known)
    assert found.value is None
    assert {one["figure"] for one in found.inputs} == {"demand_twh"}
    assert "epoch_data_center_timelines" in found.sources_asked
    assert "owid_electricity_demand" not in found.sources_asked


def test_sources_of_a_whole_row_were_not_asked_for_one_figure_of_it(con: duckdb.DuckDBPyConnection) -> None:
    (iso3, year), *_ = con.execute(
        "select iso3, year from mart_country_power where is_latest and price_usd_mwh is null order by all"
    ).fetchall()
    found = trace(con, "mart_country_power", {"iso3": iso3, "year": str(year)}, "price_usd_mwh")
    assert (found.value, found.sources_asked) == (None, [])


def test_a_row_of_a_prior_leads_to_its_assumptions_and_to_no_source(con: duckdb.DuckDBPyConnection) -> None:
    names = ("region", "from_stage", "to_stage", "horizon_months", "known_at")
    (row, *_) = con.execute(
        f"select {', '.join(names)} from mart_stage_transition where is_prior and from_stage = 'announced' "
        "and to_stage = 'operational' order by all"
    ).fetchall()
    found = trace(con, "mart_stage_transition", dict(zip(names, map(str, row), strict=True)), "mean_share")
    assert (found.is_assumption, found.inputs, found.sources_asked) == (True, [], [])
    priors = {one["parameter"] for one in found.parameters if one["parameter"].startswith("transition_prior_share")}
    assert priors == {"transition_prior_share.announced.operational"}


def test_a_past_day_leads_to_the_vintage_known_then(con: duckdb.DuckDBPyConnection) -> None:
    """The older vintage of the energy mix was imported for 2024-01-15; the newer is of 2026-10-01."""
    (row, *_) = con.execute(
        "select iso3, year, as_of from mart_country_power where history = 'as_known' and coal_twh is not null "
        "and generation_source_id = 'codecarbon_energy_mix' and as_of < date '2026-10-01' order by all"
    ).fetchall()
    key = {"iso3": row[0], "year": str(row[1]), "as_of": str(row[2]), "history": "as_known"}
    (one,) = trace(con, "mart_country_power", key, "coal_twh").inputs
    assert str(one["vintage_known_at"]) == "2024-01-15"


@pytest.mark.parametrize(
    ("mart_name", "key", "column", "told"),
    [
        (
            "mart_nowhere",
            {},
            "x",
            "there is of mart_alignment, mart_announcement_ledger",
        ),
        ("mart_country_power", {"iso3": "FRA"}, "nox", "mart_country_power has no column 'nox'; its figures are ai_"),
        ("mart_country_power", {"iso3": "FRA"}, "grade", "has a key or label, and no figure, 'grade'"),
        ("mart_country_power", {"moon": "1"}, "demand_twh", "no key part moon; its key is history, iso3, year, as_of"),
        ("mart_country_power", {"iso3": "ZZZ"}, "demand_twh", "has no row of iso3=ZZZ; the newest were looked at"),
        ("mart_country_power", {"iso3": "FRA"}, "demand_twh", "KEY needs year ("),
        (
            "mart_country_power",
            {"iso3": "FRA", "year": "2024", "as_of": "2026-11-22"},
            "demand_twh",
            "KEY needs history",
        ),
    ],
)
def test_what_names_no_one_figure_is_told_in_one_line(
    con: duckdb.DuckDBPyConnection, mart_name: str, key: dict[str, str], column: str, told: str
) -> None:
    with pytest.raises(UsageError) as refused:
        trace(con, mart_name, key, column)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_reader_gets_the_view_with_its_words_and_no_file_of_it(
    con: duckdb.DuckDBPyConnection, refreshed: Refreshed
) -> None:
    ((about,),) = con.execute("select comment from duckdb_views() where view_name = 'mart_lineage'").fetchall()
    assert about.startswith("One row per row of a mart")
    sql = "select count(*) from duckdb_columns() where table_name = 'mart_lineage' and comment is null"
    assert con.execute(sql).fetchall() == [(0,)]
    current = refreshed.project.home / "published" / "current"
    assert not (current / "parquet" / "mart_lineage.parquet").exists()
    assert "marts.mart_lineage" not in json.loads((current / "manifest.json").read_text())["tables"]
