"""Rules shared by registries that people fill in, read page by page: whole lists, spread over the world."""

from datetime import date

import polars as pl

from expectations.rule import Rule, positions_known


def _spread(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    counts = frame["iso3"].drop_nulls().value_counts(sort=True, name="n_rows").head(1)
    n_countries = frame["iso3"].n_unique()
    odd = n_countries < 60 or counts["n_rows"].item(0) > 0.5 * frame.height
    return counts.with_columns(n_countries=pl.lit(n_countries)) if odd else counts.clear()


def rules(key: str, positions: tuple[str, str] | None = None) -> list[Rule]:
    """Return the rules of a list keyed by a rising number, with the names of latitude and longitude if it has them."""

    def replaced(frame: pl.DataFrame, previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
        if previous is None:
            return pl.DataFrame()
        gone = previous.join(frame, on=key, how="anti").height
        # Records are removed one by one; a list that lost more is another list, or lost a page.
        return pl.DataFrame({"n_gone": [gone]} if gone > 0.05 * previous.height else {"n_gone": []})

    found = [
        Rule("spread_over_countries", "block", "the list covers 60 countries or more, none with over half of the rows",
             "Look whether pages are missing or repeated in the archived bytes.", _spread),
        Rule("same_list", "block", "at most 5 % of the records of the vintage before are gone",
             "Look whether a page was lost; if the publisher cleaned up, import the list with a note.", replaced),
    ]  # fmt: skip
    if positions:
        found.append(positions_known(*positions, 0.7))
    return found
