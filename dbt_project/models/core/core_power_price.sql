with
    -- Rates are those of the days of the ledger, so each month counts once, and a half-year with more than
    -- one month missing has no rate.
    months as (
        select
            date_trunc('month', rate_date) as month_start,
            avg(units_per_eur) as usd_per_eur,
            max(rate_date) as rate_date
        from {{ ref("stg_ecb_rates") }}
        where currency = 'USD' and known_to is null
        group by date_trunc('month', rate_date)
    ),

    halves as (
        select distinct period, period_start, period_end from {{ ref("stg_eurostat_industrial_price") }}
    ),

    rates as (
        select halves.period, avg(months.usd_per_eur) as usd_per_eur, max(months.rate_date) as rate_date
        from halves
        inner join months on months.month_start between halves.period_start and halves.period_end
        group by halves.period
        having count(*) >= {{ parameter("fx.min_months_of_half_year") }}
    ),

    prices as (
        select
            iso3,
            period,
            period_start,
            period_end,
            case band when 'MWH_GE150000' then 'IG' when 'MWH70000-149999' then 'IF' end as band,
            price_excl_vat_eur_mwh as price_eur_mwh,
            flag,
            known_at,
            lead(known_at) over (partition by iso3, period, band order by known_at) as known_to
        from {{ ref("stg_eurostat_industrial_price") }}
        where iso3 is not null
    )

select
    prices.iso3,
    cast(extract(year from prices.period_end) as bigint) as year,
    prices.period,
    prices.band,
    prices.price_eur_mwh,
    rates.usd_per_eur,
    round(prices.price_eur_mwh * rates.usd_per_eur, 3) as price_usd_mwh,
    prices.flag,
    prices.known_at,
    prices.known_to,
    'eurostat_industrial_price' as source_id,
    case when rates.period is not null then 'ecb_rates' end as rate_source_id,
    {{ grade_score("tier", "cast(source.tier as " ~ dbt.type_string() ~ ")") }} as grade_score
from prices
left join rates on prices.period = rates.period and prices.known_at >= rates.rate_date
left join {{ ref("core_source") }} as source on source.source_id = 'eurostat_industrial_price'
where prices.price_eur_mwh is not null and prices.band is not null
