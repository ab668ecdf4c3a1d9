"""A bar shows what is sure, what is likely and what is possible, and never makes a zero of what is unknown."""

import pytest

from orchestration.draw import Bar, bars, number


def drawn(*given: Bar, width: int = 60) -> list[str]:
    return bars(given, width)


def test_a_bar_is_full_up_to_the_low_end_and_has_a_whisker_to_the_high_one() -> None:
    # 20 cells for 0 to 95: one for every 5.
    (line,) = drawn(Bar("AAA", 50, 25, 95), width=3 + 2 + 20 + 2 + len("50 (25 to 95)"))
    assert line == "AAA  █████├────●────────┤  50 (25 to 95)"


def test_what_is_unknown_says_so_and_has_no_bar() -> None:
    zero, unknown = drawn(Bar("AAA", 0), Bar("BBB", None, None, 7), width=40)
    assert zero.split() == ["AAA", "●", "0"]
    assert unknown.split() == ["BBB", "unknown"]


def test_a_figure_without_a_range_has_no_whisker() -> None:
    (line,) = drawn(Bar("AAA", 10), width=3 + 2 + 10 + 2 + 2)
    assert line == "AAA  █████████●  10"


def test_a_range_with_one_end_known_goes_from_the_figure_to_that_end() -> None:
    (line,) = drawn(Bar("AAA", 10, None, 20), width=3 + 2 + 11 + 2 + len("10 (10 to 20)"))
    assert line == "AAA  █████●────┤  10 (10 to 20)"


def test_what_is_below_zero_goes_the_other_way() -> None:
    fall, rise, either = drawn(Bar("A", -10), Bar("B", 10), Bar("C", 0, -10, 10), width=1 + 2 + 21 + 2 + 13)
    assert fall == "A  ●██████████            -10"
    assert rise == "B            ██████████●  10"
    assert either == "C  ├─────────●─────────┤  0 (-10 to 10)"


@pytest.mark.parametrize("width", [30, 60, 200])
def test_bars_fit_the_terminal_on_one_scale(width: int) -> None:
    lines = drawn(Bar("AAA", 50, 40, 60), Bar("BB", 100), Bar("C", None), width=width)
    assert max(len(line) for line in lines) <= width
    assert lines[0].index("●") < lines[1].index("●")


def test_a_terminal_too_narrow_for_anything_still_gets_a_bar() -> None:
    (line,) = drawn(Bar("a label that is far too long to be shown", 1), width=5)
    assert "…" in line
    assert "●" in line


def test_nothing_to_draw_is_drawn_without_a_fault() -> None:
    assert drawn() == []
    (line,) = drawn(Bar("AAA", None))
    assert line.split() == ["AAA", "unknown"]


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "0"), (0.00351, "0.00351"), (12.345, "12.3"), (999.4, "999"), (12680.2, "12,680"), (-4.0, "-4")],
)
def test_a_figure_is_told_in_three_digits(value: float, told: str) -> None:
    assert number(value) == told
