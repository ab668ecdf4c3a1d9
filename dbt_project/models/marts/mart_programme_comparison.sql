{% set claims = [
    "first_year",
    "last_year",
    "countries_signed",
    "countries_supported",
    "countries_interested",
    "projects_target",
    "projects",
    "usd_total",
    "usd_loans",
    "usd_total_constant",
    "loans_per_grant",
] %}
with
    claims as (select * from {{ ref("core_programme_claim") }} where recency_of_claim = 1),

    claimed as (
        select
            programme,
            {% for metric in claims %}
                max(case when metric = '{{ metric }}' then value end) as {{ metric }},
            {% endfor %}
            max(case when metric = 'countries_signed' then as_of end) as signed_as_of,
            max(price_year) as price_year,
            min(grade_score) as grade_score
        from claims
        group by programme
    ),

    claimants as (
        select programme, {{ dbt.listagg("claimed_by", "'; '", "order by claimed_by") }} as claimed_by
        from (select distinct programme, claimed_by from claims) as named
        group by programme
    ),

    ledger as (select * from {{ ref("mart_programme_scoreboard") }} where is_latest),

    -- On the day of the claim, by what is known today of it.
    ledger_then as (
        select claimed.programme, count(distinct announcement.iso3) as n_signed
        from claimed
        inner join
            {{ ref("core_announcement") }} as announcement
            on claimed.programme = announcement.programme
            and announcement.programme_stage >= {{ programme_stage("mou") }}
            and announcement.event_date <= claimed.signed_as_of
        group by claimed.programme
    ),

    money as (
        select
            programme,
            {% for stage in ["announced", "committed", "disbursed"] %}
                sum(
                    case when funding_stage = '{{ stage }}' then {{ exact("central_usd") }} end
                ) as {{ stage }}
                {%- if not loop.last %}, {% endif %}
            {% endfor %}
        from {{ ref("mart_finance") }}
        where is_latest
        group by programme
    )

select
    claimed.programme,
    cast(claimed.first_year as bigint) as first_year,
    cast(claimed.last_year as bigint) as last_year,
    cast(claimed.countries_signed as bigint) as n_countries_signed_claimed,
    claimed.signed_as_of as signed_claimed_as_of,
    cast(
        case when ledger.programme is not null then ledger_then.n_signed end as bigint
    ) as n_countries_signed_at_claim,
    ledger.n_countries_signed,
    ledger.n_countries_standing,
    ledger.n_countries_dc_contracted,
    ledger.n_countries_dc_live,
    cast(claimed.countries_interested as bigint) as n_countries_interested_claimed,
    cast(claimed.countries_supported as bigint) as n_countries_supported_claimed,
    cast(claimed.projects_target as bigint) as n_projects_target_claimed,
    cast(claimed.projects as bigint) as n_projects_claimed,
    claimed.usd_total as total_claimed_usd,
    claimed.usd_total_constant as total_claimed_constant_usd,
    claimed.price_year,
    -- Of what was lent and given: from the claimed ratio, or from the loans and the total.
    coalesce(
        claimed.loans_per_grant / (claimed.loans_per_grant + 1), claimed.usd_loans / claimed.usd_total
    ) as loan_share,
    cast(money.announced as double) as announced_central_usd,
    cast(money.committed as double) as committed_central_usd,
    cast(money.disbursed as double) as disbursed_central_usd,
    claimants.claimed_by,
    {{ grade_letter("claimed.grade_score") }} as grade,
    case
        when ledger.programme is not null
        then 'deal_terms; ecb_rates; ledger; programme_claims'
        else 'programme_claims'
    end as source_id,
    {{ clock("known_at") }} as known_at,
    {{ assumption_set_id() }} as assumption_set_id
from claimed
inner join claimants on claimed.programme = claimants.programme
left join ledger on claimed.programme = ledger.programme
left join ledger_then on claimed.programme = ledger_then.programme
left join money on claimed.programme = money.programme
