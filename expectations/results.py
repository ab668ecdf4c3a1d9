"""What the gate hands back: one Check a rule, one GateReport a load."""

import datetime as dt
import math
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import polars as pl

Stage = Literal["schema", "keys", "domain", "volume", "plausibility", "freshness"]
Severity = Literal["block", "quarantine_rows", "warn"]
Outcome = Literal["pass", "warn", "quarantine_rows", "block"]

SAMPLE_ROWS = 5
RANK: dict[Outcome, int] = {"pass": 0, "warn": 1, "quarantine_rows": 2, "block": 3}


@dataclass(frozen=True)
class Check:
    """The outcome of one rule.

    `n_failing` of `n_rows` units failed: columns in the schema stage, else rows. A rule about a whole
    table fails with the figures that show it as its sample. `severity` is what a failure does to the load.
    """

    rule: str
    stage: Stage
    severity: Severity
    passed: bool
    n_failing: int
    n_rows: int
    detail: str
    sample: list[dict[str, Any]] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """What this rule alone does to the load."""
        return "pass" if self.passed else self.severity

    def with_severity(self, severity: Severity) -> "Check":
        """Return the same check with another consequence."""
        return replace(self, severity=severity)

    def renamed(self, rule: str) -> "Check":
        """Return the same check under another name."""
        return replace(self, rule=rule)

    def to_dict(self) -> dict[str, Any]:
        """Return the check, its outcome included, as JSON-able values."""
        return {**asdict(self), "outcome": self.outcome}


@dataclass(frozen=True)
class GateReport:
    """The decision about one load. `accepted` has the column iso3 where the source has a country."""

    outcome: Outcome
    checks: list[Check]
    accepted: pl.DataFrame | None
    set_aside: pl.DataFrame
    failing: pl.DataFrame

    @property
    def failed(self) -> list[Check]:
        """The checks that did not pass, the gravest first."""
        return sorted((check for check in self.checks if not check.passed), key=lambda check: -RANK[check.outcome])

    @property
    def message(self) -> str:
        """One line that says what happened and why."""
        if not self.failed:
            return f"pass: {len(self.checks)} checks"
        worst = [check for check in self.failed if check.outcome == self.outcome]
        return f"{self.outcome}: " + " | ".join(f"{check.rule}: {check.detail}" for check in worst)

    def to_dict(self) -> dict[str, Any]:
        """Return the decision and every check as JSON-able values; of frames, the number of rows."""
        return {
            "outcome": self.outcome,
            "message": self.message,
            "n_accepted": None if self.accepted is None else self.accepted.height,
            "n_set_aside": self.set_aside.height,
            "n_failing": self.failing.height,
            "checks": [check.to_dict() for check in self.checks],
        }


def worst(checks: list[Check]) -> Outcome:
    """Return the gravest outcome among checks."""
    return max((check.outcome for check in checks), key=RANK.__getitem__, default="pass")


def sample_of(rows: pl.DataFrame, at_most: int = SAMPLE_ROWS) -> list[dict[str, Any]]:
    """Return the first rows as JSON-able dicts."""
    return [{name: _plain(value) for name, value in row.items()} for row in rows.head(at_most).to_dicts()]


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
