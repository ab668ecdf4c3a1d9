"""The gate: what a load has to meet before it may take the place of the vintage in force."""
