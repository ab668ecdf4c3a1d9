"""The Dagster assets: one per source, then `landed`, the dbt models and `published`."""

import warnings

from dagster import BetaWarning

# Backfill policies are marked beta; the version is pinned, and the warning would greet every command.
warnings.filterwarnings("ignore", category=BetaWarning)
