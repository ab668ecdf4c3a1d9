"""Candidates as a work list: made of items, beside what people decided; and no mart of facts is made of them."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from ingest.events.candidate import NewsItem, candidate_of, once
from ingest.events.reviews import Review, news_of, state_of
from ingest.events.table import COLUMNS, event_table
from ingest.home import Home
from orchestration import answers, dbt_results
from tests.conftest import Refreshed

TODAY = date(2026, 11, 22)
DAY = date(2026, 10, 1)
FIRST = NewsItem(
    "feed", "a" * 16, "OpenAI plans 100MW in Ghana", "https://one.example/a", 4, DAY, DAY, DAY,
    countries=("GHA",), vendors=("OpenAI",), components=("data_center",), stage="announced", capacity_mw=100.0,
)  # fmt: skip
COPY = replace(FIRST, item_id="b" * 16, url="https://two.example/b")
LATER = replace(FIRST, item_id="c" * 16, url="https://three.example/c", title="OpenAI signs for 100MW in Ghana",
                published_on=date(2026, 10, 3), known_at=date(2026, 10, 3), stage="signed")  # fmt: skip


def decided(*items: NewsItem, decision: Any = "rejected") -> Review:
    ids = frozenset(item.item_id for item in items)
    return Review(items[0].item_id, ids, decision, "Ada", TODAY, "not a site", None)


def row(item: NewsItem, **cells: Any) -> dict[str, Any]:
    """Return an item as core_announcement_item has it."""
    lists = {"site_iso3s": item.countries, "vendors": item.vendors, "components": item.components}
    plain = {name: getattr(item, name) for name in NewsItem.__dataclass_fields__ if name not in ("countries",)}
    told = plain | {name: ";".join(values) or None for name, values in lists.items()} | {"is_relevant": True}
    return told | cells


def table(*items: dict[str, Any], reviews: tuple[dict[str, Any], ...] = (), today: date = TODAY) -> pl.DataFrame:
    return event_table(items, [], [], {}, reviews, today)


def test_a_candidate_is_named_by_its_earliest_item_and_counts_voices() -> None:
    candidate = candidate_of([LATER, COPY, FIRST])
    assert candidate.candidate_id == FIRST.item_id
    assert (len(candidate.items), candidate.n_voices) == (3, 2)
    assert (candidate.first_day, candidate.last_day) == (DAY, date(2026, 10, 3))
    assert candidate_of([FIRST, LATER]).candidate_id == candidate_of([FIRST]).candidate_id


def test_what_few_name_beside_many_is_left_out() -> None:
    odd = replace(LATER, item_id="d" * 16, url="https://four.example/d", title="One more", vendors=("OpenAI", "Oracle"))
    others = [replace(FIRST, item_id=f"{number:016x}", url=f"https://{number}.example/x", title=f"Title {number}")
              for number in range(3)]  # fmt: skip
    assert candidate_of([*others, odd]).vendors == ("OpenAI",)
    assert candidate_of([others[0], odd]).vendors == ("OpenAI", "Oracle")


def test_a_page_two_sources_tell_of_is_one_item_of_the_better_tier() -> None:
    better = replace(FIRST, source_id="newsroom", tier=3)
    assert once([FIRST, better]) == [better]


def test_a_candidate_waits_until_somebody_decides() -> None:
    candidate = candidate_of([FIRST])
    assert state_of(candidate, "new", [])[0] == "waiting"
    assert state_of(candidate, "confirms", [])[0] == "not_needed"
    assert state_of(candidate, "new", [decided(FIRST)])[0] == "rejected"
    assert state_of(candidate, "new", [decided(FIRST), decided(FIRST, decision="accepted")])[0] == "accepted"
    assert state_of(candidate, "new", [decided(LATER)])[0] == "waiting", "another candidate was decided on"


def test_it_comes_back_when_a_later_item_brings_a_fact_and_not_before() -> None:
    copied, told_more = candidate_of([FIRST, COPY]), candidate_of([FIRST, COPY, LATER])
    assert state_of(copied, "new", [decided(FIRST)])[0] == "rejected", "a copy says nothing"
    assert told_more.stage
    assert told_more.stage.value == "announced", "most voices decide"
    signed = candidate_of(
        [FIRST, LATER, replace(LATER, item_id="e" * 16, url="https://five.example/e", title="Signed")]
    )
    assert news_of(signed, {FIRST.item_id}) == ["stage: signed"]
    state, last = state_of(signed, "new", [decided(FIRST)])
    assert (state, last and last.reviewer) == ("waiting", "Ada")
    assert state_of(signed, "confirms", [decided(FIRST, decision="accepted")])[0] == "accepted", "the ledger has it"
    assert state_of(signed, "new", [decided(FIRST), decided(*signed.items)])[0] == "rejected"


@pytest.mark.parametrize(
    ("cells", "news"),
    [
        ({"countries": ("GHA", "NGA")}, "countries: NGA"), ({"vendors": ("OpenAI", "Oracle")}, "vendors: Oracle"),
        ({"components": ("data_center", "startup_fund")}, "components: startup_fund"),
        ({"capacity_mw_target": 900.0}, "capacity_mw_target: 900.0"), ({"gpu_count": 5000}, "gpu_count: 5,000"),
        ({"investment_amount": 1e9, "investment_currency": "USD"}, "investment_amount: 1,000,000,000.0"),
    ],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_every_kind_of_fact_can_be_news(cells: dict[str, Any], news: str) -> None:
    more = replace(LATER, stage="announced", **cells)
    assert news_of(candidate_of([FIRST, more]), {FIRST.item_id}) == [news]
    assert news_of(candidate_of([FIRST, more]), {FIRST.item_id, more.item_id}) == []


def test_the_table_tells_one_row_per_event_with_its_items() -> None:
    found = table(row(FIRST), row(COPY), row(LATER))
    assert found.columns == list(COLUMNS)
    (told,) = found.iter_rows(named=True)
    assert (told["candidate_id"], told["n_items"], told["n_sources"]) == (FIRST.item_id, 3, 2)
    assert (told["countries"], told["vendors"], told["capacity_mw"]) == ("GHA", "OpenAI", 100)
    assert (told["verdict"], told["review_state"], told["announcement_id"]) == ("new", "waiting", None)
    assert (told["first_seen"], told["known_at"]) == (DAY, date(2026, 10, 3))
    assert told["urls"].split() == [FIRST.url, COPY.url, LATER.url]


def test_what_is_not_relevant_or_not_yet_known_makes_no_candidate() -> None:
    assert table(row(FIRST, is_relevant=False)).is_empty()
    assert table(row(FIRST), today=date(2026, 9, 30)).is_empty()
    (told,) = table(row(FIRST), row(LATER), today=date(2026, 10, 2)).iter_rows(named=True)
    assert (told["n_items"], told["stage"], told["known_at"]) == (1, "announced", DAY)


def test_a_decision_of_a_later_day_is_not_known_yet() -> None:
    review = {"candidate_id": FIRST.item_id, "item_ids": FIRST.item_id, "decision": "rejected", "reviewer": "Ada",
              "reviewed_on": date(2026, 11, 1), "reason": "not a site", "deal_id": None}  # fmt: skip
    assert table(row(FIRST), reviews=(review,))["review_state"].to_list() == ["rejected"]
    assert table(row(FIRST), reviews=(review,), today=date(2026, 10, 30))["review_state"].to_list() == ["waiting"]


# What a machine found is a list of work. Tables about sources and columns tell of it as of every table.
MADE_OF_ITEMS = {"mart_announcement_candidate"}


def test_no_mart_of_facts_is_made_of_what_a_machine_found(refreshed: Refreshed) -> None:
    parents = json.loads(dbt_results.manifest_path(Home(refreshed.project.home)).read_text())["parent_map"]

    def above(node: str) -> set[str]:
        return {node}.union(*(above(parent) for parent in parents.get(node, [])))

    found = {"core_announcement_item", "core_announcement_event"}
    models = [node for node in parents if node.startswith("model.")]
    made = {node.rsplit(".", 1)[1] for node in models
            if found & {one.rsplit(".", 1)[1] for one in above(node) if one != node}}  # fmt: skip
    assert made == MADE_OF_ITEMS | {"core_announcement_event"}


def test_every_relevant_item_of_a_build_is_in_one_candidate(refreshed: Refreshed) -> None:
    with answers.open_published(Home(refreshed.project.home)) as con:
        rows = con.execute("select item_ids, n_items, why, known_at, review_state from mart_announcement_candidate")
        told = rows.fetchall()
        known = con.execute("select distinct item_id from core_announcement_item where is_relevant").fetchall()
    listed = [item_id for ids, *_ in told for item_id in ids.split(";")]
    assert len(listed) == len(set(listed)) == sum(n_items for _, n_items, *_ in told) > 10
    assert {(item_id,) for item_id in listed} == set(known)
    assert all(why and known_at <= date.fromisoformat(refreshed.project.now) for _, _, why, known_at, _ in told)
    assert {state for *_, state in told} == {"waiting"}
