"""Parser of the address ranges of Google Cloud: one row per region they are used in."""

import json
from collections.abc import Mapping

import polars as pl

from ingest.reading.ip_ranges import count


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per scope with its counts. Raises ValueError or LookupError where the file is no such list."""
    (content,) = files.values()
    top = json.loads(content)
    scopes: dict[str, list[str]] = {}
    for prefix in top["prefixes"]:
        if not isinstance(prefix["scope"], str):
            raise ValueError(f"expected the region of a prefix, came {prefix['scope']!r}")
        scopes.setdefault(prefix["scope"], []).append(prefix.get("ipv4Prefix") or prefix["ipv6Prefix"])
    if not scopes:
        raise ValueError("the list holds no prefix")
    published_on = str(top["creationTime"])[:10]
    rows = [{"region_code": scope, **count(prefixes), "published_on": published_on}
            for scope, prefixes in scopes.items()]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)
