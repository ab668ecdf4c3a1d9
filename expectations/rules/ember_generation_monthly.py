"""Rules of Ember's monthly generation."""

from expectations.ember import rules

RULES = rules("month", largest_twh=(500, 2_500), slack_twh=0.02)
