"""A new user's first hour: clone, `make refresh`, and every command of the README, with nothing installed before.

It uses the package index this machine is set up with.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import duckdb
import pytest

from ingest.home import PROJECT_ROOT
from tests.web import NOBODY

pytestmark = pytest.mark.slow
# As the machine is set up, before the tests' own settings.
NOT_PASSED_ON = ("ATLAS_", "DAGSTER_", "DBT_", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS")
# A package index may be asked, the open web may not: sources of the web are away.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(NOT_PASSED_ON)} | {
    "ATLAS_MIRROR": NOBODY
}
DEADLINE_SECONDS = 1500


def attempt(clone: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command in the clone."""
    return subprocess.run(
        ["bash", "-ec", command], cwd=clone, env=ENVIRONMENT, capture_output=True, text=True, check=False,
        timeout=DEADLINE_SECONDS,
    )  # fmt: skip


def words(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last of what a command said."""
    return f"{done.args[-1]} ended with {done.returncode}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def run(clone: Path, command: str) -> str:
    """Run a command that has to succeed; return what it prints."""
    done = attempt(clone, command)
    assert done.returncode == 0, words(done)
    assert "Traceback" not in done.stdout + done.stderr, command
    return done.stdout


def documented_commands() -> list[str]:
    files = (PROJECT_ROOT / "README.md", PROJECT_ROOT / "docs" / "history.md")
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    shell = [line for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) for line in block.splitlines() if line]
    table = [f"make {name}" for name in re.findall(r"^\| `make ([a-z-]+)` \|", text, re.MULTILINE)]
    # `make dev` and `make superset` have tests of their own, the tests are what runs this one, and benchmarks of days
    # and years take too long.
    left_out = (
        "make dev",
        "make superset",
        "make test",
        "make test-slow",
        "make benchmark-gkg",
        "make benchmark-history",
        "make benchmark-scale",
    )
    return [command for command in dict.fromkeys([*shell, *table]) if command not in left_out]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fresh") / "infra-atlas"
    subprocess.run(["git", "clone", "--quiet", str(PROJECT_ROOT), str(folder)], check=True)
    run(folder, "make refresh")
    return folder


def counts(clone: Path) -> dict[str, int]:
    with duckdb.connect(str(clone / ".atlas/published/atlas.duckdb"), read_only=True) as con:
        row = con.execute(
            "select count(*), count(*) filter (coalesce(generation_twh, consumption_twh) is not null), "
            "sum(n_ledger_events), sum(n_cloud_regions) from marts.mart_country_profile"
        ).fetchall()[0]
    return dict(zip(("countries", "with_power", "ledger_events", "cloud_regions"), map(int, row), strict=True))


def test_the_first_refresh_publishes_real_marts(clone: Path):
    found = counts(clone)
    assert found["countries"] >= 200
    assert found["with_power"] >= 200
    assert found["ledger_events"] >= 150
    assert found["cloud_regions"] >= 150


def test_a_second_refresh_of_the_day_changes_nothing(clone: Path):
    manifest = clone / ".atlas/published/current/manifest.json"
    before = json.loads(manifest.read_text())
    said = run(clone, "make refresh")
    assert "Nothing has changed" in said
    assert json.loads(manifest.read_text()) == before


def test_a_rebuild_of_the_same_inputs_gives_the_same_marts(clone: Path):
    manifest = clone / ".atlas/published/current/manifest.json"
    before = json.loads(manifest.read_text())["tables"]
    run(clone, "rm -r .atlas/published && make refresh")
    after = json.loads(manifest.read_text())["tables"]
    changed = {name for name in before if before[name]["sha256"] != after[name]["sha256"]}
    assert changed <= {"marts.mart_source_calendar", "ops.ops_fetch_log", "ops.ops_check_results"}


def test_the_vintages_inside_packages_are_a_history(clone: Path):
    """Five editions of the energy mix: a broad revision, a change of definition, and what was known when."""
    july = "from marts.mart_revision where source_id = 'codecarbon_energy_mix' and known_at = '2023-07-25'"
    with duckdb.connect(str(clone / ".atlas/published/atlas.duckdb"), read_only=True) as con:

        def ask(sql: str) -> list[tuple[object, ...]]:
            return con.sql(sql).fetchall()

        assert ask("select count(*) from core.core_vintage where source_id = 'codecarbon_energy_mix'") == [(5,)]
        for metric, panel in (("generation_twh", (203, 62, 0)), ("ci_avg_gco2_kwh", (203, 65, 26))):
            of_panel = f"{july} and entity_kind = 'panel_same_entity' and metric = '{metric}'"
            assert ask(f"select n_entities, n_revised, n_redefined {of_panel}") == [panel]
        for day, known in (("2023-06-01", 11.6), ("2023-08-01", 45.8)):
            sweden = f"from marts.power_asof('{day}', '{day}') where iso3 = 'SWE'"
            assert ask(f"select year, round(ci_avg_gco2_kwh, 1) {sweden}") == [(2021, known)]
        intensity = f"{july} and entity_id = 'SWE' and metric = 'ci_avg_gco2_kwh'"
        assert ask(f"select kind {intensity}") == [("definition_change",)]


@pytest.mark.parametrize("command", documented_commands())
def test_every_command_of_the_documents_runs(clone: Path, command: str):
    done = attempt(clone, command)
    assert done.returncode == 0, words(done)
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(("page", "says"), [("README.md", "CHN"), ("docs/bi.md", "TWh")])
def test_the_python_of_the_documents_runs(clone: Path, page: str, says: str):
    snippets = re.findall(r"```python\n(.*?)```", (PROJECT_ROOT / page).read_text(encoding="utf-8"), re.DOTALL)
    assert snippets
    (clone / "snippet.py").write_text("\n".join(snippets))
    assert says in run(clone, ".venv/bin/python snippet.py")
