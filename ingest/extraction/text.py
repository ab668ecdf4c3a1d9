"""A text as the modules of extraction look at it: same length as it came, so that every offset holds. Pure."""

import re
from dataclasses import dataclass
from functools import cached_property

# One character for one, so that offsets into the text stay what they are.
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "–": "-", "—": "-", "‑": "-",
     "−": "-", "，": ",", "。": ".", "：": ":", "；": ";", "（": "(", "）": ")", "％": "%", "＄": "$", "￥": "¥"}
    | {chr(code): " " for code in (*range(0x9, 0xE), 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)}
    | {chr(0xFF10 + digit): str(digit) for digit in range(10)}
)  # fmt: skip
# No announcement names more places, sums or figures than this, or has more cues for a question; what follows is a list.
MOST_READ = 60
_SENTENCE_END = re.compile(r"[.!?。！？](?=\s|$)|\n|[。！？]")
_ABBREVIATION = re.compile(r"(?:\b[A-Z]|\b(?:Inc|Ltd|Corp|Co|vs|No|St|Mr|Ms|Dr|est|approx))$")


def _lower(text: str) -> str:
    lowered = text.lower()
    # A few letters grow when they are lowered.
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def folded(text: str) -> str:
    """Return a text or a term as they are compared: lower case, one kind of quote, spaces for hyphens."""
    return _lower(text.translate(_ALIKE)).replace("-", " ")


def is_unspaced(character: str) -> bool:
    """Whether a character belongs to a script that sets no spaces between words (Chinese, Japanese)."""
    return "\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


@dataclass(frozen=True)
class Text:
    """One text: `raw` as it came, `plain` with one kind of quote, dash and space, `low` as terms are sought in it."""

    raw: str

    @cached_property
    def plain(self) -> str:
        """The text with one kind of quote, dash and space."""
        return self.raw.translate(_ALIKE)

    @cached_property
    def low(self) -> str:
        """The text as terms are sought in it."""
        return folded(self.raw)

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """Start and end of each sentence, in order; they cover the text."""
        ends = [
            found.end()
            for found in _SENTENCE_END.finditer(self.raw)
            if not _ABBREVIATION.search(self.raw, max(found.start() - 8, 0), found.start())
        ]
        ends = [*ends, len(self.raw)] if not ends or ends[-1] < len(self.raw) else ends
        return list(zip([0, *ends[:-1]], ends, strict=True))

    def is_edge(self, at: int) -> bool:
        """Whether a word may begin or end between two characters."""
        if at in (0, len(self.low)):
            return True
        before, after = self.low[at - 1], self.low[at]
        return not (before.isalnum() and after.isalnum()) or is_unspaced(before) or is_unspaced(after)
