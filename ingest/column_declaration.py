"""A required column, as a declaration describes it, and the columns all feeds have."""

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, field_validator, model_validator

from ingest.transport_declaration import Part

ITEM_COLUMNS = Path(__file__).with_name("announcement_item.yml")
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Alias(Part):
    """An earlier or later name of a column, and the day from which the publisher used it."""

    name: str
    since: date


class Column(Part):
    """One required column. A missing one blocks the load; an undeclared one warns."""

    name: Identifier
    source: str | None = Field(None, description="Name in the published file, when it differs")
    aliases: list[Alias] = Field([], description="Earlier or later names of the column")
    type: Literal["string", "integer", "number", "boolean", "date"]
    unit: str | None = None
    key: bool = False
    nullable: bool = True
    description: str
    min: float | None = None
    max: float | None = None
    values: list[str] | None = None

    @field_validator("description")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if len(text) < 10:
            raise ValueError("a description is a sentence a reader can use")
        return text

    @model_validator(mode="after")
    def _figures_have_units(self) -> "Column":
        if (self.type in ("integer", "number")) != (self.unit is not None):
            raise ValueError(f"{self.name}: a numeric column names its unit, and no other column does")
        return self

    @property
    def source_names(self) -> list[str]:
        """All names the publisher has used for this column, the current one first."""
        return [self.source or self.name, *(alias.name for alias in self.aliases)]


@lru_cache
def item_columns() -> tuple[Column, ...]:
    """Return the columns every feed has, in their order."""
    raw = yaml.load(ITEM_COLUMNS.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return tuple(Column.model_validate(column) for column in raw)
