"""What the models cost with ten and a hundred times the rows: dbt on copies of the build file with generated worlds.

Run with `make benchmark-scale` after `atlas refresh`. A generated world is the landed one again under other names: its
own countries, projects, deals and regions, so that every group keeps its size and only their number grows. Lists that
are about everybody (organisations, exchange rates, the world's totals) stay as they are.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import yaml
from rich.console import Console
from rich.table import Table

from ingest.declaration import load_declarations
from ingest.home import open_home
from orchestration.setup import DBT_PROJECT

FACTORS = (1, 10, 100)
SHARED = {"corrections", "ecb_rates", "organisations", "world_data_center_electricity"}
# What a row is told apart by, and what leads from one row to another.
NAMES = {
    "iso3", "member", "deal_id", "parent_deal_id", "restates_deal_id", "project_id", "source_key", "site_name",
    "timeline_name", "name", "data_center", "handle", "cluster_id", "law_id", "region_id", "country_code", "entity",
    "gec",
}  # fmt: skip
# Ten worlds do use more than the one whose total is known.
OF_ONE_WORLD = "ai_of_all_countries_is_no_more_than_all_data_centers_of_the_world"
SHOWN = 8
console = Console(width=110)


def multiply(path: Path, factor: int) -> int:
    """Add worlds to the landed rows of a build file until there are `factor` of them; return the rows there are."""
    n_rows = 0
    with duckdb.connect(str(path)) as con:
        for source in load_declarations():
            columns = [row[0] for row in con.sql(f"describe raw.{source}").fetchall()]
            told = ", ".join(f"{name} || '~' || n as {name}" if name in NAMES else name for name in columns)
            if NAMES & set(columns) and source not in SHARED:
                con.execute(
                    f"insert into raw.{source} select {told} from raw.{source}, range(1, {factor}) as worlds(n)"
                )
            n_rows += con.sql(f"select count(*) from raw.{source}").fetchall()[0][0]
    return n_rows


def write_profile(folder: Path) -> None:
    """Write dbt's profile with half of the machine's memory for DuckDB, which takes what is left to it."""
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text())
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    profile["infra_atlas"]["outputs"]["build"]["settings"] = {"memory_limit": f"{half // 10**6}MB"}
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile))


def build(home: Path, target: Path) -> list[tuple[str, str, float]]:
    """Build and test every model but for the unit tests; return (kind, name, seconds) of each node."""
    environment = {**os.environ, "ATLAS_HOME": str(home)}
    command = [
        str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--exclude-resource-type", "unit_test",
        "--exclude", OF_ONE_WORLD,
        "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(home.parent),
        "--target-path", str(target), "--log-path", str(target),
    ]  # fmt: skip
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    results = json.loads((target / "run_results.json").read_text())["results"]
    return [(one["unique_id"].split(".")[0], one["unique_id"].split(".")[2], one["execution_time"]) for one in results]


def main() -> None:
    """Measure and print."""
    home = open_home()
    if not home.build_db.exists():
        sys.exit(f"No build file under {home.root}. Run `atlas refresh` first.")
    table = Table(title="dbt build on generated rows", title_justify="left")
    for heading in ("rows", "worlds", "wall time, s", "models, s", "tests, s", "build file, MB"):
        table.add_column(heading, justify="right")
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        copy, target = Path(folder) / "home", Path(folder) / "target"
        database = copy / home.build_db.relative_to(home.root)
        database.parent.mkdir(parents=True)
        write_profile(copy.parent)
        for factor in FACTORS:
            shutil.copy(home.build_db, database)
            n_rows = multiply(database, factor)
            build(copy, target) if factor == FACTORS[0] else None  # dbt parses its project once
            started = time.perf_counter()
            nodes = build(copy, target)
            wall = time.perf_counter() - started
            found[factor] = {name: seconds for kind, name, seconds in nodes if kind == "model"}
            tests = sum(seconds for kind, _, seconds in nodes if kind == "test")
            table.add_row(
                f"{n_rows:,}", str(factor), f"{wall:.1f}", f"{sum(found[factor].values()):.1f}", f"{tests:.1f}",
                f"{database.stat().st_size / 1e6:,.0f}",
            )  # fmt: skip
            console.print(f"{factor} worlds: {wall:.1f} s")
    console.print(table)
    slowest = sorted(found[FACTORS[-1]], key=lambda name: -found[FACTORS[-1]][name])[:SHOWN]
    models = Table(title="The slowest models, seconds", title_justify="left")
    for heading in ("model", *(f"{factor} worlds" for factor in FACTORS), "last over the one before"):
        models.add_column(heading, justify="left" if heading == "model" else "right")
    for name in slowest:
        seconds = [found[factor][name] for factor in FACTORS]
        models.add_row(name, *(f"{one:.2f}" for one in seconds), f"{seconds[-1] / seconds[-2]:.1f}")
    console.print(models)


if __name__ == "__main__":
    main()
