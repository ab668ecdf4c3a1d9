"""Five countries, stage by stage, as the published marts tell them: dates, figures, parties, and what is unknown."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest

from ingest.home import Home
from orchestration import answers
from orchestration.story import STORY
from tests.conftest import Refreshed
from tests.unit.test_cli import Atlas, atlas, published

__all__ = ["atlas", "published"]


@pytest.fixture(scope="module")
def con(refreshed: Refreshed) -> Iterator[duckdb.DuckDBPyConnection]:
    with answers.open_published(Home(refreshed.project.home)) as opened:
        yield opened


def told(con: duckdb.DuckDBPyConnection, iso3: str, chain_id: str) -> dict[str, dict[str, Any]]:
    """Return the events of a chain by their day, in order."""
    names, rows = answers.run(con, STORY.format(iso3=iso3))
    events = [dict(zip(names, row, strict=True)) for row in rows]
    return {str(event["event_date"]): event for event in events if event["chain_id"] == chain_id}


def ask(con: duckdb.DuckDBPyConnection, sql: str, *values: str) -> tuple[Any, ...]:
    """Return the one row of an answer."""
    (row,) = con.execute(sql, values).fetchall()
    return row


def parties(event: dict[str, Any]) -> dict[str, set[str]]:
    """Return who plays which part in an event."""
    parts = [part.split(": ") for part in (event["parties"] or "").split("; ") if part]
    return {role: set(orgs.split(", ")) for role, orgs in parts}


PROGRAMME = (
    "select stage_label, p1_dc, p2_models, reciprocal from mart_country_programme "
    "where history = 'as_known' and programme = 'openai_for_countries' and iso3 = ? and as_of = ?"
)
DELIVERY = "select {columns} from mart_delivery where is_latest and phase_id = ?"


def test_united_kingdom_from_a_memorandum_to_a_pause(con: duckdb.DuckDBPyConnection) -> None:
    memorandum = told(con, "GBR", "oai-gbr-mou-2025-07")
    assert (memorandum["2025-07-21"]["stage"], memorandum["2025-07-21"]["instrument"]) == ("signed", "mou")

    stargate = told(con, "GBR", "oai-gbr-stargate-2025-09")
    assert {day: event["stage"] for day, event in stargate.items()} == {
        "2025-09-16": "announced", "2026-04-09": "paused",
    }  # fmt: skip
    announced, paused = stargate.values()
    assert announced["gpu_count"] == 8000
    assert "31,000" in announced["gpu_note"]
    assert announced["capacity_mw_announced"] is None, "no megawatts were ever named"
    assert parties(announced) | parties(paused) == parties(announced), "nobody came and nobody left"
    assert (parties(announced)["asset_owner"], parties(announced)["offtaker"]) == ({"nscale"}, {"openai"})
    assert paused["status_reason"] == "energy cost; regulation"

    doubted = told(con, "GBR", "gbr-pledges-2026-03")["2026-03-09"]
    assert "not audited" in doubted["status_reason"]
    assert ask(con, "select is_container from mart_announcement_ledger where announcement_id = 'gbr-pledges-2026-03'") \
        == (True,)  # fmt: skip
    loughton = told(con, "GBR", "gbr-ms-2025-09")
    assert [(day, event["status_reason"]) for day, event in loughton.items()] == [
        ("2025-09-16", None), ("2026-03-09", "works not begun"),
    ]  # fmt: skip


def test_united_kingdom_signed_what_is_no_data_center(con: duckdb.DuckDBPyConnection) -> None:
    """The memorandum lives on, so the programme stays one; of its two chains the one with the site is paused."""
    assert ask(con, PROGRAMME, "GBR", "2025-07-31")[0] == "mou"
    assert ask(con, PROGRAMME, "GBR", "2026-04-30")[0] == "mou"
    counts = "select n_chains_paused from mart_country_programme where history = 'as_known' and iso3 = 'GBR' " \
        "and programme = 'openai_for_countries' and as_of = ?"  # fmt: skip
    assert (ask(con, counts, "2026-03-31"), ask(con, counts, "2026-04-30")) == ((0,), (1,))
    columns = "status, mw_announced, mw_online, offtaker_initial, offtaker_current"
    assert ask(con, DELIVERY.format(columns=columns), "ledger:oai-gbr-stargate-2025-09") == (
        "paused", None, 0, "openai", "openai",
    )  # fmt: skip


def test_norway_lost_openai_and_goes_on_with_microsoft(con: duckdb.DuckDBPyConnection) -> None:
    chain = told(con, "NOR", "oai-nor-stargate-2025-07")
    assert [(day, event["stage"], event["gpu_count"]) for day, event in chain.items()] == [
        ("2025-07-31", "announced", 100_000), ("2025-10-15", "signed", 52_000), ("2026-04-15", "signed", 30_000),
        ("2026-05-12", "signed", None),
    ]  # fmt: skip
    first, _, changed, financed = chain.values()
    megawatts = ("capacity_mw_announced", "capacity_mw_phase1", "capacity_mw_target")
    assert [first[name] for name in megawatts] == [230, 20, 230 + 290]
    assert parties(first)["asset_owner"] == {"nscale 50 %", "aker 50 %"}
    assert "end-2026" in first["gpu_note"]
    takers = [parties(event)["offtaker"] for event in chain.values()]
    assert takers == [{"openai"}, {"openai", "microsoft"}, {"microsoft"}, {"microsoft"}]
    assert "Rubin" in changed["gpu_note"]
    assert (financed["event_type"], financed["instrument"]) == ("financing", "debt")
    assert "goes on building" in financed["ownership_notes"]
    columns = "status, mw_announced, mw_online, offtaker_initial, offtaker_current"
    assert ask(con, DELIVERY.format(columns=columns), "ledger:oai-nor-stargate-2025-07") == (
        "not_due", 230, 0, "openai", "microsoft",
    )  # fmt: skip


def test_argentina_has_a_letter_of_intent_and_nothing_more(con: duckdb.DuckDBPyConnection) -> None:
    chain = told(con, "ARG", "oai-arg-2025-10")
    first, last = chain.values()
    assert list(chain) == ["2025-10-10", "2026-06-07"]
    assert (first["stage"], first["instrument"]) == (last["stage"], last["instrument"]) == ("negotiating", "loi")
    assert (first["capacity_mw_announced"], first["capacity_mw_target"]) == (500, 500)
    assert (first["investment_amount"], first["investment_currency"], first["investment_qualifier"]) == (
        25_000_000_000, "USD", "up to",
    )  # fmt: skip
    assert parties(first)["developer"] == {"sur-energy"}
    assert parties(first)["offtaker"] == {"openai"}
    assert "RIGI" in first["public_funding_notes"]
    assert "disputed" in last["status_reason"]
    assert ask(con, PROGRAMME, "ARG", "2026-10-31")[0] == "talks"
    assert ask(con, "select guarantee_types, sovereign_guarantee from mart_country_programme where is_latest "
                    "and iso3 = 'ARG' and programme = 'openai_for_countries'") == ("tax", "no")  # fmt: skip


def test_the_emirates_build_a_first_part_that_nobody_is_known_to_have_seen_run(con: duckdb.DuckDBPyConnection) -> None:
    campus = told(con, "ARE", "uae-campus-2025-05")["2025-05-15"]
    assert campus["capacity_mw_announced"] == 5000
    chain = told(con, "ARE", "oai-uae-stargate-2025-05")
    assert [(day, event["stage"]) for day, event in chain.items()] == [
        ("2025-05-22", "announced"), ("2025-10-16", "under_construction"), ("2025-12-05", "under_construction"),
        ("2026-04-09", "under_construction"),
    ]  # fmt: skip
    assert {(event["capacity_mw_announced"], event["capacity_mw_phase1"]) for event in chain.values()} == {(1000, 200)}
    first = chain["2025-05-22"]
    assert (parties(first)["asset_owner"], parties(first)["developer"]) == ({"g42"}, {"g42", "khazna"})
    assert parties(first)["offtaker"] == {"openai"}
    assert ask(con, PROGRAMME, "ARE", "2025-05-31")[3] == "yes", "money from the Emirates goes into American sites too"
    assert [ask(con, PROGRAMME, "ARE", day)[0] for day in ("2025-09-30", "2025-10-31", "2026-10-31")] == [
        "contender", "construction", "construction",
    ]  # fmt: skip
    columns = "status, is_unobserved, first_target, current_target, mw_online, observed_at"
    assert ask(con, DELIVERY.format(columns=columns), "ledger:oai-uae-stargate-2025-05") == (
        "unobserved", True, date(2026, 12, 31), date(2026, 9, 30), None, date(2026, 4, 9),
    )  # fmt: skip


def test_estonia_has_chatgpt_edu_and_no_data_center(con: duckdb.DuckDBPyConnection) -> None:
    (event,) = told(con, "EST", "oai-est-2025-02").values()
    assert (event["event_date"], event["stage"]) == (date(2025, 2, 25), "signed")
    assert "Edu" in event["program"]
    assert event["capacity_mw_announced"] is event["gpu_count"] is event["investment_amount"] is None
    assert parties(event) == {"model_provider": {"openai"}, "offtaker": {"gov-estonia"}}
    stage, data_center, models, _ = ask(con, PROGRAMME, "EST", "2026-10-31")
    assert (stage, data_center) == ("mou", 0)
    assert models > 0
    ((phases,),) = con.execute("select count(*) from core_capacity_phase where iso3 = 'EST' and source_id = 'ledger'") \
        .fetchall()  # fmt: skip
    assert phases == 0


def test_a_story_is_told_on_the_command_line(published: Atlas) -> None:
    said = published("story", "nor", "--format", "json")
    events = json.loads(said.out)
    chain = [event["event_date"] for event in events if event["chain_id"] == "oai-nor-stargate-2025-07"]
    assert chain[0] == "2025-07-31"
    said = published("story", "NOR")
    assert said.code == 0
    assert "Norway" in said.out
    assert "microsoft" in said.out


@pytest.mark.parametrize("country", ["Norway", "XXX", "n'o"])
def test_a_country_there_is_not_is_a_wrong_use(published: Atlas, country: str) -> None:
    said = published("story", country)
    assert said.code == 2
    assert "alpha-3" in said.err


def test_a_country_without_events_is_told_in_one_sentence(published: Atlas) -> None:
    said = published("story", "TUV")
    (line,) = said.out.splitlines()
    assert (said.code, "TUV" in line) == (0, True)
    assert "tells of no event there" in line
    assert json.loads(published("story", "TUV", "--format", "json").out) == []
