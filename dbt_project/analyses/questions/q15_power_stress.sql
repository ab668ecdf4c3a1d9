-- Where does the pipeline outrun what the power system has been adding, and at what price of power?
-- Draw: build_years_central by iso3
-- Answer: partly — years of new firm capacity the whole pipeline takes, beside the price large users pay.
-- Prices are known for few countries and bands differ: compare within one price_basis.
select
    iso3, year, build_years_central, growth_ratio_central, pipeline_mw, price_usd_mwh, price_basis, peak_basis
from mart_country_power
where is_latest and pipeline_mw is not null
order by build_years_central desc nulls last, iso3
