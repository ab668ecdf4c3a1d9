"""How far a deal is, by the words of its text: the boldest cue does not win, the most sober one does. Pure."""

import re
from collections.abc import Sequence

from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.text import Text

# In this order: what ends or stops a deal comes before what moves it.
ORDER = ("cancelled", "paused", "negotiating", "under_construction", "operational", "signed")
_MODAL = re.compile(
    r"\b(?:could|may|might|would|plans?|planned|planning|wants?|hopes?|aims?|expects?|expected|intends?|set|due|about|ready|scheduled|to|will|podría|podrían|prevé|planea)"
    r" (?:soon |be |to |to be |a )?$"
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|isn't|won't|denies|deny|denied|without|rules out|ruled out|no plans to) (?:\w+ )?$"
)
_OTHERS = re.compile(r"\b(?:after|since|as|despite|amid|once|until|before|when) [\w' ]{0,40}$")


def find_stage(text: Text, components: Sequence[str]) -> tuple[str, Found | None]:
    """Return the stage of a deal and the cue for it; `announced` where no cue says more.

    A memorandum on works binds nobody and counts as negotiating; on anything else it is the deal itself, signed.
    """
    cues = _cues(text)
    if memorandum := next((cue for cue in cues if cue.value == "memorandum"), None):
        is_works = "data_center" in components
        return ("negotiating" if is_works else "signed"), memorandum
    for stage in ORDER:
        for cue in cues:
            if cue.value == stage:
                return stage, cue
    return "announced", None


def _cues(text: Text) -> list[Found]:
    """Return the cues that hold: not denied, and not of a time to come."""
    found = lexicon("stages").find(text)
    to_come = {(cue.start, cue.end) for cue in found if cue.value == "future"}
    kept: list[Found] = []
    for cue in found:
        before = text.low[max(cue.start - 50, 0) : cue.start]
        if cue.value == "future" or (cue.start, cue.end) in to_come or _NEGATED.search(before):
            continue
        if cue.value in ("under_construction", "operational", "signed") and _MODAL.search(before):
            continue
        kept.append(cue)
    return kept
