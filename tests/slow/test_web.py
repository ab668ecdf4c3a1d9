"""What the web can do to a refresh: every fault of every source at once leaves the marts as they were."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from subprocess import CompletedProcess
from typing import Any

import pytest

from ingest.declaration import get_declaration
from tests.fixtures.kit import Row
from tests.fixtures.published import asked, good_rows, is_reshaped, published_name, written_by_parser
from tests.pipeline import OF_SIGHT, Project, facts, make_project, sources_of_tables
from tests.unit.test_web_faults import FAULTS, measures
from tests.web import FIRST, NOBODY, Web, daily_sources, http_sources, running, serve_good, serve_rows

pytestmark = pytest.mark.slow
# The command line, with less patience than a person would want.
IMPATIENT = (
    "from ingest.web import client; client.READ_SECONDS = 0.5; client.FIRST_WAIT_SECONDS = 0.01; "
    "from orchestration.cli import main; main()"
)


# Those that tables rest on; what a fault does to each of the others, the fast tests tell.
HTTP = [source_id for source_id in http_sources() if source_id in sources_of_tables()]
DAILY = [source_id for source_id in daily_sources() if source_id in HTTP]
FATAL = [name for name, expected in FAULTS.items() if "unchanged" not in expected.statuses]
PASSING = [name for name in FAULTS if name not in FATAL]


@dataclass(frozen=True)
class Served:
    """A published project and its web. Each day begins without the web, which tells what the marts are that day."""

    project: Project
    web: Web

    def on(self, number: int) -> tuple[Project, dict[str, Any]]:
        """Return the project on a day and the hashes of its marts that day."""
        day = FIRST + timedelta(days=number)
        serve_good(self.web, day)
        project = replace(self.project, now=str(day))
        away = replace(project, mirror=NOBODY)
        done = away.atlas("refresh")
        assert done.returncode == 0, done.stdout + done.stderr
        return project, facts(project, OF_SIGHT)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with running() as web:
        serve_good(web)
        project = replace(make_project(tmp_path_factory.mktemp("web")), mirror=web.address)
        done = project.atlas("refresh", "--strict")
        assert done.returncode == 0, done.stdout + done.stderr
        yield Served(project, web)


@pytest.fixture(scope="module")
def tomorrow(served: Served) -> tuple[Project, dict[str, Any]]:
    return served.on(1 + len(PASSING))


def refresh(project: Project) -> CompletedProcess[str]:
    return project.execute(sys.executable, "-c", IMPATIENT, "refresh")


def harm(done: CompletedProcess[str], project: Project, before: dict[str, Any], statuses: Sequence[str]) -> list[str]:
    """Return what a refresh did that it should not have; nothing where it told of each source and changed no mart."""
    said = done.stdout + done.stderr
    found = [said] if done.returncode or "Traceback" in said else []
    # An edition of a dated source is asked for once, so no fault of these days meets one.
    for source_id in DAILY:
        lines = [line for line in done.stdout.splitlines() if line.strip().startswith(f"{source_id} ")]
        if len(lines) != 1 or not any(status in lines[0] for status in statuses):
            found.append(f"{source_id}: {lines}")
    after = facts(project, OF_SIGHT)
    return found + [name for name in {**before, **after} if before.get(name) != after.get(name)]


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_of_every_address_changes_no_mart(served: Served, name: str) -> None:
    project, before = served.on(1 + PASSING.index(name))
    for source_id in HTTP:
        for url in asked(source_id, date.fromisoformat(project.now)).files.values():
            served.web.fault(url, **FAULTS[name].fault)
    done = refresh(project)
    served.web.mend()
    assert harm(done, project, before, ["unchanged"]) == []


@pytest.mark.parametrize("name", FATAL)
def test_a_fault_of_every_address_changes_no_mart(
    served: Served, tomorrow: tuple[Project, dict[str, Any]], name: str
) -> None:
    project, before = tomorrow
    served.web.fault("", **FAULTS[name].fault)
    done = refresh(project)
    served.web.mend()
    assert harm(done, project, before, FAULTS[name].statuses) == []


def test_silence_changes_no_mart(served: Served, tomorrow: tuple[Project, dict[str, Any]]) -> None:
    project, before = tomorrow
    served.web.fault("", delay_seconds=1)
    done = refresh(project)
    served.web.mend()
    assert harm(done, project, before, ["unreachable"]) == []


def renamed(source_id: str) -> list[Row]:
    if is_reshaped(source_id):
        return []
    name = next(
        name for column in get_declaration(source_id).columns
        if not column.key and (name := published_name(source_id, column)) not in written_by_parser(source_id)
    )  # fmt: skip
    return [{"Renamed" if key == name else key: value for key, value in row.items()} for row in good_rows(source_id)]


def thousandfold(source_id: str) -> list[Row]:
    names, rows = measures(get_declaration(source_id)), good_rows(source_id)
    if not names:
        return []
    name = names[0]
    return [row | {name: row[name] * 1000} if isinstance(row[name], int | float) else row for row in rows]


@pytest.mark.parametrize("spoil", [renamed, thousandfold])
def test_a_changed_column_of_every_source_changes_no_mart(
    served: Served, tomorrow: tuple[Project, dict[str, Any]], spoil: Any
) -> None:
    project, before = tomorrow
    # The timelines last: they are one of the two files of the list of sites as well.
    day = date.fromisoformat(project.now)
    for source_id in sorted(HTTP, reverse=True):
        serve_rows(served.web, source_id, spoil(source_id), day)
    done = refresh(project)
    serve_good(served.web, day)
    assert harm(done, project, before, ["quarantined"]) == []


def test_all_is_good_again_the_next_time(served: Served, tomorrow: tuple[Project, dict[str, Any]]) -> None:
    project, before = tomorrow
    done = project.atlas("refresh", "--strict")
    assert done.returncode == 0, done.stdout + done.stderr
    # Good content after a blocked load is a vintage of its own day, which `core` and `dim_source` tell.
    after = facts(project, OF_SIGHT)
    marts = [name for name in before if name.startswith("marts.mart_")]
    assert {name: after[name] for name in marts} == {name: before[name] for name in marts}
