"""Every bad load of every source is stopped, and the marts are what they were."""

from datetime import date

import pytest

from ingest import declaration as declarations
from ingest.declaration import get_declaration
from ingest.home import open_home
from ingest.load import import_vintage
from ingest.ops import Ops
from ingest.warehouse import source_table
from tests.conftest import Refreshed
from tests.fixtures.bad import bad_cases
from tests.fixtures.published import KNOWN_AT, good_bytes
from tests.pipeline import OF_SIGHT, facts, sources_of_tables

pytestmark = pytest.mark.slow
STOPPING = ("block", "ParseError")


def failed_rules(ops: Ops, source_id: str) -> set[str]:
    newest = ops.vintages(source_id, KNOWN_AT)[-1]
    assert not newest.is_accepted
    return {row["rule"] for row in ops.checks(source_id, newest.content_sha256) if row["outcome"] == "failed"}


def test_no_bad_load_changes_a_mart(refreshed: Refreshed, tmp_path, monkeypatch):
    project = refreshed.project
    monkeypatch.setenv("ATLAS_HOME", str(project.home))
    # As the copy declares them: else its refresh would judge every load anew.
    monkeypatch.setattr(declarations, "SOURCES_DIR", project.root / "ingest" / "sources")
    home = open_home()
    today = date.fromisoformat(project.now)
    with Ops(home.ops_db) as ops:
        for source_id in sources_of_tables():
            path = tmp_path / "load"
            path.write_bytes(good_bytes(source_id))
            assert import_vintage(home, ops, get_declaration(source_id), [path], KNOWN_AT).is_good
    assert project.atlas("refresh").returncode == 0
    before = facts(project, OF_SIGHT)
    stopped = 0
    with Ops(home.ops_db) as ops:
        for source_id in sources_of_tables():
            declaration = get_declaration(source_id)
            good = source_table(home, ops, declaration, today)
            for case_id, content, rule, outcome in bad_cases(source_id):
                if outcome not in STOPPING:
                    continue
                path.write_bytes(content)
                try:
                    load = import_vintage(home, ops, declaration, [path], KNOWN_AT)
                except Exception as error:
                    assert type(error).__name__ == "UsageError", (source_id, case_id)  # not even the file can be opened
                else:
                    assert load.status == "quarantined", (source_id, case_id, load.message)
                    named = {"format"} if outcome == "ParseError" else {rule}
                    assert named <= failed_rules(ops, source_id), (source_id, case_id)
                assert source_table(home, ops, declaration, today).equals(good), (source_id, case_id)
                stopped += 1
    assert stopped > 250
    again = project.atlas("refresh")
    assert again.returncode == 0, again.stderr
    assert facts(project, OF_SIGHT) == before
