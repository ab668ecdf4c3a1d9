"""`atlas extract`: extraction and clustering on a file of texts, and the comparison with labels a person gave them."""

import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from ingest import archive
from ingest.errors import UsageError
from ingest.events.clustering import cluster, item_of
from ingest.extraction import extract
from ingest.extraction.facts import Facts

LINE = "one JSON object a line with `id`, `text`, `url` and `published`"
# Halves of characters, which an escape of JSON can hold and no file can.
_SURROGATE = re.compile("[\ud800-\udfff]")


def run(source: Path, target: Path | None) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Extract every text of a file; return each line with its result, and write the results where a target is named.

    Raises UsageError where the file cannot be read, a line is not what it should be, or the target is no file to write.
    """
    if target:
        _refuse_target(source, target)
    rows = _read(source)
    facts = [extract(row["text"], row.get("url") or "") for row in rows]
    results = [_fields(row, one) for row, one in zip(rows, facts, strict=True)]
    told = [number for number, one in enumerate(facts) if one.is_relevant]
    items = [item_of(str(n), rows[n]["text"], rows[n].get("published"), facts[n]) for n in told]
    for number, first in zip(told, cluster(items), strict=True):
        results[number]["cluster"] = rows[told[first]]["id"]
    if target:
        text = "".join(json.dumps(result, ensure_ascii=False) + "\n" for result in results)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            archive.write_whole(target, text.encode())
        except OSError as error:
            raise UsageError(
                f"Expected to write {target}: {error.strerror}. Name a file in a folder of yours."
            ) from None
    return list(zip(rows, results, strict=True))


def _refuse_target(source: Path, target: Path) -> None:
    """Raise UsageError where writing would take the place of what is no file, or of the texts themselves."""
    try:
        if target.exists() and not target.is_file():
            raise UsageError(f"Expected to write {target}: it is there and is no regular file. Name a file as --out.")
        if target.exists() and source.exists() and target.samefile(source):
            raise UsageError(f"Expected two files; --out {target} is the file of --in. Name another as --out.")
    except OSError as error:
        raise UsageError(f"Expected to write {target}: {error.strerror}. Name a file in a folder of yours.") from None


def _read(source: Path) -> list[dict[str, Any]]:
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise UsageError(f"Expected a readable file at {source}: {error.strerror}. It holds {LINE}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"Expected {source} in UTF-8, came another encoding. It holds {LINE}.") from None
    rows: list[dict[str, Any]] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=_refuse_constant)
            if "\\u" in line:
                row = json.loads(_SURROGATE.sub("\ufffd", json.dumps(row, ensure_ascii=False)))
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str) or "id" not in row:
            raise UsageError(f"Line {number} of {source}: expected {LINE}, came {line[:80]!r}.")
        if not _is_id(row["id"]):
            raise UsageError(f"Line {number} of {source}: expected text or a number as `id`, came {row['id']!r:.80}.")
        if (first := seen.setdefault(str(row["id"]), number)) != number:
            raise UsageError(
                f"Line {number} of {source}: expected an `id` of its own, since clusters are told by it; "
                f"{row['id']!r:.80} is that of line {first}."
            )
        for name in ("url", "published"):
            if not isinstance(row.get(name) or "", str):
                raise UsageError(f"Line {number} of {source}: expected text in `{name}`, came {row[name]!r}.")
        rows.append(row)
    return rows


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_id(value: Any) -> bool:
    return isinstance(value, str) or (
        isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    )


def _fields(row: dict[str, Any], facts: Facts) -> dict[str, Any]:
    return {
        "id": row["id"],
        "relevant": facts.is_relevant,
        "countries": list(facts.countries),
        "mw": [{"mw": one.mw, "role": one.role} for one in facts.capacities],
        "gpus": facts.gpus,
        "money": [{"amount": m.amount, "currency": m.currency, "qualifier": m.qualifier} for m in facts.money],
        "vendors": list(facts.vendors),
        "components": list(facts.components),
        "stage": facts.stage,
        "cluster": row["id"],
    }


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Capacity(_Strict):
    mw: float
    role: str


class _Money(_Strict):
    amount: float
    currency: str
    qualifier: str


class _Label(_Strict):
    relevant: bool
    countries: list[str]
    mw: list[_Capacity]
    gpus: float | None
    money: list[_Money]
    vendors: list[str]
    components: list[str]
    stage: str | None


class _Labelled(_Strict):
    label: _Label
    tags: list[str] | None = None


@dataclass(frozen=True)
class Score:
    """How one field was read: precision, recall and F1 over all texts, or the share that is right (`accuracy`)."""

    field: str
    n: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


@dataclass(frozen=True)
class Miss:
    """A text whose field was read otherwise than labelled."""

    item_id: str
    field: str
    labelled: str
    read: str
    text: str


_SETS: dict[str, Callable[[dict[str, Any]], set[Any]]] = {
    "relevance": lambda one: {True} if one["relevant"] else set(),
    "country": lambda one: set(one["countries"]),
    "MW": lambda one: {each["mw"] for each in one["mw"]},
    "MW and role": lambda one: {(each["mw"], each["role"]) for each in one["mw"]},
    "GPUs": lambda one: {one["gpus"]} - {None},
    "money": lambda one: {(each["amount"], each["currency"]) for each in one["money"]},
    "money and qualifier": lambda one: {(each["amount"], each["currency"], each["qualifier"]) for each in one["money"]},
    "vendors": lambda one: set(one["vendors"]),
    "components": lambda one: set(one["components"]),
}


def score(pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> tuple[list[Score], list[Miss]]:
    """Compare results with the `label` of their lines; return a score per field and every miss."""
    labelled = [(row, row["label"], result) for row, result in pairs if row.get("label") is not None]
    if not labelled:
        raise UsageError("Expected lines with a `label` to compare with, came none. Leave out --score.")
    for row, _, _ in labelled:
        _check_label(row)
    scores, misses = [], []
    for field, of in _SETS.items():
        told = [(row, of(label), of(result)) for row, label, result in labelled]
        scores.append(_score(field, [(label, read) for _, label, read in told]))
        misses += [_miss(row, field, label, read) for row, label, read in told if label != read]
    relevant = [(row, {label["stage"]}, {result["stage"]}) for row, label, result in labelled if label["relevant"]]
    scores.append(_score("stage, of relevant", [(label, read) for _, label, read in relevant]))
    misses += [_miss(row, "stage", label, read) for row, label, read in relevant if label != read]
    same, found = _pairs(labelled)
    scores.append(_score("duplicate pairs", [(same, found)]))
    texts = {row["id"]: row["text"] for row, _, _ in labelled}
    for one, other in sorted(same ^ found, key=str):
        label, read = ("same", "apart") if (one, other) in same else ("apart", "same")
        misses.append(Miss(f"{one} {other}", "duplicate pairs", label, read, f"{texts[one]} / {texts[other]}"))
    return scores, misses


def _check_label(row: dict[str, Any]) -> None:
    try:
        _Labelled.model_validate({"label": row["label"], "tags": row.get("tags")})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(
            f"The line with `id` {row['id']!r:.80}: expected a label with the fields of a result, and tags as a list "
            f"of texts; {where}: {first['msg']}, came {first['input']!r:.80}."
        ) from None


def _score(field: str, told: Sequence[tuple[set[Any], set[Any]]]) -> Score:
    right = sum(len(label & read) for label, read in told)
    n_read, n_labelled = sum(len(read) for _, read in told), sum(len(label) for label, _ in told)
    return Score(field, n_labelled, right / n_read if n_read else 1.0, right / n_labelled if n_labelled else 1.0)


def _miss(row: dict[str, Any], field: str, label: set[Any], read: set[Any]) -> Miss:
    return Miss(str(row["id"]), field, _told(label), _told(read), row["text"])


def _told(values: Iterable[Any]) -> str:
    return ", ".join(sorted(" ".join(map(str, one)) if isinstance(one, tuple) else str(one) for one in values)) or "-"


def _pairs(labelled: Sequence[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]) -> tuple[set[Any], set[Any]]:
    """Return the pairs that share a tag `dup_…`, and those that were clustered together."""
    tags = [(row["id"], {tag for tag in row.get("tags") or () if tag.startswith("dup_")}, result["cluster"])
            for row, _, result in labelled]  # fmt: skip
    both = [(one, other) for number, one in enumerate(tags) for other in tags[number + 1 :]]
    same = {_in_order(one[0], other[0]) for one, other in both if one[1] & other[1]}
    return same, {_in_order(one[0], other[0]) for one, other in both if one[2] == other[2]}


def _in_order(one: Any, other: Any) -> tuple[Any, ...]:
    return tuple(sorted((one, other), key=str))
