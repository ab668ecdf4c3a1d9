"""Candidate events: items of feeds clustered, and matched with the ledger. The rules are in `ingest.events`."""

from ingest.events.table import event_table


def model(dbt, session):  # noqa: ARG001 - dbt calls it with both
    """Return one row per candidate event of today; what it is made of is read whole, it is some thousand rows."""
    dbt.config(materialized="table")
    items = dbt.ref("core_announcement_item")
    announcements = dbt.ref("core_announcement")
    chains = dbt.ref("core_chain_event")
    parties = dbt.ref("core_deal_party")
    names = dbt.ref("core_organisation_name")
    reviews = dbt.ref("stg_candidate_reviews")
    clock = dbt.ref("core_clock")

    def rows(relation):
        return relation.pl().iter_rows(named=True)

    (latest,) = clock.filter("is_latest and history = 'as_now'").pl().iter_rows(named=True)
    chain_ids = chains.filter(f"clock_id = '{latest['clock_id']}'").pl()
    chain_of = dict(zip(chain_ids["announcement_id"], chain_ids["chain_id"], strict=True))
    dated = [row | {"chain_id": chain_of.get(row["announcement_id"])} for row in rows(announcements)]
    known = {row["name"]: row["org_id"] for row in rows(names)}
    return event_table(rows(items), dated, rows(parties), known, rows(reviews), latest["known_at"])
