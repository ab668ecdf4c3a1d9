"""The governance indicators in both workbooks: of one sheet until 2024, of a sheet per dimension since."""

import pytest

from ingest.declaration import get_declaration
from ingest.errors import ParseError
from ingest.parsing import parse
from tests.fixtures.kit import Row
from tests.fixtures.sources.world_bank_governance import DIMENSIONS, files, good_rows
from tests.fixtures.xlsx import workbook

DECLARATION = get_declaration("world_bank_governance")


def since_2025(row: Row) -> Row:
    return {
        "ID variable (economy code/ gov. dimension/ year)": "x", "Economy (name)": row["country_name"],
        "Economy (code)": row["country_code"], "Region": "Invented", "Income classification": "High income",
        "Year": row["year"], "Governance dimension": row["dimension"], "Number of sources": row["n_sources"],
        "Governance estimate (approx. -2.5 to +2.5)": row["estimate"],
        "Standard error (estimate)": row["standard_error"], "Governance score (0-100)": 50.0,
        "Standard error (gov. score)": 3.0,
    }  # fmt: skip


def by_sheet(rows: list[Row]) -> dict[str, bytes]:
    sheets = {name: [since_2025(row) for row in rows if row["dimension"] == name] for name in DIMENSIONS}
    return {"wgidataset.xlsx": workbook({"Notes": [{"Title": "x"}]} | sheets)}


def test_both_workbooks_give_the_same_rows_but_for_the_ranks() -> None:
    rows = good_rows()
    key = ["country_code", "year", "dimension"]
    one, six = parse(DECLARATION, files(rows)), parse(DECLARATION, by_sheet(rows))
    assert one.frame.drop("percentile_rank_pct").sort(key).equals(six.frame.drop("percentile_rank_pct").sort(key))
    assert six.frame["percentile_rank_pct"].null_count() == len(rows)
    assert not (six.missing or six.extra or six.untyped)


def test_two_dots_are_no_figure_and_a_row_of_them_is_dropped() -> None:
    figures = ("estimate", "standard_error", "n_sources", "percentile_rank_pct")
    rows = good_rows()
    rows[0] |= dict.fromkeys(figures)
    rows[1] |= {"percentile_rank_pct": None}
    frame = parse(DECLARATION, files(rows)).frame
    assert frame.height == len(rows) - 1
    assert frame["percentile_rank_pct"].null_count() == 1


@pytest.mark.parametrize("gone", ["va", "Sheet1"])
def test_another_workbook_is_refused_and_names_its_sheets(gone: str) -> None:
    sheets = {name: [since_2025(row) for row in good_rows()[:5]] for name in DIMENSIONS if name != gone}
    content = {"wgidataset.xlsx": workbook(sheets if gone == "va" else {"Other": [{"code": "x"}]})}
    with pytest.raises(ParseError, match="expected the sheet 'Sheet1', came"):
        parse(DECLARATION, content)
