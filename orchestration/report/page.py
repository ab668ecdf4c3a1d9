"""The page: facts in, one self-contained HTML document out. It loads nothing, and its policy forbids that it could."""

import base64
import hashlib
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment

from orchestration.html import environment
from orchestration.report import countries, shapes, timeline
from orchestration.report.facts import Facts, Row, names_of_countries
from orchestration.report.figures import SHARE, USD, Figure, count, number, tell
from orchestration.report.metrics import MW, PROGRAMME, STAGES, Metric, log_axis, metrics, stage_words

TEMPLATES = Path(__file__).parent / "templates"
# The stages the head of the page counts over the world; they are never added to each other.
HEADLINES = {
    "operational": "run", "under_construction": "are under construction", "committed": "are committed",
    "announced": "are announced",
}  # fmt: skip


def render(facts: Facts, manifest: Mapping[str, Any]) -> str:
    """Return the page of a build as HTML. The same facts and manifest give the same text."""
    names = names_of_countries(facts)
    with_section = countries.has_section(facts)
    profiles = facts.tables["mart_country_profile"]
    drawn, size = shapes.drawings()
    shown = metrics(facts)
    style, script = _asset("report.css"), _asset("report.js")
    events = facts.tables["mart_announcement_ledger"]
    by_id = {event["announcement_id"]: event for event in events}
    others = [profile for profile in profiles if profile["iso3"] not in with_section]
    return _environment().get_template("report.html").render(
        manifest=manifest,
        policy=f"default-src 'none'; img-src data:; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
               "base-uri 'none'; form-action 'none'",
        style=style, script=script,
        names=names, metrics=shown, drawn={iso3: one for iso3, one in drawn.items() if iso3 in names}, size=size,
        not_drawn=[names[iso3] for iso3 in names if iso3 not in drawn],
        labels=_labels(shown, names),
        headlines=_headlines(facts),
        scores=_scores(facts),
        capacity_axis=log_axis(_all_capacity(facts)),
        timeline=timeline.timeline(events), kinds=timeline.KINDS,
        events=[(event, timeline.kind_of(event, by_id)) for event in events], by_id=by_id,
        countries=[countries.country(facts, profile, names) for profile in profiles if profile["iso3"] in with_section],
        with_power=[profile for profile in others if countries.has_power(profile)],
        unknown=[profile for profile in others if not countries.has_power(profile)],
        sources=facts.sources, numbers={source_id: number for number, source_id in enumerate(facts.sources, 1)},
        calendar={row["source_id"]: row for row in facts.tables["mart_source_calendar"]},
        n_left_out=facts.n_left_out,
        Figure=Figure, MW=MW, USD=USD, tell=tell, count=count,
    )  # fmt: skip


def link(address: str | None) -> str | None:
    """Return an address of the web that may stand behind a link; None for any other, such as javascript:."""
    try:
        parts = urlsplit((address or "").strip())
    except ValueError:
        return None
    return parts.geturl() if parts.scheme in ("http", "https") and parts.netloc else None


def _tick(value: float, unit: str) -> str:
    """Return the words of a tick, short enough to stand beside its neighbours."""
    if unit == SHARE:
        return tell(value, unit=unit)
    return f"{number(value / 1000)}k" if value >= 1000 else number(value)


def _environment() -> Environment:
    made = environment(TEMPLATES)
    made.filters |= {
        "link": link, "programme": countries.programme_words, "stage": stage_words,
        "words": lambda text: str(text or "").replace("_", " "),
        "tick": _tick,
        "ids": lambda text: [one for one in str(text or "").split("; ") if one],
    }  # fmt: skip
    return made


def _labels(shown: Sequence[Metric], names: Mapping[str, str]) -> dict[str, Any]:
    """Return what the script has to know: by metric, shade and words of every country it tells of."""
    return {
        metric.metric_id: {
            "name": metric.name,
            "countries": {iso3: [metric.shade(iso3), metric.told(iso3)] for iso3 in names if iso3 in metric.figures},
        }
        for metric in shown
    }


def _headlines(facts: Facts) -> list[tuple[str, Figure, int]]:
    """Return per stage of the head its words, the sum of what is known, and of how many countries."""
    told = []
    for stage, words in HEADLINES.items():
        rows = [row for row in facts.tables["mart_country_capacity"]
                if row["stage"] == stage and row["v_central_mw"] is not None]  # fmt: skip
        ends = [math.fsum(row[f"v_{end}_mw"] for row in rows) if rows else None for end in ("central", "low", "high")]
        grade = max((row["grade"] for row in rows if row["grade"]), default=None)
        told.append((words, Figure(*ends, unit=MW, grade=grade), len(rows)))
    return told


def _scores(facts: Facts) -> dict[str, int]:
    """Return how far the programme got: its countries, by what came of them."""
    rows: list[Row] = [row for row in facts.tables["mart_country_programme"] if row["programme"] == PROGRAMME]
    return {
        "n_countries": len(rows),
        "n_signed": sum((row["current_stage"] or 0) >= 3 for row in rows),
        "n_delivered": sum((row["pkg_delivered"] or 0) > 0 for row in rows),
        "n_given_up": sum((row["current_stage"] or 0) < 0 for row in rows),
    }


def _all_capacity(facts: Facts) -> list[Figure]:
    rows = facts.tables["mart_country_capacity"]
    return [Figure(row["v_central_mw"], row["v_low_mw"], row["v_high_mw"]) for row in rows if row["stage"] in STAGES]


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
