"""What a source is: the pydantic model of `ingest/sources/<domain>/<source_id>.yml`.

A declaration is the only place where a source is described. The asset, its checks, the expectation
suite, the dbt source and the dictionary entry all follow from it.
"""

import fnmatch
import os
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from ingest.column_declaration import ITEM_COLUMNS, Column, Identifier, item_columns
from ingest.errors import DeclarationError, UsageError
from ingest.transport_declaration import Dated, GkgTransport, HttpTransport, Part, Transport

SOURCES_DIR = Path(__file__).parent / "sources"


class Licence(Part):
    """Terms of the data, as the publisher states them."""

    id: str = Field(description="SPDX identifier, or the publisher's own name for the terms")
    url: str
    attribution: str = Field(description="The line a reader of a mart has to show")
    redistributable: bool
    share_alike: bool = Field(False, description="What is made of it has to be shared under the same terms")


class Cadence(Part):
    """How often the publisher publishes."""

    publishes: Literal["daily", "weekly", "monthly", "quarterly", "yearly", "irregular", "closed"]


class Parse(Part):
    """How bytes become records. `parser` calls `parse` of the module beside the declaration."""

    format: Literal["csv", "json", "feed", "parser"] = Field(description="feed: RSS or Atom")
    records: str | None = Field(
        None,
        description="json, and pages of any: key of the list of records, with dots where it lies deeper; none: the "
        "list itself, or the values of the top object",
    )
    ends_with_newline: bool = Field(
        True,
        description="csv: the publisher ends the last line, so a file that does not was cut short; false: an answer "
        "over HTTP needs a proof of its length instead",
    )


class Country(Part):
    """Which column tells the country, in which code, and how its own spellings map."""

    column: Identifier
    code: Literal["iso3", "iso2", "gec", "fips", "m49", "name"]
    optional: bool = Field(False, description="An empty value is allowed: the row is about no single country")
    aliases: dict[str, str] = Field({}, description="Spellings of this publisher, and the iso3 of each")
    aggregates: list[str] = Field(
        [],
        description="Values that are no ISO country (world, regions, oceans), `*` standing for any end: "
        "their rows get no iso3. An alias comes first.",
    )

    def is_aggregate(self, value: str) -> bool:
        """Whether a published value is declared to be no country."""
        return value not in self.aliases and any(fnmatch.fnmatchcase(value, pattern) for pattern in self.aggregates)


class Items(Part):
    """How a row of an event-dated source proves the day it was published."""

    published_column: Identifier = Field(description="Date column: the day the item was published")
    precision_column: Identifier | None = Field(
        None, description="Column that says `month` where the day is not known: published by the end of that month"
    )
    unproven: dict[Identifier, list[str]] = Field(
        {}, description="Values of columns that prove no date: the row counts from the day it was first seen"
    )
    window: bool = Field(
        False,
        description="Each vintage shows the newest items alone: one that left it stays known, and each has the day it "
        "was `first_seen`. Without it the newest vintage speaks for every day",
    )

    @property
    def columns(self) -> list[str]:
        """Columns it names."""
        return [self.published_column, *([self.precision_column] if self.precision_column else []), *self.unproven]


class Volume(Part):
    """Guards against a load that is too small to be true."""

    min_rows: int = Field(ge=1)
    max_drop_pct: float = Field(10, ge=0, le=100, description="Largest fall in rows against the last good vintage")


class Freshness(Part):
    """How old the content, not the file, may be."""

    period_column: Identifier | None = Field(
        None,
        description="A year or date column that tells what time a row is about; none: the day of publication",
    )
    max_age_days: int = Field(gt=0)


class Declaration(Part):
    """A public source, whole."""

    source_id: Identifier
    name: str
    domain: Identifier
    publisher: str
    homepage: str
    description: str
    licence: Licence
    tier: int = Field(
        ge=1,
        le=5,
        description="1 filing or meter, 2 official statistics, 3 compiled data set, 4 press, 5 blog",
    )
    history_class: Literal["A", "B", "C", "D", "E"]
    cadence: Cadence
    transport: Transport
    requires_env: list[str] = Field([], description="Environment variables without which the source is disabled")
    parse: Parse
    columns: list[Column] = Field(
        min_length=1, description="Or `announcement_item`, the columns of every feed, alone or as the first of the list"
    )
    ignored_columns: list[str] = Field(
        [], description="Published columns known and left out; any other extra column warns"
    )
    country: Country | None = None
    items: Items | None = Field(None, description="Class B, and no other: each row has a day of its own")
    volume: Volume
    freshness: Freshness | None = None
    row_quarantine_max_pct: float = Field(
        0,
        ge=0,
        le=20,
        description="Rows failing a domain rule are set aside up to this share; above it the load is blocked",
    )
    reserved_columns: tuple[str, ...] = Field(
        ("iso3", "first_seen", "known_at", "known_to", "content_sha256"), exclude=True
    )

    @model_validator(mode="before")
    @classmethod
    def _name_the_columns_of_feeds(cls, raw: Any) -> Any:
        match raw:
            case {"columns": ITEM_COLUMNS.stem}:
                return raw | {"columns": list(item_columns())}
            case {"columns": [ITEM_COLUMNS.stem, *more]}:
                return raw | {"columns": [*item_columns(), *more]}
            case _:
                return raw

    @model_validator(mode="after")
    def _parts_agree(self) -> "Declaration":
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError("column names must be unique")
        if not self.key:
            raise ValueError("at least one column must be part of the key")
        if taken := set(names) & set(self.reserved_columns):
            raise ValueError(f"column names {sorted(taken)} are added by the load; choose others")
        for part, column in (
            ("country", self.country and self.country.column),
            ("freshness", self.freshness and self.freshness.period_column),
            *(("items", column) for column in (self.items.columns if self.items else [])),
        ):
            if column and column not in names:
                raise ValueError(f"{part} names column {column!r}, which is not declared")
        if (self.history_class == "B") != (self.items is not None):
            raise ValueError("history_class B and `items`, which tells the day of each row, go together")
        if self.parse.format == "feed" and not self.is_feed:
            raise ValueError("format feed and the columns announcement_item go together")
        if self.is_window and self.volume.max_drop_pct != 100:
            raise ValueError("what leaves a window of items stays known: its max_drop_pct is 100")
        if isinstance(self.transport, HttpTransport):
            if (self.history_class == "A") != (self.transport.dated is not None):
                raise ValueError("over http, history_class A and `dated` addresses go together")
            key = self.transport.key
            if key and key.env not in self.requires_env:
                raise ValueError(f"requires_env must list {key.env}, which the key is read from")
        return self

    @property
    def is_feed(self) -> bool:
        """Whether its columns are those of every feed, or begin with them."""
        return tuple(self.columns[: len(item_columns())]) == item_columns()

    @property
    def is_window(self) -> bool:
        """Whether each vintage shows a part of the items that are known."""
        return self.items is not None and self.items.window

    @property
    def dated(self) -> Dated | None:
        """The editions of a source that is asked over HTTP as of a past day; None for every other."""
        return self.transport.dated if isinstance(self.transport, HttpTransport) else None

    @property
    def is_dated(self) -> bool:
        """Whether what it said of a past day can be asked for later."""
        return self.dated is not None or isinstance(self.transport, GkgTransport)

    def edition_of(self, day: date) -> date | None:
        """Return the day as of which a source is asked for a day, where it answers as of days; None: it is not."""
        if isinstance(self.transport, GkgTransport):
            return self.transport.edition_of(day)
        return self.dated.edition_of(day) if self.dated else None

    @property
    def missing_env(self) -> list[str]:
        """Environment variables the source needs and does not find."""
        return [name for name in self.requires_env if not os.environ.get(name)]

    @property
    def key(self) -> list[str]:
        """Names of the key columns."""
        return [column.name for column in self.columns if column.key]

    @cached_property
    def path(self) -> Path:
        """The declaration's own file."""
        return SOURCES_DIR / self.domain / f"{self.source_id}.yml"

    @property
    def parser_path(self) -> Path:
        """The parser beside it, which exists only for `format: parser`."""
        return self.path.with_suffix(".py")


def parse_declaration(text: str, where: str) -> Declaration:
    """Validate the YAML text of a declaration; `where` names it in messages."""
    try:
        raw: Any = yaml.load(text, yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise DeclarationError(f"{where} is not YAML: {error}") from None
    try:
        return Declaration.model_validate(raw)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(step) for step in fault['loc']) or 'declaration'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise DeclarationError(f"{where} is not a valid declaration. {faults}") from None


@lru_cache
def load_declarations(sources_dir: Path = SOURCES_DIR) -> dict[str, Declaration]:
    """Read every declaration, by source_id, in order of domain and name."""
    found: dict[str, Declaration] = {}
    for path in sorted(sources_dir.glob("*/*.yml")):
        where = str(path.relative_to(sources_dir.parent.parent))
        declaration = parse_declaration(path.read_text(encoding="utf-8"), where)
        if (declaration.domain, declaration.source_id) != (path.parent.name, path.stem):
            raise DeclarationError(
                f"{where} declares {declaration.domain}/{declaration.source_id}: "
                "name the file after its source_id and domain."
            )
        if declaration.source_id in found:
            raise DeclarationError(f"{where}: source_id {declaration.source_id} is declared twice.")
        if (declaration.parse.format == "parser") != path.with_suffix(".py").exists():
            raise DeclarationError(f"{where}: `format: parser` and a parser {path.stem}.py beside it go together.")
        found[declaration.source_id] = declaration
    return found


def get_declaration(source_id: str) -> Declaration:
    """Return one declaration, or tell which ones exist."""
    declarations = load_declarations()
    if source_id not in declarations:
        raise UsageError(f"There is no source {source_id!r}. Known sources: {', '.join(declarations)}.")
    return declarations[source_id]
