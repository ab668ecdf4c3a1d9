"""Parser of cloud-regions-info: one JSON object of regions per provider, the provider in the file name."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath

import polars as pl


def parse(files: Mapping[str, bytes]) -> pl.DataFrame:
    """Return one row per provider and region."""
    rows = [
        {"provider": PurePosixPath(name).stem.removesuffix("_regions"), "region_id": region_id, **region}
        for name, content in files.items()
        for region_id, region in json.loads(content).items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
