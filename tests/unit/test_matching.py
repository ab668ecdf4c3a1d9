"""A candidate event beside the ledger: what is new, goes on, cannot be, or is told again, and nothing known later."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ingest.events.candidate import Candidate, NewsItem, candidate_of
from ingest.events.ledger import LedgerEvent, ledger_events
from ingest.events.matching import Match, match
from ingest.extraction import extract
from ingest.extraction.facts import columns_of

TODAY = date(2026, 11, 22)
NAMES = {"openai": "openai", "nscale": "nscale", "microsoft": "microsoft", "nvidia": "nvidia", "aker": "aker"}


def row(deal_id: str, day: str, **cells: Any) -> dict[str, Any]:
    """Return an event as core_announcement has it, with its chain."""
    known: dict[str, Any] = {
        "announcement_id": deal_id, "chain_id": deal_id, "iso3": "NOR", "event_date": date.fromisoformat(day),
        "known_at": date.fromisoformat(day), "stage": "announced", "event_type": "announcement",
        "program": "Stargate Norway", "site": "Kvandal near Narvik", "components": "data_center",
        "lead_vendor": "OpenAI", "local_partners": "Nscale; Aker", "capacity_mw_announced": None,
        "capacity_mw_phase1": None, "capacity_mw_target": None, "gpu_count": None, "investment_amount": None,
        "investment_currency": None, "investment_qualifier": None, "gpu_note": None, "ownership_notes": None,
        "public_funding_notes": None,
    }  # fmt: skip
    return known | cells


LEDGER = ledger_events(
    [
        row("nor-1", "2025-07-31", capacity_mw_announced=230.0, capacity_mw_phase1=20.0, capacity_mw_target=520.0,
            gpu_count=100_000, investment_amount=1e9, investment_currency="USD"),
        row("nor-2", "2026-04-15", chain_id="nor-1", stage="signed", event_type="status_change",
            lead_vendor="Microsoft", gpu_count=30_000),
        row("gbr-1", "2025-09-16", iso3="GBR", program="Stargate UK", site="Cobalt Park, North Tyneside",
            local_partners="Nscale", gpu_count=8_000, gpu_note="potentially 31,000 over time"),
        row("gbr-2", "2026-04-09", chain_id="gbr-1", iso3="GBR", program="Stargate UK", stage="paused",
            event_type="status_change", site="Cobalt Park, North Tyneside", local_partners="Nscale"),
        row("gbr-mou", "2025-07-21", iso3="GBR", program="UK-OpenAI MoU", site="", stage="signed",
            local_partners="UK government", components="localized_chatgpt"),
        row("fin-1", "2026-01-10", iso3="FIN", program="Polar Park", site="Kouvola", lead_vendor="Microsoft",
            local_partners="", stage="operational", capacity_mw_announced=100.0),
    ],
    [
        {"announcement_id": "gbr-1", "role": "chip_vendor", "org_id": "nvidia", "confidence": "high"},
        {"announcement_id": "nor-1", "role": "operator", "org_id": "nscale", "confidence": "high"},
    ],
    NAMES,
)  # fmt: skip


def item(title: str, day: str, **cells: Any) -> NewsItem:
    number = abs(hash((title, day, cells.get("url"))))
    given: dict[str, Any] = {
        "source_id": "feed", "item_id": f"{number:016x}"[:16], "title": title, "tier": 4,
        "url": f"https://outlet{number}.example/{number}", "published_on": date.fromisoformat(day),
        "first_seen": date.fromisoformat(day), "known_at": date.fromisoformat(day),
    }  # fmt: skip
    return NewsItem(**(given | cells))


def told(title: str, day: str, countries: str, vendors: str, **cells: Any) -> Candidate:
    """Return the candidate of one item about a data center."""
    named = {"countries": tuple(countries.split()), "vendors": tuple(vendors.split()), "components": ("data_center",)}
    return candidate_of([item(title, day, **(named | cells))])


def beside(candidate: Candidate, ledger: list[LedgerEvent] = LEDGER) -> Match:
    return match(candidate, ledger, NAMES, TODAY)


def test_what_the_ledger_tells_already_is_confirmed() -> None:
    found = beside(told("OpenAI announces Stargate Norway with 230MW", "2025-08-01", "NOR", "OpenAI Nscale",
                        capacity_mw=232.0, stage="announced"))  # fmt: skip
    assert (found.verdict, found.deal_id, found.chain_id) == ("confirms", "nor-1", "nor-1")
    assert found.reasons == (
        "stage: the ledger says announced, 1 item says announced",
        "capacity_mw: the ledger says 230 MW, 1 item says 232 MW",
    )
    assert found.score == 1


def test_a_later_stage_goes_on_with_an_old_chain() -> None:
    found = beside(told("OpenAI halts data centre in Britain", "2026-04-08", "GBR", "OpenAI", stage="paused"), [
        event for event in LEDGER if event.deal_id != "gbr-2"
    ])  # fmt: skip
    assert (found.verdict, found.deal_id) == ("updates", "gbr-1")
    assert found.reasons == (
        "stage: the ledger says announced, 1 item says paused",
        "place: the ledger says Cobalt Park, North Tyneside, no title names it; it may be another deal",
    )


def test_a_figure_nobody_had_named_goes_beyond_the_ledger() -> None:
    found = beside(told("Stargate UK gets 90MW", "2025-10-02", "GBR", "OpenAI", capacity_mw=90.0))
    assert (found.verdict, found.reasons) == ("updates", ("capacity_mw: the ledger says none, 1 item says 90 MW",))


def test_a_new_party_goes_beyond_the_ledger_and_a_maker_of_chips_does_not() -> None:
    with_oracle = told("Oracle joins OpenAI in Stargate UK", "2025-10-02", "GBR", "OpenAI Oracle")
    assert beside(with_oracle).reasons == ("parties: the ledger says nscale, openai, 1 item says oracle",)
    assert beside(told("Nvidia chips for Stargate UK", "2025-10-02", "GBR", "NVIDIA")).verdict == "confirms"


@pytest.mark.parametrize(
    ("candidate", "deal_id", "reason"),
    [
        (told("Stargate Norway to have 400MW", "2025-09-01", "NOR", "OpenAI", capacity_mw=400.0), "nor-1",
         "capacity_mw: the ledger says 230 MW, 1 item says 400 MW"),
        (told("Work goes on at Stargate UK", "2026-05-20", "GBR", "OpenAI", stage="under_construction"), "gbr-2",
         "stage: the ledger says paused, 1 item says under_construction"),
        (told("Microsoft stops its Kouvola site", "2026-02-01", "FIN", "Microsoft", stage="paused"), "fin-1",
         "stage: the ledger says operational, 1 item says paused"),
        (told("Google takes Stargate Norway", "2026-06-01", "NOR", "Google"), "nor-2",
         "parties: the ledger says aker, microsoft, nscale, openai, 1 item says google"),
        (told("Stargate UK: 60,000 GPUs", "2025-09-17", "GBR", "OpenAI", gpu_count=60_000), "gbr-1",
         "gpu_count: the ledger says 8,000 GPUs, 1 item says 60,000 GPUs"),
        (told("Stargate Norway costs $3bn", "2025-08-02", "NOR", "OpenAI", investment_amount=3e9,
              investment_currency="USD"), "nor-1",
         "investment_amount: the ledger says USD 1,000,000,000, 1 item says USD 3,000,000,000"),
    ],
    ids=["megawatts", "paused and goes on", "runs and stops", "another customer", "chips", "money"],
)  # fmt: skip
def test_what_cannot_both_be_is_a_contradiction(candidate: Candidate, deal_id: str, reason: str) -> None:
    found = beside(candidate)
    assert (found.verdict, found.deal_id, found.reasons) == ("contradicts", deal_id, (reason,))


def test_a_figure_that_stands_in_the_words_of_the_ledger_is_told() -> None:
    assert (
        beside(told("Stargate UK: 31,000 GPUs", "2025-09-17", "GBR", "OpenAI", gpu_count=31_000)).verdict == "confirms"
    )
    assert beside(told("Stargate UK: 1,000 GPUs", "2025-09-17", "GBR", "OpenAI", gpu_count=1_000)).verdict \
        == "contradicts"  # fmt: skip


def test_money_in_another_currency_is_not_compared() -> None:
    found = beside(told("Stargate Norway: 10 milliarder kroner", "2025-08-01", "NOR", "OpenAI", investment_amount=1e10,
                        investment_currency="NOK"))  # fmt: skip
    assert found.verdict == "confirms"


def test_a_vendor_is_known_by_a_part_of_a_longer_name() -> None:
    ledger = ledger_events([row("ind-1", "2026-02-19", iso3="IND", local_partners="")],
                           [{"announcement_id": "ind-1", "role": "offtaker", "org_id": "tata-group",
                             "confidence": "high"}], NAMES)  # fmt: skip
    assert beside(told("Stargate Norway? Tata's site", "2026-02-20", "IND", "Tata"), ledger).verdict == "confirms"


@pytest.mark.parametrize(
    ("candidate", "reason"),
    [
        (told("OpenAI signs a data centre in Ghana", "2026-03-01", "GHA", "OpenAI"), "nothing of GHA"),
        (told("Google plans a data centre in Norway", "2026-03-01", "NOR", "Google"), "nobody of google in NOR"),
        (told("OpenAI plans 800MW in Britain", "2026-10-01", "GBR", "OpenAI", capacity_mw=800.0, stage="announced",
              components=("startup_fund",)), "none of the 2 chains of the ledger in GBR"),
        (told("Microsoft plans another site of 300MW", "2026-01-12", "FIN", "Microsoft", capacity_mw=300.0),
         "none of the 1 chains of the ledger in FIN"),
    ],
    ids=["country", "vendor", "component", "figure"],
)  # fmt: skip
def test_what_no_chain_tells_is_new(candidate: Candidate, reason: str) -> None:
    found = beside(candidate)
    assert (found.verdict, found.deal_id, found.score) == ("new", None, 0)
    assert reason in found.reasons[0]


def test_one_letter_tells_two_programmes_apart() -> None:
    assert beside(told("Stargate UAE, a year on", "2025-12-01", "", "OpenAI")).verdict == "new"


def test_another_country_is_another_deal_although_the_name_is_the_same() -> None:
    assert beside(told("Stargate Norway comes to Chad", "2025-08-01", "TCD", "OpenAI")).verdict == "new"


def test_components_tell_two_deals_of_one_vendor_in_one_country_apart() -> None:
    chat = told("OpenAI and UK sign on ChatGPT", "2025-09-30", "GBR", "OpenAI", components=("localized_chatgpt",))
    assert beside(chat).chain_id == "gbr-mou"
    assert beside(told("OpenAI's UK site", "2025-09-30", "GBR", "OpenAI")).chain_id == "gbr-1"


def test_what_the_ledger_learned_later_is_not_used() -> None:
    early = told("Stargate UK moves ahead", "2025-12-01", "GBR", "OpenAI", stage="announced")
    assert beside(early).verdict == "confirms"
    assert beside(early).deal_id == "gbr-1"
    of_next_day = told("OpenAI halts Stargate UK", "2026-04-08", "GBR", "OpenAI", stage="paused")
    assert (beside(of_next_day).verdict, beside(of_next_day).deal_id) == ("confirms", "gbr-2")
    unknown_until_june = [replace(event, known_at=date(2026, 6, 1)) if event.deal_id == "gbr-2" else event
                          for event in LEDGER]  # fmt: skip
    assert beside(of_next_day, unknown_until_june).verdict == "updates"
    before_both = told("OpenAI halts Stargate UK", "2025-08-01", "GBR", "OpenAI", stage="paused")
    assert beside(before_both).chain_id != "gbr-1"


def test_without_a_country_only_the_name_of_the_programme_matches() -> None:
    assert beside(told("Stargate Norway, a year on", "2025-12-01", "", "OpenAI")).chain_id == "nor-1"
    assert beside(told("OpenAI, a year on", "2025-12-01", "", "OpenAI")).verdict == "new"


def test_most_voices_decide_and_copies_count_once() -> None:
    copies = [item("Stargate Norway to have 400MW", "2025-09-01", countries=("NOR",), capacity_mw=400.0,
                   url=f"https://copy{number}.example/a") for number in range(3)]  # fmt: skip
    others = [item(f"Stargate Norway: 230MW, says {name}", "2025-09-02", countries=("NOR",), capacity_mw=230.0)
              for name in ("one", "two")]  # fmt: skip
    candidate = candidate_of([*copies, *others])
    assert (candidate.n_voices, len(candidate.items)) == (3, 5)
    assert (candidate.figures["capacity_mw"].value, candidate.figures["capacity_mw"].n_items) == (230, 2)
    found = beside(candidate)
    assert found.reasons == ("capacity_mw: the ledger says 230 MW, 2 items say 230 MW",)


AMERICAN = ledger_events(
    [
        row("usa-amazon", "2025-11-24", iso3="USA", program="Amazon for US government", site="", lead_vendor="Amazon",
            local_partners="", capacity_mw_announced=1300.0),
        row("usa-fairwater", "2026-06-23", iso3="USA", program="Fairwater", site="Mount Pleasant, Wisconsin",
            lead_vendor="Microsoft", local_partners="", stage="operational", capacity_mw_announced=400.0),
        row("usa-crusoe", "2026-03-27", iso3="USA", program="Crusoe campus", site="Abilene, Texas",
            lead_vendor="Microsoft", local_partners="", capacity_mw_announced=900.0),
        row("usa-camellia", "2026-07-22", iso3="USA", program="Project Camellia", site="Effingham County, Georgia",
            local_partners="", capacity_mw_announced=3200.0),
        row("usa-jupiter", "2026-09-24", iso3="USA", program="Project Jupiter", local_partners="",
            site="Dona Ana County, New Mexico (federal and private land)", capacity_mw_announced=1000.0),
        row("est-edu", "2025-02-25", iso3="EST", program="ChatGPT Edu for Estonia", site="", stage="signed",
            local_partners="Government of Estonia", components="localized_chatgpt"),
        row("vnm-ms", "2026-02-08", iso3="VNM", program="Framework", site="three sites in Vietnam",
            lead_vendor="Microsoft", local_partners=""),
    ],
    [],
    NAMES,
)  # fmt: skip


def read(title: str, day: str) -> Candidate:
    """Return the candidate of one title as extraction reads it."""
    facts = columns_of(extract(title, ""))
    lists = {"countries": facts["site_iso3s"], "vendors": facts["vendors"], "components": facts["components"]}
    cells = {name: facts[name] for name in NewsItem.__dataclass_fields__ if name in facts}
    return candidate_of([item(title, day, **(cells | {name: tuple((told or "").split(";")) for name, told in
                                                      lists.items()}))])  # fmt: skip


@pytest.mark.parametrize(
    ("title", "verdict", "deal_id", "reason"),
    [
        ("Microsoft opens data center in Cheyenne", "new", None, "none of the 5 chains of the ledger in USA"),
        ("Amazon to build data center in Nevada", "updates", "usa-amazon",
         "place: the ledger says Amazon for US government, 1 item says Nevada; it may be another deal"),
        ("OpenAI plans 1GW data center in Georgia, US", "contradicts", "usa-camellia", "says 3,200 MW"),
        ("OpenAI plans 1GW data center in Nevada", "updates", "usa-jupiter", "1 item says Nevada"),
        ("OpenAI plans data center with federal government in Nevada", "updates", "usa-jupiter", "Nevada"),
        ("Microsoft plans data center in Vietnam", "updates", "vnm-ms", "no title names it"),
        ("OpenAI plans 1GW data center in United States", "confirms", "usa-jupiter", "capacity_mw"),
        ("OpenAI builds data center in New Mexico", "confirms", "usa-jupiter", "stage"),
        ("Amazon to build 1.32GW data center in the United States", "confirms", "usa-amazon", "capacity_mw"),
    ],
)  # fmt: skip
def test_a_site_or_figure_must_tell_which_of_a_vendors_deals_it_is(
    title: str, verdict: str, deal_id: str | None, reason: str
) -> None:
    found = beside(read(title, "2026-09-26"), AMERICAN)
    assert (found.verdict, found.deal_id) == (verdict, deal_id)
    assert reason in "; ".join(found.reasons)


def test_recency_alone_continues_the_one_chain_of_a_vendor() -> None:
    candidate = told("Microsoft data center, news", "2026-08-20", "USA", "Microsoft")
    assert beside(candidate, AMERICAN).verdict == "new"
    only = [event for event in AMERICAN if event.deal_id != "usa-crusoe"]
    assert (beside(candidate, only).verdict, beside(candidate, only).deal_id) == ("updates", "usa-fairwater")


@pytest.mark.parametrize(
    ("title", "stage", "verdict"),
    [
        ("OpenAI resumes Stargate UK", "announced", "updates"),
        ("OpenAI resumes Stargate UK", "signed", "contradicts"),
        ("Stargate UK opens", "operational", "contradicts"),
        ("OpenAI keeps Stargate UK on hold", "paused", "confirms"),
    ],
)
def test_a_stopped_project_that_moves_waits_for_a_person(title: str, stage: str, verdict: str) -> None:
    found = beside(told(title, "2026-09-20", "GBR", "OpenAI", stage=stage))
    assert (found.verdict, found.chain_id) == (verdict, "gbr-1")


def test_an_announcement_from_before_the_stop_is_no_restart() -> None:
    assert beside(told("OpenAI plans Stargate UK", "2026-04-07", "GBR", "OpenAI", stage="announced")).verdict \
        == "confirms"  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"ownership_notes": "each put USD 500m into it"}, {"capacity_mw": 500.0}),
        ({"gpu_note": "for the first 500 MW"}, {"gpu_count": 500}),
        ({"gpu_note": "GB300"}, {"gpu_count": 300}),
        ({"public_funding_notes": "relief of 8,000 GBP"}, {"gpu_count": 8_000}),
    ],
)
def test_a_number_with_another_unit_is_another_figure(cells: dict[str, Any], said: dict[str, Any]) -> None:
    ledger = ledger_events([row("nor-1", "2025-07-31", capacity_mw_announced=230.0, gpu_count=100_000, **cells)], [],
                           NAMES)  # fmt: skip
    assert beside(told("Stargate Norway, news", "2025-08-01", "NOR", "OpenAI", **said), ledger).verdict == "contradicts"


def test_megawatts_agree_with_those_in_words_and_within_rounding() -> None:
    cells = {"capacity_mw_announced": 230.0, "investment_qualifier": "about, first 20 MW phase"}
    ledger = ledger_events([row("nor-1", "2025-07-31", **cells)], [], NAMES)
    verdicts = {megawatts: beside(told("Stargate Norway, news", "2025-08-01", "NOR", "OpenAI", capacity_mw=megawatts),
                                  ledger).verdict for megawatts in (20.0, 225.0, 215.0)}  # fmt: skip
    assert verdicts == {20.0: "confirms", 225.0: "confirms", 215.0: "contradicts"}


@pytest.mark.parametrize("title", ["Estonia cancels ChatGPT Edu", "Estonia expands ChatGPT Edu"])
def test_a_nationwide_deal_is_continued_however_long_it_was_quiet(title: str) -> None:
    found = beside(read(title, "2026-11-20"), AMERICAN)
    assert (found.verdict, found.deal_id) == ("updates", "est-edu")
