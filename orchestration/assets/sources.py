"""One asset per declared source. It always materialises, with the status of the day, and never stops another."""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg
import polars as pl

from ingest import load as loading
from ingest.declaration import Declaration, load_declarations
from ingest.home import Home, open_home
from ingest.ops import Ops
from ingest.transport_declaration import HttpTransport
from orchestration import gate_page, progress, runs
from orchestration.partitions import BACKFILL_POLICY, DAYS

TOLD_DAYS = 100


def source_asset(declaration: Declaration) -> dg.AssetsDefinition:
    """Return the asset of a source: it loads each day of its partitions and reports the gate as checks."""
    key = dg.AssetKey(declaration.source_id)

    @dg.asset(
        key=key,
        group_name=declaration.domain,
        partitions_def=DAYS,
        backfill_policy=BACKFILL_POLICY,
        description=f"{declaration.name}. {declaration.description}",
        kinds={"python", "polars", declaration.transport.kind},
        metadata={
            "publisher": declaration.publisher,
            "homepage": dg.MetadataValue.url(declaration.homepage),
            "licence": declaration.licence.id,
            "attribution": declaration.licence.attribution,
            "redistributable": declaration.licence.redistributable,
            **_addresses(declaration),
        },
        check_specs=[
            dg.AssetCheckSpec(
                "answered", asset=key, description="The source answered with what its declaration promises."
            ),
            dg.AssetCheckSpec("gate", asset=key, description="The newest content passed the gate."),
            dg.AssetCheckSpec("freshness", asset=key, description="The content is about a recent enough time."),
        ],
    )
    def load_source(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        runs.claim(context.instance, context.run_id)
        progress.tell("sources", declaration.source_id)
        home = open_home()
        days = [date.fromisoformat(key) for key in context.partition_keys]
        with Ops(home.ops_db) as ops:
            for last in _told(context, _load_days(context, home, ops, declaration, days), len(days)):
                context.add_asset_metadata(_metadata(last), partition_key=str(last.day))
            newest = ops.vintages(declaration.source_id, last.day)[-1:]
            checks = ops.checks(declaration.source_id, newest[0].content_sha256) if newest else []
            told = _details(home, last, checks)
            if newest:
                told["gate_page"] = dg.MetadataValue.path(gate_page.write(home, declaration, newest[0], checks))
            context.add_asset_metadata(told, partition_key=str(last.day))
            is_accepted = bool(newest and newest[0].is_accepted)
            return dg.MaterializeResult(check_results=list(_check_results(last, is_accepted, checks)))

    return load_source


def _addresses(declaration: Declaration) -> dict[str, dg.UrlMetadataValue]:
    """Return where a source of the web is fetched, by the names of its files."""
    transport = declaration.transport
    if not isinstance(transport, HttpTransport):
        return {}
    return {f"address of {name}": dg.MetadataValue.url(url) for name, url in transport.files.items()}


def _load_days(
    context: dg.AssetExecutionContext, home: Home, ops: Ops, declaration: Declaration, days: Sequence[date]
) -> Iterator[loading.Load]:
    left = list(days)
    try:
        for load in loading.load_days(home, ops, declaration, days):
            left.remove(load.day)
            yield load
    except Exception as error:  # one bad source never stops the others
        context.log.exception("The load of %s ended in an error nobody foresaw.", declaration.source_id)
        # The fault is of the asking, which was for the latest day; the others are told by what is archived.
        for day in left:
            if day == max(days):
                yield loading.fail(ops, declaration, day, error)
            else:
                yield loading.carry(home, ops, declaration, day)


def _told(context: dg.AssetExecutionContext, loads: Iterator[loading.Load], n_days: int) -> Generator[loading.Load]:
    """Pass loads on and tell how far they are: in the log a line where the answer changes and every hundred days."""
    before: tuple[str, str | None] | None = None
    by_status: Counter[str] = Counter()
    for number, load in enumerate(loads, start=1):
        progress.tell("day", f"{load.source_id} {load.day}")
        by_status[load.status] += 1
        # A source that lacks a key or a network says so once, not on each of a thousand days.
        if not load.is_good and (load.status, load.message) != before:
            context.log.warning("%s on %s: %s. %s", load.source_id, load.day, load.status, load.message)
        before = load.status, load.message
        if n_days > 1 and (number % TOLD_DAYS == 0 or number == n_days):
            counts = ", ".join(f"{status} {count}" for status, count in by_status.most_common())
            context.log.info("%s: %s of %s days, to %s: %s", load.source_id, number, n_days, load.day, counts)
        yield load


def _metadata(load: loading.Load) -> dict[str, Any]:
    """Return how the source stands on a day: shown with that day's partition."""
    told: dict[str, Any] = {"status": load.status, "message": load.message or ""}
    if load.in_force:
        told |= {
            "dagster/row_count": load.in_force.n_rows,
            "rows_set_aside": load.in_force.n_set_aside,
            "vintage": str(load.in_force.known_at),
            "vintage_age_days": (load.day - load.in_force.known_at).days,
            "content_sha256": load.in_force.content_sha256,
            "content_period": f"{load.in_force.period_min} to {load.in_force.period_max}",
        }
    return told


def _details(home: Home, last: loading.Load, checks: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what only the newest day of a run shows: the gate and the first rows."""
    told = {"gate": gate_summary(checks)}
    if last.in_force:
        # Metadata for a person: a landed file that is gone is landed again by the next load.
        frame = loading.read_landed(home, last.in_force) if loading.is_landed(home, last.in_force) else pl.DataFrame()
        told["preview"] = dg.MetadataValue.md(preview(frame))
    return told


def gate_summary(checks: list[dict[str, Any]]) -> dg.MarkdownMetadataValue:
    """Return one line per stage of the gate: rules run, and those that failed. Short: the page shows it open."""
    stages = list(dict.fromkeys(check["stage"] for check in checks))
    rows = []
    for stage in stages:
        of_stage = [check for check in checks if check["stage"] == stage]
        failed = [f"{check['rule']} ({check['severity']})" for check in of_stage if check["outcome"] == "failed"]
        rows.append(f"| {stage} | {len(of_stage)} | {', '.join(failed)} |")
    return dg.MetadataValue.md("\n".join(["| stage | rules | failed |", "|---|---|---|", *rows]))


def gate_table(checks: list[dict[str, Any]]) -> dg.MarkdownMetadataValue:
    """Return the gate's results as a table, failures first."""
    if not checks:
        return dg.MetadataValue.md("No content to check.")
    ordered = sorted(checks, key=lambda check: check["outcome"] == "passed")
    rows = [
        f"| {'✓' if check['outcome'] == 'passed' else '✗'} | {check['stage']} | {check['rule']} | {check['severity']} "
        f"| {check['n_failing']} of {check['n_rows']} | {_cell(check['detail'])} |"
        for check in ordered
    ]
    return dg.MetadataValue.md(
        "\n".join(["| | stage | rule | severity | failing rows | detail |", "|---|---|---|---|---|---|", *rows])
    )


def preview(frame: pl.DataFrame, rows: int = 5, columns: int = 10) -> str:
    """Return the first rows and columns as a markdown table."""
    head = frame.head(rows).select(frame.columns[:columns])
    lines = [[str(value) if value is not None else "" for value in row] for row in head.rows()]
    table = [head.columns, ["---"] * len(head.columns), *lines]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in table)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[:300]


def _check_results(
    last: loading.Load, is_accepted: bool, checks: list[dict[str, Any]]
) -> Iterator[dg.AssetCheckResult]:
    # ERROR tells a person; nothing here is blocking, because the last good vintage stays in force.
    yield dg.AssetCheckResult(
        check_name="answered",
        passed=last.status not in ("unreachable", "failed"),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"status": last.status, "message": last.message or ""},
    )
    failing = [check for check in checks if check["outcome"] == "failed" and check["stage"] != "freshness"]
    yield dg.AssetCheckResult(
        check_name="gate",
        passed=not failing,
        severity=dg.AssetCheckSeverity.WARN if is_accepted else dg.AssetCheckSeverity.ERROR,
        metadata={
            "results": gate_table(checks),
            "failing_sample": dg.MetadataValue.md(
                "\n\n".join(f"**{check['rule']}**\n```\n{check['sample'][:10_000]}\n```" for check in failing) or "none"
            ),
        },
    )
    if last.content_age:
        yield dg.AssetCheckResult(
            check_name="freshness",
            passed=last.content_age.passed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"detail": last.content_age.detail},
        )
    else:
        yield dg.AssetCheckResult(check_name="freshness", passed=True, metadata={"detail": "No vintage to judge."})


def source_assets() -> list[dg.AssetsDefinition]:
    """Return the assets of all declared sources."""
    return [source_asset(declaration) for declaration in load_declarations().values()]
