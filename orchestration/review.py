"""`atlas review`: the candidates that wait for a person, one beside its chain of the ledger, and the decision on it."""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from ingest import clock, reviewed_files
from ingest.errors import UsageError
from ingest.events.candidate import Candidate, candidate_of, item_of, once
from ingest.events.ledger_row import decided, prefilled
from ingest.events.reviews import Review, State, news_of, review_of, state_of
from ingest.home import open_home, writer_lock
from ingest.parsing import parse, unpack
from orchestration.answers import check_format, open_published, print_rows, read_cell
from orchestration.show import say

if TYPE_CHECKING:
    import duckdb

LEDGER, REVIEWS = "ledger", "candidate_reviews"
# Two people may decide at the same time: each waits for the other's few milliseconds.
WAIT_SECONDS = 20
REVIEWER_LENGTH, TEXT_LENGTH = 80, 500
# Control characters, halves of characters, and what ends a line: a cell is one line that any terminal can show.
UNFIT = ("Cc", "Cs", "Zl", "Zp")
# What contradicts the ledger comes first.
ORDER = ("contradicts", "updates", "new", "confirms")
SEEN = ("candidate_id", "first_published_on", "countries", "title", "verdict", "why")
LISTED = (
    "candidate_id", "first_published_on", "countries", "title", "vendors", "components", "stage", "capacity_mw",
    "capacity_mw_phase1", "capacity_mw_target", "gpu_count", "investment_amount", "investment_currency", "n_items",
    "n_sources", "tier", "verdict", "announcement_id", "why", "news", "urls",
)  # fmt: skip


@dataclass(frozen=True)
class Listed:
    """A candidate of the published build, with its items and how it stands by the decisions on file."""

    row: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]]
    candidate: Candidate
    state: State
    last: Review | None


def waiting(format_: str) -> None:
    """Print the candidates that wait for a person, what contradicts the ledger first."""
    check_format(format_)
    with open_published(open_home()) as con:
        found = [one for one in _listed(con) if one.state == "waiting"]
    found.sort(key=lambda one: (ORDER.index(one.row["verdict"]), -one.row["first_published_on"].toordinal()))
    names = SEEN if format_ == "table" else LISTED
    rows = [[one.row[name] for name in names] for one in found]
    if format_ == "table":
        say(f"Waiting for a person: {len(rows)}. A machine read them out of titles; none is a fact.")
    if rows or format_ != "table":
        print_rows(
            [name.replace("_", " ") for name in names] if format_ == "table" else names, rows, format_, read_cell
        )
    if rows and format_ == "table":
        say("`atlas review show ID` tells more of one; `atlas review accept ID` and `atlas review reject ID` decide.")


def show(candidate_id: str) -> None:
    """Print a candidate: what its items say and where they say it, and the chain of the ledger beside."""
    with open_published(open_home()) as con:
        one = _find(con, candidate_id)
        ledger = "select * from mart_announcement_ledger where chain_id = ? order by event_date, announcement_id"
        chain = _rows(con, ledger, one.row["chain_id"])
    say(f"[bold]{escape(one.row['title'] or '')}[/bold]")
    say(f"{one.row['candidate_id']}, {one.state.replace('_', ' ')}: {one.row['verdict']}; {escape(one.row['why'])}")
    if one.last:
        told = one.last.reason or f"as {one.last.deal_id}"
        say(escape(f"{one.last.decision} by {one.last.reviewer} on {one.last.reviewed_on}: {told}"))
        if news := news_of(one.candidate, one.last.item_ids):
            say(escape(f"Since then: {'; '.join(news)}"))
    for item in one.items:
        say("")
        say(escape(f"{item['published_on'] or item['first_seen']} {item['source_id']}, tier {item['tier']}"))
        say(escape(f"  {item['title'] or '(no title)'}"))
        say(escape(f"  {item['url']}"))
        for line in evidence_lines(item):
            say(escape(f"  {line}"))
    say("")
    if not chain:
        say("The ledger has no chain of it.")
        return
    say(f"The ledger's chain {one.row['chain_id']}:")
    for event in chain:
        say(
            escape(
                f"  {event['event_date']} {event['stage']}: {event['program']}, {event['lead_vendor']}{_figures(event)}"
            )
        )
        say(escape(f"    {event['announcement_id']} {event['source_url']}"))


def _figures(event: Mapping[str, Any]) -> str:
    """Return the figures an event of the ledger states, behind a comma each."""
    told = [
        (event["capacity_mw_announced"], "MW"), (event["capacity_mw_phase1"], "MW first"),
        (event["capacity_mw_target"], "MW in the end"), (event["gpu_count"], "GPUs"),
        (event["investment_amount"], event["investment_currency"]),
    ]  # fmt: skip
    return "".join(f", {value:,.0f} {unit}" for value, unit in told if value is not None)


def evidence_lines(item: Mapping[str, Any]) -> list[str]:
    """Return why an item's facts have their values, with the words of the title that say so."""
    title = item["title"] or ""
    lines = []
    for one in json.loads(item["evidence"] or "[]"):
        words = title[one["start"] : one["end"]]
        where = f"“{words}”" if words and one["end"] <= len(title) else "in the description, which is not kept"
        lines.append(f"{one['field']}: {one['value']} — {where}")
    return lines


def accept(candidate_id: str, reviewer: str, given: Mapping[str, str | None], cells: Iterable[str]) -> None:
    """Add the event to the ledger and the decision to the decisions. `given` has columns of the ledger by name.

    The ledger is written first: killed in between, the same command finds its row there and goes on. Raises UsageError
    where something is missing, where the gate would stop the row, or where the candidate is decided.
    """
    reviewer = _reviewer(reviewer)
    told = {name: value for name, value in given.items() if value is not None}
    for name, value in told.items():
        _check_text(name, value)
    told |= _cells(cells)
    home = open_home()
    with open_published(home) as con:
        one = _find(con, candidate_id)
    with writer_lock(home, WAIT_SECONDS):
        ledger, reviews = reviewed_files.read(LEDGER), reviewed_files.read(REVIEWS)
        _refuse_if_decided(one, _decisions(reviews))
        known = {row["deal_id"]: row for row in ledger.rows}
        parent_id = told.get("parent_deal_id", "" if one.row["verdict"] == "new" else one.row["announcement_id"])
        if parent_id and parent_id not in known:
            raise UsageError(
                f"The ledger has no event {parent_id!r} to continue. Name one of its deal_ids as --parent."
            )
        filled = prefilled(one.candidate, known[parent_id] if parent_id else None) | told
        _refuse_other_country(filled, known.get(parent_id))
        row = decided(ledger.columns, filled, reviewer, clock.today(), one.candidate.candidate_id)
        before = known.get(row["deal_id"])
        if before and before["review_note"] != row["review_note"]:
            raise UsageError(f"The ledger has {row['deal_id']} already. Give this event a name: --set deal_id=….")
        content, warnings = (ledger.content, []) if before else reviewed_files.with_row(ledger, row)
        decision = _decision(one, "accepted", reviewer, None, row["deal_id"])
        of_reviews, _ = reviewed_files.with_row(reviews, decision)
        if not before:
            reviewed_files.write(ledger, content)
        reviewed_files.write(reviews, of_reviews)
    say(f"{row['deal_id']} is an event of the ledger: {ledger.path}")
    for warning in warnings:
        say(escape(f"  warns: {warning}"))
    say(
        "Say who plays which part in deal_parties.csv, and the terms of its money in deal_terms.csv. Then commit, and "
        "run `atlas refresh`."
    )


def reject(candidate_id: str, reviewer: str, reason: str) -> None:
    """Add a decision that a candidate is no event. Raises UsageError where it is decided."""
    reviewer = _reviewer(reviewer)
    _check_text("--reason", reason)
    if not reason.strip():
        raise UsageError("Expected why it is no event, in words of your own: --reason.")
    home = open_home()
    with open_published(home) as con:
        one = _find(con, candidate_id)
    with writer_lock(home, WAIT_SECONDS):
        reviews = reviewed_files.read(REVIEWS)
        _refuse_if_decided(one, _decisions(reviews))
        content, _ = reviewed_files.with_row(reviews, _decision(one, "rejected", reviewer, reason, None))
        reviewed_files.write(reviews, content)
    say(f"{one.candidate.candidate_id} is rejected: {reviews.path}. Commit, and run `atlas refresh`.")


def _decision(one: Listed, decision: str, reviewer: str, reason: str | None, deal_id: str | None) -> dict[str, str]:
    return {
        "candidate_id": one.candidate.candidate_id, "decision": decision, "reviewer": reviewer,
        "item_ids": ";".join(item.item_id for item in one.candidate.items), "reviewed_on": str(clock.today()),
        "reason": reason or "", "deal_id": deal_id or "",
    }  # fmt: skip


def _reviewer(name: str) -> str:
    """Return who decides, without blanks around. Raises UsageError where it is nobody."""
    _check_text("--reviewer", name, REVIEWER_LENGTH)
    if not name.strip():
        raise UsageError("Expected who decides: --reviewer NAME.")
    return name.strip()


def _check_text(option: str, text: str, most: int = TEXT_LENGTH) -> None:
    """Raise UsageError for what a cell cannot hold."""
    if len(text) > most:
        raise UsageError(f"{option} takes at most {most} characters; it has {len(text)}. Say it in fewer words.")
    if any(unicodedata.category(character) in UNFIT for character in text):
        raise UsageError(f"{option} takes one line in UTF-8 without control characters; it is {text!r}.")


def _refuse_other_country(event: Mapping[str, str], parent: Mapping[str, str] | None) -> None:
    """Raise UsageError where an event would continue one of another country; an umbrella has none of its own."""
    told = event.get("country_iso3", "").strip()
    if parent and parent["country_iso3"] and parent["country_iso3"] != told:
        raise UsageError(
            f"Expected to continue an event of {told or 'no one country'}; {parent['deal_id']} is of "
            f'{parent["country_iso3"]}. Name another as --parent ("" for none), or --set country_iso3=… and scope=….'
        )


def _refuse_if_decided(one: Listed, decisions: Sequence[Review]) -> None:
    state, last = state_of(one.candidate, one.row["verdict"], decisions)
    if last and state != "waiting":
        raise UsageError(
            f"{one.candidate.candidate_id} was {last.decision} by {last.reviewer} on {last.reviewed_on}, and nothing "
            "new was told since. Whatever else is known is a row of the ledger by hand."
        )


def _cells(cells: Iterable[str]) -> dict[str, str]:
    """Return what `column=value` says, by column. Raises UsageError."""
    found = {}
    for cell in cells:
        _check_text("--set", cell)
        name, mark, value = cell.partition("=")
        if not mark:
            raise UsageError(f"--set takes column=value, such as site=Narvik; it is {cell!r}.")
        found[name.strip()] = value.strip()
    return found


def _decisions(file: reviewed_files.ReviewedFile) -> list[Review]:
    """Return the decisions on file, in its order."""
    frame = parse(file.declaration, unpack(file.declaration, file.content)).frame
    return [review_of(row) for row in frame.iter_rows(named=True)]


def _find(con: "duckdb.DuckDBPyConnection", candidate_id: str) -> Listed:
    """Return the candidate that an identifier, or the beginning of one, names. Raises UsageError."""
    if not candidate_id.strip():
        raise UsageError("Expected a candidate, or the beginning of its identifier. `atlas review` lists them.")
    found = [one for one in _listed(con) if one.row["candidate_id"].startswith(candidate_id)]
    if len(found) != 1:
        what = "no candidate" if not found else f"{len(found)} candidates"
        told = candidate_id[:TEXT_LENGTH]
        raise UsageError(f"{told!r} names {what} of the published build. `atlas review` lists those that wait.")
    return found[0]


def _listed(con: "duckdb.DuckDBPyConnection") -> list[Listed]:
    """Return the candidates of the published build, each as the decisions on file leave it."""
    decisions = _decisions(reviewed_files.read(REVIEWS))
    by_id: dict[str, list[dict[str, Any]]] = {}
    for item in _rows(con, "select * from core_announcement_item where is_relevant"):
        by_id.setdefault(item["item_id"], []).append(item)
    found = []
    for row in _rows(con, "select * from mart_announcement_candidate"):
        told = [item for item_id in row["item_ids"].split(";") for item in by_id[item_id]]
        candidate = candidate_of(once([item_of(item) for item in told]))
        kept = {(item.source_id, item.item_id) for item in candidate.items}
        items = [item for item in told if (item["source_id"], item["item_id"]) in kept]
        found.append(Listed(row, items, candidate, *state_of(candidate, row["verdict"], decisions)))
    return found


def _rows(con: "duckdb.DuckDBPyConnection", sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = con.execute(sql, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
