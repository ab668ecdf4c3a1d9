"""Rules of Epoch AI's GPU clusters: a change of scope is told apart from loss, and units agree with each other."""

from datetime import date

import polars as pl

from expectations.ratios import median_ratio, odd_rows
from expectations.rule import Rule

IN_SCOPE = pl.col("in_standard_analysis").fill_null(value=False)
# Chips whose power per H100 equivalent is known; older ones need ten times as much.
MODERN = r"H100|H200|GH200|B200|B300"
KINDS = {
    "outside the standard analysis": ~IN_SCOPE,
    "planned": pl.col("status") == "Planned",
    "decommissioned": pl.col("status") == "Decommissioned",
    "unlikely": pl.col("certainty") == "Unlikely",
    "possible duplicate": pl.col("is_possible_duplicate"),
    "not one cluster": pl.col("single_cluster") != "Yes",
}
Frame = pl.DataFrame | None


def _kinds_gone(frame: pl.DataFrame, previous: Frame, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    counts = [(kind, previous.filter(test).height, frame.filter(test).height) for kind, test in KINDS.items()]
    gone = [count for count in counts if count[1] and not count[2]]
    return pl.DataFrame(gone, ["kind_left_out", "n_before", "n_now"], orient="row")


def _standard_gone(frame: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    return previous.filter(IN_SCOPE).join(frame, on="cluster_id", how="anti")


def _standard_cut(frame: pl.DataFrame, previous: Frame, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    n_gone, n_standard = _standard_gone(frame, previous).height, previous.filter(IN_SCOPE).height
    odd = n_gone > 0.1 * n_standard
    return pl.DataFrame({"n_standard_gone": [n_gone], "n_standard_before": [n_standard]}) if odd else pl.DataFrame()


def _standard_row_gone(frame: pl.DataFrame, previous: Frame, _known_at: date) -> pl.DataFrame:
    if previous is None:
        return pl.DataFrame()
    return _standard_gone(frame, previous).select(pl.col("cluster_id").alias("gone_cluster_id"), "h100e")


def _scope_unknown(frame: pl.DataFrame, _previous: Frame, _known_at: date) -> pl.DataFrame:
    n_standard = frame.filter(IN_SCOPE).height
    return pl.DataFrame({"n_standard": [n_standard]}) if n_standard < 0.25 * frame.height else pl.DataFrame()


def _existing_later(frame: pl.DataFrame, _previous: Frame, known_at: date) -> pl.DataFrame:
    later = (pl.col("status") == "Existing") & (pl.col("first_operational_date") > known_at)
    return frame.filter(later).select("cluster_id", "first_operational_date")


RULES = [
    Rule(
        "same_scope", "warn", "every kind of cluster that the vintage before listed is still listed",
        "THE SCOPE CHANGED: the publisher left out whole kinds of rows and nothing was lost. Compare vintages only "
        "over rows with in_standard_analysis, and do not read the fall of a total as a fall of compute.",
        _kinds_gone,
    ),
    Rule(
        "standard_rows_kept", "block",
        "nine in ten rows of the standard analysis of the vintage before are still listed",
        "This is no change of scope: the file was cut, or the names changed. Compare both files in the archived bytes.",
        _standard_cut,
    ),
    Rule(
        "no_standard_row_gone", "warn", "every row of the standard analysis of the vintage before is still listed",
        "Look whether it was renamed, revised or withdrawn by the publisher; the earlier vintages keep it.",
        _standard_row_gone,
    ),
    Rule(
        "scope_known", "block", "a quarter of the rows or more belong to the standard analysis",
        "The column that tells the scope is empty or took on another meaning: compare with the vintage before.",
        _scope_unknown,
    ),
    median_ratio("power_per_compute", "power_mw", "h100e", (0.3, 15), scale=1000,
                 description="the median power is 0.3 to 15 kW an H100 equivalent (chips before the H100 need most)"),
    median_ratio("reported_power", "reported_power_mw", "power_mw", (0.5, 2),
                 description="reported power is the power of its row, half to twice in the median"),
    median_ratio("calculated_power", "calculated_power_mw", "power_mw", (0.5, 2),
                 description="calculated power is half to twice the power of its row in the median"),
    median_ratio("cost_per_power", "hardware_cost_usd", "power_mw", (5, 60), scale=1e-6,
                 description="the median hardware cost is 5 to 60 million USD a megawatt"),
    median_ratio("compute_per_chip", "h100e", "chip_quantity", (0.02, 10),
                 description="the median chip is worth 0.02 to 10 H100 equivalents"),
    median_ratio("chips_in_all", "n_chips", "chip_quantity", (1, 2),
                 description="all chips are once to twice the most important ones in the median"),
    Rule(
        "power_unit_suspect", "warn", "clusters of H100 or later chips draw 0.3 to 4 kW an H100 equivalent",
        "Leave power or compute of these rows out of sums until the source of the row is read.",
        odd_rows("power_mw", "h100e", (0.3, 4), scale=1000, of=pl.col("chip_type").str.contains(MODERN)),
    ),
    Rule(
        "cost_unit_suspect", "warn", "hardware costs 5 to 60 million USD a megawatt in every row",
        "Leave the cost of these rows out of sums until the source of the row is read.",
        odd_rows("hardware_cost_usd", "power_mw", (5, 60), scale=1e-6),
    ),
    Rule(
        "existing_not_in_future", "warn", "no existing cluster starts after the day of publication",
        "Such a row is a plan whatever its status says.", _existing_later,
    ),
]  # fmt: skip
