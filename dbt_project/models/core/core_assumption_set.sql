with
    lines as (
        select {{ assumption_line("parameter", ["parameter", "scenario", "value"]) }} as line
        from {{ ref("ref_parameter") }}
        union all
        select
            {{
                assumption_line(
                    "crosswalk", ["stage_evidence", "phase_stage", "programme_stage", "package_maturity"]
                )
            }} as line
        from {{ ref("ref_stage_crosswalk") }}
        union all
        select {{ assumption_line("word", ["field", "word", "meaning"]) }} as line
        from {{ ref("ref_ledger_word") }}
        union all
        select {{ assumption_line("precedence", ["metric", "source_id", "rank", "basis", "origin"]) }} as line
        from {{ ref("ref_source_precedence") }}
        union all
        select {{ assumption_line("estimate", ["scope", "made_by", "rank"]) }} as line
        from {{ ref("ref_estimate_precedence") }}
        union all
        select {{ assumption_line("provider", ["provider", "home_iso3"]) }} as line
        from {{ ref("ref_provider_home") }}
        union all
        select {{ assumption_line("stage set", ["stage_set", "stage"]) }} as line
        from {{ ref("ref_stage_set") }}
        union all
        select {{ assumption_line("chip", ["chip_prefix", "org_id"]) }} as line
        from {{ ref("ref_chip_vendor") }}
        union all
        select {{ assumption_line("democratic", ["principle", "indicator", "source_id"]) }} as line
        from {{ ref("ref_democratic_indicator") }}
    )

select
    {{ dbt.hash(dbt.listagg("line", "';'", "order by line")) }} as assumption_set_id,
    cast(count(*) as bigint) as n_assumptions
from lines
