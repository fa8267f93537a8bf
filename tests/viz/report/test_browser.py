"""Reports in a browser: pointer, keyboard, inputs, versions, widths, dark mode."""

import shutil
import sys
from pathlib import Path

import pytest

import raspir
from raspir import indices, key, query, tokens

selenium = pytest.importorskip("selenium")
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (BROWSER and DRIVER), reason="no Chromium with its driver: pages are not tried in a browser"
)

sys.path.insert(0, str(Path(__file__).parents[3] / "examples"))


@pytest.fixture(scope="module")
def browser():
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    import addition

    file = tmp_path_factory.mktemp("pages") / "add.html"
    file.write_text(raspir.report(addition.add(), ["683+345", "99+1"], vocab="0123456789+"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def page(browser, address):
    resize(browser, 1400)
    browser.get(address)
    yield browser
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def resize(browser, width):
    size = {"width": width, "height": 1000, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def heads(page):
    return page.find_elements("css selector", "#view .head")


def cell(head, row, at):
    return head.find_element("css selector", f'[data-row="{row}"][data-at="{at}"]')


def why(head):
    return head.find_element("css selector", ".why").text


def lit(head):
    cells = head.find_elements("css selector", ".lit[data-row]")
    return sorted(int(each.get_attribute("data-at")) for each in cells)


def point(page, element):
    from selenium.webdriver.common.action_chains import ActionChains

    page.execute_script('arguments[0].scrollIntoView({block: "center", behavior: "instant"})', element)
    ActionChains(page).move_to_element(element).perform()


def press(page, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def test_pointing_at_a_result_shows_which_positions_it_attends_to_and_why(page):
    head = heads(page)[1]
    point(page, cell(head, 2, 7))
    assert lit(head) == [-1, 3, 7, 8]
    assert "Position 2 attends to position 3" in why(head)
    assert "key(indices) = 3 == query(indices + 1) = 3" in why(head)
    assert "'+', as '+' from position 3" in why(head)


def test_pointing_at_an_entry_says_which_comparison_does_not_hold(page):
    head = heads(page)[1]
    point(page, cell(head, 2, 0))
    assert "Position 2 does not attend to position 0" in why(head)
    text = head.find_element("css selector", ".why .no").text
    assert "key(indices) = 0 == query(indices + 1) = 3" in text


def test_a_later_position_is_out_of_the_question_in_a_causal_program(browser, tmp_path):
    file = tmp_path / "hist.html"
    hist = (key(tokens) == query(tokens)).width().name("hist")
    file.write_text(raspir.report(hist, ["abab"], causal=True), encoding="utf-8")
    browser.get(file.as_uri())
    assert browser.find_element("css selector", "#view .layer h3").text == "Layer 1, causal"
    assert "Causal; the mask may change hist" in browser.find_element("css selector", "header .note").text
    (head,) = heads(browser)
    point(browser, cell(head, 0, 2))
    assert why(head).startswith("Position 0 does not attend to position 2, a later one, as the program is causal:")
    assert "key(tokens) = 'a' == query(tokens) = 'a'" in head.find_element("css selector", ".why .yes").text
    point(browser, cell(head, 2, 0))
    assert why(head).startswith("Position 2 attends to position 0:")


def test_leaving_lets_go(page):
    head = heads(page)[0]
    point(page, cell(head, 2, 7))
    point(page, page.find_element("css selector", "h1"))
    assert lit(head) == []
    assert "Point at a position" in why(head)


def test_a_click_keeps_and_escape_lets_go(page):
    from selenium.webdriver.common.keys import Keys

    head = heads(page)[0]
    point(page, cell(head, 1, 7))
    cell(head, 1, 7).click()
    point(page, cell(head, 4, 7))
    assert "Position 1 attends" in why(head)
    assert "pinned" in head.get_attribute("class")
    press(page, Keys.ESCAPE)
    assert "pinned" not in head.get_attribute("class")


def test_arrow_keys_move_within_a_matrix_and_tab_to_the_next(page):
    from selenium.webdriver.common.keys import Keys

    first, second = heads(page)[1:3]
    page.execute_script("arguments[0].focus()", first.find_element("css selector", '[tabindex="0"]'))
    press(page, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert "Position 1 does not attend to position 0" in why(first)
    press(page, Keys.END)
    assert "Position 1 attends to position 2" in why(first)
    press(page, Keys.ENTER)
    assert "pinned" in why(first)
    press(page, Keys.ESCAPE, Keys.TAB)
    assert page.execute_script("return arguments[0].contains(document.activeElement)", second)
    assert len(first.find_elements("css selector", '[data-row][tabindex="0"]')) == 1


def test_inputs_are_switched_by_click_and_by_keys(page):
    from selenium.webdriver.common.keys import Keys

    tabs = page.find_elements("css selector", "[role=tab]")
    tabs[1].click()
    assert tabs[1].get_attribute("aria-selected") == "true"
    row = page.find_element("css selector", "#view > .row").text.split()
    assert row == ["tokens", *"99+1"]
    press(page, Keys.ARROW_LEFT)
    assert tabs[0].get_attribute("aria-selected") == "true"
    assert page.switch_to.active_element == tabs[0]


def test_versions_are_switched(page):
    written, optimized = page.find_elements("css selector", ".versions button")
    layers = len(page.find_elements("css selector", "#view .layer h3"))
    written.click()
    titles = [each.text for each in page.find_elements("css selector", "#view .layer h3")]
    assert titles[-1] == "Layer 6"
    assert written.get_attribute("aria-pressed") == "true"
    optimized.click()
    assert len(page.find_elements("css selector", "#view .layer h3")) == layers


@pytest.mark.parametrize("width", [360, 400, 800, 1400])
def test_no_width_needs_to_be_scrolled(page, width):
    resize(page, width)
    assert page.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [390, 800, 1280, 1600])
def test_the_diagram_fits_the_width_and_can_be_read(page, width):
    resize(page, width)
    for details in page.find_elements("css selector", "#diagram details"):
        page.execute_script("arguments[0].open = true", details)
        (shown,) = [svg for svg in details.find_elements("css selector", "svg") if svg.rect["width"]]
        assert details.rect["x"] == pytest.approx(shown.rect["x"], abs=1)
        assert shown.rect["width"] <= details.rect["width"] + 1
        assert shown.rect["width"] >= 0.65 * float(shown.get_attribute("width"))


def test_dark_pages_are_dark(page):
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    body = "return getComputedStyle(document.body).backgroundColor"
    light = page.execute_script(body)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    try:
        assert page.execute_script(body) != light
    finally:
        page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_hostile_names_run_no_script(browser, tmp_path):
    hostile = "</script><img src=x onerror=\"document.title='owned'\">"
    program = (key(tokens) == query(hostile)).value(indices, hostile).name(hostile)
    file = tmp_path / "hostile.html"
    file.write_text(raspir.report(program, [[hostile, "<b>"]], title=hostile), encoding="utf-8")
    browser.get(file.as_uri())
    assert browser.title != "owned"
    assert browser.find_elements("css selector", "#view .head")
    assert not browser.find_elements("css selector", "img, #view b")
    assert browser.get_log("browser") == []


def test_best_heads_mark_where_they_fetch_from(browser, tmp_path):
    file = tmp_path / "best.html"
    program = (key(indices) < query(indices)).best(tokens, tokens)
    file.write_text(raspir.report(program, [[3, 5, 5, 1]]), encoding="utf-8")
    resize(browser, 1400)
    browser.get(file.as_uri())
    head = heads(browser)[0]
    point(browser, cell(head, 3, 4))
    assert lit(head) == [-1, 1, 4]
    assert "5, from position 1, the best of 3 selected: highest" in why(head)


def test_what_is_not_shown_is_not_said_to_be_nothing(browser, tmp_path):
    file = tmp_path / "far.html"
    file.write_text(
        raspir.report((key(indices) == query(indices - 30)).value(tokens, "_"), ["x" * 50]), encoding="utf-8"
    )
    resize(browser, 1400)
    browser.get(file.as_uri())
    head = heads(browser)[0]
    rows = head.find_elements("css selector", ".c-result[data-row]")
    point(browser, rows[-1])
    assert "attends to 1 omitted position" in why(head)
    assert "= 'x', from 1 omitted position" in why(head)
