"""Facts read out of the text of an announcement by rules: a module per question, lexicons as data beside them."""

from ingest.extraction.extract import extract

__all__ = ["extract"]
