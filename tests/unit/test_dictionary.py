"""Files that follow from declarations are found stale, and brought up to date."""

import re
import runpy
import shutil
import sys
from pathlib import Path

import duckdb
import pytest

from ingest import dictionary
from ingest.declaration import get_declaration, load_declarations
from ingest.home import PROJECT_ROOT, Home
from orchestration import dbt_results, generate
from tests.conftest import Refreshed
from tests.pipeline import NOT_COPIED, sources_of_tables


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("dbt_project", "docs"):
        shutil.copytree(PROJECT_ROOT / name, tmp_path / name, ignore=NOT_COPIED)
    generate.write(tmp_path)
    return tmp_path


def test_what_was_written_is_not_stale(root: Path) -> None:
    assert generate.stale(root) == {}


def test_writing_again_changes_nothing(root: Path) -> None:
    assert generate.write(root) == []


def test_a_missing_an_edited_and_a_left_over_file_are_stale(root: Path) -> None:
    (root / "docs/sources.md").unlink()
    (root / generate.STAGING / "stg_ledger.sql").write_text("select 1")
    (root / generate.STAGING / "stg_gone.sql").write_text("select 1")
    stale = generate.stale(root)
    assert {path.name for path in stale} == {"sources.md", "stg_ledger.sql", "stg_gone.sql"}
    assert stale[generate.STAGING / "stg_gone.sql"] is None


def test_writing_mends_what_is_stale(root: Path) -> None:
    (root / generate.STAGING / "stg_ledger.sql").write_text("select 1")
    (root / generate.STAGING / "stg_gone.sql").write_text("select 1")
    generate.write(root)
    assert generate.stale(root) == {}
    assert not (root / generate.STAGING / "stg_gone.sql").exists()


def test_the_generated_files_of_the_project_are_up_to_date() -> None:
    assert generate.stale() == {}


def test_the_check_fails_on_a_stale_file_and_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dictionary", "--check"])
    declaration = get_declaration("ledger")
    monkeypatch.setitem(load_declarations(), "ledger", declaration.model_copy(update={"name": "Another name"}))
    with pytest.raises(SystemExit, match=r"_sources.yml, docs/sources.md.*make generate"):
        runpy.run_path(str(generate.__file__), run_name="__main__")


def test_every_source_is_in_the_dictionary_with_its_licence_and_units() -> None:
    text = dictionary.sources_page(load_declarations(), {})
    for source in load_declarations().values():
        assert f"## {source.source_id}" in text
        assert source.licence.attribution in text
    assert "| installed_capacity_gw | number | GW |" in text
    assert "- Address: <https://www.peeringdb.com/api/fac>\n- May not be passed on" in text


def test_a_source_that_answers_as_of_a_past_day_says_since_when() -> None:
    assert dictionary.past_day(get_declaration("osm_data_centers")) == (
        "asked as of that day: the first of every month since 2025-01-01"
    )


def test_a_staging_view_shows_all_vintages_of_its_source() -> None:
    sql = dictionary.staging_model(get_declaration("ledger"))
    assert sql.splitlines()[1:] == ['select * from {{ source("raw", "ledger") }}']


def test_a_new_feed_joins_the_items_of_all_by_its_declaration() -> None:
    new = get_declaration("openai_news").model_copy(update={"source_id": "made_up_news"})
    sql = dictionary.feeds_model({**load_declarations(), "made_up_news": new})
    assert "select 'made_up_news' as source_id, item.*\nfrom {{ ref(\"stg_made_up_news\") }} as item" in sql
    assert sql.count("union all") == sum(source.is_feed for source in load_declarations().values())
    assert "stg_ledger" not in sql


def test_every_source_is_in_the_table_of_the_page_with_what_it_says_of_a_past_day() -> None:
    page = (PROJECT_ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| \[(\w+)\]\(#\w+\) \| (\S+) \| (\w+) \| ([\w ]+) \| ([A-E]) \| (.{8,}) \| .+ \|$", page, re.M
    )
    ways = {"ledger": "this repository", "package": "package", "http": "web", "gkg": "web"}
    assert {row[:5] for row in rows} == {
        (name, source.licence.id, source.cadence.publishes, ways[source.transport.kind], source.history_class)
        for name, source in load_declarations().items()
    }


def test_every_numeric_column_of_a_table_has_a_unit() -> None:
    page = (PROJECT_ROOT / "docs" / "dictionary.md").read_text(encoding="utf-8")
    numeric = re.findall(r"^\| (\w+) \| (?:bigint|integer|double|decimal\S*) \| (.*?) \| .* \|$", page, re.M)
    assert len(numeric) > 150
    assert sorted({name for name, unit in numeric if not unit}) == []


def test_every_column_of_a_published_table_is_in_the_page(refreshed: Refreshed) -> None:
    page = generate.tables_page(load_declarations())
    sections = dict(re.findall(r"^## (\S+)$(.*?)(?=^## |\Z)", page, re.M | re.S))
    built = (refreshed.project.home / "published" / "atlas.duckdb").resolve()
    with duckdb.connect(str(built), read_only=True) as con:
        sql = (
            "select schema_name || '.' || table_name, list(column_name) from duckdb_columns() "
            "where schema_name in ('core', 'marts', 'ops') group by 1"
        )
        published = con.sql(sql).fetchall()
    assert {name for name, _ in published} == set(sections)
    for name, columns in published:
        assert set(re.findall(r"^\| (\w+) \|", sections[name], re.M)) - {"column"} == set(columns), name


def test_a_table_names_the_sources_it_rests_on_and_their_terms() -> None:
    page = generate.tables_page(load_declarations())
    (section,) = re.findall(r"^## marts.mart_announcement_ledger$(.*?)^## ", page, re.M | re.S)
    assert "- `ledger` (Apache-2.0; published irregular; history class B). Show: " in section
    assert generate.table_sources()["mart_announcement_ledger"] == ["deal_terms", "ecb_rates", "ledger"]


def test_the_sources_of_a_table_are_those_dbt_knows(refreshed: Refreshed) -> None:
    """They are read from the SQL without dbt; dbt's own lineage has the last word."""
    manifest = dbt_results.manifest(Home(refreshed.project.home))
    parents = manifest["parent_map"]

    def above(node: str) -> set[str]:
        return {node}.union(*(above(parent) for parent in parents.get(node, [])))

    for name, sources in generate.table_sources().items():
        of_dbt = {node.rsplit(".", 1)[1] for node in above(f"model.infra_atlas.{name}") if node.startswith("source.")}
        assert set(sources) & set(sources_of_tables()) == of_dbt & set(load_declarations()), name


def test_the_pictures_of_the_documents_are_there() -> None:
    documents = [PROJECT_ROOT / "README.md", *(PROJECT_ROOT / "docs").glob("*.md")]
    pictures = [
        document.parent / name
        for document in documents
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", document.read_text(encoding="utf-8"))
    ]
    assert len(pictures) >= 4
    assert [str(picture) for picture in pictures if not picture.exists()] == []


def test_a_table_that_rests_on_what_may_not_be_passed_on_fails_its_test(refreshed: Refreshed, tmp_path: Path) -> None:
    home = Home(refreshed.project.home)
    (node,) = [
        node for node in dbt_results.manifest(home)["nodes"].values()
        if node["resource_type"] == "test" and node["name"] == "no_table_rests_on_what_may_not_be_passed_on"
    ]  # fmt: skip
    (found,) = (dbt_results.target_path(home) / "compiled").rglob(f"{node['alias']}.sql")
    build = tmp_path / home.build_db.name  # the compiled test names the database by its file
    shutil.copy(home.build_db, build)
    with duckdb.connect(str(build)) as con:
        assert con.sql(found.read_text()).fetchall() == []
        con.sql(
            "update marts.ref_table_licence set is_redistributable = false where (table_name, source_id) in "
            "(select (table_name, source_id) from marts.ref_table_licence limit 1)"
        )
        assert len(con.sql(found.read_text()).fetchall()) == 1
