"""Apache Superset: the dashboard as code, and what brings it into an installation."""
