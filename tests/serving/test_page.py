"""The page in a real Chromium: a visitor's first minutes, by mouse and by keyboard, in both languages; nothing is fetched from elsewhere."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.chrome.service import Service as ChromeService
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from fewrec import sample
from fewrec.data import to_interactions
from fewrec.encoders import load_encoder
from fewrec.evaluation import KShotSettings, Run, evaluate, write_html
from fewrec.models.registry import factory_of
from fewrec.preparation import prepare_catalogue

from .conftest import listening

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--window-size=1200,1500", "--lang=en-US", "--force-device-scale-factor=1",
)  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="chromium and chromedriver are not installed")


def evaluated() -> dict[str, Any]:
    """A small evaluation of the sample."""
    data = sample.load()
    catalogue, _ = prepare_catalogue(data.items, load_encoder("fast"))
    interactions, _ = to_interactions(data.events, catalogue.ids)
    settings = KShotSettings(seeds=1, k=(1,), train_users=("all",), metrics=("ndcg@10",))
    models = {name: factory_of(name) for name in ("popularity", "random")}
    return evaluate("kshot", models, run=Run(progress=False), settings=settings, catalogue=catalogue, interactions=interactions)


@pytest.fixture(scope="module")
def site(fitted_films: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path = Path(shutil.copytree(fitted_films, tmp_path_factory.mktemp("site") / "store"))
    write_html(evaluated(), path / "evaluation.html")
    with listening(path, log_requests=False) as url:
        yield url


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=ChromeService(DRIVER))
    yield driver
    driver.quit()


class Page:
    def __init__(self, browser: webdriver.Chrome, url: str) -> None:
        self.browser, self.url = browser, url

    def open(self, view: str = "#/") -> None:
        self.browser.get("about:blank")
        self.browser.get(f"{self.url}/{view}")
        self.settled()

    def fresh(self, language: str = "en") -> None:
        self.open()
        self.browser.execute_script("sessionStorage.clear(); localStorage.setItem('language', arguments[0])", language)
        self.open()

    def settled(self) -> None:
        """Nothing is under way, and something is drawn."""
        script = (
            "const m = document.getElementById('main'); return m && !m.hasAttribute('aria-busy') && m.childElementCount > 0"
        )
        WebDriverWait(self.browser, 20).until(lambda browser: browser.execute_script(script))

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def one(self, css: str) -> WebElement:
        return self.browser.find_element(By.CSS_SELECTOR, css)

    def list(self) -> list[str]:
        """Ids of the list, read in one step: it may be drawn anew at any moment."""
        script = "return [...document.querySelectorAll('ol.list > li')].map((each) => each.dataset.item)"
        return [str(each) for each in self.browser.execute_script(script)]

    def wait(self, until: Callable[[], object]) -> None:
        """Until it holds, whatever is drawn meanwhile; then until nothing is under way."""
        passing = (StaleElementReferenceException, NoSuchElementException)
        WebDriverWait(self.browser, 20, ignored_exceptions=passing).until(lambda _: until())
        self.settled()

    def click(self, css: str) -> None:
        self.one(css).click()
        self.settled()

    def picture(self, name: str) -> None:
        """A screenshot for the docs, where FEWREC_SCREENSHOTS names a folder."""
        if folder := os.environ.get("FEWREC_SCREENSHOTS"):
            self.browser.save_screenshot(str(Path(folder) / f"{name}.png"))


@pytest.fixture
def page(browser: webdriver.Chrome, site: str) -> Page:
    return Page(browser, site)


def test_a_visitor_says_a_sentence_likes_and_dislikes(page: Page) -> None:
    page.fresh()
    start = page.list()
    assert len(start) == 10
    assert page.all("#taste") == []
    page.one("#sentence").send_keys("I love science fiction", Keys.ENTER)
    page.wait(lambda: page.all("#taste"))
    page.settled()
    assert page.list() != start
    assert "science fiction" in page.one("main").text.lower()
    assert "you said “I love science fiction”" in page.one("ol.list").text
    assert "±" in page.one("ol.list > li .score").text
    assert page.one("#status").text.startswith("The list was updated")
    assert page.browser.switch_to.active_element.get_attribute("id") == "sentence"  # the next sentence can be typed at once
    first, taste = page.list()[0], page.one("#taste").text
    page.click("ol.list > li:first-child button")
    assert first not in page.list()
    assert "you liked" in page.one("ol.list").text
    second = page.list()[0]
    page.click("ol.list > li:first-child button + button")
    assert second not in page.list()
    assert "you disliked" in page.one("ol.list").text
    assert page.one("#taste").text.startswith("Likes: ")
    assert len(page.all(".chips:not(.claims) li")) == 3
    page.picture("page-en")
    page.click(".chips:not(.claims) li:last-child button")
    assert len(page.all(".chips:not(.claims) li")) == 2
    assert second in page.list() or page.one("#taste").text != taste
    page.open()
    assert len(page.all(".chips:not(.claims) li")) == 2  # kept in this tab


def test_what_was_understood_is_shown_as_chips(page: Page) -> None:
    page.fresh("zh")
    page.one("#sentence").send_keys("我对科幻片很感兴趣，不喜欢恐怖片", Keys.ENTER)
    page.wait(lambda: len(page.all(".claims li")) == 2)
    assert "科幻" in page.one(".claims li").text
    assert "恐怖" in page.one(".claims .ruled-out").text
    assert "「科幻」：genres" in page.one("ol.list").text
    page.picture("page-understood")


def test_questions_are_answered_and_others_take_their_place(page: Page) -> None:
    page.fresh()
    asked = [str(each.get_attribute("data-item")) for each in page.all(".question")]
    assert len(asked) == 5
    page.click(".question button:nth-of-type(3)")  # not known
    left = [str(each.get_attribute("data-item")) for each in page.all(".question")]
    assert asked[0] not in left
    assert len(left) == 5
    before = page.list()
    page.click(".question button:nth-of-type(1)")
    assert page.list() != before
    assert len(page.all(".chips:not(.claims) li")) == 1


def test_chinese_by_keyboard_alone(page: Page) -> None:
    page.fresh("zh")
    assert page.one("html").get_attribute("lang") == "zh-CN"
    keys = webdriver.ActionChains(page.browser)
    page.browser.execute_script("document.activeElement.blur()")
    for _ in range(30):  # the sentence's field is reached with Tab
        keys = webdriver.ActionChains(page.browser)
        keys.send_keys(Keys.TAB).perform()
        if page.browser.switch_to.active_element.get_attribute("id") == "sentence":
            break
    webdriver.ActionChains(page.browser).send_keys("我对科幻片很感兴趣", Keys.ENTER).perform()
    page.wait(lambda: page.all("#taste"))
    page.settled()
    assert page.one("#taste").text.startswith("喜欢：")
    assert "你说“我对科幻片很感兴趣”" in page.one("ol.list").text
    page.picture("page-zh")
    page.click("#language")
    assert page.one("html").get_attribute("lang") == "en"
    assert "In a sentence" in page.one("main").text


EVIL = {"title": "<img src=x onerror=document.title='hacked'>", "description": "<script>document.title='hacked'</script>"}


def test_search_and_item_pages_show_text_as_text(page: Page, site: str) -> None:
    httpx.put(f"{site}/v1/items/evil", json=EVIL)
    page.fresh()
    page.open("#/search")
    page.one("#query").send_keys("<img", Keys.ENTER)
    page.wait(lambda: page.list() == ["evil"])
    page.settled()
    page.click("ol.list a")
    page.wait(lambda: page.one("h1").text.startswith("<img src=x"))
    page.settled()
    assert "<script>" in page.one("dl").text
    assert page.browser.title == "fewrec"
    assert page.all("main img, main script") == []
    page.open("#/item/interstellar")
    assert page.one("h1").text == "星际穿越"
    assert page.one(".taste").text.startswith("About: ")
    assert len(page.list()) == 8
    page.picture("page-item")
    page.click("main .buttons button")
    page.wait(lambda: len(page.all(".chips:not(.claims) li")) == 1)


def test_the_operators_view(page: Page, site: str) -> None:
    httpx.get(f"{site}/v1/users/u01/recommendations")
    page.fresh()
    page.open("#/operator")
    text = page.one("main").text
    for words in (
        "What the store holds",
        "Current: taste, 66 items, 40 users",
        "hit rate",
        "/v1/users/{user_id}/recommendations",
        "u01",
    ):
        assert words in text, words
    page.browser.switch_to.frame(page.one("iframe"))
    assert page.one("h1").text == "Evaluation kshot"
    assert "popularity" in page.one("body").text
    assert "人气" not in page.one("body").text
    sheets = "return document.styleSheets.length"
    WebDriverWait(page.browser, 20).until(lambda browser: browser.execute_script(sheets) == 1)
    shown = "return getComputedStyle(document.querySelector('section')).backgroundColor"
    assert page.browser.execute_script(shown) != "rgba(0, 0, 0, 0)"  # the style sheet is not refused
    page.browser.switch_to.default_content()
    page.picture("page-operator")
    page.browser.find_element(By.LINK_TEXT, "u01").click()
    page.wait(lambda: page.one("h1").text == "user u01")


def test_every_control_has_a_name_and_enough_contrast_in_light_and_dark(page: Page) -> None:
    for scheme in ("light", "dark"):
        page.browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        page.fresh()
        page.one("#sentence").send_keys("no horror please", Keys.ENTER)
        page.wait(lambda: page.all("#taste"))
        page.settled()
        for control in page.all("button, a, input"):
            assert control.accessible_name.strip(), control.get_attribute("outerHTML")
        assert len(page.all("h1")) == 1
        assert page.browser.execute_script(CONTRAST) == [], scheme
        page.picture(f"page-{scheme}")
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


CONTRAST = """
const luminance = (rgb) => { const [r, g, b] = rgb.map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
const behind = (element) => { for (let e = element; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
const bad = [];
for (const element of document.querySelectorAll("body *")) {
  if (![...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || element.tagName === "NOSCRIPT") continue;
  const [a, b] = [luminance(rgb(getComputedStyle(element).color).slice(0, 3)), luminance(behind(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) bad.push(element.outerHTML.slice(0, 80) + " " + ratio.toFixed(2));
}
return bad;
"""


def test_no_other_host_is_asked_and_the_console_is_clean(page: Page, site: str) -> None:
    page.browser.get_log("performance")
    page.browser.get_log("browser")
    page.fresh()
    page.open("#/item/interstellar")
    page.open("#/operator")
    asked = set()
    for entry in page.browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.add(message["params"]["request"]["url"])
    assert any("/v1/recommendations" in url for url in asked)
    own = (site, "about:", "data:", "chrome:", "chrome-untrusted:")  # the browser's own first page may still be loading
    assert [url for url in asked if not url.startswith(own)] == []
    assert page.browser.get_log("browser") == []


def test_with_keys_the_page_asks_for_one(browser: webdriver.Chrome, store_path: Path) -> None:
    from fewrec.store import Store
    from fewrec.store.keys import make_key

    with Store.open(store_path) as store:
        key = store.write(make_key("operator", ["admin"]))
    with listening(store_path, log_requests=False) as url:
        page = Page(browser, url)
        page.open()
        page.one("#key").send_keys(key, Keys.ENTER)
        page.wait(lambda: len(page.list()) == 10)
