"""Parser of Epoch AI's data centers: the list of sites, compared with the timelines of the same vintage."""

from collections.abc import Iterable, Mapping

import polars as pl

from ingest.parsing import read_csv

SITES, TIMELINES = "data_centers.csv", "data_center_timelines.csv"
# Current figures are rounded to whole megawatts; compute is given in full.
POWER_SLACK, POWER_SLACK_MW, COMPUTE_SLACK = 0.005, 1.0, 0.002
SHARE_THAT_TELLS = 0.9

Row = tuple[float | None, float | None, float | None]  # facility MW, IT MW, H100 equivalents


def _close(value: float | None, to: float, slack: float, least: float) -> bool:
    return value is not None and abs(value - to) <= max(least, slack * abs(to))


def compare(power_mw: float | None, h100e: float | None, rows: Iterable[Row]) -> tuple[str, float | None, float | None]:
    """Return which power of a site's timeline its current power equals, and facility and IT power of the row compared.

    The row is the last one with the same compute, which is the state the site is in when the file is published.
    """
    if power_mw is None or h100e is None:
        return "neither", None, None
    same = [row for row in rows if _close(row[2], h100e, COMPUTE_SLACK, 1.0)]
    equal = [(row, *(_close(power, power_mw, POWER_SLACK, POWER_SLACK_MW) for power in row[:2])) for row in same]
    is_facility = any(facility for _, facility, _ in equal)
    is_it = any(it for _, _, it in equal)
    chosen = next(
        (row for row, facility, it in reversed(equal) if facility or it), same[-1] if same else (None, None, None)
    )
    word = {(True, True): "both", (True, False): "facility", (False, True): "it"}.get((is_facility, is_it), "neither")
    return word, chosen[0], chosen[1]


def kind_of(words: Iterable[str]) -> str:
    """Return the kind of power a whole vintage gives: facility, it, or unknown where its sites do not agree."""
    told = [word for word in words if word != "both"]
    for kind in ("facility", "it"):
        if told and told.count(kind) >= SHARE_THAT_TELLS * len(told):
            return kind
    return "unknown"


def _numbers(frame: pl.DataFrame, name: str) -> pl.Series:
    return (
        frame[name].cast(pl.Float64, strict=False) if name in frame.columns else pl.Series(name, [None] * frame.height)
    )


def _timelines(content: bytes) -> dict[str, list[Row]]:
    frame = read_csv(content).sort("Date")
    columns = (_numbers(frame, name) for name in ("Power (MW)", "IT power (MW)", "H100 equivalents"))
    rows: dict[str, list[Row]] = {}
    for name, *figures in zip(frame["Data center"], *columns, strict=True):
        rows.setdefault(name, []).append((figures[0], figures[1], figures[2]))
    return rows


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per site, columns as published, with the power of its timeline and the kind of its own."""
    sites = read_csv(files[SITES])
    if "Handle" in sites.columns:
        # Until early 2026: the timelines go by the handle, people by the title, and no country is named.
        sites = sites.rename({"Title": "Name"}).with_columns(timeline_name="Handle", Country=pl.lit(None, pl.String))
    else:
        # A file without names is told by the gate, in its words.
        sites = sites.with_columns(timeline_name="Name" if "Name" in sites.columns else pl.lit(None, pl.String))
    timelines = _timelines(files[TIMELINES])
    current = zip(
        sites["timeline_name"], _numbers(sites, "Current power (MW)"), _numbers(sites, "Current H100 equivalents"),
        strict=True,
    )  # fmt: skip
    compared = [compare(power, h100e, timelines.get(name, [])) for name, power, h100e in current]
    return sites.with_columns(
        pl.Series("power_equals", [word for word, _, _ in compared], pl.String),
        pl.Series("timeline_facility_mw", [facility for _, facility, _ in compared], pl.Float64),
        pl.Series("timeline_it_mw", [it for _, _, it in compared], pl.Float64),
        mw_kind=pl.lit(kind_of(word for word, _, _ in compared)),
    )
