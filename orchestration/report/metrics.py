"""The figures that can be laid over the map, what they are called, and how a figure becomes a shade and a place."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from orchestration.report.facts import Facts, Row
from orchestration.report.figures import SHARE, Figure, count, number, tell

MW = "MW"
UNKNOWN, ZERO = "unknown", "zero"
STAGES = ("rumoured", "announced", "committed", "under_construction", "operational", "paused", "cancelled")
PROGRAMME = "openai_for_countries"
PARTS = 4


@dataclass(frozen=True)
class Axis:
    """A scale from zero. `place` tells in per cent of its length where a value stands."""

    most: float
    # The first decade of a logarithmic scale, on which zero has a place of its own; None on a linear one.
    least: float | None = None

    def place(self, value: float) -> float:
        """Return where a value stands, 2 to 98; what lies beyond an end stands at that end."""
        if self.least is None:
            return round(2 + 96 * min(max(value / self.most, 0), 1), 2)
        if value <= 0:
            return 2.0
        part = math.log10(value / self.least) / math.log10(self.most / self.least)
        return round(12 + 86 * min(max(part, 0), 1), 2)

    @property
    def ticks(self) -> list[float]:
        """The values to mark, zero first."""
        if self.least is None:
            return [self.most * step / 4 for step in range(5)]
        return [0, *(10.0**power for power in range(_power(self.least), _power(self.most) + 1))]


def log_axis(figures: Iterable[Figure]) -> Axis:
    """Return a logarithmic axis of whole decades that holds all figures."""
    ends = [end for figure in figures for end in figure.ends or () if end > 0]
    low, high = (min(ends), max(ends)) if ends else (1, 10)
    least = math.floor(math.log10(low))
    return Axis(10.0 ** max(least + 1, math.ceil(math.log10(high))), 10.0**least)


@dataclass(frozen=True)
class Metric:
    """One figure per country, with the ends of its shades: above the first is the second shade, and so on."""

    metric_id: str
    name: str
    about: str
    steps: tuple[float, ...]
    figures: dict[str, Figure]
    axis: Axis
    unit: str
    zero_means: str

    def shade(self, iso3: str) -> str:
        """Return `unknown`, `zero`, or the shade of what stands for the figure, `s1` being the least."""
        figure = self.figures.get(iso3, Figure())
        if figure.point is None:
            return UNKNOWN
        return ZERO if figure.is_zero else f"s{1 + sum(figure.point >= step for step in self.steps)}"

    def told(self, iso3: str) -> str:
        """Return the figure of a country in words, with what has to be known beside it."""
        figure = self.figures.get(iso3, Figure())
        grade = f", grade {figure.grade}" if figure.grade and figure.ends else ""
        return f"{figure.told}{grade}" + (f"; {figure.note}" if figure.note else "")

    @property
    def shades(self) -> list[tuple[str, str]]:
        """Each shade with its words, for the legend."""
        edges = [tell(step, unit=self.unit) for step in self.steps]
        plain = [number(step * 100 if self.unit == SHARE else step) for step in self.steps]
        if self.unit.startswith("of "):
            return [(f"s{index + 1}", number(step)) for index, step in enumerate((1, *self.steps))]
        middle = [f"{low} to {high}" for low, high in zip(plain, edges[1:], strict=False)]
        words = [f"under {edges[0]}", *middle, f"{edges[-1]} or more"]
        return [(f"s{index + 1}", word) for index, word in enumerate(words)]

    @property
    def ranking(self) -> list[str]:
        """The countries with a known figure, the largest first."""
        known = {iso3: figure for iso3, figure in self.figures.items() if figure.ends and figure.point is not None}
        return sorted(known, key=lambda iso3: (-(known[iso3].point or 0), -(known[iso3].ends or (0, 0))[1], iso3))


def metrics(facts: Facts) -> list[Metric]:
    """Return what the map can show, the first being shown first."""
    running = _running(facts)
    horizon = max((row["horizon"] for row in facts.tables["mart_capacity_outlook"]), default=None)
    year = horizon.year if horizon else "the horizon"
    outlook = _by_country(facts, "mart_capacity_outlook", _likely, lambda row: row["horizon"] == horizon)
    demand = _by_country(facts, "mart_country_power", _share_of_demand)
    held_by_us = _by_country(facts, "mart_platform_dependency", _us_share, _is_compute_by_mw)
    package = _by_country(facts, "mart_country_programme", _package, lambda row: row["programme"] == PROGRAMME)
    return [
        Metric(
            "running", "AI capacity that runs",
            "Megawatts of AI data centers known to run, at the facility. A floor: sites nobody here has seen "
            "are not in it.",
            (100, 300, 1000, 3000), running, log_axis(running.values()), MW, "known to have none",
        ),
        Metric(
            "outlook", f"Likely to be added by {year}",
            f"Of what is announced, committed and under construction, the megawatts expected to run by the end of "
            f"{year}, with a band of luck and of the rates' own spread. What runs today is not in it.",
            (100, 300, 1000, 3000), outlook, log_axis(outlook.values()), MW, "nothing expected",
        ),
        Metric(
            "demand", "AI share of power demand",
            "Yearly electricity of the AI capacity that runs, over the country's demand in the newest year known. "
            "A floor, as the capacity is; the ends are corners, not a confidence interval.",
            (0.001, 0.003, 0.01, 0.03), demand, log_axis(demand.values()), SHARE, "no AI load",
        ),
        Metric(
            "control", "US-owned share of AI chips in the country",
            "Share of megawatts, running and planned, whose accelerators have an owner at home in the United States: "
            "what is known to be theirs, and what can be. The map shades what is known; between all and nothing it is "
            "unknown.",
            (0.2, 0.4, 0.6, 0.8), held_by_us, Axis(1.0), SHARE, "known to be none",
        ),
        Metric(
            "package", "OpenAI for Countries: parts delivered",
            f"How many of the {PARTS} parts of the package (data center, localised models, startup fund, safety) were "
            "delivered, by the ledger of events. A country without an event of the programme is unknown here.",
            (2, 3, 4), package, Axis(float(PARTS)), f"of {PARTS}", "none delivered",
        ),
    ]  # fmt: skip


def _running(facts: Facts) -> dict[str, Figure]:
    """Return megawatts that run by country; a country where something runs without stated megawatts has a note."""
    return _by_country(facts, "mart_country_capacity", capacity, lambda row: row["stage"] == "operational")


def capacity(row: Row) -> Figure:
    """Return the megawatts of a row of mart_country_capacity."""
    without = row["n_phases_without_mw"] or 0
    if row["v_central_mw"] is None:
        note = f"{count(without, 'site', 'sites')} without stated megawatts" if without else ""
    else:
        note = f"{count(without, 'more site', 'more sites')} without stated megawatts" if without else ""
    return Figure(
        row["v_central_mw"], row["v_low_mw"], row["v_high_mw"], MW, row["grade"], row["source_id"], note
    )  # fmt: skip


def _likely(row: Row) -> Figure:
    if row["pipeline_mw"] is None:
        note = f"{count(row['n_phases'], 'phase', 'phases')} without stated megawatts"
    else:
        note = f"pipeline {tell(row['pipeline_mw'], unit=MW)}" + (", odds mostly assumed" if row["is_prior"] else "")
    return Figure(
        row["online_central_mw"], row["online_low_mw"], row["online_high_mw"], MW, row["grade"], row["source_id"], note
    )


def _share_of_demand(row: Row) -> Figure:
    return Figure(
        row["ai_share_demand_central"], row["ai_share_demand_low"], row["ai_share_demand_high"], SHARE,
        _worse(row["ai_grade"], row["grade"]), row["ai_source_id"],
        f"demand of {row['year']}" if row["ai_share_demand_central"] is not None else "",
    )  # fmt: skip


def _is_compute_by_mw(row: Row) -> bool:
    return row["layer"] == "compute_owner" and row["weight_basis"] == "facility_mw"


def _us_share(row: Row) -> Figure:
    return bounds(row, "us_min", "us_max")


def bounds(row: Row, least: str, most: str) -> Figure:
    """Return a share as bounds; between all and nothing lies nothing known."""
    low, high = row[least], row[most]
    if low is None or high is None or (low <= 0 and high >= 1):
        return Figure(unit=SHARE, source_id=row["source_id"], note="not known whose" if low is not None else "")
    return Figure(None, low, high, SHARE, row["grade"], row["source_id"])


def _package(row: Row) -> Figure:
    return Figure(
        row["pkg_delivered"], unit=f"of {PARTS}", grade=row["grade"], source_id=row["source_id"],
        note=f"stage: {stage_words(row['stage_label'])}",
    )  # fmt: skip


def stage_words(label: str | None) -> str:
    """Return the stage of a programme as a reader knows it."""
    return {"mou": "memorandum", None: UNKNOWN}.get(label, label or UNKNOWN).replace("_", " ")


def _worse(*grades: str | None) -> str | None:
    return max((grade for grade in grades if grade), default=None)


def _by_country(
    facts: Facts, table: str, made: Callable[[Row], Figure], is_meant: Callable[[Row], bool] = lambda _: True
) -> dict[str, Figure]:
    return {row["iso3"]: made(row) for row in facts.tables[table] if is_meant(row)}


def _power(value: float) -> int:
    return round(math.log10(value))
