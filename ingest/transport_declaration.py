"""The ways in, as a declaration describes them: wheels, a file of this repository, HTTPS, GDELT's files."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from ingest import clock

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Part(BaseModel):
    """A closed record: a misspelt key is an error, not a silent default."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Edition(Part):
    """One pinned, immutable wheel. `released` is the day it could first be known."""

    version: str
    released: date
    sha256: Sha256


class PackageTransport(Part):
    """Data inside pinned wheels of a package registry."""

    kind: Literal["package"]
    package: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    members: list[str] = Field(min_length=1, description="Paths inside the wheel; `*` matches within a name")
    editions: list[Edition] = Field(min_length=1)

    @model_validator(mode="after")
    def _editions_in_order(self) -> "PackageTransport":
        days = [edition.released for edition in self.editions]
        if days != sorted(set(days)):
            raise ValueError("editions must be listed by release date, one a day")
        return self


class LedgerTransport(Part):
    """A reviewed file of this repository, beside its declaration."""

    kind: Literal["ledger"]
    file: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")


class Paging(Part):
    """A list given page by page: `offset_parameter` counts rows, and a page without new rows is the last."""

    limit_parameter: str
    limit: int = Field(gt=0, description="Rows asked for per page")
    offset_parameter: str
    max_pages: int = Field(gt=0, le=1000, description="More pages than this are an error, not a longer list")
    row_id: str | None = Field(
        None,
        description="Field that names a row, for a list that begins again past its end",
    )


class Key(Part):
    """A secret the publisher asks for. It is sent to the declared host alone and stands in no address we keep."""

    env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$", description="Environment variable that holds it")
    header: str | None = None
    parameter: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Key":
        if (self.header is None) == (self.parameter is None):
            raise ValueError("a key is sent in a header or in a parameter: name one of them")
        return self


# A name with dots, no port, no credentials and no address in figures: what is fetched is public.
PublicUrl = Annotated[str, Field(pattern=r"^https://(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s#]*)?$")]
Host = Annotated[str, Field(pattern=r"^(?:[a-z0-9-]+\.)+[a-z]{2,}$")]


# The day that is asked for, in an address or a body: `{day:%Y-%m-%d}`, with what strftime knows of days and months.
# Without `dated` it is the day on which it is asked.
# So many days before it: `{day-7:%Y-%m-%d}`.
DAY = re.compile(r"\{day(?:-(\d{1,3}))?:((?:%[YmdjBb]|[A-Za-z0-9_./:-])+)\}")


class Dated(Part):
    """A publisher who answers as of a past day.

    Its editions are the days of a grid. Whoever asks for one, whenever, gets the same, so a day has the newest edition
    that is `lag_days` old by then, and the edition is known from its own day on.
    """

    first_day: date = Field(description="Earlier editions are not asked for")
    every: Literal["day", "month"] = Field(description="The grid: every day, or the first of each month")
    lag_days: int = Field(0, ge=0, le=60, description="Days after which an edition can be had")

    def edition_of(self, day: date) -> date | None:
        """Return the newest edition that can be had on a day; None before the first."""
        latest = day - timedelta(days=self.lag_days)
        edition = latest if self.every == "day" else latest.replace(day=1)
        return edition if edition >= self.first_day else None


class HttpTransport(Part):
    """Files of one edition fetched over HTTPS. Several files, or pages, make one vintage together."""

    kind: Literal["http"]
    files: dict[str, PublicUrl] = Field(min_length=1, description="Name of each file and its address")
    dated: Dated | None = Field(
        None, description="It answers as of a past day, which stands in each address or in the body: {day:%Y-%m-%d}"
    )
    media_types: list[str] = Field(min_length=1, description="Content types the publisher may answer with")
    paging: Paging | None = None
    body: str | None = Field(None, description="Sent with POST; none: GET")
    members: list[str] = Field([], description="Paths inside a zip answer; `*` matches within a name")
    user_agent: str | None = Field(
        None, pattern=r"infra-atlas/", description="What a host is told that turns ours away; it still names us"
    )
    redirect_hosts: list[Host] = Field([], description="Hosts the publisher may send us on to")
    key: Key | None = None
    max_bytes: int = Field(
        32 * 2**20, gt=0, le=512 * 2**20, description="Largest edition that is read, all files and pages together"
    )
    spacing_seconds: float = Field(0, ge=0, le=60, description="Least time between two requests to the host")
    answer_seconds: float | None = Field(
        None,
        gt=0,
        le=600,
        description="Longest silence before or within an answer; none: as the client has it",
    )
    deadline_seconds: float = Field(120, gt=0, le=3600, description="Time for the whole edition, retries included")

    @model_validator(mode="after")
    def _one_file_where_it_matters(self) -> "HttpTransport":
        if (self.paging or self.members) and len(self.files) > 1:
            raise ValueError("pages and zip members go with one file")
        if self.paging and self.members:
            raise ValueError("pages of zip files are not read")
        return self

    @model_validator(mode="after")
    def _day_where_it_is_asked_for(self) -> "HttpTransport":
        if stray := [url for url in self.files.values() if re.search(r"[{}]", DAY.sub("", url))]:
            raise ValueError(f"an address holds no braces but those of a day such as {{day:%Y-%m-%d}}: {stray[0]}")
        is_asked_for = DAY.search(self.body or "") or all(DAY.search(url) for url in self.files.values())
        if self.dated and not is_asked_for:
            # Else today's bytes would go under an old day.
            raise ValueError("`dated` needs a {day:%Y-%m-%d} in each address, or in the body")
        some_day = self.dated.first_day if self.dated else date(2026, 1, 1)
        for url in self.as_of(some_day).files.values():
            TypeAdapter(PublicUrl).validate_python(url)
        return self

    def as_of(self, day: date) -> "HttpTransport":
        """Return the transport with a day written into its addresses and its body: of an edition, or of asking."""

        def written(text: str) -> str:
            return DAY.sub(lambda found: (day - timedelta(days=int(found[1] or 0))).strftime(found[2]), text)

        files = {name: written(url) for name, url in self.files.items()}
        return self.model_copy(update={"files": files, "body": self.body and written(self.body)})

    @property
    def is_bundle(self) -> bool:
        """Whether a vintage is several answers, kept together in one zip file."""
        return len(self.files) > 1 or self.paging is not None


class GkgTransport(Part):
    """GDELT's Global Knowledge Graph: files of a quarter of an hour each, which a list names. A day is a vintage."""

    kind: Literal["gkg"]
    base: PublicUrl = Field(description="Address of the folder of lists and files, with its last slash")
    newest: str = Field(description="List of the newest files")
    lists: dict[Literal["gkg", "translation.gkg"], str] = Field(
        min_length=1, description="Streams that are read, and the list of all files of each"
    )
    first_day: date = Field(description="Earlier days are not asked for")
    media_types: list[str] = Field(min_length=1, description="Content types the publisher may answer with")
    max_list_bytes: int = Field(512 * 2**20, gt=0, le=2**30, description="Largest list that is read")
    max_file_bytes: int = Field(64 * 2**20, gt=0, le=128 * 2**20, description="Largest file that is read, packed")
    spacing_seconds: float = Field(0, ge=0, le=60, description="Least time between two requests to the host")
    deadline_seconds: float = Field(120, gt=0, le=3600, description="Time for one file or list, retries included")

    def edition_of(self, day: date) -> date | None:
        """Return the newest day, up to this one, of which all files can be had; None before the first."""
        edition = min(day, clock.today() - timedelta(days=1))
        return edition if edition >= self.first_day else None


Transport = Annotated[PackageTransport | LedgerTransport | HttpTransport | GkgTransport, Field(discriminator="kind")]
