"""Table macros that answer for any pair of clocks: the SQL of a mart with the asked clock in place of the stored ones.

The text is dbt's own, so a macro says what the mart would say; nothing is written twice. A mart has a macro where its
`meta` names one.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ingest.errors import AtlasError

CLOCK = "core_clock"
# Nothing is known later than the build, and no figure is about a later day than it was known on.
ASKED_CLOCK = (
    "select 'asked' as clock_id, 'asked' as history, "
    "least(cast(valid as date), cast(known as date), newest.known_at) as as_of, "
    "least(cast(known as date), newest.known_at) as known_at, false as is_latest "
    "from (select max(known_at) as known_at from core.core_clock) as newest"
)
Node = Mapping[str, Any]


def macros(manifest: Mapping[str, Any], compiled: Callable[[Node], str]) -> Iterator[tuple[str, str, str]]:
    """Yield (schema, signature, SQL) of every table macro; `compiled` gives the SQL of a node of the manifest."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    for node in models.values():
        name = node["config"].get("meta", {}).get("asof")
        if name:
            yield node["schema"], f"{name}(valid, known)", _sql(node, models, compiled)


def _sql(mart: Node, models: Mapping[str, Node], compiled: Callable[[Node], str]) -> str:
    """Return the mart's SQL with every model that tells of a clock before it, as common table expressions."""
    inlined = [node for node in _upstream(mart, models) if _tells_of_clock(node, models)]
    steps = []
    for node in [*inlined, mart]:
        text = ASKED_CLOCK if node["alias"] == CLOCK else compiled(node)
        steps.append(f"{node['alias']} as (\n{as_published(text, models, inlined)}\n)")
    return "with\n" + ",\n".join(steps) + f"\nselect * from {mart['alias']}"


def as_published(text: str, models: Mapping[str, Node], inlined: list[Node]) -> str:
    """Return SQL of dbt with relations named as in the published file, and inlined ones by their step."""
    for node in models.values():
        is_step = any(node is step for step in inlined)
        name = node["alias"] if is_step else f"{node['schema']}.{node['alias']}"
        text = text.replace(node["relation_name"], name)
    if left := re.search(r'"\w+"\."\w+"\."\w+"', text):
        raise AtlasError(
            f"A model with a clock or a view reads {left[0]}, which is not published. Put a core model between."
        )
    return text.strip().rstrip(";")


def _upstream(node: Node, models: Mapping[str, Node]) -> list[Node]:
    """Return the models a node is made of, each after those it is made of itself."""
    found: dict[str, Node] = {}

    def visit(key: str) -> None:
        for parent in models[key]["depends_on"].get("nodes", []):
            if parent in models and parent not in found:
                visit(parent)
                found[parent] = models[parent]

    visit(node["unique_id"])
    return list(found.values())


def _tells_of_clock(node: Node, models: Mapping[str, Node]) -> bool:
    return node["alias"] == CLOCK or any(one["alias"] == CLOCK for one in _upstream(node, models))
