{% set counts = {
    "n_countries": "true",
    "n_countries_standing": "current_stage >= 3",
    "n_countries_signed": "peak_stage >= 3",
    "n_countries_dc_contracted": "p1_dc >= 2",
    "n_countries_dc_building": "current_stage >= 5 and p1_dc >= 2",
    "n_countries_dc_live": "p1_dc = 3",
    "n_countries_with_a_pause": "n_chains_paused > 0",
    "n_countries_paused": "current_stage = -1",
    "n_countries_withdrawn": "current_stage = -2",
} %}
select
    history,
    programme,
    as_of,
    known_at,
    is_latest,
    {% for name, condition in counts.items() %}
        cast(sum(case when {{ condition }} then 1 else 0 end) as bigint) as {{ name }},
    {% endfor %}
    {{ dbt.listagg("case when current_stage >= 3 then iso3 end", "'; '", "order by iso3") }} as standing_iso3,
    -- The letter of the worst country.
    max(grade) as grade,
    {{ joined_sources() }} as source_id,
    assumption_set_id
from {{ ref("mart_country_programme") }}
group by history, programme, as_of, known_at, is_latest, assumption_set_id
