#!/usr/bin/env python3
"""bully_sim sweep and merge: the same bytes however the work is divided, findings, mistakes."""
import contextlib
import csv
import io
import json
import os
import pathlib
import pty
import re
import shlex
import signal
import subprocess
import time
import xml.etree.ElementTree

from cli_support import (CRASH, CROSSING, HELD, INTERNAL, INTERRUPTED, LOSSY, PROGRAM, ROOT, USAGE, VIOLATED,
                         WRONG_HOPE, CliTest, bully_sim, environment, main, on_terminal)

COMMON = ["--over", "processes=3..5", "--over", "network.loss=0%,4%", "--seeds", "50"]


class Division(CliTest):
    """The same bytes, however the work is divided."""

    def setUp(self):
        super().setUp()
        self.lossy = self.write("lossy.yaml", LOSSY)

    def sweep(self, *options):
        """stdout and the three files."""
        paths = [self.folder / name for name in ("all.json", "all.csv", "all.svg")]
        run = bully_sim("sweep", self.lossy, *COMMON, "--json", paths[0], "--csv", paths[1], "--plot", paths[2],
                        *options)
        self.assert_ends(run, HELD)
        self.assertEqual(run.stderr, b"")
        return (run.stdout, *[path.read_bytes() for path in paths])

    def test_jobs(self):
        one = self.sweep("--jobs", "1")
        for jobs in ("2", "5", "64"):
            self.assertEqual(self.sweep("--jobs", jobs), one)
        self.assertEqual(self.sweep(), one)

    def test_jobs_that_the_system_does_not_grant(self):
        # No memory is left for the stack of any thread but the first.
        run = subprocess.run(["bash", "-c", "ulimit -s 1000000000 && exec \"$@\"", "bash", PROGRAM, "sweep",
                              str(self.lossy), "--seeds", "9", "--jobs", "4", "--json", "-"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), timeout=120)
        self.assert_ends(run, HELD)
        self.assertEqual(run.stdout, bully_sim("sweep", self.lossy, "--seeds", 9, "--json", "-").stdout)

    def shard(self, index, count, *options):
        path = self.folder / "shard-{}.json".format(index)
        self.assert_ends(bully_sim("sweep", self.lossy, *COMMON, "--shard", "{}/{}".format(index, count), "--quiet",
                                   "--json", path, *options), HELD)
        return path

    def test_shards(self):
        whole = self.sweep()
        for count in (1, 3, 7, 64):  # the last: shards without a seed
            shards = [self.shard(index, count) for index in range(1, count + 1)]
            paths = [self.folder / name for name in ("merged.json", "merged.csv", "merged.svg")]
            merged = bully_sim("merge", *reversed(shards), "--json", paths[0], "--csv", paths[1], "--plot", paths[2])
            self.assert_ends(merged, HELD)
            self.assertEqual((merged.stdout, *[path.read_bytes() for path in paths]), whole, count)

    def test_merge_of_the_merged(self):
        self.sweep("--check")
        again = bully_sim("merge", self.folder / "all.json", "--quiet", "--json", "-")
        self.assert_ends(again, HELD)
        self.assertEqual(again.stdout, (self.folder / "all.json").read_bytes())

    def test_merge_refuses_what_does_not_fit(self):
        one, two, three = (self.shard(index, 3) for index in (1, 2, 3))
        other = bully_sim("sweep", self.lossy, *COMMON, "--seed", 9, "--shard", "3/3", "--quiet", "--json",
                          self.folder / "other.json")
        self.assert_ends(other, HELD)
        whole = self.folder / "whole.json"
        self.assert_ends(bully_sim("sweep", self.lossy, *COMMON, "--quiet", "--json", whole), HELD)
        self.lossy.write_text(LOSSY + "about: another\n", encoding="utf-8")
        changed = self.shard(4, 4).rename(self.folder / "changed.json")
        garbage = self.write("garbage.json", '{"format": "bully sweep", "version": 3}')
        broken = self.write("broken.json", "{")
        damaged = self.write("damaged.json", three.read_text(encoding="utf-8").replace('"sum":[0,', '"sum":[0,9', 1))
        text = three.read_text(encoding="utf-8")
        apart = self.write("apart.json", re.sub(r'"lost_agreement":\d+', '"lost_agreement":1017', text, count=1))
        cut = self.write("cut.json", re.sub(r'"agreed":\d+', '"agreed":3', text, count=1))
        for files, message in (((one, three), "shard 2/3 is missing, expected all 3"),
                               ((one, two), "shard 3/3 is missing"),
                               ((one, two, two, three), "shard 2/3 is given twice, in .*shard-2.json and .*shard-2.json, exp"),
                               ((one, two, self.folder / "other.json"),
                                "other.json isn't part of the same sweep as .*: its seeds are 50 from 9, not "),
                               ((one, whole), "whole.json isn't part of .*: it is a whole sweep, not one of 3 shards"),
                               ((whole, one), "shard-1.json isn't part of .*: it is one of 3 shards, not a whole sweep"),
                               ((one, two, changed), "changed.json isn't part of the same sweep .*a different text"),
                               ((one, two, broken), "broken.json: invalid JSON at byte 2, expected a file of `bully_sim sweep"),
                               ((one, two, garbage),
                                "garbage.json: not a file of `bully_sim sweep --json`: key 'program' not found"),
                               ((one, two, damaged), "damaged.json: .* a sum that contradicts the buckets, expected a file of"),
                               ((one, two, apart), "apart.json: .* `lost_agreement` is 1017 of only 17 runs"),
                               ((one, two, cut), "cut.json: .*the numbers of runs .* don't add up"),
                               ((one, two, self.folder), "^bully_sim: cannot open .*: Is a directory"),
                               ((one, self.folder / "none.json"), "^bully_sim: cannot open .*none.json: No such file")):
            run = bully_sim("merge", *files)
            self.assert_ends(run, USAGE)
            self.assertEqual(run.stdout, b"")
            self.assert_one_line(run.stderr, message)

    def test_merge_refuses_other_files_of_delays(self):
        scenario = self.write("measured.yaml", LOSSY.replace("{exponential: {mean: 40ms}}", "{empirical: delays.txt}"))
        shards = []
        delays = ["{}ns\n".format(1_000_000 + i) for i in range(20_000)]
        for index in (1, 2):
            self.write("delays.txt", "".join(delays))
            delays[12_345] = "1012346ns\n"  # by a nanosecond
            shards.append(self.folder / "{}.json".format(index))
            self.assert_ends(bully_sim("sweep", scenario, "--seeds", 4, "--shard", "{}/2".format(index), "--quiet",
                                       "--json", shards[-1]), HELD)
        run = bully_sim("merge", *shards)
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "or a file of delays of that scenario, had a different text")

    def test_common_random_numbers(self):
        def cells(*options):
            run = bully_sim("sweep", self.lossy, "--seeds", 30, "--json", "-", *options)
            self.assert_ends(run, HELD)
            return [{key: value for key, value in cell.items() if key not in ("values", "failures")}
                    for cell in json.loads(run.stdout)["cells"]]
        grid = cells("--over", "processes=3..5", "--over", "network.loss=0%,4%")
        self.assertEqual(cells("--set", "processes=4", "--over", "network.loss=0%,4%"), grid[2:4])
        self.assertNotEqual(grid[2], grid[3])

    def test_precision(self):
        def cells(jobs):
            run = bully_sim("sweep", self.crash, "--over", "processes=3,9", "--seeds", 100000, "--stop-at-precision",
                            "1%", "--json", "-", "--jobs", jobs)
            self.assert_ends(run, HELD)
            return json.loads(run.stdout)["cells"]
        found = cells(1)
        self.assertEqual(cells(3), found)
        for cell in found:
            low, high = cell["agreement_ns"]["mean_95"]
            self.assertLessEqual(high - low, 0.02 * cell["agreement_ns"]["mean"])
            self.assertIn(cell["runs"], [100 * 2 ** i for i in range(8)])
        self.assertGreater(found[0]["runs"], found[1]["runs"], "two phases scatter more than eight")

    def test_a_precision_that_is_not_reached_is_told(self):
        def tables(*options):
            run = bully_sim("sweep", self.crash, "--over", "processes=3,30", "--stop-at-precision", "2%", *options)
            self.assert_ends(run, HELD)
            return run.stdout.decode()
        self.assertIn("  precision: 1 of 2 cells used all seeds without reaching it.\n", tables("--seeds", 110))
        self.assertNotIn("  precision: ", tables("--seeds", 100000))
        cut_off = tables("--seeds", 110, "--set", "duration=5.5s")
        self.assertIn("1 of 2 cells used all seeds without reaching it, or have runs that never agreed.\n",
                      cut_off)


class Findings(CliTest):
    def test_each_failing_seed_has_its_command(self):
        for mode in (("--mode", "strict"), ("--set", "mode= strict"), ("--over", "mode=strict")):
            with self.subTest(mode):
                self.each_failing_seed_has_its_command(mode)

    def each_failing_seed_has_its_command(self, mode):
        path = self.write("a name/crossing.yaml", CROSSING.replace("delay: 50ms", "delay: {uniform: [20ms, 60ms]}"))
        run = bully_sim("sweep", path, "--check", *mode, "--seeds", 40, "--over", "processes=2,3", "--json",
                        self.folder / "all.json")
        self.assert_ends(run, VIOLATED)
        found = json.loads((self.folder / "all.json").read_text(encoding="utf-8"))
        failures = [failure for cell in found["cells"] for failure in cell["failures"]]
        self.assertTrue(failures)
        self.assertGreater(found["cells"][0]["properties"]["P1"], 0)
        self.assertEqual(found["cells"][0]["violated"], found["cells"][0]["properties"]["P1"])
        text = run.stdout.decode()
        for failure in failures[:3] + failures[-1:]:
            self.assertIn(failure["again"] + "\n", text)
            self.assertEqual(failure["again"].count("strict"), 1, failure["again"])
            program, *arguments = shlex.split(failure["again"])
            self.assertEqual(program, "bully_sim")
            again = bully_sim(*arguments)
            self.assert_ends(again, VIOLATED)
            for name in re.findall(r"P\d+", failure["why"]):
                self.assertRegex(again.stdout.decode(), r"(?m)^  VIOLATED " + name)

    def test_expectations_only_if_asked_for(self):
        path = self.write("hope.yaml", WRONG_HOPE)
        self.assert_ends(bully_sim("sweep", path, "--seeds", 3), HELD)
        run = bully_sim("sweep", path, "--seeds", 3, "--check", "--csv", "-")
        self.assert_ends(run, VIOLATED)
        row = next(csv.DictReader(io.StringIO(run.stdout.decode())))
        self.assertEqual((row["violated"], row["failed_expectations"], row["failing_seeds"]), ("3", "3", "3 4 5"))

    def test_theory_stands_beside_it(self):
        scenario = ROOT / "scenarios/leader_crash.yaml"
        run = bully_sim("sweep", scenario, "--over", "processes=2..6", "--seeds", 2000, "--json", "-", "--set",
                        "network.delay=1us")
        self.assert_ends(run, HELD)
        for cell in json.loads(run.stdout)["cells"]:
            measured, theory = cell["agreement_ns"], cell["theory"]
            # Three standard errors.
            low, high = measured["mean_95"]
            margin = (high - low) / 2 / 1.96 * 3
            self.assertLess(abs(measured["mean"] - theory["latency_ns"]), margin + theory["latency_error_ns"])
            low, high = cell["election_messages"]["mean_95"]
            margin = (high - low) / 2 / 1.96 * 3
            self.assertLess(abs(cell["election_messages"]["mean"] - theory["messages"]["mean"]), margin + 1e-9)
            self.assertGreaterEqual(cell["election_messages"]["min"], theory["messages"]["least"])
            self.assertLessEqual(cell["election_messages"]["max"], theory["messages"]["most"])

    def test_no_theory_has_its_reason(self):
        run = bully_sim("sweep", self.crash, "--set", "network.loss=1%", "--seeds", 5)
        self.assert_ends(run, HELD)
        self.assertIn(b"\nno theory where messages are lost or doubled\n", run.stdout)

    def test_what_can_be_written_is(self):
        run = bully_sim("sweep", self.crash, "--seeds", 3, "--quiet", "--csv", "/dev/full", "--json",
                        self.folder / "all.json")
        self.assert_ends(run, INTERNAL)
        self.assert_one_line(run.stderr, "writing /dev/full failed")
        self.assertIn("cells", json.loads((self.folder / "all.json").read_text(encoding="utf-8")))

    def test_expectations_of_ones_own(self):
        for options in (["--set"], ["--check", "--set"], ["--over"]):
            run = bully_sim("sweep", self.crash, "--seeds", 3, *options, "expect=[]")
            self.assert_ends(run, HELD)
        run = bully_sim("sweep", self.crash, "--seeds", 3, "--check", "--set", "expect=[{at: 14s, leader: 3}]")
        self.assert_ends(run, VIOLATED)

    def test_expectations_about_processes_that_are_left_out(self):
        for option in ("--set", "--over"):
            self.assert_ends(bully_sim("sweep", self.crash, "--seeds", 3, option, "processes=1"), HELD)
            run = bully_sim("sweep", self.crash, "--seeds", 3, "--check", option, "processes=1")
            self.assert_ends(run, USAGE)
            self.assertIn(b"no such process", run.stderr)
            self.assertIn(b"--set expect=[] leaves them out\n", run.stderr)
        run = bully_sim("sweep", self.crash, "--check", "--set", "processes=0")
        self.assertNotIn(b"expect=[] leaves", run.stderr, "that isn't why")

    def test_verbose_shows_the_intervals_of_all(self):
        shown = bully_sim("sweep", self.crash, "--seeds", 50, "--verbose", "--csv", self.folder / "all.csv")
        self.assert_ends(shown, HELD)
        with open(self.folder / "all.csv", encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        times = [line.split() for line in shown.stdout.decode().split("time in a run without a leader")[1].splitlines()]
        self.assertEqual(times[3][0], "95%:")
        self.assertEqual(times[3][1], "[{:.3f}s,".format(float(row["leaderless_p50_low_s"])))
        means = [line.split() for line in shown.stdout.decode().split("means per run")[1].splitlines()]
        for place, name in ((0, "election"), (3, "probe"), (5, "elections")):
            mean, low = (float(row[name + end]) for end in ("_mean", "_mean_low"))
            self.assertAlmostEqual(float(means[3][place][1:]), mean - low, delta=0.006, msg=name)

    def test_columns_have_names_of_their_own(self):
        run = bully_sim("sweep", self.crash, "--seeds", 2, "--over", "mode=strict,robust", "--csv", "-")
        self.assert_ends(run, HELD)
        names, *rows = csv.reader(io.StringIO(run.stdout.decode()))
        self.assertEqual(len(set(names)), len(names))
        self.assertEqual([dict(zip(names, row))["mode"] for row in rows], ["strict", "robust"])

    def test_quiet(self):
        run = bully_sim("sweep", self.crash, "--seeds", 3, "--quiet")
        self.assert_ends(run, HELD)
        self.assertEqual((run.stdout, run.stderr), (b"", b""))

    def test_charts(self):
        for options, titles in ((("--over", "processes=3,5"), ["Time to", "Messages of", "Distribution of the time"]),
                                ((), ["Distribution of the time"]),
                                (("--over", "mode=strict,robust", "--charts", "messages"), ["Messages of"]),
                                (("--over", "network.loss=0%,9%", "--charts", "false_elections,time"),
                                 ["False elections", "Time to"]),
                                # There are none, and that is what was asked for.
                                (("--over", "processes=3,5", "--charts", "false_elections"), ["False elections"])):
            run = bully_sim("sweep", self.crash, "--seeds", 20, "--plot", "-", *options)
            self.assert_ends(run, HELD)
            texts = [text.text for text in xml.etree.ElementTree.fromstring(run.stdout).iter() if
                     text.get("class") == "title"]
            self.assertEqual(len(texts), len(titles), texts)
            for text, title in zip(texts, titles):
                self.assertTrue(text.startswith(title), text)


class Mistakes(CliTest):
    def refused(self, message, *arguments, lines=1):
        run = bully_sim("sweep", self.crash, *arguments)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        self.assertRegex(run.stderr.decode().splitlines()[0], message)
        return run

    def test_each_has_its_message(self):
        for arguments, message in (
                (["--seeds", "0"], "--seeds `0`, expected a number from 1 to"),
                (["--over", "processes"], "--over `processes`, expected KEY=VALUES"),
                (["--over", "processes=9..3"], "processes=9..3: `9..3` isn't an ascending range, expected the lesser"),
                (["--over", "processes=3..9", "--over", "processes=1,2"], "`processes` is swept twice"),
                (["--over", "processes=1..9999"], "more than 1000 values"),
                (["--over", "processes=1..1000", "--over", "network.loss=0%..1%:1000"], "more than 10000 cells"),
                (["--over", "timing.answer_timeout=1s..2s"], "a range without a number of values, expected 1s..2s:8, or :log"),
                (["--over", "proceses=3..9"], "unknown key `proceses`"),
                (["--over", "seed=1,2"], "seeds can't be an axis, expected --seed and --seeds"),
                (["--over", "network.loss=0%,101%"], "101%"),
                (["--set", "processes"], "--set `processes`, expected KEY=VALUE"),
                (["--set", "processes=3", "--set", "processes=4"], "is set twice"),
                (["--over", "timing={refresh: 90s},{refresh: 8s}", "--over", "timing.refresh=1s,20s"],
                 "--over timing.refresh=1s,20s: `timing.refresh` is in `timing`, which --over timing=.* sets too"),
                (["--set", "timing.refresh=1s", "--over", "timing={refresh: 9s},{refresh: 20s}"],
                 "--over timing=.*: `timing` contains `timing.refresh`, which --set timing.refresh=1s sets too"),
                (["--shard", "4/3", "--json", "x"], "--shard `4/3`, expected I/N"),
                (["--shard", "0/3", "--json", "x"], "--shard `0/3`, expected I/N"),
                (["--shard", "1/3"], "--shard without --json"),
                (["--shard", "1/3", "--json", "-", "--stop-at-precision", "1%"], "--stop-at-precision for a part"),
                (["--stop-at-precision", "2"], "--stop-at-precision `2`, expected a percentage"),
                (["--seed", str(2 ** 64 - 1), "--seeds", "2"], r"2 seeds from 18446744073709551615 on end beyond 2\^64"),
                (["--seeds", "1000000", "--set", "duration=8000h"], "1000000 runs of 28800000s are too many"),
                (["--json", "-", "--csv", "-"], "--csv - and --json - are the same file, expected two different files"),
                (["--json", "/nowhere/x.json"], "can't write to /nowhere/x.json"),
                (["--charts", "time"], "--charts without --plot"),
                (["--plot", "x.png"], "--plot `x.png`, expected a file with"),
                (["--jobs", "0"], r"--jobs: `0`, expected a whole number from 1, below 2\^64"),
                (["--mode", "strict", "--over", "mode=strict,robust"], "both --mode and --over mode, expected one"),
                (["--json", "x", "--csv", "x"], "--csv x and --json x are the same file, expected two different files"),
                (["--charts", "distribution,messages", "--plot", "-"], "--charts messages without --over"),
                (["--charts", "time,pie", "--plot", "-"], "--charts `pie`, expected some of time, messages"),
                (["--plot", "-", "--over", "processes=3..9", "--over", "network.loss=0%..1%:7"],
                 "--plot: more than 6 settings")):
            with self.subTest(arguments):
                self.refused(message, *arguments)
        self.assertFalse(pathlib.Path("x").exists())

    def test_a_wrong_value_is_told_with_its_option_as_given(self):
        time = "a time with a unit, such as 500ms, 1.5s or 2min"
        for option, value, message in (
                ("--over", "network.loss=0..2", "`0`, expected a percentage such as 0.5%, from 0% to 100%"),
                ("--over", "network.loss=0%..200%:3", "`200%`, expected a percentage such as 0.5%, from 0% to 100%"),
                ("--over", "network.los=0%,1%", "unknown key `los` in `network`, expected `loss` perhaps"),
                ("--over", "processes=0..3", "`0`, expected a number of processes from 1 to 60000"),
                ("--over", "timing.join_attempts=100..300:5", "`250`, expected a number of attempts from 1 to 200"),
                ("--over", "network.delay=5ms,{unifrm: [1ms, 2ms]}",
                 "unknown key `unifrm` in a delay, expected `uniform` perhaps"),
                ("--over", "network.delay={a,5ms", "`{` that isn't closed, expected a closing `}`"),
                ("--over", "network.delay=5ms,,6ms", "an empty value, expected one on each side of a comma"),
                ("--over", "duration=x1,x1001", "`x1001`, expected a factor from x0.000001 to x1000, with at most 6 decimals"),
                ("--over", "network.delay= ", "no value, expected one, or several separated by commas"),
                ("--set", "timing.answer_timeout=abc", f"`abc`, expected {time}"),
                ("--set", "network.delay={a", "`{` that isn't closed, expected a closing `}`"),
                ("--set", "mode=weak", "`weak`, expected one of strict, robust")):
            with self.subTest(value):
                run = self.refused("^bully_sim: ", option, value, "--set", "gcd.host=up")
                self.assertEqual(run.stderr.decode(), f"bully_sim: {option} {value}: {message}\n")
        run = self.refused(":7:8: ", "--over", "duration=1s..9s:2")
        self.assertEqual(run.stderr.decode(), f"{self.crash}:7:8: 2s is after the end of the run, expected at "
                         "most 1s (with --over duration=1s..9s:2 at 1s)\n")

    def test_the_rules_of_plots_are_in_the_help(self):
        text = re.sub(r"\s+", " ", bully_sim("sweep", "--help").stdout.decode())
        self.assertRegex(text, "--plot FILE.svg [^-]*; - for stdout: along the first axis, with a line for each setting of "
                         r"the others \(at most 6\)")

    def test_a_factor_needs_something_to_scale(self):
        self.refused("network.delay=x2: `x2` has no times to scale, expected `network.delay`", "--over", "network.delay=x2")
        path = self.write("delay.yaml", CRASH + "network: {delay: {uniform: [1ms, 3ms]}}\n")
        self.assert_ends(bully_sim("sweep", path, "--over", "network.delay=x2,x0.5", "--seeds", 2), HELD)


class Progress(CliTest):
    # Minutes of work, on all cores of a fast machine.
    ENDLESS = ["--seeds", "100000000"]

    def test_on_a_terminal_until_interrupted(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        process = subprocess.Popen([PROGRAM, "sweep", str(self.crash), *self.ENDLESS, "--json",
                                    str(self.folder / "all.json")],
                                   stdin=subprocess.DEVNULL, stdout=slave, stderr=slave, env=environment())
        os.close(slave)
        self.addCleanup(process.kill)
        shown = b""
        deadline = time.monotonic() + 60
        while not re.search(rb"\r *\d+%, \d+(s|min \d+s|h \d+min) left", shown):
            self.assertLess(time.monotonic(), deadline, shown)
            shown += os.read(master, 4096)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(timeout=60), INTERRUPTED)
        with contextlib.suppress(OSError):  # so ends a terminal on Linux
            while part := os.read(master, 4096):
                shown += part
        self.assertRegex(shown, rb"\r\x1b\[Kbully_sim: interrupted: nothing was written", "on a line of its own")
        self.assertFalse((self.folder / "all.json").exists(), "an empty file isn't a result")

    def test_elsewhere_only_if_asked_for(self):
        run = bully_sim("sweep", self.crash, "--seeds", 5, "--quiet", "--progress")
        self.assert_ends(run, HELD)
        self.assert_one_line(run.stderr, r"^100%, took \d+\.\ds$")

    def test_colour_is_for_terminals(self):
        shown, code = on_terminal("sweep", self.crash, "--seeds", "5")
        self.assertEqual(code, HELD)
        self.assertIn(b"\x1b[1mtime to agreement", shown)
        shown, _ = on_terminal("sweep", self.crash, "--seeds", "5", NO_COLOR="1")
        self.assertNotIn(b"\x1b[1m", shown)


main()
