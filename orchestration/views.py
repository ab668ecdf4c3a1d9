"""Views for readers: the SQL of a dbt view, with what readers do not get written out in it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestration.asof import as_published

Node = Mapping[str, Any]


def views(
    manifest: Mapping[str, Any], compiled: Callable[[Node], str], relations: set[tuple[str, str]]
) -> Iterator[tuple[Node, str]]:
    """Yield every view among the relations readers get, with its SQL; `compiled` gives that of a node."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    for node in models.values():
        if node["config"].get("materialized") == "view" and (node["schema"], node["alias"]) in relations:
            yield node, _sql(node, models, compiled, relations)


def _sql(
    view: Node, models: Mapping[str, Node], compiled: Callable[[Node], str], relations: set[tuple[str, str]]
) -> str:
    inlined: dict[str, Node] = {}

    def visit(node: Node) -> None:
        for key in node["depends_on"].get("nodes", []):
            if key in models and key not in inlined and (models[key]["schema"], models[key]["alias"]) not in relations:
                visit(models[key])
                inlined[key] = models[key]

    visit(view)
    steps = [
        f"{node['alias']} as (\n{as_published(compiled(node), models, list(inlined.values()))}\n)"
        for node in [*inlined.values(), view]
    ]
    return "with\n" + ",\n".join(steps) + f"\nselect * from {view['alias']}"
