{# Marts whose rows are traced as a whole, to the sources a row names: the grain beside the country, and the clock. #}
{% set by_row = {
    "mart_alignment": [],
    "mart_capacity_outlook": ["horizon"],
    "mart_country_power": ["year"],
    "mart_country_programme": ["programme"],
    "mart_data_center_load": ["area"],
    "mart_delivery": ["phase_id"],
    "mart_finance": ["area", "programme", "funding_stage", "payer_type", "instrument"],
    "mart_global_concentration": ["attribution", "stage_set", "weight_basis", "panel"],
    "mart_platform_dependency": ["layer", "stage_set", "weight_basis"],
    "mart_platform_share": ["layer", "stage_set", "weight_basis", "party_kind", "party_id"],
    "mart_programme_scoreboard": ["programme"],
    "mart_sensitivity": ["metric", "parameter"],
    "mart_sovereignty_profile": [],
} %}
{% set by_row_undated = {
    "mart_democratic_ai": ["year", "indicator", "source_id", "known_at"],
    "mart_democratic_ai_partners": ["programme", "indicator", "source_id"],
    "mart_programme_comparison": ["programme"],
    "mart_stage_transition": ["region", "from_stage", "to_stage", "horizon_months", "known_at"],
} %}
{# Where the sources of a row are not its source_id alone: who is a partner and what was at risk tells the ledger. #}
{% set sources_of_row = {
    "mart_alignment": "concat_ws('; ', told.source_id, told.revealed_source_id)",
    "mart_democratic_ai_partners": dbt.concat(["told.source_id", "'; ledger'"]),
    "mart_sovereignty_profile": "told.control_source_id",
} %}
{% set without_country = [
    "mart_data_center_load",
    "mart_finance",
    "mart_global_concentration",
    "mart_programme_scoreboard",
    "mart_democratic_ai_partners",
    "mart_programme_comparison",
    "mart_stage_transition",
] %}
{% set no_text = "cast(null as " ~ dbt.type_string() ~ ")" %}
with
    whole_rows as (
        {% for mart, key in (by_row | items | list) + (by_row_undated | items | list) %}
            select
                '{{ mart }}' as mart,
                {{ "clock.clock_id" if mart in by_row else no_text }} as clock_id,
                {{ no_text if mart in without_country else "told.iso3" }} as iso3,
                {{ row_key("told", key) }} as row_key,
                told.known_at as clock_known_at,
                unnest(string_split({{ sources_of_row.get(mart, "told.source_id") }}, '; ')) as source_id
            from {{ ref(mart) }} as told
            {% if mart in by_row %}
                inner join {{ ref("core_clock") }} as clock using (history, as_of, known_at)
            {% endif %}
            {% if not loop.last %}
                union all
            {% endif %}
        {% endfor %}
    )

select
    whole_rows.mart,
    whole_rows.clock_id,
    whole_rows.iso3,
    whole_rows.row_key,
    'row' as figure,
    cast(null as double) as value,
    whole_rows.source_id,
    held.known_at as vintage_known_at,
    {{ no_text }} as item,
    held.known_at as item_known_at,
    {{ no_text }} as item_address
from whole_rows
left join
    {{ ref("core_vintage") }} as held
    on whole_rows.source_id = held.source_id
    and {{ is_in_force("held", "whole_rows.clock_known_at") }}
-- A mart may have a row for what no source tells, or for what a source that was never read would tell.
where whole_rows.source_id in (select source_id from {{ ref("core_vintage") }})
