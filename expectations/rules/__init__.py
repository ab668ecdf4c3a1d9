"""Domain rules, one module a source, named after its source_id."""
