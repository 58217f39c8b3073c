#!/usr/bin/env python3
"""bully_sim check from outside: verdicts by exit code, its sentence, its JSON, its errors."""
import json

from cli_support import CRASH, CliTest, HELD, USAGE, VIOLATED, bully_sim, main

UNFINISHED = 4


class Check(CliTest):
    def refused(self, *arguments):
        run = bully_sim("check", *arguments)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        return run.stderr.decode()

    def test_the_wedge_of_mode_strict_is_found_and_shown(self):
        run = bully_sim("check", "--processes", 2, "--mode", "strict", "--faults", "crash=1,restart=1")
        self.assert_ends(run, VIOLATED)
        shown = run.stdout.decode()
        self.assertIn("\n        1 follows 2, 2 follows 1\n", shown)
        self.assertIn("from here on nothing leads to agreement", shown)
        self.assertTrue(shown.splitlines()[-1].startswith("VIOLATED: P14: a run of 2 processes in mode strict"))

    def test_in_mode_robust_it_is_proved(self):
        run = bully_sim("check", "--processes", 2)
        self.assert_ends(run, HELD)
        self.assertIn("It comes at the latest 20 ticks after the last of them, and that is reached; S is 25 ticks.",
                      run.stdout.decode().splitlines()[-1])

    def test_json_says_the_same_and_how_it_comes(self):
        run = bully_sim("check", "--processes", 2, "--mode", "strict", "--json")
        self.assert_ends(run, VIOLATED)
        found = json.loads(run.stdout)
        self.assertEqual((found["verdict"], found["processes"], found["mode"]), ("wedged", 2, "strict"))
        self.assertEqual(found["faults"]["crash"], 1)
        self.assertEqual(found["end"], "1 follows 2, 2 follows 1")
        self.assertEqual(found["ends"], {found["end"]: 120})
        self.assertEqual([step["what"] for step in found["run"]].count("2 crashes"), 1)
        ticks = [step["tick"] for step in found["run"]]
        self.assertEqual(ticks, sorted(ticks))

    def test_without_the_memory_it_is_not_proved(self):
        run = bully_sim("check", "--processes", 4, "--memory", "16M")
        self.assert_ends(run, UNFINISHED)
        last = run.stdout.decode().splitlines()[-1]
        self.assertTrue(last.startswith("NOT DECIDED: the memory was used up"), last)
        self.assertIn("What is shown: every run with at most", last)

    def test_a_scenario_gives_group_and_faults(self):
        path = self.write("crash.yaml", CRASH)
        found = json.loads(bully_sim("check", path, "--json").stdout)
        self.assertEqual((found["processes"], found["faults"]["crash"], found["faults"]["restart"]), (3, 1, 0))
        found = json.loads(bully_sim("check", path, "--processes", 2, "--faults", "crash=1,refused", "--json").stdout)
        self.assertEqual((found["processes"], found["refused"]), (2, True))
        coarse = self.write("coarse.yaml", CRASH + "network: {delay: {uniform: [500ms, 1s]}}\ngcd: {delay: 500ms}\n"
                            "timing: {answer_timeout: 2500ms, coordinator_timeout: 5500ms, probe_timeout: 2500ms, "
                            "probe_gap: [1500ms, 3s], hold_down: 500ms}\n")
        run = bully_sim("check", coarse, "--timing", "file")
        self.assert_ends(run, HELD)
        self.assertIn("a tick is 500ms", run.stdout.decode())
        self.assertIn("22 ticks (11s)", run.stdout.decode())

    def test_errors_say_what_was_expected(self):
        path = self.write("crash.yaml", CRASH)
        for wrong, said in ((("--faults", "crash"), "expected some of crash=N"),
                            (("--faults", "crash=16"), "expected a number up to 15"),
                            (("--faults", "crash=1,crash=1"), "expected each kind once"),
                            (("--processes", 7), "expected a whole number from 1 to 6"),
                            (("--memory", "4"), "expected a size"),
                            (("--ties", "both"), "expected one of free, product"),
                            (("--timing", "file"), "without a scenario"),
                            ((path, "--timing", "file"), "too fine a timing to explore"),
                            ((path, "--timing", "file", "--points", 2), "expected one of them"),
                            ((self.write("feign.yaml", CRASH + "feign: on\n"),), "failures feigned again and again"),
                            (("no such file",), "cannot open")):
            self.assertIn(said, self.refused(*wrong), wrong)


if __name__ == "__main__":
    main()
