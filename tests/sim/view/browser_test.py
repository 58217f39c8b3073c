#!/usr/bin/env python3
"""The page of bully_sim view in a real browser: Chromium, without a window, by the file alone.

Usage: browser_test.py BULLY_SIM REPO_ROOT [unittest options]; BULLY_PICTURES=FOLDER keeps a picture of each scenario there.
"""
import json
import os
import pathlib
import re
import time
import unittest

from cli_support import CRASH, CliTest, HELD, ROOT, bully_sim, main
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.chrome.service import Service

CRASH_FILE = ROOT / "scenarios/leader_crash.yaml"
PARTITION = ROOT / "scenarios/partition_heals.yaml"
PATIENCE = 30  # seconds; the machine may be busy


def chromium():
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1300,1000"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


def timeline(scenario, *words):
    """The lines of the timeline, as (time, text), without the first, which tells of a settled group, and the last."""
    shown = bully_sim(scenario, *words).stdout.decode()
    lines = re.findall(r"^ *([\d.]+s)  [ +│★?…○✗‖◄]*(.*)$", shown.split("\nleader ")[0], re.MULTILINE)
    return [(at, text) for at, text in lines if text != "the end" and ", settled" not in text]


class Browser(CliTest):
    @classmethod
    def setUpClass(cls):
        cls.driver = chromium()
        cls.addClassCleanup(cls.driver.quit)

    def open(self, scenario, *words, fragment="", scheme="light", width=1300, height=1000):
        page = self.folder / "run.html"
        run = bully_sim("view", scenario, "-o", page, *words)
        self.assertEqual(run.returncode, HELD, run.stderr)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        self.emulate(scheme)
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.visit(page.as_uri() + fragment)
        self.addCleanup(self.assert_silent)

    def visit(self, address):
        self.driver.get("about:blank")
        self.driver.get(address)
        self.wait(lambda: self.rows() or self.all(".list caption"))

    def emulate(self, scheme, media=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def assert_silent(self):
        self.assertEqual(self.driver.get_log("browser"), [])
        self.assertEqual(self.driver.execute_script("return performance.getEntriesByType('resource').length"), 0)

    def wait(self, condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), end, "it never came")
            time.sleep(0.05)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def rows(self):
        """(time, "process: text") of each line of the table."""
        cells = self.driver.execute_script(
            "return [...document.querySelectorAll('.list tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))")
        return [(at, f"{who}: {text}" if who else text) for at, who, text in cells]

    def chosen(self):
        return self.driver.execute_script("return document.querySelector('.list [aria-current] button')?.textContent ?? null")

    def title(self):
        return self.driver.execute_script("return document.querySelector('.panel h2').textContent")

    def count(self, selector):
        return self.driver.execute_script("return document.querySelectorAll(arguments[0]).length", selector)

    def press(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()
        # What a key changes is drawn with the next frame.
        self.driver.execute_async_script("const done = arguments[arguments.length - 1];"
                                         "requestAnimationFrame(() => requestAnimationFrame(done))")

    def hash(self):
        return self.driver.execute_script("return location.hash")

    def keep(self, name):
        folder = os.environ.get("BULLY_PICTURES")
        if folder:
            self.driver.save_screenshot(str(pathlib.Path(folder) / f"{name}.png"))


class Shows(Browser):
    def test_each_line_of_the_timeline(self):
        for scenario, *words in ((CRASH_FILE,), (PARTITION, "--mode", "strict"), (ROOT / "scenarios/stale_coordinator.yaml",),
                                 (ROOT / "scenarios/cold_start_storm_10.yaml",), (ROOT / "scenarios/paused_leader.yaml",)):
            with self.subTest(scenario.stem):
                self.open(scenario, *words)
                self.assertEqual(self.rows(), timeline(scenario, *words))
                self.keep(scenario.stem)

    def test_each_message_and_timer_with_v(self):
        self.open(CRASH_FILE)
        counts = json.loads(bully_sim(CRASH_FILE, "--json").stdout)["messages"]
        answered = counts["PROBE"]["delivered"]  # each is folded into a tick, with its OK
        self.assertEqual(self.count("[data-message]"), sum(of_type["sent"] for of_type in counts.values()) - 2 * answered)
        self.press("v")
        self.assertEqual(self.rows(), timeline(CRASH_FILE, "--verbose"))

    def test_an_arrow_for_each_message_also_for_lost_ones(self):
        for scenario, *words in ((CRASH_FILE,), (PARTITION, "--mode", "strict")):
            with self.subTest(scenario.stem):
                counts = json.loads(bully_sim(scenario, "--json", *words).stdout)["messages"]
                self.open(scenario, *words, fragment="#all=1")
                for message_type, of_type in counts.items():
                    self.assertEqual(self.count(f".{message_type}[data-message]"), of_type["sent"], message_type)
                    self.assertEqual(self.count(f".{message_type}.lost[data-message]"), of_type["lost"], message_type)

    def test_names_are_text(self):
        evil = "<img src=x onerror=\"document.title='evil'\"></script><script>document.title='evil'</script>"
        text = CRASH.replace("name: a crash", f"name: '{evil.replace(chr(39), chr(39) * 2)}'")
        self.open(self.write("evil.yaml", text))
        self.assertEqual(self.driver.execute_script("return document.querySelector('h1').textContent"), evil)
        self.assertEqual((self.count("img"), self.driver.title.startswith("<img")), (0, True))

    def test_in_the_dark_on_paper_and_on_a_narrow_screen(self):
        ground = "return getComputedStyle(document.body).backgroundColor"
        self.open(CRASH_FILE)
        light = self.driver.execute_script(ground)
        self.emulate("dark")
        self.assertNotEqual(self.driver.execute_script(ground), light)
        self.keep("dark")
        self.emulate("dark", "print")
        self.assertEqual(self.driver.execute_script(ground), light)
        controls = "return getComputedStyle(document.querySelector('.controls')).display"
        self.assertEqual(self.driver.execute_script(controls), "none")
        self.assertGreater(len(self.driver.print_page()), 10_000)
        self.open(CRASH_FILE, width=400)
        self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth"), 400)
        self.keep("narrow")


class Obeys(Browser):
    def test_keys_walk(self):
        self.open(CRASH_FILE)
        lines = [text.partition(": ")[2] for _, text in self.rows()]
        self.press("j")
        self.assertEqual((self.chosen(), self.title()), (lines[0], lines[0]))
        self.press("j", "j")
        self.assertEqual(self.chosen(), lines[2])
        self.press("h")
        self.assertEqual(self.chosen(), lines[1])  # also of process 2
        self.press("l", "l")
        self.assertEqual(self.chosen(), "COORDINATOR from 4; follows 4")
        self.press("k")
        self.assertEqual(self.chosen(), "no OK in time; WINS, COORDINATOR to the 4 others")
        self.assertIn("lab 5", self.driver.find_element(By.CSS_SELECTOR, ".panel").text)
        self.press(Keys.ESCAPE)
        self.assertEqual((self.chosen(), self.title()), (None, "The run as a whole"))

    def test_play_goes_on_by_itself(self):
        self.open(CRASH_FILE)
        self.press(" ")
        self.wait(lambda: self.chosen() is not None)
        self.press(" ")

    def test_keys_zoom_and_go(self):
        self.open(CRASH_FILE)
        whole = len(self.rows())
        self.press("g", "8.5s", Keys.ENTER)
        self.assertEqual(self.chosen(), "no OK in time; WINS, COORDINATOR to the 4 others")
        self.press("+", "+", "+")
        self.assertIn("t=", self.hash())
        self.assertLess(len(self.rows()), whole)
        self.press("0")
        self.assertEqual(len(self.rows()), whole)
        self.press("a")
        self.assertIn("axis=linear", self.hash())
        self.press("?")
        self.assertEqual(self.count("dialog[open]"), 1)
        self.press(Keys.ESCAPE)
        self.assertEqual(self.count("dialog[open]"), 0)

    def test_filter(self):
        self.open(CRASH_FILE)
        self.press("/", "wins", Keys.ESCAPE)
        self.assertEqual([text for _, text in self.rows()], ["4: no OK in time; WINS, COORDINATOR to the 4 others"])
        self.assertIn("filter=wins", self.hash())

    def test_violations(self):
        self.open(PARTITION, "--mode", "strict")
        self.press("]")
        self.assertIn("at=s", self.hash())
        self.assertGreater(self.count(".violation"), 0)

    def test_a_link_leads_to_the_same_moment(self):
        self.open(CRASH_FILE)
        self.press("j", "j", "j", "+", "+", "a", "a")
        rows, chosen = self.rows(), self.chosen()
        address = self.driver.current_url
        self.assertIn("axis=order", address)
        self.visit(address)
        self.assertEqual((self.rows(), self.chosen()), (rows, chosen))

    def test_a_click_shows_what_led_to_a_message_and_what_came_of_it(self):
        self.open(CRASH_FILE)
        self.driver.execute_script("window.scrollTo(0, 0)")
        arrow = self.all(".ELECTION.delivered .near")[0]
        ActionChains(self.driver).move_to_element(arrow).click().perform()
        self.wait(lambda: "at=m" in self.hash())
        self.assertRegex(self.title(), "^ELECTION to ")
        dimmed, drawn = self.count(".message.dim[data-message]"), self.count("[data-message]")
        self.assertTrue(0 < dimmed < drawn, (dimmed, drawn))

    def test_everything_has_a_name_for_who_can_not_see_it(self):
        self.open(CRASH_FILE)
        nameless = self.driver.execute_script(
            "return [...document.querySelectorAll('button, input, select')].filter(one => !one.textContent.trim() &&"
            " !one.getAttribute('aria-label') && !(one.labels && one.labels.length)).length")
        self.assertEqual(nameless, 0)
        self.assertEqual([self.count(what) for what in (".list caption", ".list th[scope=col]", "html[lang=en]")], [1, 3, 1])


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
