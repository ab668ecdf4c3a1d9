"""Rules of Ember's monthly generation."""

from expectations.ember import COUNTRIES_ALONE, rules

RULES = [*rules("month", largest_twh=(500, 2_500), slack_twh=0.02), COUNTRIES_ALONE]
