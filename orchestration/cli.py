"""The command `atlas`. Heavy libraries are imported by the commands that need them."""

import errno
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from ingest import clock
from ingest.errors import DISK_FULL, AtlasError, UsageError, is_full_disk
from orchestration.review_commands import review_app

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Country by country: AI infrastructure, the power behind it, who owns it, and the dependence it brings.",
)
app.add_typer(review_app, name="review")
Source = Annotated[list[str] | None, typer.Option("--source", help="Only this source (repeatable).")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 if a source could not be brought up to date.")]
Day = Annotated[str | None, typer.Option("--day", help="Day to load, YYYY-MM-DD; today if left out.")]
To = Annotated[
    str | None,
    typer.Option("--to", help="PostgreSQL: postgresql://user@host:port/database, or postgres for ATLAS_POSTGRES_URL."),
]


def _day(text: str | None, option: str = "--day") -> date:
    if text is None:
        return clock.today()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} must be a day such as {clock.today()}; it is {text!r}.") from None
    if not clock.FIRST_DAY <= day <= clock.today():
        raise UsageError(f"{option} must lie between {clock.FIRST_DAY} and today, {clock.today()}; it is {day}.")
    return day


@app.command()
def refresh(day: Day = None, source: Source = None, strict: Strict = False) -> None:
    """Load sources, gate them, build the marts and publish them."""
    from orchestration import refresh as refreshing

    raise typer.Exit(refreshing.refresh([_day(day)], source or [], strict))


@app.command()
def backfill(
    from_: Annotated[str, typer.Option("--from", help="First day to load, YYYY-MM-DD.")],
    to: Annotated[str | None, typer.Option("--to", help="Last day to load; today if left out.")] = None,
    source: Source = None,
    strict: Strict = False,
) -> None:
    """Load every day of a range, then build the marts and publish them once."""
    from orchestration import refresh as refreshing

    first, last = _day(from_, "--from"), _day(to, "--to")
    if first > last:
        raise UsageError(f"--from must not be after --to; {first} is after {last}.")
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    raise typer.Exit(refreshing.refresh(days, source or [], strict))


@app.command()
def publish(to: To = None) -> None:
    """Build and publish what has landed, asking no source. Ends a rollback. With --to: load what is in force there."""
    if to is None:
        from orchestration import refresh as refreshing

        raise typer.Exit(refreshing.publish_landed())
    from ingest.home import open_home
    from orchestration import postgres, show
    from orchestration.postgres_address import target

    there = target(to)
    show.in_postgres(there, postgres.load(open_home(), there))


@app.command()
def rollback(
    build_id: Annotated[str | None, typer.Argument(help="Build to go back to; the one before if left out.")] = None,
    to: To = None,
) -> None:
    """Put an earlier build in force, at once, and hold it until `atlas publish`. With --to: the one before, there."""
    from orchestration import show

    if to is None:
        from ingest.home import open_home, writer_lock
        from orchestration import builds

        home = open_home()
        with writer_lock(home):
            manifest = builds.roll_back(home, build_id)
        show.held(manifest, builds.held_since(home) or "now")
        return
    if build_id is not None:
        raise UsageError(
            f"PostgreSQL keeps the build before alone. Leave out {build_id}, or put it in force here with "
            f"`atlas rollback {build_id}` and there with `atlas publish --to`."
        )
    from orchestration import postgres
    from orchestration.postgres_address import target

    there = target(to)
    show.say(f"PostgreSQL at {there} holds build {postgres.roll_back(there)} again.")


@app.command()
def status() -> None:
    """Show the published build and how each source stands."""
    from orchestration import show

    show.status()


sources_app = typer.Typer(add_completion=False, help="The declared sources.")
app.add_typer(sources_app, name="sources")


@sources_app.callback(invoke_without_command=True)
def sources(context: typer.Context) -> None:
    """List the declared sources, or `check` how they stand on the web."""
    from orchestration import show

    if context.invoked_subcommand is None:
        show.sources()


@sources_app.command("check")
def sources_check(
    source: Source = None,
    live: Annotated[bool, typer.Option("--live", help="Ask the publishers themselves, past ATLAS_MIRROR.")] = False,
) -> None:
    """Ask each source and tell whether it is reachable, changed, stale or drifted. Nothing is loaded or gated."""
    from orchestration import show

    show.check(source or [], use_mirror=not live)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Source to import into.")],
    files: Annotated[list[Path], typer.Argument(help="Archived vintage as published: its file, or all its files.")],
    day: Annotated[str, typer.Option("--day", help="Day on which this content is known to have been public.")],
) -> None:
    """Bring in an archived vintage through the same gate. `atlas refresh` then publishes it."""
    from ingest.declaration import get_declaration
    from ingest.home import open_home, writer_lock
    from ingest.load import import_vintage
    from ingest.ops import Ops
    from orchestration import show

    declaration = get_declaration(source)
    home = open_home()
    with writer_lock(home), Ops(home.ops_db) as ops:
        load = import_vintage(home, ops, declaration, files, _day(day))
        show.loads(ops, [load])
    if not load.is_good:
        raise typer.Exit(1)
    show.say("Run `atlas refresh` to publish the marts with it.")


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SQL statement on the published marts.")],
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Query the published build, read-only."""
    from orchestration import answers

    answers.query(sql, format_)


@app.command()
def ask(
    number: Annotated[int | None, typer.Argument(help="Number of the question; all are listed if left out.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """List the questions the project answers, or answer one from the published build."""
    from orchestration import answers

    if number is None:
        answers.questions(format_)
    else:
        answers.ask(number, format_)


@app.command()
def story(
    country: Annotated[str, typer.Argument(help="Country, as its ISO 3166-1 alpha-3 code.")],
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Tell what the ledger holds of a country: each chain of events stage by stage, with figures and parties."""
    from orchestration import story as telling

    telling.show(country, format_)


@app.command()
def trace(
    mart: Annotated[str, typer.Argument(help="Mart, such as mart_country_power.")],
    key: Annotated[str, typer.Argument(help="Row of it, such as iso3=IRL,year=2024.")],
    column: Annotated[str, typer.Argument(help="Figure in that row, such as demand_twh.")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Day the row is about; the newest if left out.")] = None,
    history: Annotated[str | None, typer.Option("--history", help="as_known or as_now.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Show where a figure comes from: sources, vintages, sha256, addresses and assumptions."""
    from orchestration import trace as tracing

    tracing.show(mart, key, column, format_, {"as_of": as_of, "history": history})


@app.command()
def report(
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; report/atlas.html of the state folder if left out.")
    ] = None,
) -> None:
    """Write the published build as one HTML page: map, rankings, timeline, countries, sources. It needs no server."""
    from ingest.home import open_home
    from orchestration import report as reporting
    from orchestration import show

    written = reporting.write(open_home(), out)
    size = f"{written.stat().st_size / 1e6:.1f} MB"
    show.say(f"Wrote {written} ({size}). Open it in a browser; it loads nothing from elsewhere.")


@app.command("extract")
def extract_(
    source: Annotated[Path, typer.Option("--in", help="Texts: a JSON object a line with id, text, url, published.")],
    target: Annotated[Path | None, typer.Option("--out", help="Where the facts and clusters are written.")] = None,
    score: Annotated[
        bool, typer.Option("--score", help="Compare with the `label` of each line; print misses.")
    ] = False,
) -> None:
    """Read facts out of texts and tell which are of one event. Nothing is stored."""
    from orchestration import extraction, show

    if target is None and not score:
        raise UsageError("Name a file for the results with --out, or compare them with labels by --score.")
    pairs = extraction.run(source, target)
    if score:
        show.extraction_score(*extraction.score(pairs))
    if target:
        show.say(f"Wrote {len(pairs):,} results to {target}.")


@app.command()
def gate(
    source: Annotated[str, typer.Argument(help="Source whose gate to use.")],
    files: Annotated[list[Path], typer.Argument(help="File as published, or all files of one vintage.")],
) -> None:
    """Try a file against a source's gate. Nothing is archived or loaded."""
    from orchestration import show

    if not show.gate(source, files):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; end a foreseeable fault in one message and its exit code."""
    try:
        app()
    except AtlasError as error:
        _end(str(error), error.exit_code)
    except KeyboardInterrupt:
        _end("Interrupted. What was fetched is kept; run the same command again to go on.", 130)
    except Exception as error:
        if is_full_disk(error):
            _end(DISK_FULL, 1)
        if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            _end(f"This user may not write {error.filename}. Point ATLAS_HOME at a folder of yours.", 1)
        raise


def _end(message: str, code: Any) -> None:
    sys.stderr.write(f"atlas: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
