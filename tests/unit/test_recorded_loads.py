"""Real answers of publishers through parser and gate, floors as declared. Skipped where they are not at hand."""

from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from expectations.gate import run_gate
from expectations.results import GateReport
from ingest.declaration import SOURCES_DIR, Declaration, load_declarations
from ingest.home import PROJECT_ROOT
from ingest.parsing import bundle, parse, unpack
from tests.recorded import as_asked

RECORDED = PROJECT_ROOT.parent / "shared" / "recorded" / "files"
pytestmark = pytest.mark.skipif(not RECORDED.exists(), reason="the recorded answers are not beside the project")
OWID = "owid/2026-04-29__"
FUELS = [f"{OWID}electricity-{fuel}.csv" for fuel in ("coal", "gas", "oil", "nuclear", "hydro", "wind", "solar")]
# Source, files, rows of the frame.
WHOLE = [
    ("epoch_chip_quantities", ["epoch/2026-07-07__data_center_chip_quantities.csv"], 175),
    ("epoch_gpu_clusters", ["epoch/2025-11-16__gpu_clusters.csv"], 786),
    ("cloud_infrastructure_map", ["cloud/2026-04-27__cloudinfrastructuremap_all.json"], 166),
    ("non_us_data_center_registry", ["registry/2024-09-30__registry.xlsx"], 776),
    ("data_localisation_laws", ["registry/2024-09-30__registry.xlsx"], 354),
    ("osm_data_centers", ["osm/2026-03-17__overpass_data_centers.json"], 4166),
    ("ember_wholesale_price", ["ember/2026-03-14__european_wholesale_electricity_price_data_monthly.csv"], 3829),
    ("owid_electricity_by_fuel", FUELS, 10361),
    ("owid_renewable_share", [f"{OWID}share-electricity-renewables.csv"], 7872),
    ("owid_electricity_generation", [f"{OWID}electricity-generation.csv"], 7913),
    ("owid_carbon_intensity", [f"{OWID}carbon-intensity-electricity.csv"], 6332),
    # Of three items, and of other searches and publications than those declared.
    ("openai_news", ["feeds/2026-08-29__openai_news.xml"], 3),
    ("eu_press_corner", ["feeds/2026-08-02__substack.xml"], 20),
    ("federal_register", ["feeds/2026-07-14__federal_register.json"], 5),
    ("gdelt_doc", ["feeds/2026-08-28__gdelt_doc.json"], 5),
    ("world_bank_governance", ["wgi/2024-11-01__wgidataset.xlsx"], 30974),
]
EXCERPTS = [
    ("ember_generation_yearly", "ember/2026-09-22__release_generation_yearly_global.csv"),
    ("ember_generation_monthly", "ember/2026-09-18__release_generation_monthly_global.csv"),
    ("peeringdb_networks", "peeringdb/2026-04-16__net_1.json"),
    ("peeringdb_network_facilities", "peeringdb/2026-04-16__netfac_1.json"),
    ("peeringdb_exchange_facilities", "peeringdb/2026-04-16__ixfac_1.json"),
    ("peeringdb_organisations", "peeringdb/2026-04-16__org_1.json"),
    ("eurostat_industrial_price", "eurostat/2026-09-29__nrg_pc_205.json"),
]


@cache
def declared(source_id: str) -> Declaration:
    """Return a declaration as it is written: tests of invented loads lower its floor."""
    return load_declarations.__wrapped__(SOURCES_DIR)[source_id]


def day_of(file: str) -> date:
    return date.fromisoformat(Path(file).name[:10])


@cache
def gate(source_id: str, *files: str) -> tuple[pl.DataFrame, GateReport]:
    """Return the frame of recorded files and what the gate says of it, nothing having been known before."""
    declaration = declared(source_id)
    given = {
        name.rpartition("__")[2]: content
        for file in files
        for name, content in as_asked(source_id, RECORDED / file).items()
    }
    parsed = parse(declaration, unpack(declaration, bundle(declaration, given)))
    assert (parsed.missing, parsed.untyped, parsed.extra) == ([], {}, [])
    return parsed.frame, run_gate(declaration, parsed, None, day_of(files[0]))


@pytest.mark.parametrize(("source_id", "files", "n_rows"), WHOLE, ids=[case[0] for case in WHOLE])
def test_a_whole_file_is_accepted_with_all_its_rows(source_id: str, files: list[str], n_rows: int) -> None:
    frame, report = gate(source_id, *files)
    assert frame.height == n_rows
    assert report.accepted is not None, report.message
    assert report.accepted.height == n_rows


@pytest.mark.parametrize(("source_id", "file"), EXCERPTS)
def test_an_excerpt_parses_and_types_and_is_blocked(source_id: str, file: str) -> None:
    frame, report = gate(source_id, file)
    assert frame.height > 20
    failed = {check.rule for check in report.failed if check.outcome == "block"}
    assert "min_rows" in failed
    assert {check.rule for check in report.failed if check.stage in ("schema", "keys")} == set()


def test_the_band_of_prices_that_was_not_asked_for_is_named() -> None:
    _, report = gate("eurostat_industrial_price", "eurostat/2026-09-29__nrg_pc_205.json")
    (band,) = [check for check in report.failed if check.rule == "values:band"]
    assert "28 of 28 rows fail (MWH2000-19999)" in band.detail


@pytest.mark.parametrize("source_id", ["openai_news", "eu_press_corner", "federal_register", "gdelt_doc"])
def test_every_recorded_item_has_address_title_and_day(source_id: str) -> None:
    (files,) = [files for name, files, _ in WHOLE if name == source_id]
    frame, _ = gate(source_id, *files)
    assert frame["url"].str.starts_with("https://").all()
    assert not frame["url"].str.contains(r"%20title=|:443|utm_|#").any()
    assert not frame["title"].str.contains(r"<|&amp;|\s[,;:]|\s\s").any()
    assert frame.select("item_id", "title", "published_on").null_count().sum_horizontal().item() == 0
    assert (frame["published_on"] <= day_of(files[0])).all()


def test_nearly_all_megawatts_terawatt_hours_and_places_have_a_country() -> None:
    """What is declared to be no country (the world, regions) is no megawatt of a country either."""
    clusters = gate("epoch_gpu_clusters", "epoch/2025-11-16__gpu_clusters.csv")[1].accepted
    generation = gate("owid_electricity_generation", f"{OWID}electricity-generation.csv")[1].accepted
    places = gate("osm_data_centers", "osm/2026-03-17__overpass_data_centers.json")[1].accepted
    assert clusters is not None
    assert generation is not None
    assert places is not None
    # A cluster of "the Middle East" names no country, and no mapping could find one.
    assert mapped(clusters.filter(pl.col("country_name").is_not_null()), "power_mw") == 1.0
    assert mapped(clusters, "power_mw") >= 0.98
    coded = generation.filter(~pl.col("country_code").str.starts_with("OWID_") | (pl.col("country_code") == "OWID_KOS"))
    assert mapped(coded, "generation_twh") == 1.0
    assert places["iso3"].null_count() <= 0.01 * places.height


def mapped(frame: pl.DataFrame, figure: str) -> float:
    """Return the share of a figure that stands on rows with a country."""
    return frame.filter(pl.col("iso3").is_not_null())[figure].sum() / frame[figure].sum()


def test_a_list_that_shrank_by_its_scope_passes_and_a_cut_of_the_same_size_does_not() -> None:
    source_id, before, later = (
        "epoch_gpu_clusters", "epoch/2025-11-16__gpu_clusters.csv", "epoch/2026-07-18__gpu_clusters.csv",
    )  # fmt: skip
    declaration = declared(source_id)
    known = gate(source_id, before)[1].accepted
    assert known is not None
    parsed = parse(declaration, unpack(declaration, (RECORDED / later).read_bytes()))
    report = run_gate(declaration, parsed, known, day_of(later))
    assert report.accepted is not None, report.message
    assert (known.height, report.accepted.height) == (786, 482)
    (scope,) = [check for check in report.failed if check.rule == "same_scope"]
    assert scope.outcome == "warn"
    whole = parse(declaration, unpack(declaration, (RECORDED / before).read_bytes()))
    for seed in (1, 2, 3):
        cut = type(whole)(whole.frame.sample(482, seed=seed))
        assert run_gate(declaration, cut, known, day_of(later)).outcome == "block"


def test_the_share_of_investment_that_american_companies_operate_is_48_percent() -> None:
    """The figure the registry's authors publish is on the total; over a third of the value names no operator."""
    frame = gate("non_us_data_center_registry", "registry/2024-09-30__registry.xlsx")[0]
    share = 100 * frame["us_operated_usd"].sum() / frame["total_investment_usd"].sum()
    assert share == pytest.approx(48.3, abs=0.1)


def test_rows_that_outweigh_their_country_are_named() -> None:
    report = gate("non_us_data_center_registry", "registry/2024-09-30__registry.xlsx")[1]
    (heavy,) = [check for check in report.failed if check.rule == "no_row_outweighs_country"]
    assert heavy.outcome == "warn"
    assert {"P747", "P694"} <= {row["project_id"] for row in heavy.sample}
