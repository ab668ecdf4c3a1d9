"""The command line answers with its exit code and one message, never with a traceback."""

import csv
import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.home import Home
from orchestration import answers, cli, show
from tests.conftest import Refreshed
from tests.fixtures.kit import spoiled
from tests.fixtures.published import encode, files, good_bytes, good_rows


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class Atlas:
    """Runs a command in this process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys
        # The console was made by whoever imported it first, with the width of that moment.
        monkeypatch.setattr(show.out, "_width", 200)

    def __call__(self, *arguments: str) -> Said:
        self.monkeypatch.setattr(sys, "argv", ["atlas", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = self.capsys.readouterr()
        code: Any = ended.value.code
        return Said(code or 0, captured.out, captured.err)


@pytest.fixture
def atlas(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Atlas:
    return Atlas(monkeypatch, capsys)


@pytest.fixture
def published(atlas: Atlas, refreshed: Refreshed, monkeypatch: pytest.MonkeyPatch) -> Atlas:
    monkeypatch.setenv("ATLAS_HOME", str(refreshed.project.home))
    return atlas


def test_an_unknown_source_is_a_wrong_use(atlas: Atlas) -> None:
    said = atlas("refresh", "--source", "nosuch")
    assert said.code == 2
    assert "no source 'nosuch'" in said.err


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "2026-11-23", "1999-01-01"])
def test_a_day_that_cannot_be_is_a_wrong_use(atlas: Atlas, day: str) -> None:
    said = atlas("refresh", "--day", day)
    assert said.code == 2
    assert "--day must" in said.err
    assert day in said.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--from", "yesterday"), "--from must be a day such as 2026-11-22; it is 'yesterday'."),
        (("--from", "2023-05-24"), "--from must lie between 2023-05-25 and today, 2026-11-22; it is 2023-05-24."),
        (("--from", "2026-11-23"), "--from must lie"),
        (("--from", "2026-11-01", "--to", "2026-11-23"), "--to must lie"),
        (("--from", "2026-11-02", "--to", "2026-11-01"), "--from must not be after --to"),
        (("--from", "2026-11-01", "--source", "nosuch"), "no source 'nosuch'"),
    ],
)
def test_a_range_that_cannot_be_is_a_wrong_use(atlas: Atlas, given: tuple[str, ...], told: str) -> None:
    said = atlas("backfill", *given)
    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1


def test_a_backfill_needs_its_first_day(atlas: Atlas) -> None:
    assert atlas("backfill").code == 2


def test_an_unknown_command_is_a_wrong_use(atlas: Atlas) -> None:
    assert atlas("explode").code == 2


def test_a_query_of_nothing_published_is_a_wrong_use(atlas: Atlas) -> None:
    said = atlas("query", "select 1")
    assert said.code == 2
    assert "atlas refresh" in said.err


def test_status_without_a_build_says_so(atlas: Atlas) -> None:
    said = atlas("status")
    assert said.code == 0
    assert "Nothing is published yet" in said.out


def test_status_tells_the_build_and_the_sources(published: Atlas) -> None:
    said = published("status")
    assert said.code == 0
    assert "as known on 2026-11-22" in said.out
    assert "unreachable" in said.out


def test_sources_are_listed(atlas: Atlas) -> None:
    said = atlas("sources")
    assert said.code == 0
    assert "world_factbook" in said.out


QUERY = "select iso3, generation_twh from mart_country_profile where generation_twh is not null order by iso3 limit 2"


def test_a_query_answers_as_a_table(published: Atlas) -> None:
    said = published("query", QUERY)
    assert said.code == 0
    assert "generation_twh" in said.out


def test_a_query_answers_as_csv(published: Atlas) -> None:
    rows = list(csv.DictReader(io.StringIO(published("query", QUERY, "--format", "csv").out)))
    assert len(rows) == 2
    assert float(rows[0]["generation_twh"]) > 0


def test_a_query_answers_as_json(published: Atlas) -> None:
    rows = json.loads(published("query", QUERY, "--format", "json").out)
    assert [set(row) for row in rows] == [{"iso3", "generation_twh"}] * 2


def test_an_unknown_value_is_null_in_json_and_empty_in_csv(published: Atlas) -> None:
    sql = "select null::double as a, 0.0 as b"
    assert json.loads(published("query", sql, "--format", "json").out)[0]["a"] is None
    assert published("query", sql, "--format", "csv").out.splitlines()[1].startswith(",0")


@pytest.mark.parametrize(
    "sql",
    [
        "delete from mart_country_profile",
        "create table t as select 1",
        "drop table marts.mart_country_profile",
        "select * from nosuch",
        "selec 1",
        "select 1; select 2",
        "",
        "set enable_external_access = true",
        "attach '/tmp/other.duckdb'",
    ],
)
def test_a_statement_that_cannot_be_asked_is_a_wrong_use(published: Atlas, sql: str) -> None:
    said = published("query", sql)
    assert said.code == 2, said
    assert said.err.startswith("atlas: ")
    assert said.out == ""


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("insert into ref_parameter values (1)", "can only be read, with select, describe or show; this is INSERT."),
        ("set threads = 1", "this is SET."),
        ("", "Ask one statement at a time; these are 0."),
    ],
)
def test_a_statement_that_does_not_read_is_told_so(published: Atlas, sql: str, told: str) -> None:
    assert told in published("query", sql).err


@pytest.mark.parametrize(("width", "n_lines"), [(120, 1), (40, 3)])
def test_a_number_is_whole_however_narrow_the_terminal(
    published: Atlas, monkeypatch: pytest.MonkeyPatch, width: int, n_lines: int
) -> None:
    monkeypatch.setattr(answers.out, "width", width)
    said = published("query", "select 123456789012 as here, 123456789012 as there, 123456789012 as elsewhere")
    assert said.out.count("123456789012") == 3
    assert sum("123456789012" in line for line in said.out.splitlines()) == n_lines


@pytest.mark.parametrize("call", ["read_text('{path}')", "read_csv('{path}')", "glob('{path}')", "'{path}'"])
def test_a_query_reads_no_local_file(published: Atlas, tmp_path: Path, call: str) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n4711\n")
    said = published("query", f"select * from {call.format(path=secret)}")
    assert said.code == 2
    assert "4711" not in said.out + said.err


@pytest.mark.parametrize(
    ("sql", "format_"),
    [
        ("select [1, 2] as a", "csv"),
        ("select {'x': 1} as a", "csv"),
        ("select 1 as a, 2 as a", "json"),
        ("select interval 1 month as a", "json"),
        ("select 1::uhugeint as a", "csv"),
    ],
)
def test_a_query_of_unusual_types_is_answered_or_refused(published: Atlas, sql: str, format_: str) -> None:
    said = published("query", sql, "--format", format_)
    assert said.code in (0, 2)
    assert said.out if said.code == 0 else said.err.startswith("atlas: ")


@pytest.mark.parametrize("text", ["[/red] a", "[bold]a[/bold]", "[link=x]"])
def test_text_in_brackets_is_shown_as_it_is(published: Atlas, text: str) -> None:
    said = published("query", f"select '{text}' as a")
    assert said.code == 0
    assert text in said.out


def test_a_reason_in_brackets_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    show.fail("the disk refused [/data/atlas]")
    assert "[/data/atlas]" in capsys.readouterr().err


def test_an_unknown_format_is_a_wrong_use(published: Atlas) -> None:
    said = published("query", "select 1", "--format", "xml")
    assert said.code == 2
    assert "table, csv, json" in said.err


def test_the_questions_are_listed_without_a_build(atlas: Atlas) -> None:
    said = atlas("ask")
    assert said.code == 0
    assert "Which figures should not be quoted?" in said.out
    listed = json.loads(atlas("ask", "--format", "json").out)
    assert [row["number"] for row in listed] == list(range(1, 28))
    assert {row["answered"] for row in listed} <= {"yes", "partly", "no"}


def test_a_question_is_answered_and_drawn(published: Atlas) -> None:
    said = published("ask", "14")
    assert said.code == 0
    assert said.out.startswith("14. In which ten countries")
    assert "●" in said.out
    assert "Answered: partly" in said.out
    rows = list(csv.DictReader(io.StringIO(published("ask", "14", "--format", "csv").out)))
    assert rows
    assert float(rows[0]["ai_share_demand_central"]) > 0
    assert json.loads(published("ask", "14", "--format", "json").out)[0]["iso3"] == rows[0]["iso3"]


def test_an_answer_says_unknown_of_what_is_not_known(published: Atlas) -> None:
    assert "unknown" in published("ask", "2").out


@pytest.mark.parametrize(
    ("given", "told"),
    [(("28",), "no question 28"), (("0",), "no question 0"), (("14", "--format", "xml"), "table, csv, json")],
)
def test_a_question_that_cannot_be_asked_is_a_wrong_use(published: Atlas, given: tuple[str, ...], told: str) -> None:
    said = published("ask", *given)
    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1


def test_a_question_of_nothing_published_is_a_wrong_use(atlas: Atlas) -> None:
    assert "atlas refresh" in atlas("ask", "14").err


def test_a_figure_is_traced_to_its_source(published: Atlas) -> None:
    sql = "select announcement_id from mart_announcement_ledger limit 1"
    (row,) = json.loads(published("query", sql, "--format", "json").out)
    traced = ("trace", "mart_announcement_ledger", f"announcement_id={row['announcement_id']}", "source_url")
    said = published(*traced)
    assert said.code == 0
    assert "ledger" in said.out
    told = json.loads(published(*traced, "--format", "json").out)
    (one,) = told["inputs"]
    assert len(one["raw_sha256"]) == 64
    assert one["raw_sha256"][:12] in said.out
    assert one["item_address"] == told["value"]
    (line,) = csv.DictReader(io.StringIO(published(*traced, "--format", "csv").out))
    assert line["raw_sha256"] == one["raw_sha256"]


def test_an_unknown_figure_is_said_to_be_unknown(published: Atlas) -> None:
    sql = "select iso3, year from mart_country_power where is_latest and ai_twh_low is null limit 1"
    (row,) = json.loads(published("query", sql, "--format", "json").out)
    said = published("trace", "mart_country_power", f"iso3={row['iso3']},year={row['year']}", "ai_twh_low")
    assert said.code == 0
    assert "It is unknown. Sources asked: " in said.out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("mart_nowhere", "iso3=FRA", "x"), "no lineage of 'mart_nowhere'"),
        (("mart_country_power", "FRA", "demand_twh"), "KEY must be such as"),
        (("mart_country_power", "iso3=FRA", "demand_twh"), "KEY needs year"),
        (("mart_country_power", "iso3=FRA,year=2024", "demand_twh", "--as-of", "1999-01-01"), "has no row of"),
        (("mart_country_power", "iso3=FRA,year=2024", "demand_twh", "--format", "xml"), "table, csv, json"),
        (("mart_country_power", "iso3=FRA,year=2024", "demand_twh", "--history", "then"), "as_known or as_now"),
    ],
)
def test_what_cannot_be_traced_is_a_wrong_use(published: Atlas, given: tuple[str, ...], told: str) -> None:
    said = published("trace", *given)
    assert said.code == 2
    assert told in said.err
    assert said.err.count("\n") == 1


def test_the_gate_passes_a_good_file(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    file.write_bytes(good_bytes("country_codes"))
    said = atlas("gate", "country_codes", str(file))
    assert said.code == 0
    assert "country_codes: pass" in said.out


def test_the_gate_stops_a_bad_file_and_names_the_rule(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    file.write_bytes(encode("country_codes", spoiled(good_rows("country_codes"), [(0, "alpha_3", "[/Q]")])))
    said = atlas("gate", "country_codes", str(file))
    assert said.code == 1
    assert "country_mapped" in said.out
    assert "[/Q]" in said.out


def test_the_gate_keeps_nothing(atlas: Atlas, home: Home, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    file.write_bytes(good_bytes("country_codes"))
    atlas("gate", "country_codes", str(file))
    kept = [path for folder in (home.archive, home.landed, home.quarantine) for path in folder.rglob("*")]
    assert kept == []


def test_the_gate_stops_a_file_of_another_kind(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG")
    said = atlas("gate", "world_factbook", str(file))
    assert said.code == 1
    assert "expected a wheel" in said.out


def test_the_gate_asks_for_a_readable_file(atlas: Atlas, tmp_path: Path) -> None:
    said = atlas("gate", "country_codes", str(tmp_path / "nosuch"))
    assert said.code == 2
    assert "readable file" in said.err


def test_an_import_of_a_file_of_another_kind_is_a_wrong_use(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "picture.png"
    file.write_bytes(b"\x89PNG")
    said = atlas("import", "world_factbook", str(file), "--day", "2026-01-01")
    assert said.code == 2
    assert "cannot be imported" in said.err


def test_an_import_that_the_gate_blocks_ends_with_one(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    file.write_bytes(encode("country_codes", good_rows("country_codes")[:10]))
    said = atlas("import", "country_codes", str(file), "--day", "2026-01-01")
    assert said.code == 1
    assert "quarantined" in said.out


def test_several_files_are_not_one_vintage(atlas: Atlas, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(good_bytes("ledger"))
    said = atlas("import", "ledger", str(tmp_path / "a"), str(tmp_path / "b"), "--day", "2026-01-01")
    assert said.code == 2
    assert "one file" in said.err


def test_all_files_of_a_vintage_are_imported_together(atlas: Atlas, tmp_path: Path) -> None:
    answered = files("epoch_data_centers", good_rows("epoch_data_centers"))
    paths = [str(tmp_path / f"2026-09-24__{name}") for name in answered]
    for path, content in zip(paths, answered.values(), strict=True):
        Path(path).write_bytes(content)
    day = ("--day", "2026-09-24")
    alone = atlas("import", "epoch_data_centers", paths[0], *day)
    assert alone.code == 2
    assert "data_centers.csv and data_center_timelines.csv" in alone.err
    said = atlas("import", "epoch_data_centers", *reversed(paths), *day)
    assert said.code == 0, said
    assert "archived" in said.out
    assert atlas("gate", "epoch_data_centers", *paths).code == 0


def test_pages_are_imported_in_the_order_given(atlas: Atlas, tmp_path: Path) -> None:
    answered = files("peeringdb_exchanges", good_rows("peeringdb_exchanges"))
    for name, content in answered.items():
        (tmp_path / name).write_bytes(content)
    said = atlas("import", "peeringdb_exchanges", *map(str, sorted(tmp_path.glob("*.json"))), "--day", "2026-09-24")
    assert said.code == 0, said
    assert "290" in said.out


def test_files_of_one_name_are_not_one_vintage(atlas: Atlas, tmp_path: Path) -> None:
    paths = [tmp_path / folder / "page.json" for folder in ("a", "b")]
    for path, content in zip(
        paths, files("peeringdb_exchanges", good_rows("peeringdb_exchanges")).values(), strict=False
    ):
        path.parent.mkdir()
        path.write_bytes(content)
    said = atlas("import", "peeringdb_exchanges", *map(str, paths), "--day", "2026-09-24")
    assert said.code == 2
    assert "Two files are called page.json" in said.err


def test_state_of_newer_code_is_a_wrong_use(atlas: Atlas, home: Home) -> None:
    (home.root / "VERSION").write_text("999\n")
    said = atlas("status")
    assert said.code == 2
    assert "version 999" in said.err


def test_an_import_says_what_it_did_and_what_comes_next(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    file.write_bytes(good_bytes("country_codes"))
    said = atlas("import", "country_codes", str(file), "--day", "2026-01-01")
    assert said.code == 0
    assert "archived" in said.out
    assert "atlas refresh" in said.out


def test_an_import_of_a_damaged_wheel_is_a_wrong_use(atlas: Atlas, tmp_path: Path) -> None:
    file = tmp_path / "codes.whl"
    wheel = bytearray(good_bytes("country_codes"))
    at = wheel.rindex(b"PK\x01\x02")
    wheel[at : at + 4] = b"xxxx"
    file.write_bytes(wheel)
    said = atlas("import", "country_codes", str(file), "--day", "2026-01-01")
    assert said.code == 2
    assert "cannot be imported" in said.err
