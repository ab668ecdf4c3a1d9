"""What dbt last said of every model and test since the build file was filled.

dbt may build the project in one go or part by part from the Dagster UI; publishing needs good results for all of it.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ingest import archive
from ingest.home import Home

GOOD = frozenset({"success", "pass", "warn"})
BUILT = ("model", "test", "seed")


def target_path(home: Home) -> Path:
    """Return the folder dbt builds in. It rewrites its files there in place."""
    return home.root / "dbt" / "build"


def manifest_path(home: Home) -> Path:
    """Return dbt's manifest of the project as it is, always whole."""
    return home.root / "dbt" / "manifest.json"


def manifest(home: Home) -> dict[str, Any]:
    """Return dbt's manifest of the project as it is."""
    return json.loads(manifest_path(home).read_text())


def compiled(home: Home, node: Mapping[str, Any]) -> str:
    """Return the SQL dbt last ran for a model."""
    return (target_path(home) / "compiled" / node["package_name"] / node["original_file_path"]).read_text()


def relations(home: Home) -> set[tuple[str, str]]:
    """Return (schema, table) of the models and seeds readers get: all whose `meta` does not keep them in."""
    return {
        (node["schema"], node["alias"])
        for node in manifest(home)["nodes"].values()
        if node["resource_type"] in ("model", "seed") and node["config"].get("meta", {}).get("is_published", True)
    }


def _path(home: Home) -> Path:
    return home.build_db.with_name("dbt_results.json")


def forget(home: Home) -> None:
    """Forget all results: the inputs have changed."""
    _path(home).unlink(missing_ok=True)
    # Else a dbt command that ends before it writes its results would be taken for the one before.
    (target_path(home) / "run_results.json").unlink(missing_ok=True)


def record(home: Home) -> None:
    """Add the results of the dbt command that just ended."""
    run_results = target_path(home) / "run_results.json"
    if not run_results.exists():
        return
    results = _read(home)
    for result in json.loads(run_results.read_text())["results"]:
        results[result["unique_id"]] = {"status": result["status"], "message": result["message"]}
    archive.write_whole(_path(home), json.dumps(results).encode())


def _read(home: Home) -> dict[str, Any]:
    try:
        return json.loads(_path(home).read_text())
    except (FileNotFoundError, ValueError):
        return {}


def faults(home: Home) -> list[str]:
    """Return one line for every model, seed or test without a good result."""
    results = _read(home)
    wanted = [key for key, node in manifest(home)["nodes"].items() if node["resource_type"] in BUILT]
    told = []
    # What was skipped follows from what failed, which is told first.
    found = {key: results.get(key, {"status": "not run", "message": None}) for key in wanted}
    for key, result in sorted(found.items(), key=lambda item: (item[1]["status"] in ("skipped", "not run"), item[0])):
        if result["status"] not in GOOD:
            told.append(
                f"{key.split('.')[2]} {result['status']}: {(result['message'] or '').strip()[:200]}".rstrip(": ")
            )
    return told


def counts(home: Home) -> dict[str, int]:
    """Return how many models and tests have a good result."""
    good = [key.split(".")[0] for key, result in _read(home).items() if result["status"] in GOOD]
    return {"models": good.count("model"), "tests": good.count("test")}
