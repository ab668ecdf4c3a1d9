"""How the charts are laid out: the tabs of the dashboard, a line on how to read each, and its filters."""

from collections.abc import Sequence
from dataclasses import dataclass

from bi.superset.datasets import OPERATIONAL


@dataclass(frozen=True)
class Filter:
    """A choice of one value of a column, for all charts of a tab."""

    name: str
    dataset: str
    column: str
    default: str
    about: str


@dataclass(frozen=True)
class Tab:
    """A tab: a line on how to read it, and rows of charts with their widths (twelfths) and the height (8 px each)."""

    name: str
    about: str
    rows: Sequence[tuple[int, Sequence[tuple[str, int]]]]
    filters: Sequence[Filter] = ()


TITLE = "AI infrastructure by country"
SLUG = "infra-atlas"
TABS = [
    Tab(
        "World",
        "Choose a figure in the bar above. **Grey is unknown, never zero.** Bars end at the low, the central and the "
        "high figure; the grade runs from A, best, to E, worst.",
        [(68, [("World map", 8), ("Ranking with ranges", 4)]),
         (50, [("Figures and grades", 9), ("The build shown here", 3)])],
        [Filter("Figure", "Figures for the map", "figure", OPERATIONAL, "What the map and the ranking show.")],
    ),
    Tab(
        "Pipeline",
        "**Announced is not built.** Stages stand side by side and are never added; every bar ends at the low, the "
        "central and the high figure.",
        [(52, [("Stages side by side", 4), ("Phases by stage", 4),
               ("What of the pipeline is likely to run by the end of 2030", 4)]),
         (60, [("Pipeline and operation by country", 12)])],
    ),
    Tab(
        "Events",
        "Every event of the ledger with its stage, grade and address. Events restate each other: **never add their "
        "megawatts or money.**",
        [(46, [("Events by month", 6), ("Largest capacity named, day by day", 6)]), (70, [("All events", 12)])],
    ),
    Tab(
        "Power",
        "The load of AI is a floor of known sites, set against the latest known demand. Planned is announced, "
        "committed or under construction: **little of it may be built.**",
        [(56, [("AI share of demand against carbon", 6), ("Pipeline against the size of the grid", 6)]),
         (52, [("AI share of demand with its range", 4), ("Power and AI load by country", 8)])],
    ),
    Tab(
        "Control",
        "Where capacity stands is not who controls it. Shares are of known AI capacity, running and planned; **grey is "
        "unknown**, so a share lies between what is known and that with the grey added.",
        [(54, [("Where it stands and who runs it: the United States", 6),
               ("Who has which role in the world's AI capacity", 6)]),
         (96, [("Who runs it, country by country", 12)])],
    ),
    Tab(
        "Country",
        "Choose a country in the bar above. A chart without rows: nothing is known, not that there is nothing. Figures "
        "are of the year or day in their row.",
        [(66, [("Profile of the country", 6), ("Its AI capacity by stage", 6)]),
         (50, [("Its electricity from coal, gas, oil, nuclear, hydro, wind and sun", 6),
               ("On whom its AI capacity depends", 6)]),
         (34, [("Its programmes", 12)]),
         (50, [("Its events", 12)]),
         (50, [("Its sources", 12)])],
        [Filter("Country", "Profile", "country", "United Kingdom", "Whose page to show.")],
    ),
    Tab(
        "Sources",
        "How each source stood when it was last asked. One that is unreachable keeps its last good vintage in "
        "force, if it has one. The words to credit a source with stand in its row.",
        [(52, [("Sources by status", 5), ("Age of what each source holds", 7)]), (70, [("All sources", 12)])],
    ),
]  # fmt: skip
