"""Files of GDELT's Global Knowledge Graph as GDELT writes them, invented: lists, slots, rows of 27 columns.

The same seed gives the same bytes. Rows are of 4 to 12 KB and shrink about as much as real ones (to a third).
"""

import hashlib
import html
import io
import random
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from tests.web import Web

HOST = "data.gdeltproject.org"
STREAMS = {"": "masterfilelist.txt", ".translation": "masterfilelist-translation.txt"}
RELEVANT_SHARE = 0.004
RELEVANT_TITLES = [
    "Stargate Norway to host 230 MW of AI compute in Narvik",
    "Ministry signs deal for 500MW <data centre> campus & power line",
    "OPENAI AND PARTNER PLAN 1GW DATA CENTER IN INDIA",
    "Hyperscaler halts \"gigawatt\" campus over grid queue",
    "Un centre de données géant annoncé près de Paris",
    "Rechenzentrum für KI: Baustart in Brandenburg",
]  # fmt: skip
WORDS = [
    "market", "council", "river", "school", "minister", "vote", "court", "budget", "storm", "league", "harvest",
    "train", "airport", "museum", "harbour", "strike", "festival", "hospital", "election", "bridge", "housing",
    "tourism", "weather", "football", "music", "police", "island", "border", "award",
]  # fmt: skip
THEMES = [
    "TAX_FNCACT", "TAX_FNCACT_PRESIDENT", "TAX_FNCACT_MINISTER", "LEADER", "GENERAL_GOVERNMENT", "EPU_POLICY",
    "EPU_POLICY_GOVERNMENT", "CRISISLEX_CRISISLEXREC", "TAX_ETHNICITY", "TAX_WORLDLANGUAGES", "EDUCATION", "MEDICAL",
    "GENERAL_HEALTH", "WB_635_PUBLIC_HEALTH", "WB_621_HEALTH_NUTRITION_AND_POPULATION", "ECON_STOCKMARKET", "TRIAL",
    "WB_1467_EDUCATION_FOR_ALL", "SOC_POINTSOFINTEREST", "UNGP_FORESTS_RIVERS_OCEANS", "ENV_OIL", "TERROR", "KILL",
    "MEDIA_MSM", "WB_678_DIGITAL_GOVERNMENT", "USPEC_POLITICS_GENERAL1", "AFFECT", "PROTEST", "TAX_ECON_PRICE",
]  # fmt: skip
PEOPLE = ["ana moreau", "jon halvorsen", "mei tanaka", "sipho dlamini", "lucia ferrari", "omar haddad", "kim sorensen"]
ORGANISATIONS = ["united nations", "city council", "world bank", "reuters", "facebook", "state university", "red cross"]
PLACES = [
    "1#Australia#AS#AS##-25#135#AS#{}", "1#Seychelles#SE#SE##-4.58#55.67#SE#{}", "1#Norway#NO#NO##62#10#NO#{}",
    "4#Berlin, Berlin, Germany#GM#GM16#16538#52.5167#13.4#-1746443#{}", "1#United States#US#US##39.8#-98.6#US#{}",
    "3#Ashburn, Virginia, United States#US#USVA#VA107#39.0437#-77.4875#1492130#{}", "1#Japan#JA#JA##36#138#JA#{}",
]  # fmt: skip


def slot_times(day: date, n_slots: int = 96) -> list[str]:
    """Return the first slots of a day, all 96 if no other number is told."""
    midnight = datetime.combine(day, datetime.min.time())
    return [f"{midnight + timedelta(minutes=15 * number):%Y%m%d%H%M%S}" for number in range(n_slots)]


def url_of(slot: str, stream: str = "") -> str:
    """Return the address of a slot's file, as the list writes it."""
    return f"http://{HOST}/gdeltv2/{slot}{stream}.gkg.csv.zip"


def _with_offsets(rng: random.Random, names: list[str]) -> str:
    return ";".join(f"{name},{rng.randrange(20, 6000)}" for name in names for _ in range(rng.randrange(1, 4)))


def _gcam(rng: random.Random) -> str:
    share = rng.uniform(0.2, 1)
    keys = [f"c{one}.{two}" for one in (1, 12, 13, 14, 15, 16, 17, 18) for two in range(1, 90)]
    scores = [f"{key}:{int(rng.paretovariate(0.8))}" for key in keys if rng.random() < share]
    values = [f"v{one}.{two}:{rng.uniform(-4, 8):.12g}" for one in (19, 20, 21, 42) for two in range(1, 20)]
    return ",".join([f"wc:{rng.randrange(120, 900)}", *scores, *rng.sample(values, rng.randrange(15, 76))])


def row(
    rng: random.Random,
    record: str = "20260105120000-0",
    *,
    title: str | None = None,
    url: str | None = None,
    organisations: list[str] | None = None,
    themes: list[str] | None = None,
    places: list[str] | None = None,
    translated_from: str = "",
) -> bytes:
    """Return one row without its newline. What is not given is invented."""
    if title is None:
        title = " ".join(rng.choice(WORDS) for _ in range(rng.randrange(5, 12))).capitalize()
    themes = rng.sample(THEMES, rng.randrange(4, 20)) if themes is None else themes
    people = rng.sample(PEOPLE, rng.randrange(0, 5))
    organisations = rng.sample(ORGANISATIONS, rng.randrange(0, 4)) if organisations is None else organisations
    places = [one.format(rng.randrange(9000)) for one in rng.sample(PLACES, rng.randrange(0, 5))] \
        if places is None else places  # fmt: skip
    site = f"{rng.choice(WORDS)}-{rng.choice(WORDS)}.example"
    path = f"{rng.choice(WORDS)}/{rng.getrandbits(64):x}"
    url = url or f"https://www.{site}/{path}"
    names = [" ".join(rng.sample(WORDS, 2)).title() for _ in range(rng.randrange(4, 18))]
    tone = ",".join(f"{rng.uniform(-8, 20):.14g}" for _ in range(6))
    quotes = "#".join(f"{rng.randrange(5000)}|{rng.randrange(20, 90)}||{' '.join(rng.choices(WORDS, k=9))}"
                      for _ in range(rng.randrange(0, 4)))  # fmt: skip
    links = ";".join(f"https://{rng.choice(WORDS)}.example/{rng.getrandbits(48):x}" for _ in range(rng.randrange(0, 6)))
    escaped = html.escape(title, quote=False).encode("ascii", "xmlcharrefreplace").decode()
    escaped = "".join(f"&#x{int(part[2:-1]):X};" if part.startswith("&#") else part for part in _entities(escaped))
    extras = f"<PAGE_LINKS>{links}</PAGE_LINKS>" if links else ""
    extras += f"<PAGE_PRECISEPUBTIMESTAMP>{record[:14]}</PAGE_PRECISEPUBTIMESTAMP>"
    extras += f"<PAGE_TITLE>{escaped}</PAGE_TITLE>" if title else ""
    columns = [
        record, record[:14], "1", site, url, "", "",
        "".join(f"{theme};" for theme in themes), _with_offsets(rng, themes) + ";" if themes else "",
        ";".join("#".join([*place.split("#")[:4], *place.split("#")[-4:-1]]) for place in places), ";".join(places),
        ";".join(people), _with_offsets(rng, [one.title() for one in people]), ";".join(organisations),
        _with_offsets(rng, [one.title() for one in organisations]), f"{tone},{rng.randrange(100, 900)}", "",
        _gcam(rng), f"https://img.{site}/{rng.getrandbits(80):x}.jpg" if rng.random() < 0.8 else "", "", "", "", quotes,
        _with_offsets(rng, names), "".join(f"{rng.randrange(2, 900)},{rng.choice(WORDS)},{rng.randrange(6000)};"
                                           for _ in range(rng.randrange(0, 6))),
        f"srclc:{translated_from};eng:GT-{translated_from.upper()} 1.0" if translated_from else "", extras,
    ]  # fmt: skip
    return "\t".join(columns).encode()


def _entities(text: str) -> list[str]:
    parts: list[str] = []
    while "&#" in text:
        before, _, rest = text.partition("&#")
        number, _, text = rest.partition(";")
        parts += [before, f"&#{number};"]
    return [*parts, text]


def pool(seed: int, size: int) -> list[bytes]:
    """Return rows about nothing relevant, without their record number, to fill files with."""
    rng = random.Random(seed)
    rows = [row(rng, record="") for _ in range(size)]
    # Bytes that are no UTF-8 stand in real rows too.
    return [one.replace(b"market", b"mark\xe9\xfft", 1) if number % 50 == 0 else one for number, one in enumerate(rows)]


def content(slot: str, filling: list[bytes], n_rows: int, *, stream: str = "", seed: int = 0) -> bytes:
    """Return a slot's rows: a share of them relevant, the rest drawn from `filling`."""
    rng = random.Random(f"{seed} {slot}{stream}")
    kind = "T" if stream else ""
    lines = []
    for number in range(n_rows):
        record = f"{slot}-{kind}{number}"
        if rng.random() < RELEVANT_SHARE:
            lines.append(row(rng, record, title=rng.choice(RELEVANT_TITLES), translated_from="fra" if kind else ""))
        else:
            _, _, rest = rng.choice(filling).split(b"\t", 2)
            lines.append(f"{record}\t{slot}\t".encode() + rest)
    return b"".join(line + b"\n" for line in lines)


def packed(name: str, data: bytes, *, level: int = 6) -> bytes:
    """Return a file as GDELT packs it, the same bytes whenever it is made."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as written:
        written.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, level)
    return buffer.getvalue()


def slot_file(slot: str, data: bytes, stream: str = "") -> bytes:
    """Return the zip file of a slot."""
    return packed(f"{slot}{stream}.gkg.csv", data)


def list_line(url: str, raw: bytes) -> str:
    """Return the line of a file in the list."""
    return f"{len(raw)} {hashlib.md5(raw, usedforsecurity=False).hexdigest()} {url}\n"


def a_day(day: date, n_rows: int = 3, *, n_slots: int = 96, filling: list[bytes] | None = None) -> dict[str, bytes]:
    """Return the files of a day's slots, both streams, by name. The first row of each is relevant."""
    filling = filling or pool(1, 20)
    found = {}
    for stream in STREAMS:
        for slot in slot_times(day, n_slots):
            rng = random.Random(f"{slot}{stream}")
            first = row(
                rng, f"{slot}-0", title=rng.choice(RELEVANT_TITLES), url=f"https://news.example/{slot}{stream}",
                translated_from="fra" if stream else "",
            )  # fmt: skip
            data = first + b"\n" + content(slot, filling, n_rows - 1, stream=stream)
            found[f"{slot}{stream}.gkg.csv.zip"] = packed(f"{slot}{stream}.gkg.csv", data, level=1)
    return found


def lists(files: Mapping[str, bytes], stray: str = "") -> dict[str, bytes]:
    """Return the lists that name these files, by name, with files of other kinds between them and a stray line."""
    found = {}
    for stream, name in STREAMS.items():
        lines = []
        for file, raw in sorted(files.items()):
            if file[14:] == f"{stream}.gkg.csv.zip":
                other = file.replace(".gkg.csv.zip", ".export.CSV.zip")
                lines += [list_line(f"http://{HOST}/gdeltv2/{one}", raw) for one in (other, file)]
        lines[len(lines) // 2 : 0] = [stray] if stray else []
        found[name] = "".join(lines).encode()
    return found


def serve(web: Web, files: Mapping[str, bytes], listed: Mapping[str, bytes] | None = None) -> None:
    """Let the host have these files, and its lists name those listed, or all."""
    for name, content in lists(listed if listed is not None else files).items():
        web.serve(f"https://{HOST}/gdeltv2/{name}", content, "text/plain")
    for name, raw in files.items():
        web.serve(f"https://{HOST}/gdeltv2/{name}", raw, "application/zip")
