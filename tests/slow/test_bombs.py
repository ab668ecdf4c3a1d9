"""Answers made to exhaust memory are refused, and the peak of memory is measured."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.conftest import Tiny, csv_of
from tests.unit.test_http_transport import URL, declared
from tests.web import Web, gzip_bomb

pytestmark = pytest.mark.slow
GOOD = csv_of(FRA=1, DEU=2)
# Above the peak of a load of two rows: what reading the largest answer, of 32 MiB, may cost.
ALLOWED_MB = 150
LOAD = """
import json, sys
from pathlib import Path
from ingest import clock, declaration as declarations, load
from ingest.home import open_home
from ingest.ops import Ops
declarations.SOURCES_DIR = Path(sys.argv[1])
path = declarations.SOURCES_DIR / "energy" / "tiny.yml"
home = open_home()
with Ops(home.ops_db) as ops:
    done = load.load(home, ops, declarations.parse_declaration(path.read_text(), path.name), clock.today())
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([done.status, done.message, int(peak.split()[1]) / 1024]))
"""


def load_alone(tiny: Tiny) -> tuple[str, str, float]:
    """Load the source in a process of its own; return status, message and peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(tiny.folder.parent)], env=dict(os.environ), capture_output=True, text=True,
        check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    status, message, peak = json.loads(done.stdout.splitlines()[-1])
    return status, message or "", peak


def laughs() -> bytes:
    """A document of a kilobyte whose entities would become gigabytes."""
    entities = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY l0 "lol">{entities}]><lolz>&l9;</lolz>'.encode()


def zip_bomb(megabytes: int) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("tiny.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(megabytes):
            member.write(bytes(2**20))
    return buffer.getvalue()


def crowded_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as crowd:
        for number in range(60_000):
            crowd.writestr(str(number), b"")
    return buffer.getvalue()


def lying_zip() -> bytes:
    """A member of 400 MB that the directory says has 100 bytes."""
    bomb = bytearray(zip_bomb(400))
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = (100).to_bytes(4, "little")
    return bytes(bomb)


@dataclass(frozen=True)
class Bomb:
    """What is served, how the source is declared, and how the load has to end."""

    fault: Callable[[], dict[str, Any]]
    status: str
    words: str
    declared_as: dict[str, Any] = field(default_factory=dict)


ZIPPED = {"media_types": ["application/zip"], "members": ["tiny.csv"]}
JSON = {"media_types": ["application/json"], "parse": {"format": "json", "records": "data"}}
LENGTH = {"Content-Length": str(5 * 2**30)}
BOMBS = {
    "5 GB declared": Bomb(lambda: {"headers": LENGTH, "flood_megabytes": 5120}, "failed", "at most"),
    "5 GB undeclared": Bomb(lambda: {"flood_megabytes": 5120}, "failed", "at most"),
    "gzip of 2 GB": Bomb(lambda: {"body": gzip_bomb(2), "headers": {"Content-Encoding": "gzip"}}, "failed", "at most"),
    "entities": Bomb(lambda: {"body": laughs()}, "failed", "markup"),
    "entities as XML": Bomb(lambda: {"body": laughs(), "content_type": "text/xml"}, "failed", "came text/xml"),
    "entities of declared XML": Bomb(lambda: {"body": laughs()}, "failed", "markup", {"media_types": ["text/xml"]}),
    "zip of 2 GB": Bomb(lambda: {"body": zip_bomb(2047)}, "quarantined", "pass the cap", ZIPPED),
    "zip that lies": Bomb(lambda: {"body": lying_zip()}, "quarantined", "damaged", ZIPPED),
    "zip of 60,000 members": Bomb(lambda: {"body": crowded_zip()}, "quarantined", "past the cap", ZIPPED),
    "deep JSON": Bomb(lambda: {"body": b'{"data": ' + b"[" * 2_000_000}, "quarantined", "nested too deep", JSON),
    "endless line": Bomb(lambda: {"body": b"a," * (15 * 2**20)}, "quarantined", "expected"),
}
A_GOOD_LOAD = Bomb(dict, "fetched", "")


@pytest.fixture(scope="module")
def peaks() -> dict[str, float]:
    return {}


@pytest.mark.parametrize("name", ["good", *BOMBS])
def test_a_bomb_is_refused_within_bounds(name: str, tiny: Tiny, web: Web, peaks: dict[str, float]) -> None:
    bomb = BOMBS.get(name, A_GOOD_LOAD)
    declared(tiny, **bomb.declared_as)
    web.serve(URL, GOOD, bomb.declared_as.get("media_types", ["text/csv"])[0])
    if fault := bomb.fault():
        web.fault(URL, **fault)
    status, message, peaks[name] = load_alone(tiny)
    sys.stdout.write(f"\n{name}: {peaks[name]:.0f} MB at the peak, {status}. {message[:120]}\n")
    assert status == bomb.status, message
    assert bomb.words in message
    assert peaks[name] < peaks["good"] + ALLOWED_MB
