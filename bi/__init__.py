"""Ready-made views of the marts in BI tools, each with an environment of its own."""
