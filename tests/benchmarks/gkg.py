"""How fast a day of GDELT's Global Knowledge Graph is read, beside merely inflating it and beside the usual way.

Run with `make benchmark-gkg`: no state, no web, three to five minutes. The day is generated, 96 files of 1,500 rows in
the exact format; recorded files are read as well where a folder `shared` stands beside the project. All ways read the
same files from disk with as many threads, or processes for pandas, as there are cores. They take turns at a dozen
files, and the sum of the best turns counts: a short turn has a chance to be disturbed by nothing else on the machine.
The way of the project is all that follows fetching: list, md5, inflating, checksum, counting of malformed rows, search,
judging, and the records that are kept.
"""

import contextlib
import html
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from ingest.gkg import day as reading
from ingest.gkg import files, listing
from ingest.gkg.lexicon import lexicon
from ingest.gkg.records import to_bytes
from ingest.home import PROJECT_ROOT
from tests import gkg_files as gkg

DAY = date(2026, 1, 5)
N_ROWS = 1500
N_FILLING = 2500
TURNS = 10
N_FILES_A_TURN = 12
DAYS_OF_MONTH = 30
RECORDED = PROJECT_ROOT.parent / "shared/recorded/files/gdelt"
N_CORES = os.cpu_count() or 1
COLUMNS = list(range(27))
USUAL = "zipfile, pandas"
console = Console(width=110)


def generate(folder: Path) -> None:
    """Write the day and its list, one malformed line in it. Relevant is one row in 250."""
    names = [f"{slot}.gkg.csv.zip" for slot in gkg.slot_times(DAY)]
    with ProcessPoolExecutor(N_CORES) as pool:
        list(pool.map(_write, [folder] * N_CORES, [names[start::N_CORES] for start in range(N_CORES)]))
    lines = [gkg.list_line(f"http://{gkg.HOST}/gdeltv2/{name}", (folder / name).read_bytes()) for name in names]
    lines[48:48] = ["1234 http://\n"]
    (folder / "masterfilelist.txt").write_text("".join(lines))


def _write(folder: Path, names: list[str]) -> None:
    filling = gkg.pool(1, N_FILLING)
    for name in names:
        slot = name[:14]
        (folder / name).write_bytes(gkg.slot_file(slot, gkg.content(slot, filling, N_ROWS)))


def inflate_alone(path: Path) -> int:
    """Inflate a file with isal in one go, as its documentation shows; return the bytes."""
    from isal import isal_zlib

    _, body = files._member(path.read_bytes())
    return len(isal_zlib.decompress(body, -15))


def inflate_in_pieces(path: Path) -> int:
    """Inflate a file with isal in the pieces the project takes; return the bytes."""
    return sum(len(piece) for piece in files.inflate(path.read_bytes()))


def with_pandas(path: Path) -> int:
    """Read a file the usual way and filter it by the same cues; return the rows that are left."""
    import pandas as pd

    with zipfile.ZipFile(path) as opened, opened.open(opened.namelist()[0]) as member:
        frame = pd.read_csv(
            member, sep="\t", header=None, names=COLUMNS, quoting=3, dtype=str, encoding_errors="replace",
            keep_default_na=False, on_bad_lines="skip",
        )  # fmt: skip
    words = lexicon()
    title = frame[26].str.extract(r"<PAGE_TITLE>(.*?)</PAGE_TITLE>", expand=False).fillna("").map(html.unescape)
    met = title.map(words.meets_title) | frame[13].map(lambda names: bool(words.met_organisations(names)))
    return len(frame[met | frame[7].map(lambda names: bool(words.met_themes(names)))])


def of_the_project(paths: list[Path]) -> int:
    """Read files as the transport does once they have come; return the relevant rows."""
    folder = paths[0].parent
    found = listing.of_day((folder / "masterfilelist.txt").read_bytes(), DAY).entries

    def came() -> Iterator[tuple[listing.Entry, bytes, str]]:
        for path in paths:
            raw = path.read_bytes()
            yield found[path.name], raw, ""

    records = list(reading.records(came()))
    assert all(record.file.outcome == "read" for record in records)
    assert sum(len(to_bytes(record)) for record in records)
    return sum(len(record.rows) for record in records)


def in_threads(work: Callable[[Path], int]) -> Callable[[list[Path]], int]:
    def run(paths: list[Path]) -> int:
        with ThreadPoolExecutor(N_CORES) as pool:
            return sum(pool.map(work, paths))

    return run


WAYS: dict[str, Callable[[list[Path]], int]] = {
    "isal alone, in one go": in_threads(inflate_alone),
    "isal alone, in pieces": in_threads(inflate_in_pieces),
    "the project": of_the_project,
}


def best_of(
    ways: dict[str, Callable[[list[Path]], int]], paths: list[Path], turns: int, n_files: int = N_FILES_A_TURN
) -> dict[str, float]:
    """Return the seconds each way takes for all files: its best turn at so many of them at a time, added up."""
    found = dict.fromkeys(ways, 0.0)
    for start in range(0, len(paths), n_files):
        best = dict.fromkeys(ways, float("inf"))
        for _ in range(turns):
            for name, work in ways.items():
                started = time.perf_counter()
                work(paths[start : start + n_files])
                best[name] = min(best[name], time.perf_counter() - started)
        found = {name: found[name] + best[name] for name in ways}
    return found


def peak_megabytes(folder: Path) -> float:
    """Return the largest resident memory of a process that reads the day, with all its children."""
    code = (
        "import sys; from pathlib import Path; from tests.benchmarks import gkg; "
        "gkg.of_the_project(gkg.paths_in(Path(sys.argv[1])))"
    )
    worker = subprocess.Popen([sys.executable, "-c", code, str(folder)], cwd=PROJECT_ROOT)
    peak = 0
    while worker.poll() is None:
        with contextlib.suppress(psutil.Error):
            process = psutil.Process(worker.pid)
            peak = max(peak, sum(one.memory_info().rss for one in (process, *process.children(recursive=True))))
        time.sleep(0.005)
    assert worker.returncode == 0
    return peak / 2**20


def paths_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.zip"))


def show(title: str, paths: list[Path], seconds: dict[str, float]) -> None:
    """Print how fast each way was, and beside inflating."""
    megabytes = in_threads(inflate_alone)(paths) / 1e6
    packed = sum(path.stat().st_size for path in paths) / 1e6
    told = f"{title}: {len(paths)} files, {packed:,.0f} MB, inflated {megabytes:,.0f} MB"
    table = Table(title=told, title_justify="left")
    for heading in ("way", "seconds", "MB/s inflated", "times isal in one go", "times the project"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for name, took in seconds.items():
        table.add_row(
            name, f"{took:.2f}", f"{megabytes / took:,.0f}", f"{took / seconds['isal alone, in one go']:.2f}",
            f"{took / seconds['the project']:.2f}",
        )  # fmt: skip
    console.print(table)


def copies_of(recorded: list[Path], folder: Path) -> list[Path]:
    """Return as many files as a day has, made of recorded ones under the names of its slots, and their list."""
    lines = []
    for number, slot in enumerate(gkg.slot_times(DAY)):
        path = folder / f"{slot}.gkg.csv.zip"
        path.write_bytes(recorded[number % len(recorded)].read_bytes())
        lines.append(gkg.list_line(f"http://{gkg.HOST}/gdeltv2/{path.name}", path.read_bytes()))
    (folder / "masterfilelist.txt").write_text("".join(lines))
    return paths_in(folder)


def month(paths: list[Path]) -> list[float]:
    """Return the seconds of each day of a month; every day is the same files again."""
    took = []
    for _ in range(DAYS_OF_MONTH):
        started = time.perf_counter()
        of_the_project(paths)
        took.append(time.perf_counter() - started)
    return took


def main() -> None:
    """Measure and print."""
    import pandas  # noqa: F401 - before the processes are made, so that no turn pays for it

    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(N_CORES) as pool:

        def usual(paths: list[Path]) -> int:
            return sum(pool.map(with_pandas, paths))

        folder, other = Path(name) / "day", Path(name) / "recorded"
        folder.mkdir()
        other.mkdir()
        generate(folder)
        paths = paths_in(folder)
        console.print(f"{N_CORES} cores; load before measuring: {os.getloadavg()[0]:.1f}")
        n_project, n_usual = of_the_project(paths), usual(paths)
        console.print(f"relevant rows: {n_project:,} of {96 * N_ROWS:,}; as pandas finds them: {n_usual:,}")
        assert n_project == n_usual
        show("A generated day", paths, best_of(WAYS, paths, TURNS) | best_of({USUAL: usual}, paths, 2))
        console.print(f"peak memory of the day, all processes: {peak_megabytes(folder):,.0f} MB")
        took = month(paths)
        console.print(
            f"a month, the same files {DAYS_OF_MONTH} times over: {sum(took):.0f} s; median of the first ten days "
            f"{statistics.median(took[:10]):.2f} s, of the last ten {statistics.median(took[-10:]):.2f} s"
        )
        if recorded := paths_in(RECORDED):
            paths = copies_of(recorded, other)
            title = f"{len(recorded)} recorded files over and over"
            # A dozen of such small files is done in the time it takes to begin: a turn is all of them.
            everything = len(paths)
            taken = best_of(WAYS, paths, TURNS, everything) | best_of({USUAL: usual}, paths, 2, everything)
            show(title, paths, taken)
        console.print(f"load after measuring: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
