with
    lines as (
        select
            {{
                dbt.concat(
                    ["parameter", "'|'", "scenario", "'|'", "cast(value as " ~ dbt.type_string() ~ ")"]
                )
            }} as line
        from {{ ref("ref_parameter") }}
    )

select
    {{ dbt.hash(dbt.listagg("line", "';'", "order by line")) }} as assumption_set_id,
    cast(count(*) as bigint) as n_parameters
from lines
