"""What is read out of texts: one table per question, each with the look-alikes that must not be read."""

import pytest

from ingest.extraction import extract
from ingest.extraction.facts import columns_of


@pytest.mark.parametrize(
    "text",
    [
        "Introducing Stargate Norway",
        "OpenAI for Greece to bring ChatGPT Edu to secondary schools",
        "Reliance plans AI data centre in Jamnagar",
        "Malta to give all citizens a year of ChatGPT Plus",
        "US approves Nvidia chip exports to UAE's G42",
        "Microsoft halts $1 billion Ohio data centre",
        "OpenAI pauses Stargate UK project over energy costs and regulation",
        "OpenAI y Sur Energy avanzan con un centro de datos de IA en la Patagonia",
        "微软宣布在日本投资100亿美元建设人工智能数据中心",
        "軟銀計劃在法國建設AI數據中心",
    ],
)
def test_an_announcement_is_relevant(text: str) -> None:
    assert extract(text).is_relevant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A Stargate SG-1 reunion is coming to Netflix",
        "Stargate film reboot signs a director",
        "Pension fund joins a sovereign wealth fund in buying government bonds",
        "City bans new data centers until 2028",
        "Data centres to use 22% of Ireland's electricity, regulator says",
        "Drone strikes damage Amazon data centers in Bahrain",
        "Residents protest against a data center near their homes",
        "Why sovereign AI matters",
        "Startup launches data center in orbit",
        "Google buys 200 megawatts of fusion energy",
        "Utility mega-merger worth $60 billion is a bet on data centers",
        "Chip maker signs $10 billion contract to make AI chips in a new fab",
        "xAI raises $20 billion",
        "Introducing OpenAI for Nonprofits",
        "OpenAI opens office in Seoul",
        "Our response to the consultation on data center growth",
        "中国禁止国家资助的数据中心使用外国AI芯片",
        "星际之门系列电影重启",
        "El gobierno prohíbe nuevos centros de datos",
    ],
)
def test_what_only_looks_like_an_announcement_is_not(text: str) -> None:
    facts = extract(text)
    assert not facts.is_relevant
    # Nothing of a deal is told of a text that announces none.
    assert (facts.money, facts.components, facts.stage) == ((), (), None)


@pytest.mark.parametrize(
    ("text", "sites", "parties"),
    [
        ("Abu Dhabi's MGX to build data center in France", ["FRA"], ["ARE"]),
        ("Saudi Arabia's DataVolt to invest $20 billion in US AI data centers", ["USA"], ["SAU"]),
        ("Brazil courts Chinese tech giants for data center", ["BRA"], ["CHN"]),
        ("Google picks Visakhapatnam for its largest AI hub outside US", ["IND"], ["USA"]),
        ("US approves Nvidia chip exports to UAE", ["ARE"], ["USA"]),
        ("Armenia wins US licence for AI data center chips", ["ARM"], ["USA"]),
        ("OpenAI drops Norwegian data center, days after pausing one in the UK", ["NOR"], ["GBR"]),
        ("Iran threatens a Stargate data center in Abu Dhabi", ["ARE"], ["IRN"]),
        ("Data centers in Kenya, Rwanda and Uganda get a new owner", ["KEN", "RWA", "UGA"], []),
        # The only country named is the best there is, even as where somebody comes from.
        ("India's Adani to build AI data centers", ["IND"], []),
        # A continent is named as the site: which country is not known.
        ("Abu Dhabi's MGX to build Europe's largest AI campus", [], ["ARE"]),
        ("Dubai-backed fund to build an AI data center", [], ["ARE"]),
        ("Amazon to build data centers in Northern Indiana", ["USA"], []),
        ("Meta breaks ground on data center in Lebanon, Indiana", ["USA"], []),
        ("New Mexico approves Stargate data center", ["USA"], []),
        ("New South Wales approves AirTrunk data centre", ["AUS"], []),
        ("Georgia county approves data center", ["USA"], []),
        ("Georgian government plans AI data center in Tbilisi", ["GEO"], []),
        ("Wales to host AI growth zone", ["GBR"], []),
        ("Omantel of Oman in data center deal in Romania", ["ROU"], ["OMN"]),
        ("Papua New Guinea plans data center", ["PNG"], []),
        ("Niger plans data center with help from Nigeria", ["NER"], ["NGA"]),
        ("Nvidia to supply chips to Türkiye", ["TUR"], []),
        ("Data center goals of the Paris Agreement", [], []),
        ("Michael Jordan invests in data centers", [], []),
        ("Jordan signs data center deal", ["JOR"], []),
        ("Show us the data centers", [], []),
        ("Data center on Long Island", [], []),
        ("Data center in Athens, Georgia", ["USA"], []),
        ("Data center in Tbilisi, Georgia", ["GEO"], []),
        ("Centro de datos en Granada", ["ESP"], []),
        ("Data center in the Democratic Republic of Congo", ["COD"], []),
        ("Microsoft invertirá US$ 2.900 millones en Japón", ["JPN"], []),
        ("在沙特建数据中心", ["SAU"], []),
        ("Rechenzentrum in Deutschland", ["DEU"], []),
        ("Kosovo plans AI data center", ["XKX"], []),
    ],
)  # fmt: skip
def test_the_country_of_the_site_is_told_from_those_of_parties(text: str, sites: list[str], parties: list[str]) -> None:
    facts = extract(text)
    assert (list(facts.countries), list(facts.party_countries)) == (sites, parties)


@pytest.mark.parametrize(
    ("text", "capacities"),
    [
        ("500MW data center", [(500, "announced")]),
        ("1-gigawatt data center campus", [(1000, "announced")]),
        ("data center of 1.4GW", [(1400, "announced")]),
        ("data center of 1,4 GW", [(1400, "announced")]),
        ("2,000 MW for data centers", [(2000, "announced")]),
        ("centro de datos de hasta 500 megavatios", [(500, "up_to")]),
        ("100MW AI data center in India, eyes 1GW", [(100, "phase1"), (1000, "target")]),
        ("first 200MW of 1GW data center cluster", [(200, "phase1"), (1000, "target")]),
        ("1GW in a 5GW data center campus", [(1000, "phase1"), (5000, "target")]),
        ("data center of 100-150 MW", [(150, "announced")]),
        ("Data center expansion to 2GW axed, capping it at 1.2GW", [(2000, "cancelled_target"), (1200, "cap")]),
        ("Ministry allocates 2,000 MW of electricity to AI data centers", [(2000, "power_allocation")]),
        ("facility for data centers of 16 gigawatts", [(16000, "source_error")]),
        ("建设1吉瓦数据中心", [(1000, "announced")]),
        ("150兆瓦AI数据中心", [(150, "announced")]),
        ("500MW solar-powered data center", [(500, "announced")]),
        ("Drops plan to expand data center to 2GW", [(2000, "cancelled_target")]),
        # Power that is made, stored, burnt or bought.
        ("200MW of wind power for data centers", []),
        ("300 MW battery beside the data center", []),
        ("solar farm of 200 MW will feed the data center", []),
        ("Data center operator signs power purchase agreement for 150 MW", []),
        ("megawatt-class turboprop of 2 MW flies", []),
        ("A 900 MW interconnector between islands", []),
        ("data center used 500 MWh", []),
    ],
)
def test_megawatts_of_data_centers_have_a_role_and_others_are_none(
    text: str, capacities: list[tuple[float, str]]
) -> None:
    assert [(one.mw, one.role) for one in extract(text).capacities] == capacities


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("$10 billion AI data center in India planned", [(10e9, "USD", "exact")]),
        ("Plans €1.5bn data center", [(1.5e9, "EUR", "exact")]),
        ("Invests over 20 billion euros in a sovereign cloud data center", [(20e9, "EUR", "at_least")]),
        ("Pledges up to $50 billion for data centers", [(50e9, "USD", "up_to")]),
        ("Signs data center deal worth $30 billion a year", [(30e9, "USD", "per_year")]),
        ("Plans data center with $105 billion guarantee", [(105e9, "USD", "guarantee")]),
        ("Plans data centers for $500 billion Stargate project", [(500e9, "USD", "umbrella")]),
        ("Plans data centre for nearly ₹1.3 lakh crore", [(1.3e12, "INR", "approximate")]),
        ("Invests Rs 500 crore in data centre", [(5e9, "INR", "exact")]),
        ("Invests ₹1,25,000 crore in data centre", [(1.25e12, "INR", "exact")]),
        ("Invests Rs 1.5-lakh-crore in data centre", [(1.5e12, "INR", "exact")]),
        ("Invierte 2 billones de euros en centros de datos", [(2e12, "EUR", "exact")]),
        ("Invertirá 25.000 millones de dólares en un centro de datos", [(25e9, "USD", "exact")]),
        ("Investirà 5 miliardi di euro in un data center", [(5e9, "EUR", "exact")]),
        ("Investiert 11 Milliarden Euro in ein Rechenzentrum", [(11e9, "EUR", "exact")]),
        ("投资100亿美元建设数据中心", [(10e9, "USD", "exact")]),
        ("在中国投资¥50亿建设数据中心", [(5e9, "CNY", "exact")]),
        ("Invierte 5 mil 400 millones de dólares en un centro de datos", [(5.4e9, "USD", "exact")]),
        ("Puts 200 billion reais ($37 billion) in data center", [(200e9, "BRL", "exact"), (37e9, "USD", "converted")]),
        ("To invest A$4.5 billion in data centre", [(4.5e9, "AUD", "exact")]),
        ("To invest $30-50 billion in data centers", [(50e9, "USD", "exact")]),
        # What is no money of a deal.
        ("Data center builder Nscale, at a valuation of $5.5 billion, plans site in Norway", []),
        ("OpenAI plans data center as revenue hits $20 billion", []),
        ("Meta fined $375 million, plans data center in Texas", []),
        ("OpenAI data center in Japan would add $10 billion to GDP", []),
        ("OpenAI plans data center in Japan at $40 per MWh", []),
    ],
)  # fmt: skip
def test_money_of_a_deal_has_currency_and_role_and_other_sums_are_none(
    text: str, money: list[tuple[float, str, str]]
) -> None:
    assert [(one.amount, one.currency, one.qualifier) for one in extract(text).money] == money


def test_a_bare_dollar_is_the_outlets_own() -> None:
    text = "TikTok to invest over $57b in data centre"
    assert extract(text, "https://example.com.au/a").money[0].currency == "AUD"
    assert extract(text, "https://example.com/au").money[0].currency == "USD"
    assert extract(text, "http://[broken").money[0].currency == "USD"


@pytest.mark.parametrize(
    ("text", "gpus"),
    [
        ("Nvidia to supply over 260,000 Blackwell AI chips", 260_000),
        ("Data center with 8,000 GPUs, later 31,000 GPUs", 31_000),
        ("将供应26万块GPU", 260_000),
        ("Meta to install 1.3 million Nvidia AI GPUs", 1_300_000),
        ("交付60万枚英伟达芯片", 600_000),
        ("Nvidia launches RTX 5090 GPUs", None),
        ("A data center with H200 GPUs and GB300 chips", None),
        ("In 2026 GPUs will be scarce", None),
        ("$2,000 GPUs are sold out", None),
        ("Fab creates 3,000 jobs making chips", None),
    ],
)
def test_accelerators_are_counted(text: str, gpus: int | None) -> None:
    assert extract(text).gpus == gpus


@pytest.mark.parametrize(
    ("text", "vendors"),
    [
        ("Stargate comes to Norway", ["OpenAI"]),
        ("英伟达和软银建设数据中心", ["NVIDIA", "SoftBank"]),
        ("Mistral, Europe's answer to OpenAI, to build data center", ["Mistral AI"]),
        ("Data center for a rival of Anthropic planned", []),
        ("OpenAI rival Anthropic to build data center", ["Anthropic"]),
        ("ByteDance-owned TikTok to build data center", ["TikTok"]),
        ("Stargate-style data center planned", []),
        ("ByteDance's TikTok to build data center", ["TikTok"]),
        ("OpenAI's Oracle deal for a data center", ["OpenAI", "Oracle"]),
        ("AWS and Amazon to build a data center", ["Amazon"]),
        ("Meta to build data center", ["Meta"]),
        ("A meta study of data centers", []),
        ("Microsoft Teams collects data of pupils", []),
        ("A Stargate SG-1 reunion", []),
    ],
)
def test_vendors_have_one_name_each(text: str, vendors: list[str]) -> None:
    assert list(extract(text).vendors) == vendors


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Microsoft plans data center in Kenya", "announced"),
        ("Microsoft in talks to build data center in Kenya", "negotiating"),
        ("Microsoft signs letter of intent for data center in Kenya", "negotiating"),
        ("Microsoft signs memorandum of understanding for data center in Kenya", "negotiating"),
        # On anything but works the memorandum is the deal.
        ("Anthropic and Rwanda sign MOU for AI in health and education", "signed"),
        ("Microsoft inks data center deal in Kenya", "signed"),
        ("Microsoft expected to sign data center deal in Kenya", "announced"),
        ("Microsoft breaks ground on data center in Kenya", "under_construction"),
        ("Microsoft to break ground on data center in Kenya", "announced"),
        ("Microsoft opens data center in Kenya", "operational"),
        ("Microsoft data center in Kenya to go live in 2027", "announced"),
        ("Microsoft pauses data center in Kenya", "paused"),
        ("Microsoft scraps data center in Kenya", "cancelled"),
        ("Microsoft has no plans to pause its data center in Kenya", "announced"),
        ("Microsoft may cancel data center in Kenya", "announced"),
        ("Microsoft denies it cancels data center in Kenya", "announced"),
        ("Microsoft opens door to data center in Kenya", "announced"),
        ("OpenAI resumes construction of Stargate UK", "under_construction"),
        ("微软尚未在肯尼亚动工建设数据中心", "announced"),
        ("Microsoft firma memorándum para un centro de datos en Chile", "negotiating"),
        ("OpenAI negocia un centro de datos en Chile", "negotiating"),
        ("OpenAI暂停英国星际之门项目", "paused"),
        ("阿联酋星际之门首期200兆瓦将于2026年上线", "announced"),
    ],
)
def test_the_stage_is_the_most_sober_reading(text: str, stage: str) -> None:
    assert extract(text).stage == stage


@pytest.mark.parametrize(
    ("text", "components"),
    [
        ("Introducing Stargate Norway", ["data_center"]),
        ("OpenAI brings ChatGPT Edu to schools in Estonia", ["localized_chatgpt"]),
        ("OpenAI and Thailand launch accelerator for AI startups", ["startup_fund"]),
        ("Anthropic and Australia sign MOU for AI safety", ["safety_security_governance"]),
        ("ChatGPT maker OpenAI plans data center in India", ["data_center"]),
        ("Introducing OpenAI for Australia", []),
    ],
)
def test_parts_of_the_package_are_told_apart(text: str, components: list[str]) -> None:
    assert list(extract(text).components) == components


def test_terms_are_told_only_where_the_text_tells_them() -> None:
    facts = extract("G42 and Microsoft form joint venture, leasing a data center in Kenya with a sovereign guarantee")
    assert (facts.ownership, facts.sovereign_guarantee, facts.public_cofunding) == ("joint_venture", "yes", None)
    denied = extract("Nscale to build data center in Norway, privately funded, no state aid")
    assert denied.public_cofunding == "no"


def test_evidence_points_into_the_text_and_holds_none_of_it() -> None:
    text = "“OpenAI” – taps Tata for 100\u00a0MW AI data center in India,\nfor $2 billion and 5,000 GPUs"
    facts = extract(text)
    at = {one.field: text[one.start : one.end] for one in facts.evidence}
    assert at["capacity_mw"] == "100\u00a0MW"
    assert (at["countries"], at["money"], at["gpus"], at["vendors"]) == ("India", "$2 billion", "5,000", "Tata")
    assert "taps" not in columns_of(facts)["evidence"]


def test_columns_keep_what_is_unknown_apart_from_zero() -> None:
    columns = columns_of(extract("OpenAI taps Tata for 100MW AI data center in India, eyes 1GW"))
    assert (columns["capacity_mw"], columns["capacity_mw_phase1"], columns["capacity_mw_target"]) == (None, 100, 1000)
    assert columns["investment_amount"] is None and columns["gpu_count"] is None
    assert (columns["site_iso3s"], columns["vendors"]) == ("IND", "OpenAI;Tata")


def test_what_takes_away_counts_in_the_title_alone() -> None:
    title = "OpenAI to build 500MW data center in Norway"
    assert extract(f"{title}\nRegulators warn of risk; residents protest, a survey says").is_relevant
    assert not extract(f"Survey warns of risk, residents protest\n{title}").is_relevant
