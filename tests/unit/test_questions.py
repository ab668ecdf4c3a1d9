"""Every question of a reader is a file that answers on a build, and says what it cannot answer."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingest.errors import AtlasError, UsageError
from ingest.home import PROJECT_ROOT, Home
from orchestration import answers
from orchestration.questions import FOLDER, Drawing, get_question, load_questions, parse
from tests.conftest import Refreshed

PATH = Path("q01_running.sql")
GOOD = """-- How much runs in each country,
-- from low to high?
-- Draw: v_low_mw, v_central_mw, v_high_mw by iso3, stage
-- Answer: partly — a floor: what is not seen
-- is not counted.
-- mart_of_a_comment is not read, from mart_of_a_comment
select * from mart_country_capacity
inner join marts.dim_country using (iso3)
where iso3 in (select iso3 from core_country) -- from mart_nothing
"""


def test_there_are_27_questions_numbered_from_one() -> None:
    assert list(load_questions()) == list(range(1, 28))


def test_the_first_lines_of_a_file_tell_the_question() -> None:
    question = parse(PATH, GOOD)
    assert (question.number, question.answer) == (1, "partly")
    assert question.text == "How much runs in each country, from low to high?"
    assert question.note.startswith("a floor: what is not seen is not counted.")
    assert question.drawing == Drawing(("iso3", "stage"), "v_central_mw", "v_low_mw", "v_high_mw")
    assert question.reads == ["core_country", "dim_country", "mart_country_capacity"]


def test_one_figure_is_drawn_without_a_range() -> None:
    text = "-- How much?\n-- Draw: mw by iso3\n-- Answer: yes — all.\nselect 1"
    assert parse(PATH, text).drawing == Drawing(("iso3",), "mw")


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("q1.sql", GOOD, "is named q01_words.sql"),
        ("q01_x.sql", "select 1", "must begin with its question"),
        ("q01_x.sql", "-- How much?\nselect 1", "must begin with its question"),
        ("q01_x.sql", "-- How much?\n-- Answer: maybe — no.\nselect 1", "yes|partly|no"),
        ("q01_x.sql", "-- How much?\n-- Answer: yes\nselect 1", "what is known"),
        ("q01_x.sql", "-- How much?\n-- Draw: a pie\n-- Answer: yes — all.\nselect 1", "it is 'a pie'"),
        (
            "q01_x.sql",
            "-- How much?\n-- Draw: low, high by iso3\n-- Answer: yes — all.\nselect 1",
            "low, central, high",
        ),
    ],
)
def test_a_file_that_does_not_tell_them_is_refused(path: str, text: str, told: str) -> None:
    with pytest.raises(AtlasError) as refused:
        parse(Path(path), text)
    assert told in str(refused.value)


def test_a_number_there_is_not_is_a_wrong_use() -> None:
    with pytest.raises(UsageError, match=r"There is no question 28; they go from 1 to 27\."):
        get_question(28)


def test_two_files_of_one_number_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for name in ("q01_a.sql", "q01_b.sql"):
        (folder / name).write_text(GOOD)
    with pytest.raises(AtlasError, match="the same number"):
        load_questions(tmp_path)


@pytest.fixture(scope="module")
def con(refreshed: Refreshed) -> Iterator[duckdb.DuckDBPyConnection]:
    with answers.open_published(Home(refreshed.project.home)) as opened:
        yield opened


@pytest.mark.parametrize("number", range(1, 28))
def test_a_build_answers_the_question_with_the_columns_it_is_drawn_by(
    con: duckdb.DuckDBPyConnection, number: int
) -> None:
    question = get_question(number)
    assert question.reads, "a question reads published tables"
    names, rows = answers.answer(con, question)  # says which mart or column the build lacks
    assert len(set(names)) == len(names)
    if question.drawing is None:
        return
    drawing = question.drawing
    figures = [name for name in (drawing.low, drawing.central, drawing.high) if name]
    assert {*drawing.labels, *figures} <= set(names)
    cells = [row[names.index(name)] for row in rows for name in figures]
    assert all(cell is None or isinstance(cell, int | float | Decimal) for cell in cells)


# What the small build of the tests knows enough of to answer with rows.
@pytest.mark.parametrize("number", [1, 2, 5, 7, 14, 21, 24, 25])
def test_a_build_with_facts_has_an_answer(con: duckdb.DuckDBPyConnection, number: int) -> None:
    _, rows = answers.answer(con, get_question(number))
    assert rows


def test_a_question_about_a_mart_the_build_lacks_names_it(con: duckdb.DuckDBPyConnection) -> None:
    question = parse(PATH, GOOD.replace("mart_country_capacity", "mart_nowhere"))
    with pytest.raises(AtlasError, match="Question 1 reads mart_nowhere, which this build does not have"):
        answers.answer(con, question)


def test_a_question_about_a_column_the_mart_lacks_names_it(con: duckdb.DuckDBPyConnection) -> None:
    question = parse(PATH, "-- How much?\n-- Answer: yes — all.\nselect nothing from mart_country_capacity")
    with pytest.raises(AtlasError) as refused:
        answers.answer(con, question)
    assert str(refused.value).startswith("Question 1 does not fit this build.")
    assert "nothing" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_dbt_knows_the_questions(refreshed: Refreshed) -> None:
    manifest = (refreshed.project.home / "dbt" / "manifest.json").read_text()
    assert all(f"analysis.infra_atlas.{path.stem}" in manifest for path in (PROJECT_ROOT / FOLDER).glob("*.sql"))
