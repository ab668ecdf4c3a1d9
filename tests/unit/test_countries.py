"""Published countries become ISO 3166-1 alpha-3 codes, or are reported."""

import polars as pl
import pytest

from ingest.countries import iso3_of, map_countries
from ingest.declaration import Country


@pytest.mark.parametrize(
    ("code", "value", "iso3"),
    [
        ("name", "Taiwan", "TWN"),
        ("name", "Hong Kong", "HKG"),
        ("name", "Türkiye", "TUR"),
        ("name", "Turkey", "TUR"),
        ("name", "Korea, Republic of", "KOR"),
        ("name", "South Korea", "KOR"),
        ("name", " united states ", "USA"),
        ("name", "Kosovo", "XKX"),
        ("iso2", "TW", "TWN"),
        ("iso2", "XK", "XKX"),
        ("iso2", "NA", "NAM"),
        ("iso2", "na", "NAM"),
        ("iso3", "XKX", "XKX"),
        ("iso3", "HKG", "HKG"),
        ("gec", "gm", "DEU"),
        ("gec", "we", "PSE"),
        ("gec", "gz", "PSE"),
        ("gec", "tw", "TWN"),
        ("iso2", "GM", "GMB"),
        ("fips", "AS", "AUS"),
        ("fips", "SE", "SYC"),
        ("m49", "516", "NAM"),
        ("m49", "4", "AFG"),
        ("name", "Atlantis", None),
        ("iso3", "ZZZ", None),
    ],
)
def test_a_published_country_is_mapped(code: str, value: str, iso3: str | None) -> None:
    assert iso3_of(value, Country(column="c", code=code)) == iso3  # ty: ignore[invalid-argument-type]


def test_a_spelling_of_one_publisher_is_mapped_by_its_declaration() -> None:
    country = Country(column="c", code="name", aliases={"Hong Kong SAR": "HKG"})
    assert iso3_of("Hong Kong SAR", country) == "HKG"
    assert iso3_of("Hong Kong SAR", Country(column="c", code="name")) is None


def mapped(values: list[str | None], **changes: object) -> tuple[list[str | None], list[str]]:
    country = Country.model_validate({"column": "c", "code": "iso3", **changes})
    frame, unmapped = map_countries(pl.DataFrame({"c": values}, schema={"c": pl.String}), country)
    return frame["iso3"].to_list(), unmapped


def test_an_aggregate_has_no_country_and_is_not_reported() -> None:
    assert mapped(["FRA", "OWID_WRL"], aggregates=["OWID_WRL"]) == (["FRA", None], [])


def test_an_unknown_value_is_reported() -> None:
    assert mapped(["FRA", "OWID_WRL"]) == (["FRA", None], ["OWID_WRL"])


def test_an_empty_country_is_reported() -> None:
    assert mapped(["FRA", None, ""])[1] == ["(empty)"]


def test_an_empty_country_is_allowed_where_it_is_optional() -> None:
    assert mapped(["FRA", None], optional=True) == (["FRA", None], [])


def test_an_unknown_value_is_reported_even_where_the_country_is_optional() -> None:
    assert mapped(["FRA", "??", None], optional=True)[1] == ["??"]


def test_only_empty_countries_can_be_mapped() -> None:
    assert mapped([None, None], optional=True) == ([None, None], [])
