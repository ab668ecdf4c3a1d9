"""Parser of the address ranges of Oracle Cloud: one row per region, counting what customers rent."""

import json
from collections.abc import Mapping

import polars as pl

from ingest.reading.ip_ranges import count

# The other tags, OSN and OBJECT_STORAGE, are Oracle's own services.
RENTED = "OCI"


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per region with its counts. Raises ValueError or LookupError where the file is no such list."""
    (content,) = files.values()
    top = json.loads(content)
    published_on = str(top["last_updated_timestamp"])[:10]
    rows = [
        {
            "region_code": region["region"],
            **count(one["cidr"] for one in region["cidrs"] if RENTED in one["tags"]),
            "published_on": published_on,
        }
        for region in top["regions"]
    ]
    if not rows:
        raise ValueError("the list holds no region")
    return pl.DataFrame(rows, infer_schema_length=None)
