with
    -- Reviewed files speak for every day: each row carries the one from which it was known.
    terms as (select * from {{ ref("stg_deal_terms") }} where known_to is null),

    rates as (select * from {{ ref("stg_ecb_rates") }} where known_to is null),

    events as (select * from {{ ref("core_announcement") }}),

    rate_days as (
        select events.announcement_id, max(rates.rate_date) as rate_date
        from events
        inner join rates on rates.rate_date <= events.event_date
        where events.investment_currency <> 'USD'
        group by events.announcement_id, events.event_date
        having
            {{ dbt.datediff("max(rates.rate_date)", "events.event_date", "day") }}
            <= {{ parameter("exchange_rate.max_age_days") }}
    ),

    -- Both rates are per euro: dollars per unit is the one of the dollar over the one of the currency.
    priced as (
        select
            events.*,
            case
                when events.investment_currency = 'USD'
                then 1
                when events.investment_currency = 'EUR'
                then dollar.units_per_eur
                else dollar.units_per_eur / own.units_per_eur
            end as usd_per_unit,
            rate_days.rate_date
        from events
        left join rate_days on events.announcement_id = rate_days.announcement_id
        left join rates as dollar on rate_days.rate_date = dollar.rate_date and dollar.currency = 'USD'
        left join
            rates as own on rate_days.rate_date = own.rate_date and events.investment_currency = own.currency
    ),

    bands as (
        select
            parameter,
            max(case when scenario = 'low' then value end) as low,
            max(case when scenario = 'central' then value end) as central,
            max(case when scenario = 'high' then value end) as high
        from {{ ref("ref_parameter") }}
        where parameter like 'usd_band.%'
        group by parameter
    ),

    -- A stated range is taken as it stands; any other figure is widened by what kind of figure it is.
    -- Money per year is no total, so it has none.
    figures as (
        select
            terms.deal_id,
            case
                when terms.amount_kind = 'per_year'
                then null
                when terms.low_amount is not null
                then terms.low_amount
                else coalesce(terms.central_amount, event.investment_amount) * band.low
            end as low_new,
            case
                when terms.amount_kind = 'per_year'
                then null
                when terms.low_amount is not null
                then coalesce(terms.central_amount, (terms.low_amount + terms.high_amount) / 2)
                else coalesce(terms.central_amount, event.investment_amount) * band.central
            end as central_new,
            case
                when terms.amount_kind = 'per_year'
                then null
                when terms.low_amount is not null
                then terms.high_amount
                else coalesce(terms.central_amount, event.investment_amount) * band.high
            end as high_new
        from terms
        inner join events as event on terms.deal_id = event.announcement_id
        left join bands as band on band.parameter = {{ dbt.concat(["'usd_band.'", "terms.amount_kind"]) }}
    )

select
    terms.deal_id as announcement_id,
    event.iso3,
    event.scope,
    event.programme,
    event.event_date,
    -- An event of which only the month is known counts from the end of the month, its terms with it.
    greatest(terms.known_at, event.known_at) as known_at,
    terms.counterparty_type,
    terms.coordinated_with_us_gov,
    terms.instrument,
    terms.funding_stage,
    terms.payer_type,
    terms.amount_kind,
    terms.restates_deal_id as restates_announcement_id,
    terms.restates_as,
    event.investment_amount,
    event.investment_currency,
    {{ exact("event.investment_amount * event.usd_per_unit") }} as investment_usd,
    case when event.usd_per_unit is not null then event.rate_date end as rate_date,
    {{ exact("figures.low_new * event.usd_per_unit") }} as new_low_usd,
    {{ exact("figures.central_new * event.usd_per_unit") }} as new_central_usd,
    {{ exact("figures.high_new * event.usd_per_unit") }} as new_high_usd,
    terms.reciprocal,
    terms.conditionality,
    terms.guarantee_types,
    terms.first_online_date,
    terms.first_online_precision,
    terms.jobs_claimed,
    terms.status_reason,
    terms.source as source_url,
    terms.note,
    least(event.grade_score, {{ grade_score("confidence", "terms.confidence") }}) as grade_score,
    case
        when event.rate_date is not null and event.usd_per_unit is not null
        then 'deal_terms; ecb_rates; ledger'
        else 'deal_terms; ledger'
    end as source_id
from terms
inner join priced as event on terms.deal_id = event.announcement_id
inner join figures on terms.deal_id = figures.deal_id
