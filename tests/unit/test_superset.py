"""The dashboard of Superset as code: whole, told once, without a secret, and the same every time."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from bi.superset import bundle, charts, datasets
from bi.superset.chart_kinds import Chart
from bi.superset.charts import CHARTS
from bi.superset.dashboard import TABS
from bi.superset.datasets import DATASETS, Dataset
from ingest.home import PROJECT_ROOT

# Words of SQL and of its functions that stand in the expressions of the charts.
SQL_WORDS = {
    "sum", "max", "sqrt", "count", "case", "when", "then", "else", "end", "filter", "where", "is", "not", "null", "and",
    "in",
}  # fmt: skip
BY_NAME = {dataset.name: dataset for dataset in DATASETS}


@pytest.fixture(scope="module")
def files() -> dict[str, Any]:
    return {name: yaml.safe_load(text) for name, text in bundle.bundle().items()}


def of_folder(files: dict[str, Any], folder: str) -> list[dict[str, Any]]:
    return [content for name, content in files.items() if name.startswith(f"{folder}/")]


def named_columns(chart: Chart) -> set[str]:
    """Return the columns a chart asks for: by name, and inside the SQL of its metrics and filters."""
    params = chart.params
    found = {params[key] for key in ("x_axis", "entity", "series") if params.get(key)}
    found |= {*params.get("all_columns", []), *params.get("groupby", []), *chart.labels}
    found |= {re.findall(r"\w+", one)[0] for one in params.get("order_by_cols", [])}
    told = [params.get(key) for key in ("metric", "x", "y", "size", "timeseries_limit_metric")]
    for one in [*told, *params.get("metrics", []), *params.get("adhoc_filters", [])]:
        sql = re.sub(r"'[^']*'", "", one["sqlExpression"]) if one else ""
        found |= set(re.findall(r"\b[a-z]\w*\b", sql)) - SQL_WORDS
    return found


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.name)
def test_a_chart_asks_for_columns_of_its_dataset(chart: Chart):
    known = set(bundle.columns(BY_NAME[chart.dataset]))
    if chart.labels is charts.EVENT_COLUMNS:
        assert set(chart.params["all_columns"]) <= set(chart.labels)
    assert named_columns(chart) <= known, named_columns(chart) - known


def test_a_column_that_is_not_there_is_seen():
    params = {"metrics": [{"sqlExpression": "sum(v_mid_mw)"}], "adhoc_filters": [{"sqlExpression": "stage = 'gone'"}]}
    assert named_columns(Chart("bad", "Capacity by stage", "table", params)) == {"v_mid_mw", "stage"}


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_a_dataset_reads_marts_of_the_project_and_describes_every_column(dataset: Dataset):
    read = set(re.findall(r"\bmarts\.(\w+)", bundle.query(dataset)))
    assert read
    assert all((datasets.MODELS / f"{mart}.yml").exists() for mart in read), read
    for name, (kind, about) in bundle.columns(dataset).items():
        assert kind in {"varchar", "double", "bigint", "date", "boolean", "timestamp", "decimal(20,2)"}, name
        assert about.strip(), name


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda dataset: dataset.name)
def test_marts_with_histories_show_one_figure(dataset: Dataset):
    for mart in re.findall(r"\b(?:from|join) marts\.(\w+)", bundle.query(dataset)):
        if "history" in datasets.described(mart):
            assert "is_latest" in bundle.query(dataset) or "history = 'as_known'" in bundle.query(dataset)


def test_every_table_names_what_it_shows():
    for chart in CHARTS:
        if chart.kind == "table":
            assert set(chart.params["all_columns"]) <= set(chart.labels), chart.name


def test_a_column_has_one_label_in_its_dataset():
    told: dict[tuple[str, str], str] = {}
    for chart in CHARTS:
        for name, label in chart.labels.items():
            assert told.setdefault((chart.dataset, name), label) == label


def test_the_bundle_is_whole(files: dict[str, Any]):
    assert files["metadata.yaml"]["type"] == "assets"
    uuids = [one["uuid"] for name, one in files.items() if name != "metadata.yaml"]
    assert len(set(uuids)) == len(uuids) == 2 + len(DATASETS) + len(CHARTS)
    datasets = {one["uuid"] for one in of_folder(files, "datasets")}
    charts = {one["uuid"] for one in of_folder(files, "charts")}
    assert {one["dataset_uuid"] for one in of_folder(files, "charts")} <= datasets
    [dashboard] = of_folder(files, "dashboards")
    parts = dashboard["position"]
    shown = [part["meta"]["uuid"] for part in parts.values() if isinstance(part, dict) and part["type"] == "CHART"]
    assert sorted(shown) == sorted(charts)
    for part in parts.values():
        if isinstance(part, dict):
            assert all(child in parts for child in part.get("children", []))
            assert all(parent in parts for parent in part.get("parents", []))
    for told in dashboard["metadata"]["native_filter_configuration"]:
        assert told["targets"][0]["datasetUuid"] in datasets
        assert set(told["scope"]["rootPath"]) <= set(parts)


def test_every_row_of_a_tab_is_twelve_wide():
    for tab in TABS:
        for _, row in tab.rows:
            assert sum(width for _, width in row) == 12, tab.name


def test_ids_are_those_of_the_names(files: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    assert files["databases/atlas.yaml"]["uuid"] == "086e621e-362d-543a-b8ff-a0d4b8ed8ce8"
    before = {one["slice_name"]: one for one in of_folder(files, "charts")}
    changed = Chart(CHARTS[0].name, CHARTS[0].dataset, "table", {"all_columns": ["value"]})
    monkeypatch.setattr(bundle, "CHARTS", [changed, *CHARTS[1:]])
    after = {one["slice_name"]: one for one in map(yaml.safe_load, bundle.bundle().values()) if "slice_name" in one}
    assert [name for name in before if before[name] != after[name]] == [changed.name]
    assert before[changed.name]["uuid"] == after[changed.name]["uuid"]


def test_no_address_and_no_secret_is_in_the_bundle(files: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    assert files["databases/atlas.yaml"]["sqlalchemy_uri"] == "postgresql+psycopg2://"
    monkeypatch.setenv("PGPASSWORD", "a-secret-of-the-reader")
    monkeypatch.setenv("PGHOST", "a-host-of-the-reader")
    assert not [text for text in bundle.bundle().values() if "of-the-reader" in text]


def test_the_bundle_as_a_file_is_the_same_every_time(tmp_path: Path):
    made = [tmp_path / "one.zip", tmp_path / "two.zip"]
    for path in made:
        command = [sys.executable, "-m", "bi.superset.bundle", str(path)]
        subprocess.run(command, cwd=PROJECT_ROOT, check=True, timeout=60)
    assert made[0].read_bytes() == made[1].read_bytes()
    assert "infra-atlas/metadata.yaml" in zipfile.ZipFile(made[0]).namelist()


def test_the_lock_is_pinned_by_hash_and_names_no_index():
    text = (PROJECT_ROOT / "bi/superset/requirements.lock").read_text()
    pinned = re.findall(r"^([\w.-]+)==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pinned) == len(re.findall(r"^[\w.-]+(?:\[.*\])?==", text, re.MULTILINE)) > 100
    assert "apache-superset==6.1.0 " in text
    assert not re.search(r"://|--index|--find-links", text)
