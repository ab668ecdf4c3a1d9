"""The reader's questions: one SQL file each, which says in its first lines what it asks, answers and draws.

The SQL is plain, so that a published build answers it without dbt; `reads` tells what it is made of.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import AtlasError, UsageError
from ingest.home import PROJECT_ROOT

FOLDER = Path("dbt_project/analyses/questions")
ANSWERS = ("yes", "partly", "no")
NAME = re.compile(r"q(\d\d)_\w+")
HEADED = re.compile(r"(Draw|Answer): (.*)")
DRAWN = re.compile(r"(\w+)(?:, (\w+), (\w+))? by (\w+(?:, \w+)*)")
# Comments are about tables too, so they are left out before tables are looked for.
COMMENT = re.compile(r"--.*")
READ = re.compile(r"\b(?:from|join)\s+(?:(?:marts|core|ops)\.)?((?:mart|dim|ref|core|ops)_\w+)")


@dataclass(frozen=True)
class Drawing:
    """The columns a question is drawn by: one figure, or a low, a central and a high one."""

    labels: tuple[str, ...]
    central: str
    low: str | None = None
    high: str | None = None


@dataclass(frozen=True)
class Question:
    """One question with the SQL that answers it."""

    number: int
    path: Path
    text: str
    answer: str
    note: str
    drawing: Drawing | None
    sql: str

    @property
    def reads(self) -> list[str]:
        """The published tables its SQL names."""
        return sorted(set(READ.findall(COMMENT.sub("", self.sql))))


def parse(path: Path, text: str) -> Question:
    """Return the question of a file. Raises AtlasError where its first lines are not as they should be."""
    named = NAME.fullmatch(path.stem)
    if not named:
        raise AtlasError(f"{path}: a question's file is named q01_words.sql.")
    lines = text.splitlines()
    n_head = next((index for index, line in enumerate(lines) if not line.startswith("--")), len(lines))
    head = {"Question": ""}
    field = "Question"
    for line in lines[:n_head]:
        words = line.removeprefix("--").strip()
        if headed := HEADED.fullmatch(words):
            field, words = headed[1], headed[2]
        head[field] = f"{head.get(field, '')} {words}".strip()
    answer, dash, note = head.get("Answer", "").partition(" — ")
    if not head["Question"].endswith("?") or answer not in ANSWERS or not dash:
        raise AtlasError(
            f"{path} must begin with its question and a line `-- Answer: {'|'.join(ANSWERS)} — what is known`."
        )
    sql = "\n".join(lines[n_head:]).strip()
    return Question(int(named[1]), path, head["Question"], answer, note, _drawing(path, head.get("Draw")), sql)


def _drawing(path: Path, told: str | None) -> Drawing | None:
    if told is None:
        return None
    found = DRAWN.fullmatch(told)
    if not found:
        raise AtlasError(
            f"{path}: `-- Draw:` names `figure by label` or `low, central, high by label`; it is {told!r}."
        )
    first, central, high, labels = found.groups()
    columns = tuple(labels.split(", "))
    return Drawing(columns, central, first, high) if central else Drawing(columns, first)


def load_questions(root: Path = PROJECT_ROOT) -> dict[int, Question]:
    """Return all questions by their number."""
    found: dict[int, Question] = {}
    for path in sorted((root / FOLDER).glob("*.sql")):
        question = parse(path, path.read_text(encoding="utf-8"))
        if question.number in found:
            raise AtlasError(f"{path} and {found[question.number].path} have the same number.")
        found[question.number] = question
    return found


def get_question(number: int, root: Path = PROJECT_ROOT) -> Question:
    """Return a question. Raises UsageError where there is none of that number."""
    questions = load_questions(root)
    if number not in questions:
        raise UsageError(f"There is no question {number}; they go from {min(questions)} to {max(questions)}.")
    return questions[number]
