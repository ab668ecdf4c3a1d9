"""Which items are of one event, and which only look alike."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.events.clustering import cluster, days_of, item_of
from ingest.extraction import extract


def _clusters(*texts: tuple[str, str]) -> list[int]:
    return cluster([item_of(str(n), text, day, extract(text)) for n, (text, day) in enumerate(texts)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # The same sum, told in other words.
        (
            ("Brookfield and Qatar launch $20 billion AI infrastructure joint venture", "2025-12-09"),
            ("Qatar's $20bn AI infrastructure bet", "2025-12-12"),
        ),
        # The same vendors in the same country on the next day, one in another currency.
        (
            ("TikTok to invest over 200 billion reais in Brazil data center", "2025-12-03"),
            ("TikTok to build $37 billion data centre in Ceará", "2025-12-04"),
        ),
        # Syndicated: the outlet's name is all that differs.
        (
            ("Nscale raises funds for Narvik data center - The Daily", "2026-02-01"),
            ("Nscale raises funds for Narvik data center | Evening Post", "2026-02-03"),
        ),
        # Without vendors and figures the telling words decide.
        (
            ("Kazakhstan plans data center valley in Pavlodar", "2026-01-20"),
            ("Kazakhstan to develop coal-powered data centre valley", "2026-01"),
        ),
        # In two languages.
        (
            ("Nvidia to supply South Korea with 260,000 AI chips", "2025-10-31"),
            ("英伟达将向韩国供应26万块GPU", "2025-11-01"),
        ),
        # No day is known, but the figure is the same.
        (("OpenAI plans 100MW data center in India", "2026-02-18"), ("100 MW of AI compute in India", "")),
    ],
)  # fmt: skip
def test_items_of_one_event_are_found(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _clusters(one, other) == [0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Titles alike but for the country.
        (("Introducing Stargate Norway", "2025-07-31"), ("Introducing Stargate UK", "2025-08-01")),
        # The same deal months later is news of its own.
        (("Google plans data center in Kenya", "2025-05-01"), ("Google plans data center in Kenya", "2026-05-01")),
        # Figures that cannot both hold.
        (("Plans for 500MW data center in Laos", "2025-05-01"), ("Plans for 100MW data center in Laos", "2025-05-02")),
        # Announced and paused are two events.
        (("OpenAI plans data center in Norway", "2026-04-10"), ("OpenAI pauses data center in Norway", "2026-04-14")),
        # Two states of one country.
        (("Google: $2 billion data center in Ohio", "2026-04-10"), ("Google: $2bn data center in Iowa", "2026-04-11")),
        # Who sells chips to both makes them no one.
        (("Nvidia, Samsung: 50,000 GPUs, Seoul", "2026-04-10"), ("Nvidia, SK Group: 50,000 GPUs, Seoul", "2026-04-11")),
        # Other vendors.
        (("Amazon plans data center in Chile", "2026-04-10"), ("Google plans data center in Chile", "2026-04-10")),
        # No country is named and no figure shared.
        (("OpenAI plans new data center", "2026-04-10"), ("OpenAI signs for data center", "2026-04-10")),
        # Without a day nothing but a figure or the title itself can tell.
        (("Google plans data center in Chile", ""), ("Google to open data center in Chile", "2026-04-10")),
    ],
)  # fmt: skip
def test_items_that_only_look_alike_stay_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _clusters(one, other) == [0, 1]


def test_a_story_ends() -> None:
    """The same words every four days are no one event for months."""
    found = _clusters(*(("Google plans data center in Chile", f"2026-04-{day:02}") for day in range(1, 30, 4)))
    assert len(set(found)) > 1


def test_days_of_a_date() -> None:
    assert days_of("2026-02-18T10:00:00Z") == (date(2026, 2, 18), date(2026, 2, 18))
    assert days_of("2024-02") == (date(2024, 2, 1), date(2024, 2, 29))
    assert (
        days_of("2026")
        == days_of("2026-13")
        == days_of("2026-02-31")
        == days_of("soon")
        == days_of(None)
        == (None, None)
    )


TITLES = [
    "OpenAI plans 100MW data center in India", "Tata and OpenAI to build 100 MW data center in India",
    "Introducing Stargate Norway", "OpenAI pauses data center in Norway", "Kazakhstan plans data center valley",
    "Google invests $15 billion in AI hub in India", "",
]  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(TITLES), st.sampled_from(["2026-02-18", "2026-02", "", "2026-02-20"])), max_size=12
    )
)
def test_every_item_is_in_the_cluster_of_its_first(drawn: list[tuple[str, str]]) -> None:
    found = _clusters(*drawn)
    assert all(first <= number and found[first] == first for number, first in enumerate(found))


def test_order_does_not_decide_who_belongs_together() -> None:
    texts = [(title, "2026-02-18") for title in TITLES]
    forward, backward = _clusters(*texts), _clusters(*reversed(texts))
    last = len(texts) - 1
    pairs = {(a, b) for a in range(len(texts)) for b in range(len(texts)) if forward[a] == forward[b]}
    assert pairs == {
        (last - a, last - b) for a in range(len(texts)) for b in range(len(texts)) if backward[a] == backward[b]
    }


def test_many_items_of_one_country_and_day_are_told_apart() -> None:
    """What shares nothing but a country, a day and a common word is not compared with all others."""
    names = ["".join(letters) for letters in product("abcdefghijklm", repeat=3)]
    texts = [f"Data center of {name}{name} in Texas" for name in names]
    facts = extract(texts[0])
    found = cluster([item_of(str(n), text, "2026-02-18", facts) for n, text in enumerate(texts)])
    assert len(set(found)) > len(texts) * 0.9
