"""The countries as drawings: borders of Natural Earth, in the projection Equal Earth, in few points.

Projection: Šavrič, Patterson and Jenny (2018), The Equal Earth map projection.
"""

import math
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from ingest.reading import borders

WIDTH = 1000.0
# Points nearer than this to the line they leave are left out, and islands smaller than this, in units and square units.
TOLERANCE, LEAST_AREA = 0.5, 1.0
# A country smaller than this cannot be seen and is marked by a dot.
DOT_AREA = 12.0
LEFT_OUT = frozenset({"ATA"})
COEFFICIENTS = (1.340264, -0.081106, 0.000893, 0.003796)
HALF_ROOT_3 = math.sqrt(3) / 2


@dataclass(frozen=True)
class Drawing:
    """A country as an SVG path, and the place of its dot where it is too small to be seen; one of the two is there."""

    path: str
    dot: tuple[float, float] | None


@cache
def drawings() -> tuple[dict[str, Drawing], tuple[int, int]]:
    """Return the countries by iso3, Antarctica left out, and the width and height they are drawn in."""
    import shapely

    tree, codes = borders.shapes()
    by_code: dict[str, list[Any]] = {}
    for code, shape in zip(codes, tree.geometries, strict=True):
        if code and code not in LEFT_OUT:
            by_code.setdefault(code, []).extend(_large_parts(shapely.transform(shape, _project)))
    whole = [shapely.multipolygons(parts) for parts in by_code.values()]
    # Neighbours keep one border between them.
    simple = shapely.coverage_simplify(whole, TOLERANCE)
    left, top, right, bottom = shapely.total_bounds(simple)
    drawn = {
        code: Drawing(_path(shape, left, top), _dot(shape, left, top))
        for code, shape in zip(by_code, simple, strict=True)
    }
    return dict(sorted(drawn.items())), (math.ceil(right - left), math.ceil(bottom - top))


def _project(degrees: Any) -> Any:
    """Return places of longitude and latitude in degrees on the map, WIDTH wide at the equator, y going down."""
    import numpy as np

    a1, a2, a3, a4 = COEFFICIENTS
    longitude, latitude = np.radians(degrees[:, 0]), np.radians(degrees[:, 1])
    angle = np.arcsin(HALF_ROOT_3 * np.sin(latitude))
    square = angle * angle
    sixth = square**3
    x = longitude * np.cos(angle) / (HALF_ROOT_3 * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)))
    y = angle * (a1 + a2 * square + sixth * (a3 + a4 * square))
    scale = WIDTH / (2 * math.pi / (HALF_ROOT_3 * a1))
    return np.column_stack([x * scale, -y * scale])


def _large_parts(shape: Any) -> list[Any]:
    """Return the parts of a country that can be seen; the largest one where none can."""
    import shapely

    parts = sorted(shapely.get_parts(shape), key=shapely.area, reverse=True)
    return [part for index, part in enumerate(parts) if not index or shapely.area(part) >= LEAST_AREA]


def _path(shape: Any, left: float, top: float) -> str:
    """Return the shape as path data, in steps of tenths from point to point."""
    import shapely

    told = []
    for ring in (ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)):
        tenths = [(round((x - left) * 10), round((y - top) * 10)) for x, y in shapely.get_coordinates(ring)[:-1]]
        steps = [(x - x0, y - y0) for (x0, y0), (x, y) in pairwise(tenths)]
        line = "".join(_step(step) for step in steps if step != (0, 0))
        told.append(f"M{_tenth(tenths[0][0])} {_tenth(tenths[0][1])}l{line.strip()}z" if line else "")
    return "".join(told)


def _step(step: tuple[int, int]) -> str:
    x, y = _tenth(step[0]), _tenth(step[1])
    return (x if x.startswith("-") else f" {x}") + (y if y.startswith("-") else f" {y}")


def _tenth(tenths: int) -> str:
    text = f"{tenths / 10:g}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def _dot(shape: Any, left: float, top: float) -> tuple[float, float] | None:
    import shapely

    if shapely.area(shape) >= DOT_AREA:
        return None
    point = shapely.point_on_surface(max(shapely.get_parts(shape), key=shapely.area))
    return round(float(point.x - left), 1), round(float(point.y - top), 1)
