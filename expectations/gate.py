"""The decision about one load: pass, warn, set rows aside, or block and leave the vintage in force.

Stages run in order: schema, keys, domain, volume, plausibility. A stage whose ground is missing does not run
and says so. The gate writes nothing: loading and quarantining are the loader's business.
"""

from datetime import date

import polars as pl

from expectations.results import Check, GateReport, Severity, Stage, sample_of, worst
from expectations.rule import Rule, load_rules
from expectations.schema import check_schema
from expectations.suite import ROW, Finding, build_suite, validate
from ingest.countries import map_countries
from ingest.declaration import Declaration
from ingest.parsing import DTYPES, Parsed

FAILED_RULES = "failed_rules"
STAGES: list[Stage] = ["schema", "keys", "domain", "volume", "plausibility"]


def run_gate(declaration: Declaration, parsed: Parsed, previous: pl.DataFrame | None, known_at: date) -> GateReport:
    """Check a parsed load against its declaration, its rules and the accepted frame before it.

    `previous` has the declared columns (and iso3); None for a first load. `known_at` is the day the load was
    published. Rows keep their order in `accepted`; `set_aside` and `failing` add the column `failed_rules`.
    """
    schema = check_schema(declaration, parsed)
    if worst(schema) == "block":
        checks = [*schema, *(_not_run(stage, "the schema failed") for stage in STAGES[1:])]
        return GateReport("block", checks, None, _marked(parsed.frame, []), _marked(parsed.frame, []))
    previous = _conformed(declaration, previous) if previous is not None and previous.height else None
    frame, country = _map(declaration, parsed.frame)
    findings = [
        *country,
        *validate(build_suite(declaration), parsed.frame),
        *_volume(declaration, frame, previous),
    ]
    findings += _plausibility(declaration, frame, previous, known_at, findings)
    findings = _cap_set_aside(findings, frame.height, declaration.row_quarantine_max_pct)
    findings.sort(key=lambda finding: STAGES.index(finding.check.stage))
    return _report(schema, findings, frame)


def _conformed(declaration: Declaration, previous: pl.DataFrame) -> pl.DataFrame:
    """Give an older frame the columns declared since, as unknown, so that rules can compare."""
    since = [column for column in declaration.columns if column.name not in previous.columns]
    return previous.with_columns(pl.lit(None, DTYPES[column.type]).alias(column.name) for column in since)


def _report(schema: list[Check], findings: list[Finding], frame: pl.DataFrame) -> GateReport:
    checks = [*schema, *(finding.check for finding in findings)]
    outcome = worst(checks)
    if outcome == "block":
        blocking = _marked(frame, [finding for finding in findings if finding.check.outcome == "block"])
        return GateReport(outcome, checks, None, _marked(frame, []), blocking)
    aside = [finding for finding in findings if finding.check.outcome == "quarantine_rows"]
    accepted = frame.filter(~_numbered(frame).is_in(sorted(_rows_of(aside))))
    return GateReport(outcome, checks, accepted, _marked(frame, aside), _marked(frame, []))


def _map(declaration: Declaration, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Add iso3; a value that is neither a country nor a declared aggregate blocks."""
    country = declaration.country
    if country is None:
        return frame, []
    mapped, unmapped = map_countries(frame, country)
    expected = f"every {country.column} is a country ({country.code}) or a declared aggregate"
    if not unmapped:
        return mapped, [
            Finding(Check("country_mapped", "keys", "block", True, 0, frame.height, f"expected: {expected}"))
        ]
    hit = pl.col(country.column).fill_null("").replace("", "(empty)").is_in(unmapped)
    rows = frozenset(mapped.select(pl.arg_where(hit)).to_series().to_list())
    detail = (
        f"expected: {expected}; came: {', '.join(unmapped[:10])}; to do: add each to country.aliases, or to "
        "country.aggregates if it is no country."
    )
    sample = sample_of(mapped[sorted(rows)])
    return mapped, [
        Finding(Check("country_mapped", "keys", "block", False, len(rows), frame.height, detail, sample), rows)
    ]


def _volume(declaration: Declaration, frame: pl.DataFrame, previous: pl.DataFrame | None) -> list[Finding]:
    """Compare the size and the fill of the load with the vintage before."""
    if previous is None:
        return []
    allowed = declaration.volume.max_drop_pct
    lost = previous.height - frame.height
    drop = 100 * lost / previous.height
    expected = f"expected: at most {allowed:g} % fewer rows than the {previous.height} of the vintage before"
    if drop <= allowed:
        fell = Check("max_drop", "volume", "block", True, 0, previous.height, expected)
    else:
        detail = (
            f"{expected}; came: {frame.height} rows, {drop:.1f} % fewer; to do: look whether the file "
            "was cut; raise max_drop_pct only for a known reason."
        )
        fell = Check("max_drop", "volume", "block", False, lost, previous.height, detail)
    names = [column.name for column in declaration.columns if column.nullable and not column.key]
    if declaration.items and declaration.is_window:
        # The items of a day name what they name. Only what proves their days has to stay.
        names = [name for name in names if name in declaration.items.columns]
    emptied = [name for name in names if _is_empty(frame[name]) and not _is_empty(previous[name])]
    expected = "expected: no column is empty that held values in the vintage before"
    detail = (
        f"{expected}; came: {', '.join(emptied)}; to do: look for a renamed field in the bytes."
        if emptied
        else expected
    )
    sample = [{"column": name} for name in emptied[:5]]
    kept = Check("no_column_emptied", "volume", "block", not emptied, len(emptied), len(names), detail, sample)
    # What left a window of items stays known, so there is no fall to guard against.
    compared = [] if declaration.is_window else [Finding(fell)]
    return [*compared, Finding(kept)] if names else compared


def _is_empty(series: pl.Series) -> bool:
    return series.null_count() == len(series)


def _plausibility(
    declaration: Declaration,
    frame: pl.DataFrame,
    previous: pl.DataFrame | None,
    known_at: date,
    findings: list[Finding],
) -> list[Finding]:
    """Run the domain rules over the rows that stand so far."""
    rules = load_rules(declaration.source_id)
    failed = [finding for finding in findings if not finding.check.passed]
    if any(finding.check.stage == "keys" for finding in failed):
        return [Finding(_not_run("plausibility", "the keys failed"))] if rules else []
    sound = frame.filter(~_numbered(frame).is_in(sorted(_rows_of(failed))))
    if sound.is_empty():
        return [Finding(_not_run("plausibility", "no row passed the stages before"))] if rules else []
    return [_judge(rule, rule.find(sound, previous, known_at), declaration.key, sound.height, frame) for rule in rules]


def _judge(rule: Rule, found: pl.DataFrame, key: list[str], n_rows: int, frame: pl.DataFrame) -> Finding:
    expected = f"expected: {rule.description}"
    if found.is_empty():
        return Finding(Check(rule.name, "plausibility", rule.severity, True, 0, n_rows, expected))
    detail = f"{expected}; came: {found.height} against it; to do: {rule.remedy}"
    check = Check(
        rule.name, "plausibility", rule.severity, False, found.height, n_rows, detail, sample_of(found, rule.n_kept)
    )
    if not set(key) <= set(found.columns):
        return Finding(check)
    rows = frame.with_columns(_numbered(frame)).join(found, on=key, how="semi")[ROW]
    return Finding(check, frozenset(rows.to_list()))


def _cap_set_aside(findings: list[Finding], n_rows: int, max_pct: float) -> list[Finding]:
    """Turn setting rows aside into blocking where the rows are too many, or cannot be told apart."""
    aside = [finding for finding in findings if finding.check.outcome == "quarantine_rows"]
    share = 100 * len(_rows_of(aside)) / n_rows
    if share <= max_pct and all(finding.rows for finding in aside):
        return findings
    severity: Severity = "block"
    return [
        Finding(finding.check.with_severity(severity), finding.rows) if finding in aside else finding
        for finding in findings
    ]


def _not_run(stage: Stage, reason: str) -> Check:
    detail = f"expected: the stage runs; came: {reason}; to do: mend that first."
    return Check("not_run", stage, "warn", False, 0, 0, detail)


def _numbered(frame: pl.DataFrame) -> pl.Series:
    return pl.Series(ROW, range(frame.height), dtype=pl.Int64)


def _rows_of(findings: list[Finding]) -> set[int]:
    return set().union(*(finding.rows for finding in findings))


def _marked(frame: pl.DataFrame, findings: list[Finding]) -> pl.DataFrame:
    """Return the rows of findings, with the rules each one failed."""
    rows = sorted(_rows_of(findings))
    rules = ["; ".join(finding.check.rule for finding in findings if row in finding.rows) for row in rows]
    return frame[rows].with_columns(pl.Series(FAILED_RULES, rules, dtype=pl.String))
