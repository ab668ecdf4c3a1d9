"""`atlas review`: what waits, why, and decisions that become rows behind those there are, whole or not at all."""

import csv
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ingest import archive, reviewed_files
from ingest.declaration import Declaration, get_declaration
from ingest.errors import AtlasError
from ingest.home import Home
from tests import review_build
from tests.review_build import ITEMS, NEW, PAUSED, TOLD
from tests.unit.test_cli import Atlas, Said, atlas

__all__ = ["atlas"]

TODAY = date(2026, 11, 22)
FILES = {"ledger": "announcements", "candidate_reviews": "reviewed"}
ACCEPT = ("--reviewer", "Ada", "--program", "Stargate Ghana", "--family", "openai_for_countries")


@dataclass
class Reviewed:
    """The command beside copies of the two files."""

    atlas: Atlas
    folder: Path

    def __call__(self, *arguments: str) -> Said:
        return self.atlas("review", *arguments)

    def path(self, source_id: str) -> Path:
        return self.folder / FILES[source_id] / f"{source_id}.csv"

    def rows(self, source_id: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.path(source_id).read_text())))

    def listed(self) -> dict[str, str]:
        """Return the verdict of every candidate that waits."""
        return {row["candidate_id"]: row["verdict"] for row in json.loads(self("--format", "json").out)}


@pytest.fixture
def reviewed(atlas: Atlas, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reviewed]:
    """The files are copies: the project's own stay as they are."""
    folder = tmp_path / "sources"
    own = {source_id: get_declaration(source_id).path.with_suffix(".csv") for source_id in FILES}
    before = {source_id: path.read_bytes() for source_id, path in own.items()}
    for source_id, domain in FILES.items():
        (folder / domain).mkdir(parents=True)
        shutil.copy(own[source_id], folder / domain)

    def copied(source_id: str) -> Declaration:
        declaration = get_declaration(source_id).model_copy()
        declaration.__dict__["path"] = folder / FILES[source_id] / f"{source_id}.yml"
        return declaration

    monkeypatch.setattr(reviewed_files, "get_declaration", copied)
    review_build.write(home.published, ITEMS, TODAY)
    yield Reviewed(atlas, folder)
    assert {source_id: path.read_bytes() for source_id, path in own.items()} == before


def test_what_waits_is_listed_with_where_and_why(reviewed: Reviewed) -> None:
    assert reviewed.listed() == {PAUSED: "contradicts", NEW: "new"}
    said = reviewed()
    assert "Waiting for a person: 2" in said.out
    assert "the ledger tells nothing of GHA" in said.out
    assert "the ledger says paused, 1 item says under_construction" in said.out
    assert said.out.index("Stargate UK") < said.out.index("Ghana"), "what contradicts comes first"
    assert TOLD not in said.out, "what the ledger tells needs nobody"


def test_a_candidate_is_shown_with_its_evidence_and_the_chain_beside(reviewed: Reviewed) -> None:
    said = reviewed("show", NEW[:5])
    assert said.code == 0
    assert "capacity_mw: 100MW — “100MW”" in said.out
    assert "The ledger has no chain of it." in said.out
    beside = reviewed("show", PAUSED)
    assert "2026-04-09 paused: Stargate UK, OpenAI" in beside.out
    assert "https://second.example/uk" in beside.out


def test_what_is_accepted_is_a_row_behind_the_ledger_and_waits_no_more(reviewed: Reviewed) -> None:
    before = reviewed.path("ledger").read_bytes()
    said = reviewed("accept", NEW, *ACCEPT, "--note", "Read the page", "--set", "site=Tema")
    assert said.code == 0, said.err
    assert reviewed.path("ledger").read_bytes().startswith(before)
    row = reviewed.rows("ledger")[-1]
    assert (row["deal_id"], row["announcement_date"], row["country_iso3"]) == (
        "gha-openai-2026-10",
        "2026-10-01",
        "GHA",
    )
    assert (row["capacity_mw_announced"], row["stage"], row["event_type"]) == ("100", "announced", "announcement")
    assert (row["program"], row["site"], row["notes"]) == ("Stargate Ghana", "Tema", "Read the page")
    assert (row["evidence"], row["source_url"]) == ("corpus_press", f"https://outlet.example/{NEW}")
    assert (row["reviewed_by"], row["reviewed_on"], row["parent_deal_id"]) == ("Ada", str(TODAY), "")
    decision = reviewed.rows("candidate_reviews")[-1]
    assert decision == {
        "candidate_id": NEW, "item_ids": NEW, "decision": "accepted", "reviewer": "Ada", "reviewed_on": str(TODAY),
        "reason": "", "deal_id": "gha-openai-2026-10",
    }  # fmt: skip
    assert reviewed.listed() == {PAUSED: "contradicts"}


def test_an_event_of_a_chain_takes_over_what_the_chain_tells(reviewed: Reviewed) -> None:
    assert reviewed("accept", PAUSED, "--reviewer", "Ada", "--event-type", "status_change").code == 0
    row = reviewed.rows("ledger")[-1]
    assert (row["parent_deal_id"], row["program"]) == ("oai-gbr-pause-2026-04", "Stargate UK")
    assert (row["program_family"], row["stage"]) == ("openai_for_countries", "under_construction")
    assert row["deal_id"] == "gbr-openai-under-construction-2026-10"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("accept", NEW, "--reviewer", "Ada"), "--program and --family"),
        (("accept", PAUSED, "--reviewer", "Ada"), "--event-type"),
        (("accept", NEW, *ACCEPT, "--parent", "nobody"), "no event 'nobody'"),
        (("accept", NEW, *ACCEPT, "--set", "colour=red"), "no column colour"),
        (("accept", NEW, *ACCEPT, "--set", "site"), "column=value"),
        (("accept", NEW, *ACCEPT, "--stage", "built"), "stage"),
        (("accept", NEW, *ACCEPT, "--set", "country_iso3=XXX"), "country"),
        (("accept", NEW, *ACCEPT, "--set", "announcement_date=2095-01-01"), "not_from_the_future"),
        (("accept", NEW, *ACCEPT, "--set", "deal_id=oai-est-2025-02"), "has oai-est-2025-02 already"),
        (("accept", NEW, "--reviewer", " ", "--program", "x", "--family", "hyperscaler"), "who decides"),
        (("accept", "0123", *ACCEPT), "no candidate"),
        (("reject", NEW, "--reviewer", "Ada", "--reason", " "), "--reason"),
        (("accept", NEW, "--reviewer", " "), "who decides"),
        (("accept", "nobody", "--reviewer", " "), "who decides"),
        (
            ("accept", NEW, *ACCEPT, "--parent", "oai-gbr-pause-2026-04"),
            "an event of GHA; oai-gbr-pause-2026-04 is of GBR",
        ),
        (("accept", NEW, *ACCEPT, "--set", "deal_id=a b;c"), "deal_id_is_plain"),
        (("accept", NEW, "--reviewer", "Ada", "--program", " ", "--family", "hyperscaler"), "Expected --program"),
        (("accept", NEW, "--reviewer", "Ada\nBob", "--program", "x"), "--reviewer takes one line"),
        (("accept", NEW, *ACCEPT, "--set", "site=Tema\x1b[2J"), "--set takes one line"),
        (("accept", NEW, *ACCEPT, "--note", "caf\udce9"), "notes takes one line in UTF-8"),
        (("accept", NEW, *ACCEPT, "--set", "co\udcfflour=red"), "--set takes one line"),
        (("accept", "\udcff", *ACCEPT), "no candidate"),
        (("reject", NEW, "--reviewer", "A" * 81, "--reason", "No"), "at most 80 characters; it has 81"),
        (("reject", NEW, "--reviewer", "Ada", "--reason", "x" * 501), "at most 500 characters; it has 501"),
        (("reject", NEW, "--reviewer", "Ada", "--reason", "No\rYes"), "--reason takes one line"),
        (("reject", "0123", "--reviewer", "", "--reason", "No"), "who decides"),
        (("show", ""), "Expected a candidate"),
    ],
    ids=lambda value: ascii(" ".join(value))[:60] if isinstance(value, tuple) else "",
)
def test_what_is_missing_or_wrong_is_one_message_and_nothing_is_written(
    reviewed: Reviewed, arguments: tuple[str, ...], told: str
) -> None:
    before = {source_id: reviewed.path(source_id).read_bytes() for source_id in FILES}
    said = reviewed(*arguments)
    assert said.code == 2
    assert told in said.err
    assert "Traceback" not in said.err
    assert {source_id: reviewed.path(source_id).read_bytes() for source_id in FILES} == before


def test_what_is_rejected_comes_back_with_a_new_fact_alone(reviewed: Reviewed, home: Home) -> None:
    assert reviewed("reject", NEW, "--reviewer", "Ada", "--reason", "A wish, not a plan").code == 0
    assert NEW not in reviewed.listed()
    again = reviewed("reject", NEW, "--reviewer", "Bob", "--reason", "Again")
    assert (again.code, "was rejected by Ada" in again.err) == (2, True)
    copy = review_build.item("d" * 16, "OpenAI plans 100MW data centre in Ghana", url="https://copy.example/x")
    review_build.write(home.published, [*ITEMS, copy], TODAY)
    assert NEW not in reviewed.listed()
    more = review_build.item("e" * 16, "OpenAI plans 100MW data centre in Ghana with Oracle", capacity_mw=100.0,
                             url="https://more.example/x", vendors="OpenAI;Oracle")  # fmt: skip
    review_build.write(home.published, [*ITEMS, more], TODAY)
    assert NEW in reviewed.listed()
    assert "Since then: vendors: Oracle" in reviewed("show", NEW).out
    assert reviewed("reject", NEW, "--reviewer", "Bob", "--reason", "Still a wish").code == 0
    assert NEW not in reviewed.listed()


def test_a_run_that_died_between_the_two_files_is_finished_by_the_next(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = archive.write_whole

    def dying(target: Path, content: bytes) -> None:
        if target.name == "candidate_reviews.csv":
            raise KeyboardInterrupt
        whole(target, content)

    monkeypatch.setattr(archive, "write_whole", dying)
    assert reviewed("accept", NEW, *ACCEPT).code == 130
    monkeypatch.setattr(archive, "write_whole", whole)
    written = reviewed.path("ledger").read_bytes()
    assert reviewed.rows("ledger")[-1]["deal_id"] == "gha-openai-2026-10"
    assert NEW in reviewed.listed(), "the decision is not on file"
    assert reviewed("accept", NEW, *ACCEPT).code == 0
    assert reviewed.path("ledger").read_bytes() == written
    assert NEW not in reviewed.listed()


def test_where_files_cannot_be_written_the_message_says_what_to_do(
    reviewed: Reviewed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(target: Path, _content: bytes) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(archive, "write_whole", refused)
    said = reviewed("reject", NEW, "--reviewer", "Ada", "--reason", "No")
    assert said.code == 1
    assert "in a checkout of the project that you may write" in said.err


def test_a_file_cut_short_is_not_added_to(reviewed: Reviewed) -> None:
    path = reviewed.path("candidate_reviews")
    path.write_bytes(path.read_bytes()[:-3])
    said = reviewed("reject", NEW, "--reviewer", "Ada", "--reason", "No")
    assert said.code == 1
    assert "has no end" in said.err
    path.unlink()
    with pytest.raises(AtlasError, match="Restore it from version control"):
        reviewed_files.read("candidate_reviews")


def test_words_with_commas_and_quotes_stay_one_cell(reviewed: Reviewed) -> None:
    reason = 'No site, "a wish"; maybe later'
    assert reviewed("reject", NEW, "--reviewer", "Ada", "--reason", reason).code == 0
    assert reviewed.rows("candidate_reviews")[-1]["reason"] == reason


def test_without_a_build_the_message_says_what_to_do(atlas: Atlas) -> None:
    said = atlas("review")
    assert said.code == 2
    assert "Run `atlas refresh` first" in said.err
