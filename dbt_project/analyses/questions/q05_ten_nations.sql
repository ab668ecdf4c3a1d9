-- Ten countries were to get a first project: how many have signed, how many build, how many have a live
-- data centre?
-- Answer: partly — counted from dated events of the ledger, counts side by side: who signed, who stands, and
-- where a chain is paused whatever else stands there. Most of what is signed is no data centre. What was
-- claimed stands beside it: ten projects as a target, eleven signers in January.
select
    board.programme,
    board.n_countries_signed,
    board.n_countries_standing,
    board.n_countries_dc_contracted,
    board.n_countries_dc_building,
    board.n_countries_dc_live,
    board.n_countries_with_a_pause,
    board.n_countries_withdrawn,
    claims.n_projects_target_claimed,
    claims.n_countries_signed_claimed,
    claims.signed_claimed_as_of,
    claims.n_countries_signed_at_claim
from mart_programme_scoreboard as board
left join mart_programme_comparison as claims on board.programme = claims.programme
where board.is_latest and board.programme = 'openai_for_countries'
