"""The story of a country: its events of the ledger, chain by chain and day by day, with who played which part."""

from ingest.errors import UsageError
from ingest.home import open_home
from orchestration.answers import check_format, open_published, print_rows, read_cell, run
from orchestration.show import say

STORY = """
with
    parts as (
        select
            announcement_id,
            role,
            string_agg(org_id || coalesce(' ' || cast(share_pct as integer) || ' %', ''), ', ' order by org_id) as orgs
        from core_deal_party
        where confidence <> 'low'
        group by announcement_id, role
    ),

    parties as (
        select announcement_id, string_agg(role || ': ' || orgs, '; ' order by role) as parties
        from parts
        group by announcement_id
    )

select
    event.chain_id,
    event.event_date,
    event.program,
    event.event_type,
    event.components,
    event.stage,
    event.status_reason,
    event.capacity_mw_announced,
    event.capacity_mw_phase1,
    event.capacity_mw_target,
    event.gpu_count,
    event.gpu_note,
    event.investment_amount,
    event.investment_currency,
    event.investment_qualifier,
    event.instrument,
    parties.parties,
    event.ownership_notes,
    event.public_funding_notes,
    event.grade,
    event.source_url
from mart_announcement_ledger as event
left join parties on event.announcement_id = parties.announcement_id
where event.iso3 = '{iso3}'
order by
    min(event.event_date) over (partition by event.chain_id), event.chain_id, event.event_date, event.announcement_id
"""


def show(country: str, format_: str) -> None:
    """Print every event of a country from the published build. Raises UsageError for a country there is not."""
    check_format(format_)
    iso3 = country.upper()
    with open_published(open_home()) as con:
        known = con.execute("select name from dim_country where iso3 = ?", [iso3]).fetchone()
        if known is None:
            raise UsageError(f"Expected an ISO 3166-1 alpha-3 code such as NOR; came {country!r}.")
        names, rows = run(con, STORY.format(iso3=iso3))
    if format_ == "table" and not rows:
        say(f"[bold]{known[0]}[/bold]: the ledger tells of no event there; that is no proof there was none.")
        return
    if format_ == "table":
        n_events = "one event" if len(rows) == 1 else f"{len(rows)} events"
        say(f"[bold]{known[0]}[/bold]: {n_events} of the ledger. A part nobody is named for is unknown.")
        names = [name.replace("_", " ") for name in names]
    print_rows(names, rows, format_, read_cell)
