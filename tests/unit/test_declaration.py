"""A declaration with a fault is refused with a message that names the file and the fault."""

import copy
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.declaration import SOURCES_DIR, get_declaration, load_declarations, parse_declaration
from ingest.errors import DeclarationError, UsageError
from tests.conftest import Tiny, csv_of, tiny_declaration

Change = Callable[[dict[str, Any]], None]


def _misspell(raw: dict[str, Any]) -> None:
    raw["volume"]["max_drop_percent"] = raw["volume"].pop("max_drop_pct")


def _double(raw: dict[str, Any]) -> None:
    raw["columns"].append(copy.deepcopy(raw["columns"][1]))


def _unknown_freshness(raw: dict[str, Any]) -> None:
    raw["freshness"]["period_column"] = "year"


def _unknown_country(raw: dict[str, Any]) -> None:
    raw["country"]["column"] = "nation"


def _no_key(raw: dict[str, Any]) -> None:
    raw["columns"][0]["key"] = False


def _reserved(raw: dict[str, Any]) -> None:
    raw["columns"][1]["name"] = "known_at"


def _editions_out_of_order(raw: dict[str, Any]) -> None:
    editions = [
        {"version": "2", "released": date(2026, 2, 1), "sha256": "a" * 64},
        {"version": "1", "released": date(2026, 1, 1), "sha256": "b" * 64},
    ]
    raw["transport"] = {"kind": "package", "package": "p", "members": ["m"], "editions": editions}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_misspell, "volume.max_drop_percent"),
        (_double, "column names must be unique"),
        (_unknown_freshness, "freshness names column 'year'"),
        (_unknown_country, "country names column 'nation'"),
        (_no_key, "at least one column must be part of the key"),
        (_reserved, "known_at"),
        (_editions_out_of_order, "editions must be listed by release date"),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_a_fault_is_named_with_its_file(tiny: Tiny, change: Change, fault: str) -> None:
    raw = tiny.raw()
    change(raw)
    (tiny.folder / "tiny.yml").write_text(yaml.safe_dump(raw))
    with pytest.raises(DeclarationError, match="tiny.yml") as error:
        load_declarations(tiny.folder.parent)
    assert fault in str(error.value)


def test_text_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(DeclarationError, match="broken.yml is not YAML"):
        parse_declaration("a: [", "broken.yml")


def test_a_file_named_otherwise_than_its_source_is_refused(tiny: Tiny) -> None:
    tiny.declare()
    (tiny.folder / "tiny.yml").rename(tiny.folder / "other.yml")
    with pytest.raises(DeclarationError, match="other.yml declares energy/tiny"):
        load_declarations(tiny.folder.parent)


def test_a_parser_without_the_format_parser_is_refused(tiny: Tiny) -> None:
    tiny.declare()
    (tiny.folder / "tiny.py").write_text("")
    with pytest.raises(DeclarationError, match=r"tiny.yml: `format: parser` and a parser tiny.py"):
        load_declarations(tiny.folder.parent)


def test_the_format_parser_without_a_parser_is_refused(tiny: Tiny) -> None:
    tiny.declare(parse={"format": "parser"})
    with pytest.raises(DeclarationError, match=r"tiny.yml: `format: parser`"):
        load_declarations(tiny.folder.parent)


def test_a_good_declaration_is_read(tiny: Tiny) -> None:
    tiny.declare()
    tiny.publish(csv_of(FRA=1))
    assert load_declarations(tiny.folder.parent)["tiny"].key == ["iso_code"]


def test_every_declared_source_of_the_project_is_read() -> None:
    found = load_declarations()
    assert sorted(found) == sorted(path.stem for path in SOURCES_DIR.glob("*/*.yml"))
    assert all(Path(source.path).exists() for source in found.values())


def test_an_unknown_source_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no source 'nosuch'.*ledger"):
        get_declaration("nosuch")


def feed(tiny: Tiny, **changes: Any) -> dict[str, Any]:
    """Return a declaration of news items, with some parts changed."""
    raw = tiny.raw(
        history_class="B", columns="announcement_item", parse={"format": "feed"},
        items={"published_column": "published_on", "window": True}, volume={"min_rows": 1, "max_drop_pct": 100},
        freshness={"period_column": "published_on", "max_age_days": 30},
    )  # fmt: skip
    del raw["country"]
    return raw | changes


def test_the_columns_of_feeds_are_declared_once_and_named(tiny: Tiny) -> None:
    found = parse_declaration(yaml.safe_dump(feed(tiny)), "tiny.yml")
    assert found.is_feed
    assert found.is_window
    assert found.key == ["item_id"]
    assert not get_declaration("ledger").is_feed
    feeds = [source for source in load_declarations().values() if source.is_feed]
    assert len(feeds) >= 12
    assert {source.is_window for source in feeds} == {True}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"columns": "items"}, "columns: Input should be a valid list"),
        (
            {"columns": tiny_declaration()["columns"], "items": {"published_column": "value"}, "freshness": None},
            "format feed and the columns announcement_item",
        ),
        ({"volume": {"min_rows": 1, "max_drop_pct": 10}}, "its max_drop_pct is 100"),
        ({"items": {"published_column": "published", "window": True}}, "items names column 'published'"),
    ],
)
def test_a_fault_of_a_feed_is_named(tiny: Tiny, changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(DeclarationError, match=fault):
        parse_declaration(yaml.safe_dump(feed(tiny, **changes)), "tiny.yml")


def test_a_column_the_load_adds_is_not_declared(tiny: Tiny) -> None:
    raw = tiny.raw()
    raw["columns"][1]["name"] = "first_seen"
    with pytest.raises(DeclarationError, match="'first_seen'.* are added by the load"):
        parse_declaration(yaml.safe_dump(raw), "tiny.yml")
