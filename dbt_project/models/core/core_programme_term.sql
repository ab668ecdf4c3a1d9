{# Answers of which one event is enough: what outranks what, silence last. #}
{% set answers = {
    "public_cofunding": ["yes", "no"],
    "sovereign_guarantee": ["yes", "requested", "no"],
    "reciprocal": ["yes", "no"],
    "coordinated_with_us_gov": ["yes", "no"],
} %}
{# Lists that are joined over all events. #}
{% set lists = {
    "lead_vendors": "lead_vendor",
    "counterparty_types": "counterparty_type",
    "conditionality": "conditionality",
    "guarantee_types": "guarantee_types",
} %}
{% set key = "clock_id, iso3, programme" %}
with
    clocks as (select * from {{ ref("core_clock") }}),

    told as (
        select
            event.clock_id,
            event.chain_id,
            announcement.iso3,
            announcement.programme,
            announcement.lead_vendor,
            announcement.public_cofunding,
            announcement.sovereign_guarantee,
            term.announcement_id as term_id,
            term.reciprocal,
            term.coordinated_with_us_gov,
            term.counterparty_type,
            term.conditionality,
            term.guarantee_types
        from {{ ref("core_chain_event") }} as event
        inner join clocks on event.clock_id = clocks.clock_id
        inner join
            {{ ref("core_announcement") }} as announcement
            on event.announcement_id = announcement.announcement_id
        left join
            {{ ref("core_deal_term") }} as term
            on event.announcement_id = term.announcement_id
            and term.known_at <= clocks.known_at
        where announcement.iso3 is not null
    ),

    terms as (
        select
            {{ key }},
            count(term_id) > 0 as has_terms
            {% for column, words in answers.items() %}
                ,
                case
                    {% for word in words %}
                        when count(case when {{ column }} = '{{ word }}' then 1 end) > 0 then '{{ word }}'
                    {% endfor %}
                    else 'unknown'
                end as {{ column }}
            {% endfor %}
            {% for name, column in lists.items() %}
                ,
                nullif(
                    array_to_string(
                        list_sort(
                            list_distinct(
                                flatten(
                                    array_agg(string_split(replace({{ column }}, '; ', ';'), ';')) filter (
                                        where {{ column }} is not null
                                    )
                                )
                            )
                        ),
                        '; '
                    ),
                    ''
                ) as {{ name }}
            {% endfor %}
        from told
        group by {{ key }}
    ),

    -- Whoever the latest event of a chain that names owners names, under whatever programme it was told.
    owners as (
        select
            event.clock_id,
            event.chain_id,
            party.org_id,
            organisation.ultimate_home_iso3 as home_iso3,
            rank() over (
                partition by event.clock_id, event.chain_id
                order by event.event_date desc, event.known_at desc, event.announcement_id desc
            ) as recency
        from {{ ref("core_chain_event") }} as event
        inner join clocks on event.clock_id = clocks.clock_id
        inner join
            {{ ref("core_deal_party") }} as party
            on event.announcement_id = party.announcement_id
            and party.role = 'asset_owner'
            and party.confidence <> 'low'
            and party.known_at <= clocks.known_at
        left join
            {{ ref("core_organisation") }} as organisation
            on party.org_id = organisation.org_id
            and {{ is_in_force("organisation", "clocks.known_at") }}
            and {{ is_valid("organisation", "clocks.as_of") }}
    ),

    chains as (select distinct {{ key }}, chain_id from told),

    owned as (
        select
            {{ key }},
            array_to_string(list_sort(array_agg(distinct owners.org_id)), '; ') as asset_owners,
            array_to_string(list_sort(array_agg(distinct owners.home_iso3)), '; ') as asset_owner_homes,
            case
                when count(owners.home_iso3) = count(*)
                then
                    count(distinct owners.home_iso3) > 1
                    and count(case when owners.home_iso3 = chains.iso3 then 1 end) > 0
            end as is_codeveloped
        from chains
        inner join owners using (clock_id, chain_id)
        where owners.recency = 1
        group by {{ key }}
    )

select
    terms.* exclude (has_terms),
    owned.asset_owners,
    nullif(owned.asset_owner_homes, '') as asset_owner_homes,
    owned.is_codeveloped,
    concat_ws(
        '; ',
        case when owned.asset_owners is not null then 'deal_parties' end,
        case when terms.has_terms then 'deal_terms' end,
        'ledger'
    ) as source_id
from terms
left join owned using ({{ key }})
