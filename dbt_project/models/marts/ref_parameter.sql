select
    cast(parameter as {{ dbt.type_string() }}) as parameter,
    cast(scenario as {{ dbt.type_string() }}) as scenario,
    cast(value as double) as value,
    cast(unit as {{ dbt.type_string() }}) as unit,
    cast(source as {{ dbt.type_string() }}) as source,
    cast(rationale as {{ dbt.type_string() }}) as rationale,
    cast(confidence as {{ dbt.type_string() }}) as confidence,
    cast(valid_from as date) as valid_from,
    cast(is_placeholder as boolean) as is_placeholder
from {{ ref("seed_parameter") }}
