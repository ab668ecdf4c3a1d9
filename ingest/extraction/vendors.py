"""Vendors, partners and investors of a deal, by the names they are known by. Pure."""

import re
from collections.abc import Sequence

from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.text import Text

# Whose programme it is, where only the programme is named.
PROGRAMME_VENDOR = {
    "stargate": "OpenAI", "openai for countries": "OpenAI", "edu for countries": "OpenAI",
    "education for countries": "OpenAI", "星际之门": "OpenAI", "星際之門": "OpenAI", "chatgpt": "OpenAI",
    "claude for": "Anthropic",
}  # fmt: skip
_PROGRAMME = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, PROGRAMME_VENDOR)) + r")(?!\w)")
# `Europe's answer to X` and `X rival` name somebody else.
_COMPARED_BEFORE = re.compile(
    r"\b(?:answer to|rivals?(?: of| to)?|alternatives? to|versus|vs\.?|competes? with|competitors? (?:of|to)|challenge to|like|unlike|"
    r"former|ex|dependence on|reliance on|instead of|lessen \w+ on|away from|version of|response to|respuesta a|rival de|alternativa a) (?:the )?$"
)
_COMPARED_AFTER = re.compile(
    r"^(?:'s)?[ -](?:rivals?|competitors?|alternatives?|killer|alum\w*|veterans?|backed|style|challenger|竞争对手)\b"
)
_PARENT = re.compile(r"^(?:,? (?:ltd|inc|corp|co)\.?)?(?:'s|'| unit| subsidiary|-owned) $")
# `X's Y tie-up` is a deal of both.
_DEAL_WITH = re.compile(r"^ (?:tie|deal|partner|pact|alliance|invest|stake|bet|talks|agreement|contract|venture)")


def find_vendors(text: Text) -> tuple[Found, ...]:
    """Return the vendors of a text, each once, where it stands first. A programme stands for its vendor."""
    named = [one for one in lexicon("vendors").find(text) if not _is_compared(text, one)]
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
    before, after = text.low[max(one.start - 30, 0) : one.start], text.low[one.end : one.end + 24]
    return bool(_COMPARED_BEFORE.search(before) or _COMPARED_AFTER.match(after))


def _without_parents(text: Text, named: Sequence[Found]) -> list[Found]:
    """Drop an owner that only introduces the vendor: `ByteDance's TikTok`."""
    kept: list[Found] = []
    for number, one in enumerate(named):
        after = named[number + 1] if number + 1 < len(named) else None
        is_introduced = after and after.value != one.value and _PARENT.match(text.low[one.end : after.start])
        if after and is_introduced and not _DEAL_WITH.match(text.low[after.end : after.end + 20]):
            continue
        kept.append(one)
    return kept
