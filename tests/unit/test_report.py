"""`atlas report`: one file that loads nothing, in which an unknown is no zero and nothing stands that may not."""

import re
import sys
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from ingest.countries import KOSOVO
from ingest.errors import AtlasError, UsageError
from ingest.home import Home
from orchestration import cli, report
from orchestration.report import page, shapes, timeline
from orchestration.report.facts import READS, Facts, sources_of
from orchestration.report.figures import SHARE, USD, Figure, tell
from orchestration.report.metrics import Axis, Metric, log_axis, metrics
from tests import report_build

THIN = "\u202f"
# Elements without an end, and what of HTML loads something from an address.
VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADING = ("src", "srcset", "data", "poster", "action", "formaction", "background", "ping", "xlink:href")


class Parsed(HTMLParser):
    """The elements of a page in order, with the text of each and whether all that opened was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.texts.append("")
        if tag not in VOID:
            self.open.append(len(self.elements) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.elements[self.open[-1]][0] == tag, f"</{tag}> closes {self.elements[self.open[-1]]}"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for index in self.open:
            self.texts[index] += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag and wanted.items() <= found.items()]

    def text(self, **wanted: str) -> str:
        (index,) = [number for number, (_, found) in enumerate(self.elements) if wanted.items() <= found.items()]
        return " ".join(self.texts[index].split())


Write = Callable[[report_build.Rows], str]


@pytest.fixture
def write(home: Home, tmp_path: Path) -> Write:
    def written(made: report_build.Rows) -> str:
        report_build.publish(home, made)
        return report.write(home, tmp_path / "atlas.html").read_text()

    return written


@pytest.fixture
def made() -> dict[str, list[dict[str, Any]]]:
    return report_build.rows()


def shade(html: str, iso3: str) -> str:
    (land,) = Parsed(html).all("a", **{"data-iso3": iso3})
    return land["class"].removeprefix("land ")


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ((None,), "unknown"),
        ((0,), "0"),
        ((0.0, None, None, "MW"), f"0{THIN}MW"),
        ((12679.6, 6339.8, 13947.6, "MW"), f"12{THIN}700{THIN}MW (6{THIN}340–13{THIN}900)"),
        ((230, 161, 230, "MW"), f"230{THIN}MW (161–230)"),
        ((230, 230, 230, "MW"), f"230{THIN}MW"),
        ((999.6, None, None, "MW"), f"1{THIN}000{THIN}MW"),
        ((None, 0.409165, 0.981997, SHARE), f"40.9–98.2{THIN}%"),
        ((None, 0, 0, SHARE), f"0{THIN}%"),
        ((0.000453, 0.000157, 0.000651, SHARE), f"0.0453{THIN}% (0.0157–0.0651)"),
        ((-1200.4, -2000, -300, "MW"), f"-1{THIN}200{THIN}MW (-2{THIN}000–-300)"),
        ((5e11, None, None, USD), f"USD{THIN}500{THIN}bn"),
        ((1.234e6, None, None, USD), f"USD{THIN}1.23{THIN}m"),
        ((0.5, None, None, ""), "0.5"),
    ],
)
def test_a_figure_is_written_in_three_digits_with_unit_and_range(figure: tuple[Any, ...], told: str):
    assert tell(*figure) == told


def metric(figures: dict[str, Figure]) -> Metric:
    return Metric("one", "One", "About.", (10, 100), figures, Axis(1000, 1), "MW", "none")


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (Figure(), "unknown"),
        (Figure(0, 0, 0), "zero"),
        (Figure(None, 0, 0), "zero"),
        (Figure(0, 0, 5), "s1"),  # zero is likely, but not known
        (Figure(None, 0, 0.4), "s1"),
        (Figure(9.9), "s1"),
        (Figure(10), "s2"),
        (Figure(1e6), "s3"),
    ],
)
def test_unknown_zero_and_little_have_shades_of_their_own(figure: Figure, expected: str):
    assert metric({"NOR": figure}).shade("NOR") == expected
    assert metric({}).shade("NOR") == "unknown"


def test_a_ranking_holds_zero_and_not_what_is_unknown():
    ranked = metric({"USA": Figure(5), "ISL": Figure(0), "NOR": Figure(), "GBR": Figure(7), "IRL": Figure(None, 1, 9)})
    assert ranked.ranking == ["GBR", "USA", "IRL", "ISL"]


def test_zero_has_a_place_of_its_own_on_a_logarithmic_axis():
    axis = log_axis([Figure(40, 20, 44), Figure(12_680, 6_340, 13_948), Figure(), Figure(0)])
    assert (axis.least, axis.most) == (10, 100_000)
    places = [axis.place(value) for value in (0, 10, 40, 12_680, 100_000)]
    assert places == sorted(set(places))
    assert all(0 < place < 100 for place in places)
    assert axis.place(0) < axis.place(1e-9) == axis.place(10)


def test_on_the_map_unknown_is_hatched_zero_is_not_and_both_are_in_the_legend(write: Write, made: dict[str, Any]):
    html = write(made)
    assert [shade(html, iso3) for iso3 in ("USA", "ISL", "NOR", "KEN")] == ["s5", "zero", "unknown", "unknown"]
    assert re.search(r"\.unknown path[^{]*\{ fill: url\(#hatch\)", html)
    assert re.search(r"\.zero path[^{]*\{ fill: url\(#dots\)", html)
    (legend,) = Parsed(html).all("ul", **{"data-metric": "running"})
    assert legend["aria-label"] == "Legend: AI capacity that runs"
    labels = {found["data-iso3"]: found["aria-label"] for found in Parsed(html).all("a") if "data-iso3" in found}
    assert labels["ISL"] == f"Iceland. AI capacity that runs: 0{THIN}MW, grade C"
    assert labels["KEN"] == "Kenya. AI capacity that runs: unknown"
    assert labels["NOR"] == "Norway. AI capacity that runs: unknown; 1 site without stated megawatts"
    assert (
        labels["USA"] == f"United States. AI capacity that runs: 12{THIN}700{THIN}MW (6{THIN}340–13{THIN}900), grade C"
    )


def test_what_is_null_in_the_marts_is_unknown_in_every_figure_of_the_map():
    """A row without its figure: nothing is told of Tuvalu, though every mart has a row of it."""
    latest = {"iso3": "TUV", "source_id": "ledger", "grade": "C"}
    null = {
        "mart_country_capacity": ["v_low_mw", "v_central_mw", "v_high_mw"],
        "mart_capacity_outlook": ["pipeline_mw", "online_low_mw", "online_central_mw", "online_high_mw"],
        "mart_country_power": ["ai_share_demand_low", "ai_share_demand_central", "ai_share_demand_high", "ai_grade",
                               "ai_source_id"],
        "mart_platform_dependency": ["us_min", "us_max"],
        "mart_country_programme": ["pkg_delivered", "stage_label"],
    }  # fmt: skip
    known = {"stage": "operational", "n_phases": 1, "n_phases_without_mw": 1, "horizon": date(2030, 12, 31),
             "year": 2024, "is_prior": True, "layer": "compute_owner", "weight_basis": "facility_mw",
             "programme": "openai_for_countries"}  # fmt: skip
    tables = {name: [latest | known | dict.fromkeys(columns)] for name, columns in null.items()}
    told = metrics(Facts({name: [] for name in READS} | tables, {}, {}))
    assert len(told) == 5
    for one in told:
        assert one.figures["TUV"].ends is None, one.name
        assert one.shade("TUV") == "unknown", one.name
        assert "TUV" not in one.ranking, one.name
        assert one.told("TUV").startswith("unknown"), one.name


@pytest.mark.parametrize("column", ["alternative_source_id", "ai_source_id", "generation_source_id", "source_ids"])
def test_a_source_is_found_in_whatever_column_names_it(column: str):
    assert sources_of([{"iso3": "NOR", "source_id": "epoch", column: "ledger; secret"}]) == {
        "epoch",
        "ledger",
        "secret",
    }


def test_bounds_from_nothing_to_all_are_unknown_and_known_absence_is_zero(write: Write, made: dict[str, Any]):
    html = write(made)
    labels = re.search(r'<script type="application/json" id="labels">(.*?)</script>', html)
    assert labels
    assert re.search(r'"MLT": \["unknown", "unknown; not known whose"\]', labels[1])
    assert re.search(r'"NOR": \["zero", "0\\u202f%, grade B"\]', labels[1])


def test_what_the_web_wrote_is_shown_and_harmless(write: Write, made: dict[str, Any]):
    html = write(made)
    parsed = Parsed(html)
    assert len(parsed.all("script")) == 2
    assert not parsed.all("img")
    assert not [found for _, found in parsed.elements for name in found if name.startswith("on")]
    assert not [found for _, found in parsed.elements for value in found.values() if value.startswith("javascript:")]
    assert "<script>alert(1)</script>" in parsed.text(id="e-e-hostile")
    assert "https://news.example/a?b=1&c=2" in {found.get("href") for found in parsed.all("a")}


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("HTTP://a.example", "http://a.example"),
        ("javascript:alert(1)", None),
        ("java\nscript:alert(1)", None),
        (" javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("//a.example/b", None),
        ("file:///etc/passwd", None),
        ("https://[a", None),
        ("", None),
        (None, None),
    ],
)
def test_only_addresses_of_the_web_become_links(address: str | None, expected: str | None):
    assert page.link(address) == expected


def test_the_page_loads_nothing(write: Write, made: dict[str, Any]):
    html = write(made)
    parsed = Parsed(html)
    assert not parsed.open
    for tag, found in parsed.elements:
        assert not set(found) & {*LOADING, "style"}, (tag, found)
        if tag != "a" and "href" in found:
            assert found["href"].startswith(("#", "data:,")), (tag, found)
    assert set(re.findall(r"url\(([^)]*)\)", html)) == {"#hatch", "#dots"}
    assert not re.search(r"@import|\bfetch\(|XMLHttpRequest|\bimport\b\s*[\(\"']|WebSocket|sendBeacon", html)
    (policy,) = [found["content"] for found in parsed.all("meta") if found.get("http-equiv")]
    assert policy.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_page_is_in_order_for_those_who_cannot_see_it(write: Write, made: dict[str, Any]):
    parsed = Parsed(write(made))
    tags = [tag for tag, _ in parsed.elements]
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert [tags.count(tag) for tag in ("header", "nav", "main", "footer")] == [1, 1, 1, 1]
    ids = [found["id"] for _, found in parsed.elements if "id" in found]
    assert len(ids) == len(set(ids))
    targets = {found["href"][1:] for found in parsed.all("a") if found.get("href", "").startswith("#")}
    assert targets <= set(ids)
    assert {found["href"] for found in parsed.all("a", **{"class": "skip"})} == {"#main"}
    assert all(found.get("scope") for found in parsed.all("th"))


def test_countries_have_a_section_a_row_or_a_place_among_the_unknown(write: Write, made: dict[str, Any]):
    parsed = Parsed(write(made))
    tags = {found["id"]: tag for tag, found in parsed.elements if found.get("id", "").startswith("c-")}
    assert tags == {
        "c-USA": "article", "c-ISL": "article", "c-NOR": "article", "c-MLT": "article", "c-KEN": "tr", "c-TUV": "li"
    }  # fmt: skip
    assert "withdrawn" in parsed.text(id="c-NOR")
    assert "unknown 1 site without stated megawatts" in parsed.text(id="c-NOR")


def test_a_row_that_may_not_be_handed_on_is_left_out_and_that_is_told(write: Write, made: dict[str, Any]):
    made["dim_source"].append(report_build._source("secret", is_redistributable=False))
    made["mart_country_capacity"].append(report_build._capacity("MLT", "operational", 777.0, source_id="epoch; secret"))
    made["mart_announcement_ledger"].append(report_build.HOSTILE | {"announcement_id": "e-x", "program": "Hidden",
                                                                   "source_id": "nobody_knows"})  # fmt: skip
    html = write(made)
    assert not re.search(r"secret|nobody_knows|777|Hidden", html)
    assert shade(html, "MLT") == "unknown"
    told = Parsed(html).text(**{"class": "warn"})
    assert "1 row of mart_country_capacity, 1 row of mart_announcement_ledger" in told
    assert "Left out" not in Parsed(html).text(id="main").replace(told, "")


def test_a_table_that_may_not_be_handed_on_makes_no_page(home: Home, tmp_path: Path, made: dict[str, Any]):
    made["ref_table_licence"].append(
        {"table_name": "mart_country_power", "source_id": "secret", "is_redistributable": False}
    )
    report_build.publish(home, made)
    with pytest.raises(AtlasError, match=r"handed on; mart_country_power \(secret\) does not"):
        report.write(home, tmp_path / "atlas.html")
    assert not list(tmp_path.glob("*.html"))


def test_the_same_build_gives_the_same_bytes(home: Home, tmp_path: Path, made: dict[str, Any]):
    report_build.publish(home, made)
    first, second = (report.write(home, tmp_path / name).read_bytes() for name in ("a.html", "b.html"))
    assert first == second
    assert [path.name for path in sorted(tmp_path.glob("*.html"))] == ["a.html", "b.html"]


def test_a_build_without_rows_is_a_page_in_which_all_is_unknown(write: Write):
    html = write({})
    assert "No event is known in this build." in html
    assert html.count("No country has a known figure in this build.") == 5


def test_a_build_of_other_code_is_told_in_one_message(home: Home, tmp_path: Path, made: dict[str, Any]):
    import duckdb

    report_build.publish(home, made)
    with duckdb.connect(str((home.published / "atlas.duckdb").resolve())) as con:
        con.execute("alter table marts.mart_capacity_outlook drop column pipeline_mw")
    with pytest.raises(AtlasError, match=r"mart_capacity_outlook of the published build .* Run `atlas refresh`"):
        report.write(home, tmp_path / "atlas.html")


def test_out_has_to_be_a_file_in_a_folder(home: Home, tmp_path: Path, made: dict[str, Any]):
    with pytest.raises(UsageError, match="Nothing is published"):
        report.write(home)
    report_build.publish(home, made)
    assert report.write(home) == home.root / "report" / "atlas.html"
    with pytest.raises(UsageError, match="must be a file"):
        report.write(home, tmp_path)
    with pytest.raises(UsageError, match="a folder that exists"):
        report.write(home, tmp_path / "none" / "atlas.html")


def test_the_command_says_where_the_page_is(
    home: Home, made: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    report_build.publish(home, made)
    target = home.root / "mine.html"
    monkeypatch.setattr(sys, "argv", ["atlas", "report", "--out", str(target)])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert f"Wrote {target}" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        ({}, "announced"),
        ({"stage": "operational"}, "built"),
        ({"stage": "paused"}, "paused"),
        ({"stage": "signed", "event_type": "retraction"}, "cancelled"),
        ({"event_type": "status_change", "parent_announcement_id": "before"}, "moved"),
        ({"event_type": "expansion", "parent_announcement_id": "before"}, "announced"),
        ({"event_type": "status_change", "parent_announcement_id": "never_seen"}, "announced"),
    ],
)
def test_pauses_moves_and_ends_have_marks_of_their_own(known: dict[str, Any], kind: str):
    event = {
        "event_type": "announcement",
        "stage": "signed",
        "programme": "hyperscaler",
        "parent_announcement_id": None,
    }
    before = {"before": event | {"programme": "openai_for_countries"}}
    assert timeline.kind_of(event | known, before) == kind


def test_every_event_stands_once_for_each_figure_it_states():
    event = report_build.HOSTILE | {"parent_announcement_id": None, "investment_usd": None}
    events = [
        event | {"announcement_id": "both", "investment_usd": 2e9},
        event | {"announcement_id": "neither", "capacity_mw_announced": None, "event_date": date(2026, 12, 31)},
        event | {"announcement_id": "undated", "event_date": None},
    ]
    drawn = timeline.timeline(events)
    assert drawn
    assert [[mark.announcement_id for mark in panel.marks] for panel in drawn.panels] == [
        ["both"],
        ["both"],
        ["neither"],
    ]
    assert [words for _, words in drawn.quarters] == ["Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"]
    assert all(74 <= mark.x <= 1000 and 0 < mark.y < drawn.height for panel in drawn.panels for mark in panel.marks)
    assert timeline.timeline([]) is None


def test_the_world_is_drawn_in_few_points_and_small_states_as_dots():
    drawn, (width, height) = shapes.drawings()
    assert len(drawn) > 230
    assert {"NOR", "USA", "TWN", KOSOVO} <= set(drawn)
    assert "ATA" not in drawn
    assert sum(len(one.path) for one in drawn.values()) < 200_000
    assert drawn["MLT"].dot
    assert drawn["SGP"].dot
    assert drawn["NOR"].dot is None
    assert (900 < width < 1010) and (350 < height < 520)
    assert all(re.fullmatch(r"(M[\d. ]+l[-\d. ]+z)+", one.path) or one.dot for one in drawn.values())
