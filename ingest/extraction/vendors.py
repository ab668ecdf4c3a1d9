"""Vendors, partners and investors of a deal, by the names they are known by. Pure."""

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.phrases import after, any_of, before
from ingest.extraction.text import MOST_READ, Text

# Whose programme it is, where only the programme is named.
PROGRAMME_VENDOR = {
    "stargate": "OpenAI", "openai for countries": "OpenAI", "edu for countries": "OpenAI",
    "education for countries": "OpenAI", "星际之门": "OpenAI", "星際之門": "OpenAI", "chatgpt": "OpenAI",
    "claude for": "Anthropic",
}  # fmt: skip
_PROGRAMME = re.compile(
    r"(?<![a-z])(?:" + "|".join(map(re.escape, PROGRAMME_VENDOR)) + r")(?![a-z]| (?:style|like|mining)\b)"
)
_PARENT = re.compile(r"^(?:,? (?:ltd|inc|corp|co)\.?)?(?:'s|'| unit| subsidiary| owned) $")


def find_vendors(text: Text) -> tuple[Found, ...]:
    """Return the vendors of a text, each once, where it stands first. A programme stands for its vendor."""
    named = [one for one in lexicon("vendors").find(text)[:MOST_READ] if not _is_compared(text, one)]
    kept = {one.value: one for one in reversed(_without_parents(text, named))}
    found = sorted(kept.values(), key=lambda one: one.start)
    programme = _PROGRAMME.search(text.low)
    if programme and not any(cue.value == "homonym" for cue in lexicon("relevance").find(text)):
        vendor = PROGRAMME_VENDOR[programme.group()]
        if vendor not in kept and not _is_anothers(found, programme.group()):
            found.append(Found(*programme.span(), vendor, "programme"))
    return tuple(found)


def _is_anothers(found: Sequence[Found], programme: str) -> bool:
    """Whether a product is only mentioned: `ChatGPT` beside another vendor is no deal of its maker."""
    return programme == "chatgpt" and bool(found)


def _is_compared(text: Text, one: Found) -> bool:
    """Whether somebody else is meant: `Europe's answer to X`, an X rival."""
    left, right = text.low[max(one.start - 30, 0) : one.start], text.low[one.end : one.end + 24]
    return bool(before("compared", " (?:the )?").search(left) or after("compared_after", "(?:'s)? ").match(right))


def _without_parents(text: Text, named: Sequence[Found]) -> list[Found]:
    """Drop an owner that only introduces the vendor: `ByteDance's TikTok`. `X's Y tie-up` is a deal of both."""
    introducing = {
        owner
        for owner, owned in pairwise(named)
        if owner.value != owned.value
        and _PARENT.match(text.low[owner.end : owned.start])
        and not re.match(f" {any_of('deal_with')}", text.low[owned.end : owned.end + 20])
    }
    return [one for one in named if one not in introducing]
