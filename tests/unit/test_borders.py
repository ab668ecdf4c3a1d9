"""A position is in the country that a person would name, islands, enclaves and coasts included."""

import math

import pycountry
import pytest

from ingest.countries import KOSOVO
from ingest.reading import borders
from ingest.reading.borders import KM_A_DEGREE, countries_at


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "iso3"),
    [
        ("Paris", 48.857, 2.352, "FRA"),
        ("Ashburn", 39.03, -77.46, "USA"),
        ("Honolulu", 21.31, -157.86, "USA"),
        ("Hong Kong", 22.28, 114.16, "HKG"),
        ("Shenzhen", 22.54, 114.06, "CHN"),
        ("Macao", 22.19, 113.54, "MAC"),
        ("Zhuhai", 22.27, 113.57, "CHN"),
        ("Singapore", 1.33, 103.74, "SGP"),
        ("Johor Bahru", 1.49, 103.74, "MYS"),
        ("Taipei", 25.04, 121.56, "TWN"),
        ("Pristina", 42.66, 21.16, "XKX"),
        ("Saint-Denis, Réunion", -20.88, 55.45, "FRA"),
        ("Pointe-à-Pitre", 16.24, -61.53, "FRA"),
        ("San Juan", 18.42, -66.06, "PRI"),
        ("St Peter Port", 49.46, -2.54, "GGY"),
        ("Douglas, Isle of Man", 54.15, -4.48, "IMN"),
        ("Gibraltar", 36.14, -5.35, "GIB"),
        ("Monaco", 43.738, 7.424, "MCO"),
        ("Vatican", 41.903, 12.453, "VAT"),
        ("Rome", 41.89, 12.49, "ITA"),
        ("Maseru", -29.31, 27.48, "LSO"),
        ("Bloemfontein", -29.12, 26.21, "ZAF"),
        ("Vaduz", 47.14, 9.52, "LIE"),
        ("Longyearbyen", 78.22, 15.64, "NOR"),
        ("Nicosia, north", 35.20, 33.36, "CYP"),
        ("Simferopol", 44.95, 34.10, "UKR"),
        ("Ramallah", 31.90, 35.20, "PSE"),
        ("Suva", -18.14, 178.44, "FJI"),
        ("Taveuni, across the date line", -16.85, -179.97, "FJI"),
        ("Anadyr", 64.73, 177.50, "RUS"),
    ],
)
def test_a_place_is_in_its_country(place: str, latitude: float, longitude: float, iso3: str) -> None:
    assert countries_at([longitude], [latitude]) == [iso3], place


def test_the_open_sea_is_nobodys() -> None:
    assert countries_at([-40.0, 0.0, None], [20.0, 0.0, 10.0]) == [None, None, None]


@pytest.mark.parametrize(("kilometres", "iso3"), [(0.1, "BMU"), (9.0, "BMU"), (11.0, None)])
def test_what_lies_off_a_coast_belongs_to_the_nearest_country_up_to_ten_kilometres(
    kilometres: float, iso3: str | None
) -> None:
    tree, codes = borders.shapes()
    bermuda = tree.geometries[codes.index("BMU")]
    longitude, latitude = max(pair for part in bermuda.geoms for pair in part.exterior.coords)
    degrees = kilometres / (KM_A_DEGREE * math.cos(math.radians(latitude)))
    assert countries_at([longitude + degrees], [latitude]) == [iso3]


def test_every_country_has_a_shape_or_is_in_one() -> None:
    of_france_and_others = {"BES", "BVT", "CCK", "CXR", "GLP", "GUF", "MTQ", "MYT", "REU", "SJM", "TKL"}
    every = {country.alpha_3 for country in pycountry.countries} | {KOSOVO}
    assert set(borders.shapes()[1]) - {None} == every - of_france_and_others
