"""The kinds of charts the dashboard has, in Superset's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Params = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """A chart of one dataset: `kind` and `params` in Superset's words. `labels` name the columns a table shows."""

    name: str
    dataset: str
    kind: str
    params: Params
    about: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def metric(label: str, sql: str) -> Params:
    """Return a figure that SQL makes of the rows, under the name a reader sees."""
    return {"expressionType": "SQL", "sqlExpression": sql, "label": label, "hasCustomLabel": True,
            "optionName": f"metric_{label}"}  # fmt: skip


def filtered(sql: str) -> list[Params]:
    """Return the condition rows have to meet, "" being none."""
    return [{"expressionType": "SQL", "clause": "WHERE", "sqlExpression": sql}] if sql else []


def bars(
    x: str,
    metrics: Mapping[str, str],
    unit: str,
    *,
    where: str = "",
    by: str = "",
    n_bars: int = 50,
    digits: str = ",.0f",
    **params: Any,
) -> Params:
    """Return horizontal bars of a category, metrics stacked: in the order of its words, or largest `by` on top."""
    # Superset sorts several bars by a word, a single one by the name of what it shows.
    several = len(metrics) > 1 or "groupby" in params
    sort = ("sum" if by else "name") if several else (next(iter(metrics)) if by else x)
    return {
        "x_axis": x,
        "metrics": [metric(label, sql) for label, sql in metrics.items()],
        "adhoc_filters": filtered(where),
        "orientation": "horizontal",
        "stack": "Stack",
        "x_axis_sort": sort,
        "x_axis_sort_asc": bool(by),
        "sort_series_type": "name",
        "sort_series_ascending": True,
        "timeseries_limit_metric": metric("By", by) if by else None,
        "order_desc": True,
        "row_limit": n_bars,
        "y_axis_title": unit,
        "y_axis_title_margin": 30,
        "y_axis_title_position": "Left",
        "x_axis_title_margin": 15,
        "y_axis_format": digits,
        "show_legend": True,
        "legendOrientation": "top",
        "rich_tooltip": True,
        "color_scheme": "supersetColors",
        **params,
    }


def range_bars(where: str, unit: str, low: str, central: str, high: str, x: str = "country", **params: Any) -> Params:
    """Return bars that end at the low, the central and the high figure in three tints of one colour."""
    metrics = {
        "Low": f"sum({low})",
        "Low to central": f"sum({central} - {low})",
        "On to high": f"sum({high} - {central})",
    }
    return bars(x, metrics, unit, where=where, **params)


def table(columns: Sequence[str], order_by: Sequence[str] = (), formats: Mapping[str, str] | None = None) -> Params:
    """Return a table of rows as they are. An order starts with `-` where the largest comes first."""
    return {
        "query_mode": "raw",
        "all_columns": list(columns),
        "order_by_cols": [f'["{one.lstrip("-")}", {str(not one.startswith("-")).lower()}]' for one in order_by],
        "row_limit": 1000,
        "server_page_length": 50,
        "include_search": True,
        "show_cell_bars": False,
        "allow_render_html": True,
        "table_timestamp_format": "%Y-%m-%d",
        "color_pn": False,
        "column_config": {name: {"d3NumberFormat": form} for name, form in (formats or {}).items()},
    }


def bubbles(x: str, y: str, size: str, series: str, titles: tuple[str, str], **params: Any) -> Params:
    """Return a bubble per country at two figures, its area a third, its colour the series. `titles` name the axes."""
    return {
        "entity": "country",
        "series": series,
        "x": metric(titles[0], f"max({x})"),
        "y": metric(titles[1], f"max({y})"),
        "size": metric("Size", f"max({size})"),
        "x_axis_label": titles[0],
        "y_axis_label": titles[1],
        "x_axis_title_margin": 30,
        "y_axis_title_margin": 50,
        "y_axis_title_position": "Left",
        "xAxisFormat": ",.0f",
        "tooltipSizeFormat": ",.0f",
        "max_bubble_size": "25",
        "truncateXAxis": False,
        "opacity": 0.75,
        "show_legend": True,
        "legendOrientation": "top",
        "row_limit": 500,
        "color_scheme": "supersetColors",
        **params,
    }
