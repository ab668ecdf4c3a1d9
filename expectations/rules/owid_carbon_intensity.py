"""Rules of the carbon intensity of electricity by country and year."""

from expectations.yearly_series import rules

# A tenfold change of a nearly carbon-free system is rounding.
RULES = rules("carbon_intensity_gco2_kwh", 250, 700, "gCO2/kWh", slack=30)
