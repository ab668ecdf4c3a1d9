"""A copy of the project whose sources are fixture wheels, and the command line run in it."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ingest.declaration import load_declarations
from ingest.home import PROJECT_ROOT, Home
from ingest.transport_declaration import PackageTransport
from orchestration import builds, generate
from tests.fixtures.published import floor, good_bytes, made_up_keys
from tests.web import NOBODY

COPIED = ("ingest", "expectations", "orchestration", "dbt_project", "docs")
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "target", "logs")
COMMAND = (sys.executable, "-m", "orchestration.cli")
DEADLINE_SECONDS = 300
# Tables that tell on which days a source was seen: a day that is asked again may change them and no figure.
OF_SIGHT = frozenset({"core.core_vintage", "core.core_presence"})


@dataclass(frozen=True)
class Wheel:
    """One edition of a package, as it would lie on an index."""

    package: str
    version: str
    released: date
    content: bytes

    @property
    def file_name(self) -> str:
        """The name pip expects."""
        return f"{self.package.replace('-', '_')}-{self.version}-py3-none-any.whl"

    @property
    def edition(self) -> dict[str, Any]:
        """The entry of a declaration's `editions` that pins this wheel."""
        digest = hashlib.sha256(self.content).hexdigest()
        return {"version": self.version, "released": self.released, "sha256": digest}

    def put(self, folder: Path) -> None:
        """Write the wheel into a folder pip looks for links in."""
        folder.mkdir(exist_ok=True)
        (folder / self.file_name).write_bytes(self.content)


def make_wheel(package: str, version: str, released: date, members: bytes | dict[str, bytes]) -> Wheel:
    """Return a wheel pip accepts around members, given as a dict or as a zip file."""
    if isinstance(members, bytes):
        with zipfile.ZipFile(io.BytesIO(members)) as given:
            members = {name: given.read(name) for name in given.namelist()}
    info = f"{package.replace('-', '_')}-{version}.dist-info"
    files = {
        **members,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, content in files.items():
            wheel.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return Wheel(package, version, released, buffer.getvalue())


@dataclass(frozen=True)
class Project:
    """A copy of the project, its state folder and the folder that stands for the package index."""

    root: Path
    home: Path
    wheels: Path
    now: str = "2026-11-22"
    mirror: str = NOBODY

    @property
    def environment(self) -> dict[str, str]:
        """The variables a command runs with: the copy comes before the installed project, and no index is asked."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "ATLAS_", "PG"))}
        return kept | made_up_keys() | {
            "PYTHONPATH": str(self.root), "ATLAS_HOME": str(self.home), "ATLAS_NOW": self.now, "PIP_NO_INDEX": "1",
            "ATLAS_MIRROR": self.mirror,
            "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull, "COLUMNS": "200",
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "DAGSTER_HOME": str(self.home / "dagster"), "DBT_PROFILES_DIR": str(self.root / "dbt_project"),
        }  # fmt: skip

    def execute(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run any command in the copy."""
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, check=False,
            timeout=DEADLINE_SECONDS,
        )  # fmt: skip

    def atlas(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command line in the copy."""
        return self.execute(*COMMAND, *arguments)

    def pin(self, domain: str, source_id: str, *editions: Wheel) -> None:
        """Let a package source of the copy have these editions and no others."""
        path = self.root / "ingest" / "sources" / domain / f"{source_id}.yml"
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        raw["transport"]["editions"] = [wheel.edition for wheel in editions]
        path.write_text(yaml.safe_dump(raw, sort_keys=False, allow_unicode=True), encoding="utf-8")


# Landed and read by no table: lists in pages, under terms that do not let them be passed on.
LANDED_ONLY = ("peeringdb_facilities", "peeringdb_exchanges")


@cache
def sources_of_tables() -> list[str]:
    """Return the sources that tables of facts rest on, and two that are landed only.

    Feeds differ in name and address alone, so one stands for all.
    """
    read = {source for sources in generate.table_sources().values() for source in sources} | set(LANDED_ONLY)
    left_out = {name for name, one in load_declarations().items() if one.parse.format == "feed"} - {"openai_news"}
    return [source_id for source_id in load_declarations() if source_id in read - left_out]


def copy_project(folder: Path, *, sources: Iterable[str] | None = None) -> Project:
    """Copy code, declarations and dbt project, without state, into an empty folder.

    Of the sources it has those given, else those of tables: what holds for a landed source holds for all of them, and
    each costs every refresh of every test a little.
    """
    root = folder / "project"
    root.mkdir(parents=True)
    for name in COPIED:
        shutil.copytree(PROJECT_ROOT / name, root / name, ignore=NOT_COPIED)
    kept = set(sources_of_tables() if sources is None else sources)
    for source_id, declaration in load_declarations().items():
        path = root / declaration.path.relative_to(PROJECT_ROOT)
        if source_id not in kept:
            for file in (path, path.with_suffix(".py")):
                file.unlink(missing_ok=True)
            continue
        text = re.sub(r"\bmin_rows: \d+", f"min_rows: {floor(source_id)}", path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8")
    wheels = folder / "wheels"
    wheels.mkdir()
    return Project(root, folder / "home", wheels)


def make_project(folder: Path, released: date = date(2026, 10, 1), *, sources: Iterable[str] | None = None) -> Project:
    """Copy the project and let each of its packages have one edition: the fixture's, released on that day."""
    project = copy_project(folder, sources=sources)
    for source_id, declaration in load_declarations().items():
        is_copied = (project.root / declaration.path.relative_to(PROJECT_ROOT)).exists()
        if is_copied and isinstance(declaration.transport, PackageTransport):
            wheel = make_wheel(declaration.transport.package, "1.0", released, good_bytes(source_id))
            wheel.put(project.wheels)
            project.pin(declaration.domain, source_id, wheel)
    return project


def facts(project: Project, but: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return a hash of each published table of facts; the calendar tells when it was asked, so it is left out."""
    manifest = builds.current(Home(project.home))
    assert manifest is not None
    return {name: table["sha256"] for name, table in manifest["tables"].items()
            if not name.startswith("ops.") and name not in but | {"marts.mart_source_calendar"}}  # fmt: skip
