"""Runs the path: Dagster definitions, the dbt step, publishing and the command line."""
