"""Candidate events: items of feeds that tell of the same deal, beside what the reviewed ledger says of it. Pure."""
