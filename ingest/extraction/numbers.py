"""Numbers as texts write them: separators of thousands and decimals, scales in several languages. Pure."""

import re

# At most 15 digits with their separators, of thousands or of lakhs; anything longer is no figure of this world.
_LAKHS = r"\d{1,2}(?:,\d{2}){1,3},\d{3}(?!\d)"
_THOUSANDS = r"\d{1,3}(?:[.,']\d{3}){1,4}(?!\d)(?:[.,]\d{1,3})?"
_PLAIN = r"\d{1,12}(?:[.,]\d{1,3})?"
NUMBER = rf"(?<![\d.,])(?:{_LAKHS}|{_THOUSANDS}|{_PLAIN})(?!\d)"

SCALES = {
    "thousand": 1e3, "k": 1e3, "mil": 1e3, "tausend": 1e3, "mille": 1e3,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "m": 1e6, "millón": 1e6, "millones": 1e6,
    "milhão": 1e6, "milhões": 1e6, "millionen": 1e6, "milioni": 1e6,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "bln": 1e9, "b": 1e9, "mil millones": 1e9, "mrd": 1e9,
    "milliard": 1e9, "milliards": 1e9, "milliarden": 1e9, "milliarde": 1e9, "miliardi": 1e9, "bilhão": 1e9,
    "bilhões": 1e9, "md": 1e9, "mil milhões": 1e9, "miliardo": 1e9,
    "billón": 1e12, "billones": 1e12, "billionen": 1e12,
    "trillion": 1e12, "trillions": 1e12, "tn": 1e12, "trn": 1e12, "t": 1e12, "trilhão": 1e12, "trilhões": 1e12,
    "lakh": 1e5, "lakhs": 1e5, "crore": 1e7, "crores": 1e7, "cr": 1e7, "lakh crore": 1e12, "lakh crores": 1e12,
    "万亿": 1e12, "萬億": 1e12, "兆": 1e12, "亿": 1e8, "億": 1e8, "万": 1e4, "萬": 1e4, "千": 1e3, "百万": 1e6,
    "十亿": 1e9, "조": 1e12, "억": 1e8, "만": 1e4,
}  # fmt: skip
SCALE = "(?:" + "|".join(re.escape(word).replace(r"\ ", "[ -]") for word in sorted(SCALES, key=len, reverse=True)) + ")"
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
         "half a": 0.5, "a": 1, "un": 1, "uno": 1, "dos": 2, "tres": 3, "一": 1, "两": 2, "十": 10}  # fmt: skip


def number_of(text: str) -> float:
    """Return the value of a figure: `1,500` and `1.500` are thousands, `1.5` and `1,5` decimals."""
    if re.fullmatch(_LAKHS, text):
        return float(text.replace(",", ""))
    text = text.replace("'", "").replace(" mil ", "")
    last = max(text.rfind("."), text.rfind(","))
    if last < 0:
        return float(text)
    mark = text[last]
    other = "," if mark == "." else "."
    is_grouped = text.count(mark) > 1 or (len(text) - last - 1 == 3 and other not in text and text[:last] != "0")
    if is_grouped:
        return float(text.replace(mark, "").replace(other, "."))
    return float(text.replace(other, "").replace(mark, "."))


def scale_of(text: str | None) -> float:
    """Return what a scale word multiplies by; 1 where there is none."""
    return SCALES[text.replace("-", " ")] if text else 1.0
