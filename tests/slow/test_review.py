"""`atlas review` killed at any moment, and several people at once: both files stay whole and tell the same."""

import csv
import subprocess
import time
from datetime import date
from pathlib import Path

import pytest

from tests import review_build
from tests.pipeline import COMMAND, Project, copy_project
from tests.review_build import ITEMS, NEW, PAUSED

pytestmark = pytest.mark.slow

FILES = ("ledger", "candidate_reviews")
ACCEPT = ("review", "accept", NEW, "--reviewer", "Ada", "--program", "Stargate Ghana", "--family", "hyperscaler")
REJECT = ("review", "reject", PAUSED, "--reviewer", "Bob", "--reason", "Somebody remembers last year")
DEAL = "gha-openai-2026-10"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    copied = copy_project(tmp_path / "copy", sources=FILES)
    review_build.write(copied.home / "published", ITEMS, date.fromisoformat(copied.now))
    return copied


def rows(project: Project, source_id: str) -> list[dict[str, str]]:
    (path,) = (project.root / "ingest" / "sources").glob(f"*/{source_id}.csv")
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    return list(csv.DictReader(text.splitlines()))


def start(project: Project, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=project.root, env=project.environment, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_killed_at_any_moment_it_is_finished_by_the_next_run(project: Project) -> None:
    began = time.monotonic()
    assert project.atlas(*REJECT).returncode == 0
    whole_seconds = time.monotonic() - began
    before = {source_id: rows(project, source_id) for source_id in FILES}
    for tenth in range(4, 14):
        running = start(project, *ACCEPT)
        time.sleep(whole_seconds * tenth / 10)
        running.kill()
        running.wait(timeout=20)
        deals = [row["deal_id"] for row in rows(project, "ledger")[len(before["ledger"]) :]]
        decisions = [row["deal_id"] for row in rows(project, "candidate_reviews")[len(before["candidate_reviews"]) :]]
        assert deals in ([], [DEAL])
        assert decisions in ([], deals), "no decision without its event"
    last = project.atlas(*ACCEPT)
    assert last.returncode == 0 or "was accepted by Ada" in last.stderr, last.stderr
    for source_id in FILES:
        assert rows(project, source_id)[:-1] == before[source_id]
        assert rows(project, source_id)[-1]["deal_id"] == DEAL


def test_two_people_at_once_both_have_their_row(project: Project) -> None:
    before = {source_id: len(rows(project, source_id)) for source_id in FILES}
    both = [start(project, *ACCEPT), start(project, *REJECT), start(project, *ACCEPT)]
    codes = [one.wait(timeout=120) for one in both]
    assert codes[1] == 0
    assert sorted((codes[0], codes[2])) == [0, 2], "the second to accept is told that it was done"
    assert len(rows(project, "ledger")) == before["ledger"] + 1
    decided = rows(project, "candidate_reviews")[before["candidate_reviews"] :]
    assert {(row["candidate_id"], row["decision"]) for row in decided} == {(NEW, "accepted"), (PAUSED, "rejected")}
    assert len(decided) == 2
