#!/usr/bin/env python3
"""bully_sim from outside: exit codes, help, JSON, determinism, lint."""
import json
import re
import shlex
import time

from cli_support import (CRASH, CROSSING, CliTest, HELD, LONG, ROOT, USAGE, VIOLATED, WRONG_HOPE, bully_sim,
                         fingerprint, main)


class ExitCodes(CliTest):
    def test_held(self):
        run = bully_sim(self.crash)
        self.assert_ends(run, HELD)
        self.assertEqual(run.stderr, b"")
        self.assertRegex(run.stdout.decode(), r"\nHELD: a crash, mode robust, seed 3, fingerprint [0-9a-f]{16}\n")

    def test_expectation_violated(self):
        path = self.write("hope.yaml", WRONG_HOPE)
        run = bully_sim(path)
        self.assert_ends(run, VIOLATED)
        text = run.stdout.decode()
        self.assertIn("VIOLATED {at: 14s, leader: 3}", text)
        self.assertIn("all followed 2 ({}:9)".format(path), text)
        self.assertRegex(text, r"\nVIOLATED: a crash, ")

    def test_property_violated(self):
        path = self.write("crossing.yaml", CROSSING)
        run = bully_sim(path, "--mode", "strict")
        self.assert_ends(run, VIOLATED)
        self.assertRegex(run.stdout.decode(), r"\nP1 at 4.55s, process 2: ")
        self.assert_ends(bully_sim(path, "--mode", "robust"), HELD)

    def test_expected_violation_is_held(self):
        path = self.write("crossing.yaml", CROSSING + "expect:\n- {violated: P1}\n- {violated: P14}\n")
        self.assert_ends(bully_sim(path, "--mode", "strict"), HELD)
        self.assert_ends(bully_sim(path, "--mode", "robust"), VIOLATED)

    def test_quiet_has_the_same_code(self):
        run = bully_sim(self.crash, "--quiet")
        self.assert_ends(run, HELD)
        self.assertEqual([line for line in run.stdout.decode().splitlines() if line][-1].split(":")[0], "HELD")
        self.assertNotIn("messages", run.stdout.decode())
        run = bully_sim(self.write("hope.yaml", WRONG_HOPE), "--quiet")
        self.assert_ends(run, VIOLATED)
        self.assertIn("VIOLATED {at: 14s, leader: 3}", run.stdout.decode())

    def test_long_faults_keep_to_their_column(self):
        faults = ["- {at: 2s, crash: 3}", "- {at: 4000000.123456789s, gcd: restart}"]
        faults += [f"- {{at: 4000000.123456789s, pause: {number}}}" for number in (1, 2)]
        path = self.write("faults.yaml", "name: x\nduration: 5000000s\nstart: settled\nprobe: off\nprocesses:\n"
                          "- {pid: [1, 1000000]}\n- {pid: [2, 1000000]}\n"
                          "- {pid: [3, 1000000], name: a name as long as can be für alle}\n"
                          "faults:\n" + "\n".join(faults) + "\n")
        lines = bully_sim(path).stdout.decode().splitlines()
        first = next(i for i, line in enumerate(lines) if line.startswith("faults"))
        rows = lines[first:first + 3]
        column = rows[0].index("agreement after")
        self.assertEqual(rows[1], "  2s               a name as long as can be für alle crashes  "
                                  "none before the next fault at 4000000.123456s")
        self.assertEqual(rows[2][:column], "  4000000.123456s  the daemon restarts, and 2 more            ")
        self.assertEqual(rows[2][column:], "none at the end")

    def test_nobody_is_live(self):
        both = "name: x\nduration: 20s\nstart: settled\nprocesses: 2\nfaults: [{at: 1s, crash: 1}, {at: 1s, crash: 2}]\n"
        gave_up = "name: x\nduration: 300s\nprocesses: 2\ntiming: {join_attempts: 2}\nfaults: [{at: 0s, gcd: down}]\n"
        for text in (both, gave_up):
            path = self.write("nobody.yaml", text)
            self.assertIn("\nleader        none: no process is live\n", bully_sim(path).stdout.decode())
            run = json.loads(bully_sim(path, "--json").stdout)
            self.assertEqual((run["leader"], run["agreement_ns"]), (None, None))
            self.assertEqual([process["alive"] for process in run["processes"]], [False, False])

    def test_bad_usage(self):
        for arguments in ([], ["--unknown"], [self.crash, "--seed"], [self.crash, "--seed", "x"],
                          [self.crash, "--seed", "-1"], [self.crash, "--seed", str(2**64)], [self.crash, "--mode", "lax"],
                          [self.crash, self.crash], [self.crash, "--quiet", "--verbose"], ["replay"], ["lint"],
                          ["replay", self.crash, self.crash]):
            with self.subTest(arguments=arguments):
                run = bully_sim(*arguments)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assertNotEqual(run.stderr, b"")

    def test_missing_file(self):
        for command in ([], ["lint"], ["replay"]):
            with self.subTest(command=command):
                path = self.folder / "missing"
                run = bully_sim(*command, path)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assert_one_line(run.stderr,
                                     "^bully_sim: cannot open " + re.escape(str(path)) + ": No such file or directory$")

    def test_directory(self):
        for command in ([], ["lint"], ["replay"]):
            with self.subTest(command=command):
                run = bully_sim(*command, self.folder)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assert_one_line(run.stderr, "^bully_sim: cannot open " + re.escape(str(self.folder)) + ": Is a directory$")

    def test_mistyped_command(self):
        for words in (["swep"], ["swep", self.crash], ["reply", "run.jsonl"]):
            with self.subTest(words=words):
                run = bully_sim(*words)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                meant = {"swep": "sweep", "reply": "replay"}[words[0]]
                self.assertIn(f"bully_sim: `{words[0]}` is neither a command nor a file, expected `{meant}` perhaps",
                              run.stderr.decode())

    def test_a_wrong_value_of_set_is_told_apart_from_its_place(self):
        run = bully_sim(self.crash, "--set", "foo=1")
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "^bully_sim: --set foo=1: unknown key `foo` in a scenario, expected one of ")

    def test_an_expectation_of_set_has_no_line(self):
        for given, place in (([], f" ({self.write('wrong.yaml', WRONG_HOPE)}:9)"),
                             (["--set", "expect=[{at: 14s, leader: 3}]"], "")):
            run = bully_sim(self.folder / "wrong.yaml", "--quiet", *given)
            self.assert_ends(run, VIOLATED)
            self.assertRegex(run.stdout.decode(), "(?m)^ *found: .*[^)]" + re.escape(place) + "$")
            run = bully_sim(self.folder / "wrong.yaml", "--json", *given)
            self.assertEqual(json.loads(run.stdout)["expectations"][0]["line"], 9 if place else None)

    def test_bad_scenario(self):
        for text in ("", "name: x", "[]", "\x00\x01", "name: x\nprocesses: 3\nname: y", "a: &b c", "{" * 100,
                     "\ufeff" + "x" * 100000):
            with self.subTest(text=text[:20]):
                path = self.write("bad.yaml", text)
                run = bully_sim(path)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assertRegex(run.stderr.decode(), "^" + re.escape(str(path)) + r":\d+:\d+: ")

    def test_an_unclosed_quote_swallows_nothing(self):
        """It swallowed a false expectation, and the run held."""
        for quote, rest in (('"', ""), ("'", ""), ('"', '# so"\n')):
            with self.subTest(quote=quote, rest=rest):
                path = self.write("open.yaml", WRONG_HOPE.replace("faults:", "about: " + quote + "open\nfaults:") + rest)
                for arguments in ([path], ["lint", path], ["sweep", path, "--seeds", "2"]):
                    run = bully_sim(*arguments)
                    self.assert_ends(run, USAGE)
                    self.assertEqual(run.stdout, b"")
                    self.assert_one_line(run.stderr, "^" + re.escape(str(path)) + ":6:8: .*expected a closing `" + quote)
        for option in ("--set", "--over"):
            for value in ('name="x', "name='x"):
                run = bully_sim("sweep", self.crash, "--seeds", "2", option, value)
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^bully_sim: " + option + " .*a quote that isn't closed, expected a closing")

    def test_trace_to_an_impossible_place(self):
        run = bully_sim(self.crash, "--trace", self.folder / "no" / "where")
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "--trace: can't write to .*: No such file")


class Help(CliTest):
    def test_help_begins_with_examples(self):
        run = bully_sim("--help")
        self.assert_ends(run, HELD)
        text = run.stdout.decode()
        self.assertTrue(text.startswith("Examples"), text[:200])
        for word in ("--seed", "--mode", "--json", "--trace", "--quiet", "--verbose", "--no-color", "replay", "lint",
                     "Exit codes", "NO_COLOR"):
            self.assertIn(word, text)
        self.assertLessEqual(max(map(len, text.splitlines())), 120)

    def test_the_examples_work(self):
        examples = [line.strip() for line in bully_sim("--help").stdout.decode().split("\n\n")[0].splitlines()[1:]]
        self.assertGreater(len(examples), 3)
        (self.folder / "scenarios").symlink_to(ROOT / "scenarios")
        for example in examples:
            with self.subTest(example=example):
                command = re.split(r" {2,}", example)[0].split()
                self.assertEqual(command[0], "bully_sim")
                arguments = []
                for word in command[1:]:
                    arguments += sorted(self.folder.glob(word)) if "*" in word else [word]
                if "advise" in arguments:  # as long as it would be, minutes with a sanitizer
                    arguments += ["--seeds", "20", "--calm", "1h"]
                self.assert_ends(bully_sim(*arguments, cwd=self.folder), HELD)

    def test_help_of_subcommands(self):
        for command in ("replay", "lint"):
            run = bully_sim(command, "--help")
            self.assert_ends(run, HELD)
            self.assertIn(command, run.stdout.decode())

    def test_version(self):
        run = bully_sim("--version")
        self.assert_ends(run, HELD)
        self.assert_one_line(run.stdout, r"^bully_sim \d+\.\d+\.\d+( \(commit [0-9a-f]+(-dirty)?\))?$")


class JsonOutput(CliTest):
    KEYS = ("scenario", "seed", "mode", "fingerprint", "verdict", "duration_ns", "leader", "processes", "elections",
            "victories", "messages", "agreement_ns", "agreed_since_ns", "faults", "leaderless_ns",
            "some_leaderless_ns", "multi_leader_ns",
            "expectations", "properties", "violations")

    def json_of(self, run, code):
        self.assert_ends(run, code)
        self.assertEqual(run.stderr, b"")
        self.assertEqual(run.stdout.count(b"\n"), 1)
        return json.loads(run.stdout)

    def test_keys_and_values(self):
        result = self.json_of(bully_sim(self.crash, "--json"), HELD)
        for key in self.KEYS:
            self.assertIn(key, result)
        self.assertEqual((result["scenario"], result["seed"], result["mode"], result["verdict"], result["leader"]),
                         ("a crash", 3, "robust", "held", 2))
        self.assertRegex(result["fingerprint"], "^[0-9a-f]{16}$")
        self.assertEqual(result["duration_ns"], 15_000_000_000)
        self.assertEqual([p["number"] for p in result["processes"]], [1, 2, 3])
        self.assertEqual([p["alive"] for p in result["processes"]], [True, True, False])
        self.assertEqual([p["phase"] for p in result["processes"]], ["following", "leading", "down"])
        for process in result["processes"]:
            self.assertEqual(set(process) & {"number", "pid", "alive", "leader", "phase"},
                             {"number", "pid", "alive", "leader", "phase"})
            self.assertEqual(len(process["pid"]), 2)
        self.assertEqual(set(result["messages"]), {"ELECTION", "OK", "COORDINATOR", "PROBE", "JOIN"})
        for counts in result["messages"].values():
            self.assertEqual(set(counts), {"sent", "to_down", "lost", "delivered"})
            self.assertEqual(counts["sent"], counts["to_down"] + counts["lost"] + counts["delivered"])
        self.assertGreaterEqual(result["elections"], result["victories"])
        self.assertEqual(result["victories"], 1)
        self.assertGreater(result["leaderless_ns"], 0)
        self.assertEqual(result["multi_leader_ns"], 0)
        self.assertGreater(result["agreement_ns"], 0)
        self.assertEqual([e["held"] for e in result["expectations"]], [True])
        self.assertIn("P14", [p["name"] for p in result["properties"]])
        self.assertEqual(result["violations"], [])

    def test_violated_run_is_one_object(self):
        result = self.json_of(bully_sim(self.write("hope.yaml", WRONG_HOPE), "--json"), VIOLATED)
        self.assertEqual(result["verdict"], "violated")
        self.assertEqual([e["held"] for e in result["expectations"]], [False])
        result = self.json_of(bully_sim(self.write("crossing.yaml", CROSSING), "--json", "--mode", "strict"), VIOLATED)
        self.assertEqual(result["verdict"], "violated")
        self.assertEqual({v["property"] for v in result["violations"]}, {"P1", "P14"})
        self.assertIsNone(result["leader"])
        self.assertIsNone(result["agreed_since_ns"])

    def test_each_violation_names_its_processes_once(self):
        result = self.json_of(bully_sim(self.write("crossing.yaml", CROSSING), "--json", "--mode", "strict"), VIOLATED)
        for violation in result["violations"]:
            with self.subTest(property=violation["property"]):
                self.assertEqual(len(set(violation["processes"])), len(violation["processes"]))
                self.assertEqual(len(set(violation["steps"])), len(violation["steps"]))

    def test_strange_names(self):
        path = self.write("strange.yaml", CRASH.replace("a crash", '"a \\"crash\\" ünï \\\\ 100%"'))
        result = self.json_of(bully_sim(path, "--json"), HELD)
        self.assertEqual(result["scenario"], 'a "crash" ünï \\ 100%')

    def test_no_leader_is_null(self):
        path = self.write("dead.yaml", "name: dead\nduration: 3s\nprocesses: 1\nfaults:\n- {at: 1s, crash: 1}\n")
        result = self.json_of(bully_sim(path, "--json"), HELD)
        self.assertIsNone(result["leader"])


class Determinism(CliTest):
    def test_same_seed_same_bytes(self):
        traces = [self.folder / "one", self.folder / "two"]
        runs = [bully_sim(self.crash, "--seed", "9", "--verbose", "--trace", trace) for trace in traces]
        self.assertEqual(runs[0].stdout, runs[1].stdout)
        self.assertEqual(traces[0].read_bytes(), traces[1].read_bytes())
        runs = [bully_sim(self.crash, "--seed", "9", "--json") for _ in range(2)]
        self.assertEqual(runs[0].stdout, runs[1].stdout)

    def test_other_seed_other_run(self):
        prints = {fingerprint(bully_sim(self.crash, "--seed", seed).stdout) for seed in (0, 1, 2, 2**64 - 1)}
        self.assertEqual(len(prints), 4)

    def test_output_does_not_change_the_run(self):
        plain = fingerprint(bully_sim(self.crash).stdout)
        for options in (["--quiet"], ["--verbose"], ["--trace", self.folder / "trace"]):
            self.assertEqual(fingerprint(bully_sim(self.crash, *options).stdout), plain)
        self.assertEqual(json.loads(bully_sim(self.crash, "--json").stdout)["fingerprint"], plain)

    def test_seed_and_mode_of_the_file_are_the_defaults(self):
        self.assertEqual(bully_sim(self.crash).stdout, bully_sim(self.crash, "--seed", "3", "--mode", "robust").stdout)

    def again(self, path, *options):
        first = bully_sim(path, *options)
        line = re.search(r"^again: (.*)$", first.stdout.decode(), re.MULTILINE).group(1)
        words = shlex.split(line)
        self.assertEqual(words[0], "bully_sim")
        for word in ("mode", "seed"):
            self.assertEqual(len(re.findall(word + "[ =]", line)), 1, line)
        second = bully_sim(*words[1:])
        self.assertEqual(fingerprint(second.stdout), fingerprint(first.stdout))
        self.assertEqual(second.returncode, first.returncode)

    def test_again_repeats_the_run(self):
        self.again(self.crash)
        self.again(self.crash, "--seed", "77", "--mode", "strict")
        self.again(self.write("crossing.yaml", CROSSING), "--mode", "strict")
        self.again(self.crash, "--set", "mode= strict", "--set", "seed=7", "--set", "processes=4")

    def test_again_can_be_pasted_whatever_the_path(self):
        self.again(self.write("my files/it's $HOME.yaml", CRASH))


class Lint(CliTest):
    def test_all_errors_in_one_go(self):
        path = self.write("bad.yaml", """\
name: bad
sede: 5
duration: 20
processes: 3
fualts: []
network: {loss: 5}
faults:
- {at: 1s, crash: 4}
- {at: 1s, restrat: 1}
expect:
- {violated: P99}
""")
        run = bully_sim("lint", path)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        found = [re.match("^" + re.escape(str(path)) + r":(\d+):(\d+): (.+)$", line)
                 for line in run.stderr.decode().splitlines()]
        self.assertTrue(all(found), run.stderr.decode())
        places = [(int(match.group(1)), int(match.group(2))) for match in found]
        self.assertEqual(places, sorted(places))
        self.assertEqual({line for line, _ in places}, {2, 3, 5, 6, 8, 9, 11})
        for place in ((2, 1), (3, 11), (5, 1), (6, 17), (8, 19), (9, 12), (11, 14)):
            self.assertIn(place, places)
        texts = {place: match.group(3) for place, match in zip(places, found)}
        self.assertIn("`seed` perhaps", texts[2, 1])
        self.assertIn("`faults` perhaps", texts[5, 1])
        self.assertIn("`restart` perhaps", texts[9, 12])
        self.assertIn("a time with a unit", texts[3, 11])
        # Running it says the same.
        self.assertEqual(bully_sim(path).stderr, run.stderr)

    def test_several_files(self):
        bad = self.write("bad.yaml", "name: x\n")
        run = bully_sim("lint", bad, self.crash, self.folder / "missing")
        self.assert_ends(run, USAGE)
        self.assertIn(str(bad) + ":1:1: ", run.stderr.decode())
        self.assertIn("missing: No such file or directory", run.stderr.decode())
        self.assertIn(str(self.crash), run.stdout.decode())

    def test_all_scenarios_are_good(self):
        files = sorted((ROOT / "scenarios").glob("*.yaml"))
        self.assertGreater(len(files), 30)
        run = bully_sim("lint", *files)
        self.assert_ends(run, HELD)
        self.assertEqual(run.stderr, b"")

    def test_a_quote_opened_anywhere_swallows_nothing(self):
        """A quote before each value of each scenario: no file is accepted, and each is reported where it opens, or before."""
        broken = {}
        for source in sorted((ROOT / "scenarios").glob("*.yaml")):
            text = source.read_text(encoding="utf-8")
            block = re.search(r"(?m)^about: >\n(?: .*\n)*", text)  # a quote in it is text
            for match in re.finditer(r"(?m)(?<=[a-z]: )(?=[^\s\"'|>])|(?<=[\[{])(?=[0-9a-z])", text):
                in_block = block and block.start() < match.start() < block.end()
                if in_block or "#" in text[text.rfind("\n", 0, match.start()) + 1:match.start()]:
                    continue
                for quote in "\"'":
                    path = self.write(f"{len(broken)}.yaml", text[:match.start()] + quote + text[match.start():])
                    broken[str(path)] = text.count("\n", 0, match.start()) + 1
        self.assertGreater(len(broken), 1000)
        run = bully_sim("lint", *broken)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        told = {}
        for line in run.stderr.decode().splitlines():
            path, number, _ = line.split(":", 2)
            told.setdefault(path, int(number))
        self.assertEqual(set(told), set(broken))
        self.assertEqual([path for path, number in told.items() if number > broken[path]], [])

    def test_lint_does_not_run(self):
        begin = time.monotonic()
        self.assert_ends(bully_sim("lint", self.write("long.yaml", LONG)), HELD)
        self.assertLess(time.monotonic() - begin, 30)


if __name__ == "__main__":
    main()
