{% set counts = {
    "n_countries": "true",
    "n_countries_standing": "current_stage >= " ~ programme_stage("mou"),
    "n_countries_signed": "peak_stage >= " ~ programme_stage("mou"),
    "n_countries_dc_contracted": "p1_dc >= 2",
    "n_countries_dc_building": "p1_dc >= 2 and current_stage >= " ~ programme_stage("construction"),
    "n_countries_dc_live": "p1_dc = 3",
    "n_countries_with_a_pause": "n_chains_paused > 0",
    "n_countries_paused": "current_stage = " ~ programme_stage("paused"),
    "n_countries_withdrawn": "current_stage = " ~ programme_stage("withdrawn"),
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
    {{
        dbt.listagg(
            "case when " ~ counts["n_countries_standing"] ~ " then iso3 end", "'; '", "order by iso3"
        )
    }} as standing_iso3,
    -- The letter of the worst country.
    max(grade) as grade,
    {{ joined_sources() }} as source_id,
    assumption_set_id
from {{ ref("mart_country_programme") }}
group by history, programme, as_of, known_at, is_latest, assumption_set_id
