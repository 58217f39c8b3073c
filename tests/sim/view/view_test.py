#!/usr/bin/env python3
"""bully_sim view from outside: its files, what the model has, and that a page is safe and always the same."""
import base64
import hashlib
import json
import re
import unittest

from cli_support import CRASH, CliTest, HELD, ROOT, USAGE, bully_sim, main

LEADER_CRASH = ROOT / "scenarios/leader_crash.yaml"
MOST_BYTES = 300_000  # of the page of leader_crash
HAS_PAGE = b"esbuild" not in bully_sim("view", LEADER_CRASH, "-o", "/dev/null").stderr


def element(page, name, attributes=""):
    return re.search(f"<{name}{attributes}>(.*?)</{name}>", page, re.DOTALL).group(1)


class Model(CliTest):
    def model_of(self, scenario, *words):
        run = bully_sim("view", scenario, "--model", "-", *words)
        self.assertEqual(run.returncode, HELD, run.stderr)
        return json.loads(run.stdout)

    def test_has_each_message_that_json_counts(self):
        for name, *words in (("leader_crash",), ("partition_heals", "--mode", "strict"), ("retry_storm",),
                             ("lost_coordinator_to_follower",),
                             ("feign_failure_hour", "--set", "duration=200s", "--set", "expect=[]")):
            with self.subTest(name):
                scenario = ROOT / f"scenarios/{name}.yaml"
                model = self.model_of(scenario, *words)
                summary = json.loads(bully_sim(scenario, "--json", *words).stdout)
                self.assertEqual(model["summary"], summary)
                self.assertEqual((model["format"], model["version"], model["left_out"]), ("bully-view", 1, 0))
                for message_type, counts in summary["messages"].items():
                    messages = [message for message in model["messages"] if message["type"] == message_type]
                    self.assertEqual(sum("copy_of" not in message for message in messages), counts["sent"])
                    for fate in ("delivered", "lost", "to_down"):
                        self.assertEqual(sum(message["fate"] == fate for message in messages), counts[fate], message_type)

    def test_says_what_the_timeline_says(self):
        model = self.model_of(LEADER_CRASH)
        names = {process["number"]: process["name"] for process in model["summary"]["processes"]}
        shown = re.findall(r"^ *([\d.]+s)  [ │★?…✗◄]*(.*)$", bully_sim(LEADER_CRASH).stdout.decode(), re.MULTILINE)
        steps = [f"{names[step['process']]}: {step['text']}" for step in model["steps"] if step["level"] != "detail"]
        told = [text for _, text in shown if ": " in text and "settled" not in text and "CRASHES" not in text]
        self.assertEqual(steps, told)
        self.assertEqual(len(told), 10)

    def test_tells_why(self):
        model = self.model_of(LEADER_CRASH)
        won = next(step for step in model["steps"] if "WINS" in step["text"])
        row = model["rows"][won["row"]]
        self.assertEqual((row["phase"], row["event"], row["rule"]), ("awaiting_answers", "answer_timeout", "lab 5, R4"))
        began = model["steps"][won["cause"]["timer"]]
        self.assertIn("ELECTION from 2", began["text"])
        asked = model["messages"][began["cause"]["message"]]
        self.assertEqual((asked["type"], asked["from"], asked["to"]), ("ELECTION", 2, 4))
        self.assertEqual(won["after"]["leader"], won["process"])


class Page(CliTest):
    def page_of(self, scenario, *words):
        run = bully_sim("view", scenario, "-o", "-", *words)
        self.assertEqual(run.returncode, HELD, run.stderr)
        return run.stdout.decode()

    def test_without_esbuild_says_so(self):
        if HAS_PAGE:
            self.skipTest("bully_sim has the page")
        run = bully_sim("view", LEADER_CRASH, "-o", "-")
        self.assertEqual((run.returncode, run.stdout), (USAGE, b""))

    @unittest.skipUnless(HAS_PAGE, "bully_sim was built without esbuild")
    def test_is_small_and_the_same_each_time(self):
        page = self.page_of(LEADER_CRASH)
        self.assertLess(len(page), MOST_BYTES)
        self.assertEqual(page, self.page_of(LEADER_CRASH))
        self.assertNotEqual(page, self.page_of(LEADER_CRASH, "--seed", "7", "--set", "expect=[]"))

    @unittest.skipUnless(HAS_PAGE, "bully_sim was built without esbuild")
    def test_lets_nothing_run_but_its_script_and_loads_nothing(self):
        page = self.page_of(LEADER_CRASH)
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page).group(1)
        self.assertTrue(policy.startswith("default-src 'none'; "), policy)
        for name, directive in (("script", "script-src"), ("style", "style-src")):
            digest = hashlib.sha256(element(page, name).encode()).digest()
            self.assertIn(f"{directive} 'sha256-{base64.b64encode(digest).decode()}'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(re.findall(r"\b(?:src|href)=", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)), [])

    @unittest.skipUnless(HAS_PAGE, "bully_sim was built without esbuild")
    def test_no_name_ends_the_element_that_it_stands_in(self):
        evil = "</script><script>alert(1)</script><!--"
        page = self.page_of(self.write("evil.yaml", CRASH.replace("name: a crash", f"name: '{evil}'")))
        self.assertNotIn("alert(1)</script>", page)
        self.assertEqual(json.loads(element(page, "script", ' type="application/json" id="view"'))["summary"]["scenario"], evil)

    def test_files(self):
        model = self.folder / "model.json"
        run = bully_sim("view", self.crash, "--model", model)
        self.assertEqual((run.returncode, json.loads(model.read_text())["format"]), (HELD, "bully-view"))
        self.assertIn(b"\nHELD: ", run.stdout)
        for words in (("--model", self.crash), ("--model", self.folder / "absent/model.json"), ("--model", "-", "-o", "-")):
            run = bully_sim("view", self.crash, *words)
            self.assertEqual((run.returncode, run.stdout), (USAGE, b""), words)


if __name__ == "__main__":
    main()
