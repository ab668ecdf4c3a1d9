"""The one way from a text to its facts. Pure: it raises on no text and keeps none."""

from ingest.extraction.capacity import find_capacities, names_power
from ingest.extraction.countries import find_places
from ingest.extraction.facts import Evidence, Facts
from ingest.extraction.gpus import find_gpus
from ingest.extraction.lexicon import Found, lexicon
from ingest.extraction.money import find_money
from ingest.extraction.relevance import Named, is_relevant
from ingest.extraction.stage import find_stage
from ingest.extraction.text import Text
from ingest.extraction.vendors import find_vendors

COMPONENTS = ("data_center", "localized_chatgpt", "startup_fund", "safety_security_governance")
# No announcement needs more to be understood; what a page has beyond it is another story.
MAX_CHARS = 20_000


def extract(content: str, url: str = "") -> Facts:
    """Return what a text says. `url` is where it was published: it tells whose dollars a bare `$` means."""
    # Half a character is none that an automaton can look for.
    text = Text(content[:MAX_CHARS].encode(errors="replace").decode())
    vendors = find_vendors(text)
    places = find_places(text, vendors)
    capacities = find_capacities(text, has_ai_vendor=any(one.kind in ("ai", "compute") for one in vendors))
    gpus, gpu_evidence = find_gpus(text)
    money = find_money(text, url)
    components = _first_of(lexicon("components").find(text))
    stage, stage_cue = find_stage(text, [one.value for one in components])
    names = [one.value for one in vendors]
    named = Named(vendors, places.sites, places.mentions, bool(capacities), bool(money), gpus is not None, stage)
    is_announcement, cues = is_relevant(text, named)
    has_context = is_announcement or bool(components) or names_power(text) or bool({"OpenAI", "Anthropic"} & set(names))
    # Of countries that are only mentioned in a text about something else none is a site.
    sites = places.sites if has_context or len(places.sites) == 1 else ()
    terms = {one.kind: one for one in reversed(lexicon("terms").find(text))}
    evidence = [
        *(Evidence("is_relevant", cue.value, cue.start, cue.end) for cue in cues if is_announcement),
        *(Evidence("countries", one.value, one.start, one.end) for one in sites),
        *(Evidence("party_countries", one.value, one.start, one.end) for one in places.parties),
        *(Evidence("capacity_mw", f"{one.mw:g} {one.role}", one.start, one.end) for one in capacities),
        *gpu_evidence,
    ]
    if has_context:
        evidence += [Evidence("vendors", one.value, one.start, one.end) for one in vendors]
    if is_announcement:
        evidence += [
            Evidence("money", f"{one.amount:g} {one.currency} {one.qualifier}", one.start, one.end) for one in money
        ]
        evidence += [Evidence("components", one.value, one.start, one.end) for one in components]
        evidence += [Evidence("stage", stage, stage_cue.start, stage_cue.end)] if stage_cue else []
        evidence += [Evidence(kind, one.value, one.start, one.end) for kind, one in terms.items()]
    return Facts(
        is_relevant=is_announcement,
        countries=tuple(one.value for one in sites),
        party_countries=tuple(one.value for one in places.parties),
        capacities=capacities,
        gpus=gpus,
        # Sums of a text that announces nothing are fines, prices and turnover.
        money=money if is_announcement else (),
        vendors=tuple(names) if has_context else (),
        components=tuple(one.value for one in components) if is_announcement else (),
        stage=stage if is_announcement else None,
        ownership=_term(terms, "ownership") if is_announcement else None,
        public_cofunding=_term(terms, "public_cofunding") if is_announcement else None,
        sovereign_guarantee=_term(terms, "sovereign_guarantee") if is_announcement else None,
        evidence=tuple(evidence),
    )


def _first_of(found: list[Found]) -> list[Found]:
    """Return the first cue of each component, in the order of the package."""
    first = {one.value: one for one in reversed(found)}
    return [first[name] for name in COMPONENTS if name in first]


def _term(terms: dict[str, Found], kind: str) -> str | None:
    return terms[kind].value if kind in terms else None
