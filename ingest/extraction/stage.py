"""How far a deal is, by the words of its text: the boldest cue does not win, the most sober one does. Pure."""

from collections.abc import Sequence

from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.phrases import before, within
from ingest.extraction.text import MOST_READ, Text

# In this order: what ends or stops a deal, whichever is told first, comes before what moves it.
ORDER = (("cancelled", "paused"), ("negotiating",), ("under_construction",), ("operational",), ("signed",))


def find_stage(text: Text, components: Sequence[str]) -> tuple[str, Found | None]:
    """Return the stage of a deal and the cue for it; `announced` where no cue says more.

    A memorandum on works binds nobody and counts as negotiating; on anything else it is the deal itself, signed.
    """
    cues = _cues(text)
    if memorandum := next((cue for cue in cues if cue.value == "memorandum"), None):
        is_works = "data_center" in components
        return ("negotiating" if is_works else "signed"), memorandum
    for stages in ORDER:
        if told := [cue for cue in cues if cue.value in stages]:
            return told[0].value, told[0]
    return "announced", None


def _cues(text: Text) -> list[Found]:
    """Return the cues that hold: not denied, and not of a time to come."""
    framed = [Found(*one.span(), "cancelled", "") for one in within("stage_cancelled").finditer(text.low)]
    found = sorted([*lexicon("stages").find(text), *framed], key=lambda cue: cue.start)[:MOST_READ]
    to_come = {(cue.start, cue.end) for cue in found if cue.value == "future"}
    kept: list[Found] = []
    for cue in found:
        left = text.low[max(cue.start - 50, 0) : cue.start]
        if (
            cue.value == "future"
            or (cue.start, cue.end) in to_come
            or before("denied", r" (?:\w{1,20} )?").search(left)
        ):
            continue
        if cue.value in ("paused", "cancelled") and before("wavers", " (?:to )?(?:be )?").search(left):
            continue
        if cue.value in ("under_construction", "operational", "signed") and before(
            "modal", " (?:soon |be |to |to be |a )?"
        ).search(left):
            continue
        kept.append(cue)
    return kept
