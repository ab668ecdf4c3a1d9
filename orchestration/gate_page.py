"""What the gate said of one content, as a page that is read without a server or a network."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest import archive
from ingest.declaration import Declaration
from ingest.home import Home
from ingest.ops import Vintage

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).with_name("templates")


def write(home: Home, declaration: Declaration, vintage: Vintage, checks: Sequence[Mapping[str, Any]]) -> Path:
    """Write the page of a vintage and its rows of check results, unless it says the same already; return its path."""
    path = home.gate_pages / declaration.source_id / f"{vintage.content_sha256[:16]}.html"
    text = page(declaration, vintage, checks).encode()
    if not path.exists() or path.read_bytes() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        archive.write_whole(path, text)
    return path


def page(declaration: Declaration, vintage: Vintage, checks: Sequence[Mapping[str, Any]]) -> str:
    """Return the page as HTML. Cells come from publishers, so everything is escaped."""
    told = [dict(check) | {"rows": json.loads(check["sample"])} for check in checks]
    stages = {check["stage"]: [one for one in told if one["stage"] == check["stage"]] for check in told}
    return _template().render(
        name=declaration.name, source_id=declaration.source_id, known_at=vintage.known_at,
        content_sha256=vintage.content_sha256, is_accepted=vintage.is_accepted, n_rows=vintage.n_rows,
        n_set_aside=vintage.n_set_aside, checks=told, stages=stages,
        n_failed=sum(check["outcome"] == "failed" for check in told),
    )  # fmt: skip


@cache
def _template() -> "Template":
    from orchestration.html import environment

    return environment(TEMPLATES).get_template("gate.html")
