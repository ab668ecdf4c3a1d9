"""What the published tables of operations and their columns hold, in words a reader sees in the database."""

# Columns that mean the same wherever they stand.
OPS_COLUMNS = {
    "address": "Where the bytes came from; import:<file> for an archived copy.",
    "basis": "How the day is known: fetched on it, edition (release of a wheel), archived (imported), reviewed, or "
    "corrected (read otherwise since that day).",
    "checked_at": "When the check was run, UTC.",
    "content_sha256": "sha256 of the data files in the bytes; it tells vintages apart.",
    "detail": "What was expected, what came, what to do; only the first where the source may not be passed on.",
    "edition": "The publisher's own name of the edition.",
    "fetch_id": "Number of the fetch.",
    "is_newest": "Whether the result is about the newest content of its source, or about the marts of this build.",
    "known_at": "Day from which the content was known.",
    "n_failing": "Rows that failed.",
    "n_rows": "Rows looked at.",
    "outcome": "passed, failed or not_run.",
    "parse_key": "Version of declaration, parser and rules that read the content.",
    "raw_sha256": "sha256 of the bytes as they came, which are in the archive under that name.",
    "restated_at": "When, UTC.",
    "rule": "Name of the rule.",
    "sample": "First failing rows, JSON; none where the source may not be passed on.",
    "severity": "block or warn.",
    "source_id": "Identifier of the source.",
    "stage": "Stage of the gate.",
    "subject": "Source or mart the result is about.",
    "subject_kind": "source or mart.",
}


def _shared(*names: str) -> dict[str, str]:
    return {name: OPS_COLUMNS[name] for name in names}


# Of each table: what it holds, and every column of it.
OPS_WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "ops_check_results": (
        "Result of every gate rule on every content of a source, and of every check on the marts.",
        _shared(
            "subject_kind",
            "subject",
            "is_newest",
            "rule",
            "stage",
            "severity",
            "outcome",
            "n_failing",
            "n_rows",
            "detail",
            "sample",
            "checked_at",
        )
        | {"content_sha256": "sha256 of the content that was checked; NULL for a mart."},
    ),
    "ops_fetch_log": (
        "Every fetch that was tried: address, outcome, bytes and their sha256.",
        _shared("fetch_id", "source_id", "address", "edition", "basis", "known_at", "raw_sha256", "content_sha256")
        | {
            "attempts": "How often the publisher was asked.",
            "day": "Day the source was asked for.",
            "error": "Why it failed.",
            "fetched_at": "When, UTC.",
            "n_bytes": "Size of the bytes as they came.",
            "status": "fetched, unchanged, archived (imported), no_vintage, unreachable or failed.",
        },
    ),
    "ops_vintage": (
        "Every accepted vintage: when its content became known and the sha256 of the bytes it came from.",
        _shared("source_id", "known_at", "content_sha256", "raw_sha256", "edition", "basis", "address", "parse_key")
        | {
            "known_to": "Day from which a later vintage was in force; NULL: this one is.",
            "n_rows": "Rows accepted.",
            "n_set_aside": "Rows set aside by a rule about rows.",
            "period_min": "First day the content is about.",
            "period_max": "Last day the content is about.",
        },
    ),
    "ops_restatement": (
        "Vintages that were read anew with another result: both versions of the code; they are equal where a vintage "
        "before it came in.",
        _shared("source_id", "known_at", "content_sha256", "restated_at")
        | {
            "restatement_id": "Number of the restatement.",
            "old_parse_key": "Version that read the content before.",
            "new_parse_key": "Version that reads it now.",
            "was_accepted": "Whether the gate accepted it before.",
            "is_accepted": "Whether the gate accepts it now.",
            "old_n_rows": "Rows accepted before.",
            "new_n_rows": "Rows accepted now.",
        },
    ),
    "ops_mart_restatement": (
        "Past days of which a build says something else than the build before: which mart, and the keys of what the "
        "figures are made of (vintages and days seen by then, reviewed records, code and assumptions).",
        _shared("restated_at")
        | {
            "mart": "Mart that changed.",
            "known_at": "Day whose figures, as known on it, changed.",
            "old_build_id": "Build before.",
            "new_build_id": "Build that restated.",
            "old_key": "Key of the figures before.",
            "new_key": "Key of the figures now; the same key with other figures is a fault.",
        },
    ),
}
