"""`atlas extract`: a file of texts in, facts and clusters out, and the comparison with labels."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingest.errors import UsageError
from orchestration import extraction
from orchestration.cli import app

LABEL = {"relevant": True, "countries": ["NOR"], "mw": [{"mw": 230.0, "role": "announced"}], "gpus": None, "money": [],
         "vendors": ["Nscale"], "components": ["data_center"], "stage": "announced"}  # fmt: skip
TEXTS = [
    {"id": "a", "text": "Nscale plans 230MW data center, Norway", "url": "https://a.org", "published": "2025-07-31"},
    {"id": "b", "text": "Data center of 230 MW planned by Nscale in Narvik", "url": "", "published": "2025-08-01"},
    {"id": "c", "text": "Nothing to see", "url": None, "published": None},
]  # fmt: skip
LABELLED = Path(__file__).parents[3] / "shared" / "labelled" / "dev.jsonl"


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_results_hold_the_fields_of_a_label_and_one_cluster_for_one_event(tmp_path: Path) -> None:
    source, target = _write(tmp_path / "in.jsonl", TEXTS), tmp_path / "deep" / "out.jsonl"
    done = CliRunner().invoke(app, ["extract", "--in", str(source), "--out", str(target)])
    assert done.exit_code == 0, done.output
    first, second, third = (json.loads(line) for line in target.read_text(encoding="utf-8").splitlines())
    assert first == {"id": "a", **LABEL, "cluster": "a"}
    assert (second["cluster"], third["cluster"], third["relevant"]) == ("a", "c", False)


def test_a_score_tells_every_miss(tmp_path: Path) -> None:
    wrong = LABEL | {"countries": ["SWE"], "stage": "signed"}
    rows = [TEXTS[0] | {"label": LABEL, "tags": ["dup_x"]}, TEXTS[1] | {"label": wrong, "tags": []}]
    pairs = extraction.run(_write(tmp_path / "in.jsonl", rows), None)
    scores, misses = extraction.score(pairs)
    by_field = {one.field: one for one in scores}
    assert (by_field["relevance"].f1, by_field["country"].precision, by_field["stage, of relevant"].recall) == (
        1,
        0.5,
        0.5,
    )
    assert by_field["duplicate pairs"].precision == 0  # joined here, apart by their tags
    assert {(one.item_id, one.field) for one in misses} == {
        ("b", "country"),
        ("b", "stage"),
        ("a b", "duplicate pairs"),
    }
    done = CliRunner().invoke(app, ["extract", "--in", str(tmp_path / "in.jsonl"), "--score"])
    assert "b country: labelled SWE; read NOR." in done.output


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"id": 1}\n', "Line 1"),
        (b'{"id": 1, "text": "a"}\n\n[1]\n', "Line 3"),
        (b"not json\n", "Line 1"),
        (b'{"id": 1, "text": 5}\n', "Line 1"),
        (b'{"id": 1, "text": "a", "url": 5}\n', "`url`"),
        (b"[" * 100_000 + b"\n", "Line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}\n', "'1' is that of line 1"),
        (b'{"id": null, "text": "a"}\n', "`id`, came None"),
        (b'{"id": true, "text": "a"}\n', "`id`, came True"),
        (b'{"id": ["a"], "text": "a"}\n', "`id`, came"),
        (b'{"id": 1e999, "text": "a"}\n', "`id`, came inf"),
        (b'{"id": NaN, "text": "a"}\n', "Line 1"),
    ],
)
def test_a_file_of_another_kind_ends_in_one_message(tmp_path: Path, content: bytes, told: str) -> None:
    source = tmp_path / "in.jsonl"
    source.write_bytes(content)
    with pytest.raises(UsageError, match=told):
        extraction.run(source, tmp_path / "out.jsonl")
    assert not (tmp_path / "out.jsonl").exists()


def test_what_is_missing_ends_in_one_message(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.jsonl", TEXTS)
    with pytest.raises(UsageError, match="readable file"):
        extraction.run(tmp_path / "none.jsonl", None)
    with pytest.raises(UsageError, match="write"):
        extraction.run(source, source / "out.jsonl")
    with pytest.raises(UsageError, match="label"):
        extraction.score(extraction.run(source, None))
    with pytest.raises(UsageError, match="label.countries: Field required"):
        extraction.score(extraction.run(_write(source, [TEXTS[0] | {"label": {"relevant": True}}]), None))


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"label": LABEL | {"mw": [100]}}, "label.mw.0"),
        ({"label": LABEL | {"mw": [{"mw": "100", "role": "announced"}]}}, "label.mw.0.mw"),
        ({"label": LABEL | {"vendors": "Amazon"}}, "label.vendors"),
        ({"label": LABEL | {"countries": [["NOR"]]}}, "label.countries.0"),
        ({"label": LABEL | {"money": {}}}, "label.money"),
        ({"label": LABEL | {"stage": ["signed"]}}, "label.stage"),
        ({"label": "relevant"}, "label: "),
        ({"label": LABEL, "tags": "dup_x"}, "tags"),
        ({"label": LABEL, "tags": [1]}, "tags.0"),
    ],
)
def test_a_label_of_another_shape_ends_in_one_message(tmp_path: Path, cells: dict[str, object], told: str) -> None:
    pairs = extraction.run(_write(tmp_path / "in.jsonl", [TEXTS[0] | cells]), None)
    with pytest.raises(UsageError, match=f"`id` 'a': expected a label .*{told}"):
        extraction.score(pairs)


def test_ids_of_text_and_number_are_scored_together(tmp_path: Path) -> None:
    rows = [TEXTS[0] | {"id": 7, "label": LABEL, "tags": ["dup_x"]}, TEXTS[1] | {"label": LABEL, "tags": None}]
    _, misses = extraction.score(extraction.run(_write(tmp_path / "in.jsonl", rows), None))
    assert [(one.item_id, one.field) for one in misses] == [("7 b", "duplicate pairs")]


def test_a_mark_of_the_encoding_and_half_characters_are_read(tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    wrong = json.dumps(TEXTS[0] | {"id": "a\udce9", "text": "\ud83d Nscale plans 230MW data center, Norway \U0001f600"})
    source.write_bytes(b"\xef\xbb\xbf" + wrong.encode())
    pairs = extraction.run(source, target)
    assert pairs[0][0]["text"] == "\ufffd Nscale plans 230MW data center, Norway \U0001f600"
    assert json.loads(target.read_text(encoding="utf-8"))["id"] == "a\ufffd"


def test_what_is_no_file_of_its_own_is_not_written_over(tmp_path: Path) -> None:
    source = _write(tmp_path / "in.jsonl", TEXTS)
    before = source.read_bytes()
    pipe, link, folder = tmp_path / "pipe", tmp_path / "link", tmp_path / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    link.symlink_to(source)
    for target, told in ((pipe, "no regular file"), (folder, "no regular file"), (source, "--in"), (link, "--in")):
        with pytest.raises(UsageError, match=told):
            extraction.run(source, target)
    assert (pipe.is_fifo(), folder.is_dir(), link.is_symlink(), source.read_bytes()) == (True, True, True, before)


def test_a_file_whose_name_is_no_text_is_written(tmp_path: Path) -> None:
    source, target = _write(tmp_path / "in.jsonl", TEXTS), tmp_path / "out\udce9.jsonl"
    done = CliRunner().invoke(app, ["extract", "--in", str(source), "--out", str(target)])
    assert (done.exit_code, target.exists()) == (0, True), done.output


@pytest.mark.skipif(not LABELLED.exists(), reason="the labelled texts are not beside this checkout")
def test_labelled_texts_are_read_as_well_as_promised() -> None:
    scores, _ = extraction.score(extraction.run(LABELLED, None))
    f1 = {one.field: one.f1 for one in scores}
    floors = {"relevance": 0.90, "country": 0.92, "MW": 0.92, "money": 0.88, "vendors": 0.85, "duplicate pairs": 0.80}
    floors["stage, of relevant"] = 0.75
    assert {field: value for field, value in f1.items() if value < floors.get(field, 0)} == {}
