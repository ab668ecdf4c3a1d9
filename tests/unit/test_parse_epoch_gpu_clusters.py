"""The key of GPU clusters: unique in a vintage, and the same from vintage to vintage."""

from ingest.declaration import get_declaration
from ingest.parsing import parse, unpack
from tests.fixtures.kit import Row
from tests.fixtures.published import encode, good_rows
from tests.fixtures.sources.epoch_gpu_clusters import in_scope

SOURCE = "epoch_gpu_clusters"


def ids(rows: list[Row]) -> list[str]:
    declaration = get_declaration(SOURCE)
    return parse(declaration, unpack(declaration, encode(SOURCE, rows))).frame["cluster_id"].to_list()


def test_rows_alike_in_everything_get_a_running_number() -> None:
    rows = good_rows(SOURCE)
    found = ids([rows[0], rows[1], dict(rows[0])])
    assert found[1] == rows[1]["Name"]
    assert [one.rpartition(" | ")[2] for one in (found[0], found[2])] == ["1", "2"]
    assert found[0].rpartition(" | ")[0] == found[2].rpartition(" | ")[0]


def test_rows_kept_keep_their_key_when_the_scope_narrows() -> None:
    rows = good_rows(SOURCE)
    # A row out of scope that is alike in everything stands first, and leaves.
    rows = [rows[0] | {"Include in Standard Analysis": ""}, *rows]
    before = dict(zip(ids(rows), rows, strict=True))
    kept = {key for key, row in before.items() if row["Include in Standard Analysis"] == "True"}
    assert set(ids(in_scope(rows))) == kept


def test_digits_that_differ_by_the_writer_do_not_change_the_key() -> None:
    rows = [row for row in good_rows(SOURCE) if row["Name"].startswith("Anonymized")]
    again = [row | {"H100 equivalents": f"{row['H100 equivalents'] + 1e-10:.12f}", "Chip quantity (primary)": int(
        row["Chip quantity (primary)"])} for row in rows]  # fmt: skip
    assert ids(rows) == ids(again)
