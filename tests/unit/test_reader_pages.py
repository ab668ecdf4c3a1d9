"""The documents for readers name what exists, and say what stays open."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.errors import AtlasError
from ingest.home import PROJECT_ROOT
from orchestration import generate
from orchestration.questions import Question, load_questions
from orchestration.reader_pages import COVERAGE, coverage_faults, coverage_page, exposures, questions_page

TABLES = {"mart_a": ["iso3", "a_mw"]}
QUESTIONS = {
    1: Question(1, Path("q01_a.sql"), "How much?", "partly", "a floor.", None, "select a_mw from mart_a"),
    2: Question(
        2, Path("q02_b.sql"), "How much more?", "no", "nothing.", None, "select 1 from mart_b cross join mart_a"
    ),
}
GOOD = {"line": "S1", "says": "It is large.", "state": "partly", "by": ["Q1", "mart_a.a_mw"], "open": "How large."}


def faults(**changes: Any) -> list[str]:
    return coverage_faults([GOOD | changes], QUESTIONS, TABLES)


def test_a_line_that_names_what_exists_is_in_the_page() -> None:
    page = coverage_page([GOOD], QUESTIONS, TABLES)
    assert "| S1 | It is large. | partly | `Q1`, `mart_a.a_mw` | How large. |" in page
    assert "Of 1 lines: 0 answered, 1 partly, 0 unknown, 0 not covered." in page


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"by": ["mart_z.a_mw"]}, "S1: there is no table mart_z"),
        ({"by": ["mart_a.b_mw"]}, "S1: there is no column 'b_mw' in mart_a"),
        ({"by": ["mart_a"]}, "S1: there is no column '' in mart_a"),
        ({"by": ["Q3"]}, "S1: there is no question 3"),
        ({"by": ["Q2"]}, "S1: question 2 reads mart_b, which there is not"),
        ({"by": []}, "S1: what is partly names a column or a question"),
        ({"state": "not covered"}, "S1: what is not covered names nothing"),
        ({"state": "done"}, "S1: the state is one of answered, partly, unknown, not covered, not 'done'"),
    ],
)
def test_a_line_that_names_what_does_not_exist_is_told(changes: dict[str, Any], told: str) -> None:
    assert faults(**changes) == [told]
    with pytest.raises(AtlasError, match="coverage.yml: S1"):
        coverage_page([GOOD | changes], QUESTIONS, TABLES)


def test_what_is_not_covered_needs_no_name() -> None:
    assert faults(state="not covered", by=[]) == []


def test_every_line_of_the_article_is_accounted_for_once() -> None:
    entries = yaml.safe_load((PROJECT_ROOT / COVERAGE).read_text(encoding="utf-8"))
    lines = [entry["line"] for entry in entries]
    wanted = [f"S{number}" for number in range(1, 35) if number != 25] + ["S25a", "S25b", "S25c"]
    assert sorted(lines) == sorted([*wanted, "Power"])
    assert coverage_faults(entries, load_questions(), generate.columns()) == []


def test_a_question_is_told_with_what_it_reads_and_how_to_run_it() -> None:
    page = questions_page(QUESTIONS)
    assert "## 1. How much?\n\n- Answered: partly — a floor.\n- Reads: `mart_a`\n- Run: `atlas ask 1`\n" in page
    assert "Answered: 0; in part: 1; not: 1." in page


def test_dbt_is_told_which_models_a_question_reads_and_of_no_others() -> None:
    told = yaml.safe_load(exposures(QUESTIONS, TABLES))["exposures"]
    assert [(one["name"], one["depends_on"]) for one in told] == [
        ("q01_a", ["ref('mart_a')"]),
        ("q02_b", ["ref('mart_a')"]),
    ]
