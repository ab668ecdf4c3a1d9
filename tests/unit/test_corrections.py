"""Corrections replace what they expect, where they expect it, and tell when it is gone."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from ingest import corrections
from ingest.corrections import Judged, apply, key_of

TODAY = date(2026, 11, 22)
SCHEMA = {
    "source_id": pl.String, "row_key": pl.String, "column_name": pl.String, "expected": pl.String,
    "replacement": pl.String, "known_from": pl.Date, "retired_on": pl.Date,
}  # fmt: skip
FRAME = pl.DataFrame(
    {
        "entity": ["A", "A", "B", "B"], "year": [2023, 2024, 2023, 2024], "mw": [1.0, 2000.0, 3.0, None],
        "owner": ["x", None, "y", "z"], "is_ai": [True, False, None, True], "since": [date(2024, 1, 1)] * 4,
    }
)  # fmt: skip


def table(**cells: Any) -> pl.DataFrame:
    row = {
        "source_id": "here", "row_key": "entity=A; year=2024", "column_name": "mw", "expected": "2000",
        "replacement": "2", "known_from": date(2025, 2, 1), "retired_on": None,
    }  # fmt: skip
    return pl.DataFrame([row | cells], schema=SCHEMA)


def only(frame: pl.DataFrame, correction: pl.DataFrame, known_at: date = TODAY) -> tuple[pl.DataFrame, Judged]:
    corrected, (judged,) = apply(frame, "here", correction, known_at)
    return corrected, judged


def test_a_cell_is_replaced_and_nothing_else() -> None:
    corrected, judged = only(FRAME, table())
    assert corrected["mw"].to_list() == [1.0, 2.0, 3.0, None]
    assert corrected.drop("mw").equals(FRAME.drop("mw"))
    assert corrected.schema == FRAME.schema
    assert judged == Judged("entity=A; year=2024", "mw", "applied", 1)
    assert not judged.needs_a_look


@pytest.mark.parametrize(
    ("key", "column", "expected", "replacement", "becomes"),
    [
        ("entity=B; year=2024", "mw", None, "4.5", [1.0, 2000.0, 3.0, 4.5]),
        ("entity=A; year=2024", "mw", "2000.0", None, [1.0, None, 3.0, None]),
        ("year=2024; entity=B", "owner", "z", None, ["x", None, "y", None]),
        ("entity=B; year=2023", "is_ai", None, "FALSE", [True, False, False, True]),
        ("entity=A; year=2023", "since", "2024-01-01", "2024-02-29", [date(2024, 2, 29), *[date(2024, 1, 1)] * 3]),
    ],
)
def test_values_are_text_of_the_type_of_their_column(
    key: str, column: str, expected: str | None, replacement: str | None, becomes: list[Any]
) -> None:
    correction = table(row_key=key, column_name=column, expected=expected, replacement=replacement)
    corrected, judged = only(FRAME, correction)
    assert corrected[column].to_list() == becomes
    assert judged.outcome == "applied"


@pytest.mark.parametrize(
    ("cells", "outcome", "found"),
    [
        ({"expected": "1999"}, "stale", ("2000.0",)),
        ({"expected": None}, "stale", ("2000.0",)),
        ({"row_key": "entity=B; year=2024", "expected": "5"}, "stale", ("None",)),
        ({"row_key": "entity=C; year=2024"}, "no_row", ()),
        ({"column_name": "gw"}, "no_column", ()),
        ({"row_key": "place=A; year=2024"}, "no_column", ()),
    ],
)
def test_what_is_not_as_expected_stays_and_is_told(cells: dict[str, Any], outcome: str, found: tuple[str]) -> None:
    corrected, judged = only(FRAME, table(**cells))
    assert corrected.equals(FRAME)
    assert (judged.outcome, judged.n_rows, judged.found) == (outcome, 0, found)
    assert judged.needs_a_look
    assert not only(FRAME, table(**cells, retired_on=date(2026, 1, 1)))[1].needs_a_look


def test_an_older_vintage_is_corrected_when_the_newest_is_mended() -> None:
    wrong, mended = FRAME[1], FRAME[1].with_columns(mw=pl.lit(2.5))
    since, until = pl.Series([date(2025, 12, 1), date(2026, 3, 1)]), pl.Series([date(2026, 3, 1), None])
    vintages = pl.concat([wrong, mended]).with_columns(known_at=since, known_to=until)
    corrected, judged = only(vintages, table())
    assert corrected["mw"].to_list() == [2.0, 2.5]
    assert judged == Judged("entity=A; year=2024", "mw", "stale", 1, ("2.5",))
    assert judged.needs_a_look


def test_a_correction_counts_from_the_day_its_evidence_was_public() -> None:
    frame, judged = apply(FRAME, "here", table(), date(2025, 1, 31))
    assert frame.equals(FRAME)
    assert judged == []
    assert only(FRAME, table(), date(2025, 2, 1))[1].outcome == "applied"


def test_what_was_read_before_the_evidence_was_public_stays_as_it_was_read() -> None:
    """The first vintage was superseded before, the second on the day, the third spans it and the fourth came after."""
    since = [date(2025, 1, 1), date(2025, 1, 10), date(2025, 1, 20), date(2025, 3, 1)]
    until = [date(2025, 1, 10), date(2025, 2, 1), date(2025, 3, 1), None]
    vintages = pl.concat([FRAME[1]] * 4).with_columns(known_at=pl.Series(since), known_to=pl.Series(until))
    corrected, judged = only(vintages, table())
    assert corrected.select("known_at", "known_to", "mw").rows() == [
        (since[0], until[0], 2000.0), (since[1], until[1], 2000.0), (since[2], date(2025, 2, 1), 2000.0),
        (date(2025, 2, 1), until[2], 2.0), (since[3], None, 2.0),
    ]  # fmt: skip
    assert (judged.outcome, judged.n_rows) == ("applied", 2)
    untouched = only(vintages, table(expected="7"))[0]
    assert untouched.equals(vintages)


def test_the_other_rows_of_a_vintage_are_parted_with_the_one_that_is_corrected() -> None:
    vintage = FRAME.with_columns(known_at=pl.lit(date(2025, 1, 20)), known_to=pl.lit(None, pl.Date))
    corrected, _ = only(vintage, table())
    before, since = (corrected.filter(known_at=day) for day in (date(2025, 1, 20), date(2025, 2, 1)))
    assert before.drop("known_at", "known_to").equals(FRAME)
    assert before["known_to"].to_list() == [date(2025, 2, 1)] * 4
    assert since["mw"].to_list() == [1.0, 2.0, 3.0, None]
    assert corrected.height == 8


def test_other_sources_are_left_alone_and_several_cells_of_a_row_corrected() -> None:
    elsewhere = table(source_id="elsewhere", column_name="is_ai", expected="false", replacement="true")
    several = pl.concat([table(), table(column_name="owner", expected=None, replacement="w"), elsewhere])
    corrected, judged = apply(FRAME, "here", several, TODAY)
    assert corrected.row(1, named=True) == FRAME.row(1, named=True) | {"mw": 2.0, "owner": "w"}
    assert [one.outcome for one in judged] == ["applied", "applied"]
    again, judged = apply(corrected, "here", several, TODAY)
    assert again.equals(corrected)
    assert [one.outcome for one in judged] == ["stale", "stale"]


@pytest.mark.parametrize("text", ["", "A", "entity=", "=A", "entity=A;", "entity=A; entity=B"])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a key such as"):
        key_of(text)


@pytest.mark.parametrize(
    "cells",
    [{"replacement": "many"}, {"expected": "many"}, {"row_key": "entity=A; year=last"},
     {"column_name": "is_ai", "expected": "0"}, {"column_name": "since", "replacement": "May"}],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(cells: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="expected a value of type"):
        apply(FRAME, "here", table(**cells), TODAY)


def test_an_equals_sign_may_stand_in_a_value() -> None:
    assert corrections.key_of("name=a=b; year=2024") == {"name": "a=b", "year": "2024"}
