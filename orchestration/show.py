"""What the commands print: tables for people, CSV and JSON for programs."""

import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ingest import clock
from ingest.declaration import get_declaration, load_declarations
from ingest.home import Home, open_home
from ingest.ops import Ops

if TYPE_CHECKING:
    from ingest.load import Load
    from orchestration.extraction import Miss, Score
    from orchestration.postgres import Outcome
    from orchestration.postgres_address import Target

# From this width on a table of sources has room for every column.
ROOMY = 92
EXAMPLE = "select name, generation_twh from mart_country_profile order by generation_twh desc limit 5"
COLOURS = {
    "fetched": "green",
    "unchanged": "green",
    "archived": "green",
    "no_vintage": "dim",
    "disabled": "dim",
}
out = Console()


def say(line: str) -> None:
    """Print one line."""
    # The name of a file may hold bytes that are no character.
    out.print(line.encode(errors="replace").decode(), highlight=False, soft_wrap=True)


def fail(line: str, what: str = "Not published.") -> None:
    """Print why nothing was published."""
    told = escape(line.removeprefix("Not published: "))
    Console(stderr=True).print(f"[red]{what}[/red] {told}", highlight=False, markup=True)


def day(ops: Ops, on: date, source_ids: Sequence[str]) -> None:
    """Print how sources stand on a day, and below what a person should know of them."""
    table = Table(title=f"Sources on {on}", title_justify="left", box=box.SIMPLE)
    # The notes below tell of old content, so a narrow terminal does without it.
    headings = ["source", "status", "rows", *(["content to"] if out.width >= ROOMY else []), "vintage", "gate"]
    for heading in headings:
        table.add_column(heading, justify="right" if heading == "rows" else "left", no_wrap=True)
    notes = []
    for source_id in source_ids:
        row = ops.day(source_id, on)
        known = ops.in_force(source_id, on)
        verdict, warnings = _gate(ops, source_id, on) if row else ("", [])
        status = row["status"] if row else "not loaded"
        colour = COLOURS.get(status, "red") if row else "default"
        cells = {
            "source": source_id, "status": f"[{colour}]{status}[/{colour}]", "gate": verdict,
            "rows": f"{known.n_rows:,}" if known else "", "vintage": str(known.known_at) if known else "",
            "content to": str(known.period_max or "") if known else "",
        }  # fmt: skip
        table.add_row(*(cells[heading] for heading in headings))
        if row and row["message"]:
            notes.append(f"{source_id}: {row['message'].removeprefix(f'{source_id}: ')}")
        notes += [f"{source_id} warns: {warning}" for warning in warnings]
    _print_with_notes(table, notes)


def days(ops: Ops, on: Sequence[date], source_ids: Sequence[str]) -> None:
    """Print of a range of days how many had which status, by source, and what the bad ones say."""
    calendar = ops.table("calendar")
    rows = calendar.filter(calendar["day"].is_between(on[0], on[-1])).sort("day").rows(named=True)
    by_source = {source_id: [row for row in rows if row["source_id"] == source_id] for source_id in source_ids}
    table = Table(title=f"Sources from {on[0]} to {on[-1]}", title_justify="left", box=box.SIMPLE)
    for heading in ("source", "vintages", "days"):
        table.add_column(heading, justify="right" if heading == "vintages" else "left", no_wrap=heading != "days")
    notes = []
    for source_id, loaded in by_source.items():
        counts = Counter(row["status"] for row in loaded)
        if len(loaded) < len(on):
            counts["not loaded"] = len(on) - len(loaded)
        told = [_count(number, status) for status, number in counts.most_common()]
        vintages = {row["content_sha256"] for row in loaded} - {None}
        table.add_row(source_id, f"{len(vintages):,}", ", ".join(told))
        for status, row in {row["status"]: row for row in loaded if row["status"] not in COLOURS}.items():
            why = (row["message"] or "").removeprefix(f"{source_id}: ")
            notes.append(f"{source_id} {status}, last on {row['day']}: {why}")
    _print_with_notes(table, notes)


def _print_with_notes(table: Table, notes: Sequence[str]) -> None:
    out.print(table)
    for note in notes:
        out.print(f"  {note}", highlight=False, markup=False, soft_wrap=True)


def _count(number: int, status: str) -> str:
    """Return how many days had a status, in its colour."""
    colour = COLOURS.get(status, "red")
    return f"[{colour}]{number:,} {status}[/{colour}]"


def _gate(ops: Ops, source_id: str, on: date) -> tuple[str, list[str]]:
    """Return the verdict on the newest content in a word or two, and its warnings."""
    known = ops.vintages(source_id, on)
    if not known:
        return "", []
    newest = known[-1]
    checks = ops.checks(source_id, newest.content_sha256)
    failed = [check for check in checks if check["outcome"] == "failed"]
    if not newest.is_accepted:
        return f"[red]{sum(check['severity'] != 'warn' for check in failed)} block[/red]", []
    aside = f", {newest.n_set_aside} aside" if newest.n_set_aside else ""
    return (f"[yellow]{len(failed)} warn[/yellow]" if failed else "ok") + aside, [
        f"{c['rule']}: {c['detail'].split('; to do')[0]}{_first(c)}" for c in failed
    ]


def _first(check: dict[str, Any]) -> str:
    """Name the first failing row by its first two cells."""
    rows = json.loads(check["sample"])
    return f" (first: {', '.join(str(cell) for cell in list(rows[0].values())[:2])})" if rows else ""


def loads(ops: Ops, done: "Sequence[Load]") -> None:
    """Print the outcome of loads."""
    for load in done:
        day(ops, load.day, [load.source_id])


def published(home: Home, manifest: dict[str, Any], *, is_new: bool) -> None:
    """Print where the marts are and how to ask them."""
    what = "Published" if is_new else "Nothing has changed since"
    say(f"{what} build {manifest['build_id']} (as known on {manifest['known_at']}): {home.published / 'atlas.duckdb'}")
    say(f'Try: {command()} query "{EXAMPLE}"')


def held(manifest: dict[str, Any], since: str) -> None:
    """Print that newer builds wait."""
    say(f"Build {manifest['build_id']} (as known on {manifest['known_at']}) is in force, held since {since[:16]} UTC. "
        "A refresh loads and publishes nothing; `atlas publish` ends that.")  # fmt: skip


def in_postgres(to: "Target", outcome: "Outcome") -> None:
    """Print what PostgreSQL holds now, and what a person should know of it."""
    if outcome.is_changed:
        say(f"PostgreSQL at {to} holds build {outcome.build_id} now: {len(outcome.rows)} tables, "
            f"{sum(outcome.rows.values()):,} rows, loaded and checked in {outcome.seconds['load']} s, "
            f"swapped in {outcome.seconds['swap']} s.")  # fmt: skip
    else:
        say(f"PostgreSQL at {to} holds build {outcome.build_id} already.")
    for warning in outcome.warnings:
        out.print(f"  {warning}", highlight=False, markup=False, soft_wrap=True)


def command() -> str:
    """Return how this program was called, so that a line that names it can be pasted."""
    called = Path(sys.argv[0])
    return os.path.relpath(called) if called.name == "atlas" and called.exists() else "atlas"


def status() -> None:
    """Print the published build and the newest day of every source."""
    from orchestration import builds

    home = open_home()
    manifest = builds.current(home)
    if manifest is None:
        say("Nothing is published yet. Run `atlas refresh`.")
    else:
        marts = {name: table["n_rows"] for name, table in manifest["tables"].items() if name.startswith("marts.")}
        made = manifest["built_at"][:16]
        say(f"Build {manifest['build_id']}, as known on {manifest['known_at']}, made at {made} UTC: "
            f"{len(marts)} tables, {sum(marts.values()):,} rows.")  # fmt: skip
        earlier = [one["build_id"] for one in builds.kept(home) if one["build_id"] != manifest["build_id"]]
        if since := builds.held_since(home):
            held(manifest, since)
        if earlier:
            say(f"Kept beside it, for `atlas rollback`: {', '.join(earlier)}.")
    with Ops(home.ops_db) as ops:
        calendar = ops.table("calendar")
        # An import says something of a past day, not of how the sources stand.
        asked = calendar.filter(calendar["status"] != "archived")["day"].max()
        day(ops, asked if isinstance(asked, date) else clock.today(), list(load_declarations()))


def sources() -> None:
    """Print the declared sources."""
    table = Table(title="Declared sources", title_justify="left", box=box.SIMPLE)
    for heading in ("source", "domain", "way in", "class", "licence"):
        table.add_column(heading, no_wrap=heading != "licence")
    for source in load_declarations().values():
        table.add_row(source.source_id, source.domain, source.transport.kind, source.history_class, source.licence.id)
    out.print(table)


def check(only: Sequence[str], *, use_mirror: bool) -> None:
    """Ask each source, one by one, and print how it stands and what to do."""
    from ingest.check import SourceCheck
    from ingest.check import check as ask

    home = open_home()
    declarations = [get_declaration(source_id) for source_id in only] or list(load_declarations().values())
    found: list[SourceCheck] = []
    progress = Console(stderr=True)
    with Ops(home.ops_db) as ops, progress.status("asking") as spinner:
        for declaration in declarations:
            spinner.update(f"asking {declaration.source_id}")
            try:
                found.append(ask(home, ops, declaration, clock.today(), use_mirror=use_mirror))
            except Exception as error:  # one bad source never stops the others
                found.append(SourceCheck(declaration.source_id, notes=[f"{type(error).__name__}: {error}"]))
    table = Table(title="Sources, asked just now", title_justify="left", box=box.SIMPLE)
    for heading in ("source", "reachable", "changed", "stale", "drifted"):
        table.add_column(heading, no_wrap=True)
    for one in found:
        cells = (_answer(one.is_reachable, bad=False), _answer(one.is_changed, bad=None),
                 _answer(one.is_stale, bad=True), _answer(one.is_drifted, bad=True))  # fmt: skip
        table.add_row(one.source_id, *cells)
    _print_with_notes(table, [f"{one.source_id}: {note}" for one in found for note in one.notes])


def _answer(value: bool | None, *, bad: bool | None) -> str:
    """Return yes, no or a dash; red where it is the bad one."""
    if value is None:
        return "[dim]-[/dim]"
    word = "yes" if value else "no"
    return f"[red]{word}[/red]" if value is bad else word


def gate(source_id: str, paths: Sequence[Path]) -> bool:
    """Print what a source's gate says of a vintage; return whether it would be accepted."""
    from ingest.load import gate_content, read_files, read_landed

    declaration = get_declaration(source_id)
    content = read_files(declaration, paths)
    home = open_home()
    with Ops(home.ops_db) as ops:
        in_force = ops.in_force(source_id, clock.today())
        previous = read_landed(home, in_force) if in_force else None
    report, _ = gate_content(declaration, content, previous, clock.today())
    n_passed = sum(check.passed for check in report.checks)
    say(f"{source_id}: {report.outcome}; {n_passed} of {len(report.checks)} rules passed.")
    for check in report.failed:
        out.print(
            f"[red]✗[/red] {check.rule} ({check.stage}, {check.severity}; {check.n_failing} of {check.n_rows}): "
            f"{escape(check.detail)}",
            highlight=False,
            soft_wrap=True,
        )
    return report.accepted is not None


def extraction_score(scores: Sequence["Score"], misses: Sequence["Miss"]) -> None:
    """Print how well texts were read, field by field, and below every miss."""
    table = Table(title="Extraction against labels", title_justify="left", box=box.SIMPLE)
    for heading in ("field", "labelled", "precision", "recall", "F1"):
        table.add_column(heading, justify="left" if heading == "field" else "right", no_wrap=True)
    for one in scores:
        table.add_row(one.field, f"{one.n:,}", f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.f1:.3f}")
    out.print(table)
    for miss in misses:
        say(escape(f"{miss.item_id} {miss.field}: labelled {miss.labelled}; read {miss.read}. {miss.text}"))
