-- How do the countries that signed stand on each of the three principles of democratic AI?
-- Answer: partly — the newest edition of each indicator, on its own scale and from 0 to 100, never averaged
-- over indicators. Every one is a stand-in, and no source here measures surveillance.
select
    programme.iso3,
    programme.stage_label,
    indicator.principle,
    indicator.indicator,
    indicator.year,
    indicator.value,
    indicator.value_0_100,
    indicator.is_proxy,
    indicator.source_id
from mart_country_programme as programme
inner join
    (
        select
            mart_democratic_ai.*,
            row_number() over (
                partition by iso3, indicator order by coalesce(rank, 1), year desc, known_at desc
            ) as recency
        from mart_democratic_ai
        left join ref_source_precedence using (source_id)
        where known_to is null and coalesce(metric, 'n_cloud_regions') = 'n_cloud_regions'
    ) as indicator
    on programme.iso3 = indicator.iso3
    and indicator.recency = 1
where
    programme.is_latest
    and programme.programme = 'openai_for_countries'
    and programme.current_stage >= (select programme_stage from ref_programme_stage where stage_label = 'mou')
order by programme.iso3, indicator.principle, indicator.indicator
