#!/usr/bin/env python3
"""bully_sim advise from outside: its errors, its JSON, and whether its output can be pasted."""
import json

from cli_support import CRASH, CliTest, HELD, USAGE, bully_sim, main

QUICK = ("--seeds", 10, "--calm", "60s")


class Advise(CliTest):
    def refused(self, *arguments):
        run = bully_sim("advise", *arguments)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        return run.stderr.decode()

    def test_errors_say_what_was_expected(self):
        self.assertIn("neither --delay nor --delay-from", self.refused())
        for wrong, *said in (
                ("triangular:1ms,2ms", "triangular", "expected"),
                ("uniform:1ms", "uniform", "expected"),
                ("uniform:9ms,1ms", "uniform", "expected"),
                ("lognormal:5ms,0.5,7,8", "too many values", "expected"),
                ("5", "5", "expected", "uniform:1ms,10ms"),
                ("lognormal:5ms,50", "one message in a million takes", "expected at most 600s"),
                ("300h", "takes 1080000s or more", "expected at most 600s"),
                ("0ms", "a delay of zero, expected a time above zero")):
            error = self.refused("--delay", wrong)
            for part in ("--delay", *said):
                self.assertIn(part, error, wrong)
        for name, wrong in (("--loss", "110%"), ("--loss", "-1%"), ("--processes", "1"), ("--processes", "5x"),
                            ("--stall", "1h"), ("--stall", "1s,2s"), ("--stall", "1s,900ms"),
                            ("--stall", "90h,80h"), ("--seeds", "1"), ("--calm", "1s"),
                            ("--jobs", "0")):
            error = self.refused("--delay", "5ms", f"{name}={wrong}")
            self.assertIn(name, error)
            self.assertIn(f"`{wrong}`, expected", error)

    def test_a_bad_file_of_delays_is_named(self):
        missing = self.folder / "missing.txt"
        self.assertIn(str(missing), self.refused("--delay-from", missing))
        wrong = self.write("wrong.txt", "1ms\n2ms\nthree\n")
        error = self.refused("--delay-from", wrong)
        self.assertIn("wrong.txt:3", error)
        self.assertIn("expected", error)
        self.assertIn("expected", self.refused("--delay-from", self.write("empty.txt", "")))
        good = self.write("good.txt", "1ms\n")
        self.assertIn("--delay", self.refused("--delay", "5ms", "--delay-from", good))

    def test_a_file_of_equal_delays_is_that_delay(self):
        samples = self.write("it's.txt", "5ms\n5ms\n")
        runs = [bully_sim("advise", *delay, *QUICK, "--json")
                for delay in (("--delay-from", samples), ("--delay", "5ms"))]
        for run in runs:
            self.assert_ends(run, HELD)
        from_file, constant = (json.loads(run.stdout) for run in runs)
        self.assertEqual(from_file["front"], constant["front"])
        self.assertEqual(from_file["longest_delay_ns"], 5_000_000)

    def test_one_hour_is_no_hours(self):
        run = bully_sim("advise", "--delay", "5ms", "--seeds", 10, "--calm", "1h")
        self.assert_ends(run, HELD)
        text = " ".join(run.stdout.decode().split())
        self.assertIn(" in 1 hour, so ", text)
        self.assertNotRegex(text, r"[^\d.]1 \w+s\b")

    def test_same_with_any_number_of_jobs(self):
        runs = [bully_sim("advise", "--delay", "lognormal:5ms,0.5", *QUICK, "--jobs", jobs, *seed)
                for jobs, seed in ((1, ()), (4, ()), (1, ("--seed", 77)))]
        for run in runs:
            self.assert_ends(run, HELD)
        self.assertEqual(runs[0].stdout, runs[1].stdout)
        self.assertNotEqual(runs[0].stdout, runs[2].stdout)

    def test_what_it_recommends_is_a_scenario_that_holds(self):
        run = bully_sim("advise", "--delay", "uniform:1ms,10ms", "--seeds", 50, "--json")
        self.assert_ends(run, HELD)
        advice = json.loads(run.stdout)
        chosen = advice["recommended"]
        self.assertIn(chosen, advice["front"])
        self.assertEqual(chosen["broken_conditions"], [])
        # The calm of its check is long enough to show what it's recommended for.
        self.assertEqual(chosen["check"]["false_elections"]["seen"], 0)
        self.assertLessEqual(chosen["check"]["false_elections"]["a_day_interval"][1], 1)
        self.assertNotIn("isn't shown", advice["reason"])
        # Four followers send a PROBE once a gap and a round trip of 11ms on the average, each gets an OK.
        for setting in advice["front"]:
            if setting["broken_conditions"]:
                continue  # false elections cost more
            gap = sum(setting["probe_gap_ns"]) / 2e9 + 0.011
            # R8: five JOINs and four COORDINATORs in 45 s.
            self.assertAlmostEqual(setting["messages_a_second"], 8 / gap, delta=0.02 * 8 / gap + 9 / 45)
        world = "network: {delay: {uniform: [1ms, 10ms]}}\n"
        scenario = self.write("pasted.yaml", CRASH + world + advice["scenario_timing"])
        held = bully_sim(scenario)
        self.assert_ends(held, HELD)


if __name__ == "__main__":
    main()
