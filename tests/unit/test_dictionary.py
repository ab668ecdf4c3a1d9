"""Files that follow from declarations are found stale, and brought up to date."""

import re
import runpy
import sys
from pathlib import Path

import pytest

from ingest import dictionary
from ingest.declaration import get_declaration, load_declarations
from ingest.home import PROJECT_ROOT


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dictionary.write(tmp_path)
    return tmp_path


def test_what_was_written_is_not_stale(root: Path) -> None:
    assert dictionary.stale(root) == {}


def test_writing_again_changes_nothing(root: Path) -> None:
    assert dictionary.write(root) == []


def test_a_missing_an_edited_and_a_left_over_file_are_stale(root: Path) -> None:
    (root / "docs/sources.md").unlink()
    (root / dictionary.STAGING / "stg_ledger.sql").write_text("select 1")
    (root / dictionary.STAGING / "stg_gone.sql").write_text("select 1")
    stale = dictionary.stale(root)
    assert {path.name for path in stale} == {"sources.md", "stg_ledger.sql", "stg_gone.sql"}
    assert stale[dictionary.STAGING / "stg_gone.sql"] is None


def test_writing_mends_what_is_stale(root: Path) -> None:
    (root / dictionary.STAGING / "stg_ledger.sql").write_text("select 1")
    (root / dictionary.STAGING / "stg_gone.sql").write_text("select 1")
    dictionary.write(root)
    assert dictionary.stale(root) == {}
    assert not (root / dictionary.STAGING / "stg_gone.sql").exists()


def test_the_generated_files_of_the_project_are_up_to_date() -> None:
    assert dictionary.stale() == {}


def test_the_check_fails_on_a_stale_file_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dictionary", "--check"])
    declaration = get_declaration("ledger")
    monkeypatch.setitem(load_declarations(), "ledger", declaration.model_copy(update={"name": "Another name"}))
    with pytest.raises(SystemExit, match=r"_sources.yml, docs/sources.md.*make generate"):
        runpy.run_path(str(dictionary.__file__), run_name="__main__")


def test_every_source_is_in_the_dictionary_with_its_licence_and_units() -> None:
    text = dictionary.data_dictionary(load_declarations())
    for source in load_declarations().values():
        assert f"## {source.source_id}" in text
        assert source.licence.attribution in text
    assert "| installed_capacity_gw | number | GW |" in text
    assert "- Address: <https://www.peeringdb.com/api/fac>\n- May not be passed on" in text


def test_a_staging_view_shows_all_vintages_of_its_source() -> None:
    sql = dictionary.staging_model(get_declaration("ledger"))
    assert sql.splitlines()[1:] == ['select * from {{ source("raw", "ledger") }}']


def test_the_readme_tells_licence_cadence_and_what_remains_of_every_source() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (\S+) \| (\w+) \| ([\w ]+) \| (.{20,}) \|$",
        (PROJECT_ROOT / "README.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    ways = {"ledger": "this repository", "package": "package", "http": "web"}
    assert {row[:4] for row in rows} == {
        (name, source.licence.id, source.cadence.publishes, ways[source.transport.kind])
        for name, source in load_declarations().items()
    }


def test_the_history_tells_of_every_source_what_it_can_say_of_a_past_day() -> None:
    text = (PROJECT_ROOT / "docs" / "history.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([A-E]) \| (.{8,}) \|$", text, re.MULTILINE)
    assert {row[:2] for row in rows} == {(name, source.history_class) for name, source in load_declarations().items()}


def test_the_pictures_of_the_documents_are_there() -> None:
    documents = [PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")]
    pictures = [
        document.parent / name
        for document in documents
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
    ]
    assert len(pictures) >= 4
    assert [str(picture) for picture in pictures if not picture.exists()] == []
