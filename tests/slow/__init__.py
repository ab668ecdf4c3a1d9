"""Tests that kill, serve, browse or install: `make test-slow`."""
