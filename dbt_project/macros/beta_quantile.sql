{# A quantile of a Beta distribution in closed form, `z` being the standard normal deviate of its probability: the
   cube-root approximation of F (Abramowitz and Stegun 26.6.15), which is b/a times the odds. Between the 5th and the
   95th percentile it is within 0.006 of the exact quantile where a is at least 0.4 and b 1.8, within 0.01 where a is
   at least 0.3. There is no solution for b below 0.5, which gives NULL. #}
{% macro beta_quantile(a, b, z) -%}
    {%- set va, vb = "(1.0 / (9 * " ~ a ~ "))", "(1.0 / (9 * " ~ b ~ "))" -%}
    {%- set root -%}
        greatest(
            0,
            (
                (1 - {{ va }}) * (1 - {{ vb }})
                + {{ z }} * sqrt(
                    power(1 - {{ va }}, 2) * {{ vb }}
                    + power(1 - {{ vb }}, 2) * {{ va }}
                    - {{ z }} * {{ z }} * {{ va }} * {{ vb }}
                )
            ) / (power(1 - {{ vb }}, 2) - {{ z }} * {{ z }} * {{ vb }})
        )
    {%- endset -%}
    case
        when {{ b }} >= 0.5 then {{ a }} * power({{ root }}, 3) / ({{ b }} + {{ a }} * power({{ root }}, 3))
    end
{%- endmacro %}
