"""The import bundle of the dashboard in Superset's own export format.

    python -m bi.superset.bundle FILE.zip

Ids are made of names, so importing again changes what changed and adds nothing. No address of a database is in it: the
connection takes host, port, database, user and password from the environment, as libpq does (PGHOST, PGPASSWORD, …).
"""

import re
import sys
import uuid
import zipfile
from typing import Any

import yaml

from bi.superset.chart_kinds import Chart
from bi.superset.charts import CHARTS, COLOURS
from bi.superset.dashboard import SLUG, TABS, TITLE, Filter, Tab
from bi.superset.datasets import DATASETS, Dataset, described

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "infra-atlas/superset")
DATABASE = "infra-atlas"
VERSION = "1.0.0"
# A fixed day, so that the same declaration makes the same bytes.
MADE_AT = "2026-01-01T00:00:00+00:00"


def bundle() -> dict[str, str]:
    """Return the files of the bundle: their names to their YAML."""
    files: dict[str, Any] = {
        "metadata.yaml": {"version": VERSION, "type": "assets", "timestamp": MADE_AT},
        "databases/atlas.yaml": _database(),
        f"dashboards/{_file(SLUG)}": _dashboard(),
    }
    for dataset in DATASETS:
        files[f"datasets/atlas/{_file(dataset.name)}"] = _dataset(dataset)
    for chart in CHARTS:
        files[f"charts/{_file(chart.name)}"] = _chart(chart)
    return {name: yaml.safe_dump(content, sort_keys=False, allow_unicode=True) for name, content in files.items()}


def columns(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """Return the columns of a dataset: name to type and description."""
    own = {name: (told[0], told[1]) for name, told in dataset.own.items()}
    return (described(dataset.mart) if dataset.mart else {}) | own


def query(dataset: Dataset) -> str:
    """Return the SQL of a dataset, for PostgreSQL."""
    if not dataset.mart:
        return dataset.sql
    own = "".join(f",\n    {told[2]} as {name}" for name, told in dataset.own.items())
    join = "left join marts.dim_country as c on c.iso3 = m.iso3\n" if "country" in dataset.own else ""
    return f"select m.*{own}\nfrom marts.{dataset.mart} as m\n{join}where {dataset.where}"


def tab_id(tab: Tab) -> str:
    """Return the id of a tab, which ends the address that leads to it."""
    return f"TAB-{_slug(tab.name)}"


def _id(kind: str, name: str) -> str:
    return str(uuid.uuid5(NAMESPACE, f"{kind}/{name}"))


def _slug(name: str) -> str:
    return re.sub(r"\W+", "_", name.lower()).strip("_")


def _file(name: str) -> str:
    return f"{_slug(name)}.yaml"


def _database() -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": "postgresql+psycopg2://",
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_file_upload": False,
        "extra": {"allows_virtual_table_explore": True},
        "uuid": _id("database", DATABASE),
        "version": VERSION,
    }


def _dataset(dataset: Dataset) -> dict[str, Any]:
    labels = {name: label for chart in CHARTS if chart.dataset == dataset.name for name, label in chart.labels.items()}
    return {
        "table_name": dataset.name,
        "description": dataset.about,
        "main_dttm_col": None,
        "schema": "marts",
        "sql": query(dataset),
        "filter_select_enabled": True,
        "normalize_columns": False,
        "always_filter_main_dttm": False,
        "uuid": _id("dataset", dataset.name),
        "metrics": [],
        "columns": [
            {
                "column_name": name,
                "verbose_name": labels.get(name),
                "type": kind.upper(),
                "is_dttm": kind in {"date", "timestamp"},
                "description": about,
                "groupby": True,
                "filterable": True,
                "is_active": True,
            }
            for name, (kind, about) in columns(dataset).items()
        ],
        "version": VERSION,
        "database_uuid": _id("database", DATABASE),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "slice_name": chart.name,
        "description": chart.about or None,
        "viz_type": chart.kind,
        "params": {"viz_type": chart.kind, "extra_form_data": {}, **chart.params},
        "query_context": None,
        "cache_timeout": None,
        "uuid": _id("chart", chart.name),
        "version": VERSION,
        # What is changed in the browser would be lost with the next import, so the browser lets nobody change it.
        "is_managed_externally": True,
        "dataset_uuid": _id("dataset", chart.dataset),
    }


def _dashboard() -> dict[str, Any]:
    return {
        "dashboard_title": TITLE,
        "description": "AI infrastructure, the power behind it, who owns it, and the dependence it brings.",
        "css": "",
        "slug": SLUG,
        "uuid": _id("dashboard", SLUG),
        "position": _position(),
        "metadata": {
            "color_scheme": "supersetColors",
            "label_colors": COLOURS,
            "shared_label_colors": list(COLOURS),
            "map_label_colors": COLOURS,
            "cross_filters_enabled": False,
            "refresh_frequency": 0,
            "timed_refresh_immune_slices": [],
            "expanded_slices": {},
            "default_filters": "{}",
            "chart_configuration": {},
            "filter_bar_orientation": "HORIZONTAL",
            "native_filter_configuration": [_filter(tab, one) for tab in TABS for one in tab.filters],
        },
        "published": True,
        "is_managed_externally": True,
        "version": VERSION,
    }


def _filter(tab: Tab, told: Filter) -> dict[str, Any]:
    chosen = {"filters": [{"col": told.column, "op": "IN", "val": [told.default]}]}
    return {
        "id": f"NATIVE_FILTER-{_slug(tab.name)}_{_slug(told.name)}",
        "type": "NATIVE_FILTER",
        "filterType": "filter_select",
        "name": told.name,
        "description": told.about,
        "targets": [{"column": {"name": told.column}, "datasetUuid": _id("dataset", told.dataset)}],
        "controlValues": {
            "multiSelect": False,
            # What is typed and is no value would find nothing, which reads as unknown.
            "creatable": False,
            "enableEmptyFilter": True,
            "defaultToFirstItem": False,
            "inverseSelection": False,
            "searchAllOptions": False,
        },
        "defaultDataMask": {
            "extraFormData": chosen,
            "filterState": {"value": [told.default], "label": told.default},
            "ownState": {},
        },
        "scope": {"rootPath": [tab_id(tab)], "excluded": []},
        "cascadeParentIds": [],
    }


def _position() -> dict[str, Any]:
    """Return the layout: a header over tabs, each a line of text and rows of charts."""
    parts: dict[str, Any] = {"DASHBOARD_VERSION_KEY": "v2"}

    def add(kind: str, part_id: str, parents: list[str], meta: dict[str, Any]) -> list[str]:
        parts[part_id] = {"type": kind, "id": part_id, "children": [], "parents": parents, "meta": meta}
        if parents:
            parts[parents[-1]]["children"].append(part_id)
        return [*parents, part_id]

    root = add("ROOT", "ROOT_ID", [], {})
    parts["HEADER_ID"] = {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": TITLE}}
    tabs = add("TABS", "TABS-atlas", root, {})
    number = {chart.name: number for number, chart in enumerate(CHARTS, 1)}
    for tab in TABS:
        inside = add("TAB", tab_id(tab), tabs, {"text": tab.name, "defaultText": tab.name, "placeholder": tab.name})
        row = add("ROW", f"ROW-{_slug(tab.name)}-text", inside, {"background": "BACKGROUND_TRANSPARENT"})
        add("MARKDOWN", f"MARKDOWN-{_slug(tab.name)}", row, {"width": 12, "height": 7, "code": tab.about})
        for at, (height, charts) in enumerate(tab.rows):
            row = add("ROW", f"ROW-{_slug(tab.name)}-{at}", inside, {"background": "BACKGROUND_TRANSPARENT"})
            for name, width in charts:
                meta = {"chartId": number[name], "uuid": _id("chart", name), "sliceName": name, "width": width,
                        "height": height}  # fmt: skip
                add("CHART", f"CHART-{_slug(name)}", row, meta)
    return parts


def main() -> None:
    """Write the bundle to the file that is named, for an installation of Superset of your own."""
    with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in bundle().items():
            archive.writestr(zipfile.ZipInfo(f"infra-atlas/{name}"), text)


if __name__ == "__main__":
    main()
