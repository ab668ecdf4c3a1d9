"""The page of `atlas report` in a browser without a network: by mouse, by keyboard, on a phone, without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from ingest.home import Home
from orchestration import report
from tests import report_build
from tests.browser import chromium

pytestmark = pytest.mark.slow
# As many stops as a reader with a keyboard may need to get to the drawing.
FEW_STOPS = 20


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("report"))
    report_build.publish(home, report_build.rows())
    return report.write(home)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


class Reader:
    """A page opened from its file without a network; what it asked for and complained of is kept."""

    def __init__(self, context: BrowserContext, file: Path) -> None:
        context.set_offline(True)
        self.page: Page = context.new_page()
        self.asked: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(file.as_uri())

    def fill(self, iso3: str) -> str:
        return self.page.evaluate(f"getComputedStyle(document.querySelector('#world a[data-iso3={iso3}] path')).fill")

    def focused(self) -> str:
        """Return the id, country or address of what has the focus."""
        return self.page.evaluate(
            "(e => e.id || (e.dataset && e.dataset.iso3) || e.getAttribute('href') || '')(document.activeElement)"
        )

    def tab_to(self, wanted: str) -> None:
        for _ in range(FEW_STOPS):
            self.page.keyboard.press("Tab")
            if self.focused() == wanted:
                return
        raise AssertionError(f"{wanted} is not among the first {FEW_STOPS} stops")


@pytest.fixture
def reader(browser: Browser, written: Path) -> Iterator[Reader]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = Reader(context, written)
    yield opened
    assert opened.complaints == []
    assert [address for address in opened.asked if address not in (written.as_uri(), "data:,")] == []
    context.close()


def test_the_selector_recolours_the_map_and_unknown_stays_hatched(reader: Reader):
    before = {iso3: reader.fill(iso3) for iso3 in ("USA", "NOR", "KEN", "ISL")}
    assert "#hatch" in before["NOR"]
    assert "#hatch" in before["KEN"]
    assert "#dots" in before["ISL"]
    assert before["USA"].startswith("rgb")
    reader.page.select_option("#metric", "control")
    assert "#dots" in reader.fill("NOR")
    assert "#hatch" in reader.fill("ISL")
    assert reader.fill("USA").startswith("rgb")
    assert reader.fill("USA") != before["USA"]
    label = reader.page.get_attribute("#world a[data-iso3=USA]", "aria-label")
    assert label == "United States. US-owned share of AI chips in the country: 70–80\u202f%, grade B"
    assert reader.page.locator(".rank:visible h3").all_inner_texts() == ["US-owned share of AI chips in the country"]


def test_the_keyboard_alone_reaches_selector_country_and_section(reader: Reader):
    reader.page.keyboard.press("Tab")
    assert reader.focused() == "#main"
    reader.tab_to("metric")
    reader.page.keyboard.press("ArrowDown")
    assert reader.page.input_value("#metric") == "outlook"
    reader.tab_to("ISL")
    reader.page.keyboard.press("u")
    assert reader.focused() == "USA"
    reader.page.keyboard.press("ArrowLeft")
    assert reader.focused() == "TUV"
    reader.page.keyboard.press("n")
    assert reader.page.inner_text("#readout").startswith("Norway. Likely to be added by 2030")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_function("document.activeElement.id === 'c-NOR'")
    assert reader.page.evaluate("document.querySelector('#c-NOR').getBoundingClientRect().top < innerHeight")


def test_the_search_narrows_the_countries_and_enter_opens_the_first(reader: Reader):
    reader.page.fill("#find", "malt")
    assert reader.page.locator("#index li:visible").all_inner_texts() == ["Malta"]
    reader.page.press("#find", "Enter")
    reader.page.wait_for_function("document.activeElement.id === 'c-MLT'")


def test_a_mark_of_the_timeline_leads_to_its_event(reader: Reader):
    reader.page.focus("#timeline .time a[tabindex='0']")
    reader.page.keyboard.press("End")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_function("document.activeElement.id === 'e-e-paused'")
    assert "Stargate & Sons" in reader.page.inner_text("#e-e-paused")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_light_and_dark(browser: Browser, written: Path, scheme: str):
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = Reader(context, written).page
    ratios = page.evaluate("""() => {
        const canvas = document.createElement('canvas').getContext('2d');
        const light = (colour) => {
            canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
            const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const of = (name) => light(getComputedStyle(document.documentElement).getPropertyValue(name));
        const ratio = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        const told = {};
        for (const text of ['--ink', '--soft', '--link', '--accent'])
            for (const ground of ['--page', '--panel']) told[text + ' on ' + ground] = ratio(of(text), of(ground));
        return told;
    }""")
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}
    context.close()


def test_a_phone_shows_the_page_without_moving_it_sideways(browser: Browser, written: Path):
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = Reader(context, written).page
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate("document.querySelector('#world').getBoundingClientRect().width") <= 390
    context.close()


def test_without_scripts_the_first_map_and_every_table_show(browser: Browser, written: Path):
    context = browser.new_context(java_script_enabled=False)
    reader = Reader(context, written)
    assert not reader.page.locator("#metric").is_visible()
    assert reader.page.locator(".rank:visible").count() == 5
    assert reader.page.locator("figure.world .legend:visible").count() == 1
    assert reader.page.locator("#world a").first.is_visible()
    assert reader.complaints == []
    context.close()
