"""Rules of the organisations: parents exist, chains end, and a spelling belongs to one of them."""

from datetime import date

import polars as pl

from expectations import reviewed_tables
from expectations.rule import Rule


def _orphans(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    children = frame.filter(pl.col("parent_org_id").is_not_null())
    return children.join(frame, left_on="parent_org_id", right_on="org_id", how="anti")


def _own_ancestors(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    links = frame.filter(pl.col("parent_org_id").is_not_null()).select("org_id", "parent_org_id").iter_rows()
    parents: dict[str, set[str]] = {}
    for child, parent in links:
        parents.setdefault(child, set()).add(parent)
    return frame.filter(pl.col("org_id").is_in([child for child in parents if child in _ancestors(child, parents)]))


def _ancestors(org_id: str, parents: dict[str, set[str]]) -> set[str]:
    """Return everybody up the chains of an organisation, at any time; itself only where they turn in a circle."""
    found: set[str] = set()
    ahead = [*parents.get(org_id, ())]
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += parents.get(one, ())
    return found


def _claimed_twice(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    spellings = pl.concat_list("name", pl.col("aliases").fill_null("").str.split(";")).list.eval(
        pl.element().str.strip_chars().str.to_lowercase()
    )
    owners = frame.select("org_id", spelling=spellings).explode("spelling").filter(pl.col("spelling") != "").unique()
    contested = owners.filter(owners["spelling"].is_duplicated())
    return frame.join(contested, on="org_id", how="semi")


def _states_unlike(frame: pl.DataFrame, _previous: pl.DataFrame | None, _known_at: date) -> pl.DataFrame:
    return frame.filter((pl.col("kind") == "government") & pl.col("home").is_null())


RULES = [
    *reviewed_tables.rules(
        ["org_id", "known_from"], ["home", "parent_org_id", "kind", "state_owned_pct", "valid_from", "valid_to"]
    ),
    *reviewed_tables.interval_rules(["org_id"]),
    Rule("parent_exists", "block", "parent_org_id is the org_id of another row",
         "Correct the name, or add the parent.", _orphans),
    Rule("no_circle_of_parents", "block", "no organisation is its own ancestor",
         "Find out who controls whom.", _own_ancestors),
    Rule("spelling_belongs_to_one", "block", "a name or alias belongs to one organisation",
         "Take the spelling out where it is not meant.", _claimed_twice),
    Rule("government_has_home", "block", "a government has a home", "Fill home_iso3.", _states_unlike),
]  # fmt: skip
