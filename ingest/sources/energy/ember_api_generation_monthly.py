"""Parser of Ember's API: one answer with all records, which tells how many they are."""

import json
from collections.abc import Mapping

import polars as pl


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per country, month and source, named as published. Raises ValueError where records are missing."""
    (content,) = files.values()
    answer = json.loads(content)
    if not isinstance(answer, dict) or "data" not in answer:
        told = answer.get("detail", answer) if isinstance(answer, dict) else answer
        raise ValueError(f"expected data, Ember answers {str(told)[:150]!r}")
    records = answer["data"]
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise TypeError("data holds no records")
    n_told = (answer.get("stats") or {}).get("number_of_records")
    if n_told is not None and int(n_told) != len(records):
        raise ValueError(f"expected {n_told} records, came {len(records)}: the answer is not whole")
    try:
        return pl.DataFrame(records, infer_schema_length=None)
    except OverflowError:
        raise ValueError("a record holds a number past all bounds") from None
