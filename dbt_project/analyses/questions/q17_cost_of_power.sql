-- What does a year of power for 100 megawatts cost, country by country?
-- Draw: musd_per_100mw_year by iso3
-- Answer: partly — industrial prices of the band named in price_basis, at the utilisation of ref_parameter;
-- no price is made up for a country that publishes none.
select
    power.iso3,
    power.year,
    power.price_usd_mwh,
    power.price_rel_usa,
    100 * utilisation.value * 8760 * power.price_usd_mwh / 1000000 as musd_per_100mw_year,
    power.price_basis
from mart_country_power as power
cross join ref_parameter as utilisation
where
    power.is_latest
    and power.price_usd_mwh is not null
    and utilisation.parameter = 'utilisation'
    and utilisation.scenario = 'central'
order by musd_per_100mw_year, power.iso3, power.year
