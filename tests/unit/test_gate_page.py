"""What the gate said is a page of its own, linked from the run, that loads nothing."""

import re
from html.parser import HTMLParser
from pathlib import Path

import dagster as dg
import pytest

from ingest.home import Home
from ingest.ops import Ops
from orchestration.assets.sources import source_asset
from tests.conftest import TODAY, Tiny, csv_of


class Text(HTMLParser):
    """The words of a page, and the addresses it would load."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.loaded: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]


def linked_page(tiny: Tiny) -> Path:
    """Load the source in a run of Dagster; return the page its metadata names."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([source_asset(tiny.declare())], partition_key=str(TODAY), instance=instance)
    (event,) = result.asset_materializations_for_node("tiny")
    return Path(str(event.metadata["gate_page"].value))


def test_the_run_of_a_blocked_load_leads_to_the_rule_and_the_rows_that_failed(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=-1, DEU=2))
    path = linked_page(tiny)
    assert path.is_relative_to(home.root)
    page = Text(path.read_text())
    assert "Not accepted" in page.words
    (blocked,) = [check for check in ops.checks("tiny", ops.vintages("tiny", TODAY)[-1].content_sha256)
                  if check["outcome"] == "failed"]  # fmt: skip
    assert {blocked["rule"], blocked["detail"], "1 of 2", "FRA"} <= set(page.words)
    assert not {"DEU"} & set(page.words)


def test_the_page_loads_nothing(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1))
    text = linked_page(tiny).read_text()
    assert "Accepted" in Text(text).words
    assert Text(text).loaded == []
    assert not re.search(r"url\(|@import|https?://(?!example\.org)", text)


@pytest.mark.parametrize("cell", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
def test_a_cell_of_a_publisher_is_text(home: Home, ops: Ops, tiny: Tiny, cell: str) -> None:
    tiny.publish(f"iso_code,value\n{cell},1\n".encode())
    text = linked_page(tiny).read_text()
    assert "<script" not in text
    assert cell in "".join(Text(text).words)


def test_a_page_that_says_the_same_is_not_written_again(home: Home, ops: Ops, tiny: Tiny) -> None:
    tiny.publish(csv_of(FRA=1))
    before = linked_page(tiny).stat().st_mtime_ns
    assert linked_page(tiny).stat().st_mtime_ns == before
