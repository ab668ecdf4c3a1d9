"""The closed form of a Beta quantile against quantiles found by inverting the distribution numerically."""

from pathlib import Path

import duckdb
import jinja2
import pytest

MACRO = Path(__file__).parents[2] / "dbt_project/macros/beta_quantile.sql"
Z = (-1.644854, 0.0, 1.644854)
# a, b, tolerance, then the exact 5th, 50th and 95th percentile, by bisection of the incomplete beta function.
EXACT = [
    (3, 9, 0.001, 0.078820, 0.235786, 0.470087),
    (6, 6, 0.001, 0.271250, 0.500000, 0.728750),
    (5, 3, 0.002, 0.341261, 0.635884, 0.871244),
    (20, 4, 0.001, 0.696362, 0.842657, 0.938324),
    (2, 2, 0.003, 0.135350, 0.500000, 0.864650),
    (1, 1, 0.01, 0.050000, 0.500000, 0.950000),
    (0.3, 11.7, 0.006, 0.000003, 0.006421, 0.113823),
]


def quantile(a: float, b: float, z: float) -> float | None:
    template = jinja2.Environment(autoescape=True).from_string(MACRO.read_text() + "{{ beta_quantile('a', 'b', 'z') }}")
    sql = f"select {template.render()} from (select cast($a as double) a, cast($b as double) b, cast($z as double) z)"
    row = duckdb.connect().execute(sql, {"a": a, "b": b, "z": z}).fetchone()
    assert row
    return row[0]


@pytest.mark.parametrize(("a", "b", "tolerance", "p05", "p50", "p95"), EXACT)
def test_quantiles_are_near_the_exact_ones(
    a: float, b: float, tolerance: float, p05: float, p50: float, p95: float
) -> None:
    assert [quantile(a, b, z) for z in Z] == pytest.approx([p05, p50, p95], abs=tolerance)


def test_a_distribution_without_a_solution_has_no_quantile() -> None:
    assert quantile(3, 0.4, Z[2]) is None
