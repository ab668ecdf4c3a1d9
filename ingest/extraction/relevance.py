"""Whether a text announces a deal about AI infrastructure or models for a country, or its fate. Pure.

Cues add up; homonyms, policy, accidents, opinion and other business take away. What takes away counts in the title or
first sentence alone: further down everything is mentioned.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.phrases import after, within
from ingest.extraction.text import Text

THRESHOLD = 3.0
WEIGHTS = {"subject": 2.0, "programme": 2.0, "localised": 1.0, "act": 1.0, "doubt": -1.5, "veto": -4.0}
# Labs that make agreements with governments about models rather than works.
LABS = frozenset(
    ("OpenAI", "Anthropic", "Mistral AI", "Google", "Microsoft", "Meta", "NVIDIA", "Cohere", "xAI", "Amazon",
     "DeepSeek", "Alibaba", "Huawei", "G42", "IBM", "SAP")
)  # fmt: skip
_FOR_COUNTRY = re.compile(r"\b(?:openai|claude|chatgpt|gemini|copilot|anthropic|mistral|nvidia) for (?:the )?$")
_STATISTIC = re.compile(r"\d ?(?:%|percent|per cent|pc) of\b|\d% del? ")
LEAD_CHARS = 320


@dataclass(frozen=True)
class Named:
    """What else was found in the text: counts and names that make a deal of a subject."""

    vendors: Sequence[Found]
    sites: Sequence[Found]
    mentions: Sequence[Found]
    has_capacity: bool
    has_money: bool
    has_gpus: bool
    stage: str


def is_relevant(text: Text, named: Named) -> tuple[bool, tuple[Found, ...]]:
    """Return whether the text is an announcement, and the cues that made it one."""
    lead_end = _lead_end(text)
    found = lexicon("relevance").find(text)
    by_value: dict[str, list[Found]] = {}
    for cue in found:
        if any(one.start <= cue.start and cue.end <= one.end for one in named.vendors if one.kind != "programme"):
            continue  # `Data Centers` at the end of a company's name
        if cue.value not in ("veto", "doubt", "homonym") or cue.start < lead_end:
            by_value.setdefault(cue.value, []).append(cue)
    # A contract of one who sells nothing but compute is about compute.
    is_compute = named.has_money and any(vendor.kind == "compute" for vendor in named.vendors)
    has_subject = "subject" in by_value or named.has_capacity or named.has_gpus or is_compute
    if "homonym" in by_value and not (has_subject and named.vendors):
        return False, ()
    is_national = _is_national(text, named, set(by_value))
    is_for_country = any(_FOR_COUNTRY.search(text.low[max(site.start - 24, 0) : site.start]) for site in named.mentions)
    is_local = is_for_country or (bool(named.sites) and is_national)
    if not (has_subject or "programme" in by_value or is_local):
        return False, ()
    score = WEIGHTS["subject"] * has_subject + sum(
        WEIGHTS[value] for value in ("programme", "localised", "act") if value in by_value
    )
    score += is_for_country * 2 + is_national + (named.has_capacity or named.has_gpus) + named.has_money
    score += bool(named.vendors) * 0.75 + bool(named.sites) * 0.75
    is_stopped = named.stage in ("paused", "cancelled") and bool(named.vendors)
    is_statistic = _STATISTIC.search(text.low, 0, lead_end) is not None
    doubts = 0 if is_stopped else min(len(by_value.get("doubt", ())) + is_statistic, 2)
    score += WEIGHTS["doubt"] * doubts + WEIGHTS["veto"] * len(by_value.get("veto", ()))
    if after("question", r"[ \"']{0,3}").match(text.low):
        score -= 2
    cues = tuple(cue for value in ("subject", "programme", "localised", "act") for cue in by_value.get(value, ())[:1])
    return score >= THRESHOLD, cues


def _is_national(text: Text, named: Named, cues: set[str]) -> bool:
    """Whether a deal is with or for a country, though no works are named."""
    kinds = {vendor.kind for vendor in named.vendors}
    is_investment = named.has_money and within("invests").search(text.low) is not None
    n_countries = len({one.value for one in named.mentions})
    return (
        ("ai" in kinds and (named.has_money or "accord" in cues))
        or ("cloud" in kinds and is_investment)
        or ("localised" in cues and any(vendor.value in LABS for vendor in named.vendors))
        or ("localised" in cues and (is_investment or (named.has_money and n_countries > 1)))
    )


def _lead_end(text: Text) -> int:
    """Return the end of the title: of the first line, or of the first sentence of a text that is one paragraph."""
    line = text.raw.find("\n")
    return min(line if line > 0 else text.sentences[0][1] if text.sentences else 0, LEAD_CHARS)
