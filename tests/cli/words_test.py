#!/usr/bin/env python3
"""No word of a command line is dropped or taken for another without a word: each option of each program and command, as
their --help lists them. Usage: words_test.py BULLY_SIM BULLY_LIVE BULLY_GCD [unittest options]"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

if len(sys.argv) < 4:
    sys.exit(__doc__)
SIM, LIVE, GCD = (str(pathlib.Path(program).resolve()) for program in sys.argv[1:4])
USAGE = 2
COMMANDS = ("view", "replay", "lint", "sweep", "merge", "advise", "check")
# A program, its command, and what it needs to begin: where a word is misread nothing may be made of the rest.
PLACES = [(SIM, "", ["crash.yaml"]), *((SIM, command, ["crash.yaml"]) for command in COMMANDS if command != "advise"),
          (SIM, "advise", ["--delay", "5ms"]), (LIVE, "", ["--processes", "1", "--for", "1ms"]), (GCD, "", ["0"])]
# What stands for a value of each kind.
VALUES = {"N": "7", "strict|robust": "strict", "KEY=VALUE": "processes=4", "KEY=VALUES": "processes=3..4",
          "TIME": "5s", "FILE": "out", "FILE.svg": "out.svg", "LIST": "time", "P%": "2%", "I/N": "1/2",
          "KIND:VALUES": "uniform:1ms,2ms", "KIND=N,...": "crash=1", "tight|file": "tight",
          "free|product": "free", "SIZE": "1G", "EVERY,FOR": "1h,1s", "PERCENT": "1%", "DAYS,ID": "1,1000000",
          "YYYY-MM-DD": "1958-05-23", "ID": "1234567", "HOST:PORT": "127.0.0.1:0", "HOST[:PORT]": "127.0.0.1",
          "auto|join|begin|howdy": "join",
          "MIN,MAX": "1s,2s", "auto|pid|members": "pid", "2|3|4": "3", "JOIN|BEGIN|HOWDY": "JOIN"}
REPEATED = ("--set", "--over")
CRASH = "name: a crash\nduration: 9s\nstart: settled\nprocesses: 3\nfaults:\n- {at: 2s, crash: highest}\n"


def options_of(program, command):
    """Name to kind of value, which is "" for a flag, and begins with "[=" where it may have one."""
    shown = subprocess.run([program, *command.split(), "--help"], capture_output=True, text=True, timeout=60, check=True)
    options = {}
    for name, kind in re.findall(r"^  (?:-\w,)?(--[a-z-]+(?:\[=[a-z|]+\])?)(?: (\S+))?", shown.stdout, re.MULTILINE):
        name, _, optional = name.partition("[")
        options[name] = "[" + optional if optional else "" if kind in (None, "Excludes:", "REQUIRED") else kind
    return {name: kind for name, kind in options.items() if name not in ("--help", "--version")}


OPTIONS = {(program, command): options_of(program, command) for program, command, _ in PLACES}


class Words(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "crash.yaml").write_text(CRASH, encoding="utf-8")
        (self.folder / "delays").write_text("5ms\n", encoding="utf-8")

    def run_here(self, *words):
        return subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=self.folder,
                              timeout=60, check=False)

    def refused(self, program, words, *texts):
        with self.subTest(program=pathlib.Path(program).name, words=words):
            run = self.run_here(program, *words)
            self.assertEqual((run.returncode, run.stdout), (USAGE, ""), run)
            self.assertTrue(run.stderr.startswith(pathlib.Path(program).name + ": "), run.stderr)
            for text in texts:
                self.assertIn(text, run.stderr.splitlines()[0])
            self.assertEqual(sorted(os.listdir(self.folder)), ["crash.yaml", "delays"])

    def each(self):
        for program, command, needs in PLACES:
            for name, kind in OPTIONS[program, command].items():
                yield program, [command] * bool(command), needs, name, kind

    def test_all_options_are_known_here(self):
        kinds = {kind for options in OPTIONS.values() for kind in options.values()}
        self.assertLessEqual({kind for kind in kinds if kind and not kind.startswith("[=")}, set(VALUES))
        self.assertGreaterEqual(sum(map(len, OPTIONS.values())), 70)
        self.assertGreaterEqual(set(OPTIONS[SIM, ""]), {"--seed", "--mode", "--set", "--json", "--trace", "--quiet"})

    def test_before_a_command(self):
        for name, kind in OPTIONS[SIM, ""].items():
            for program, command, needs in PLACES:
                if program != SIM or not command:
                    continue
                own = OPTIONS[SIM, command].get(name)
                expected = "which has no such option, expected it without"
                if own is not None:
                    given = " " + (VALUES[own] if own == kind else own) if own else ""
                    expected = f"expected it behind: bully_sim {command} ... {name}{given}"
                value = [VALUES[kind]] if kind else []
                self.refused(SIM, [name, *value, command, *needs], f"{name} before `{command}`, {expected}")
                if value:
                    self.refused(SIM, [f"{name}={value[0]}", command, *needs], f"{name} before `{command}`, ")

    def test_without_its_value(self):
        for program, command, needs, name, kind in self.each():
            if not kind or kind.startswith("[="):
                continue
            self.refused(program, [*command, *needs, name], f"{name}: no value, expected {kind}")
            for word in ("--quiet", "--json", "--", "-v", name):
                self.refused(program, [*command, name, word, *needs],
                             f"{name}: `{word}` is taken for an option, expected {kind}")
            self.refused(program, [*command, name, "", *needs], f"{name}: an empty value, expected {kind}")
            self.refused(program, [*command, f"{name}=", *needs], f"{name}: an empty value, expected {kind}")
            if kind.startswith("FILE"):
                self.refused(program, [*command, name, "--quiet", *needs], "; a file of that name is ./--quiet")

    def test_with_a_value_that_it_does_not_take(self):
        for program, command, needs, name, kind in self.each():
            if not kind:
                for value in ("false", "5", "out"):
                    self.refused(program, [*command, *needs, f"{name}={value}"],
                                 f"{name}: `{value}`, expected {name} alone: it takes no value")
                self.refused(program, [*command, *needs, f"{name}="], f"{name}: an empty value, expected {name} alone")
            elif kind.startswith("[="):
                self.refused(program, [*command, *needs, f"{name}="], f"{name}: an empty value, expected {name}{kind}")

    def test_given_twice(self):
        for program, command, needs, name, kind in self.each():
            if name not in REPEATED and name not in needs:
                one = [name] if not kind else [f"{name}=close"] if kind.startswith("[=") else [name, VALUES[kind]]
                self.refused(program, [*command, *one, *needs, *one], f"{name} is given twice, expected once")

    def test_of_another_command(self):
        for program, command, needs, name, kind in self.each():
            for other in COMMANDS if program == SIM and not command else ():
                if name not in OPTIONS[SIM, other]:
                    value = [VALUES[kind]] if kind else []
                    self.refused(SIM, [other, *needs, name, *value], f"`{other}` has no option {name}, expected it without")

    def test_two_commands(self):
        for first in COMMANDS:
            for second in COMMANDS:
                self.refused(SIM, [first, "crash.yaml", second, "crash.yaml"],
                             f"`{second}` is a second command, after `{first}`, expected one; "
                             f"a file of that name is ./{second}")

    def test_a_command_for_a_file(self):
        self.refused(SIM, ["--trace", "sweep", "crash.yaml"],
                     "--trace: `sweep` is taken for a command, expected FILE; a file of that name is ./sweep")

    def test_arguments_too_many_or_empty(self):
        self.refused(SIM, ["crash.yaml", "other.yaml", "third.yaml"], "unexpected arguments: `other.yaml` `third.yaml`")
        for command in ("sweep", "replay"):
            self.refused(SIM, [command, "crash.yaml", "other.yaml"], "unexpected argument: `other.yaml`")
        self.refused(SIM, ["advise", "--delay", "5ms", "crash.yaml"], "unexpected argument: `crash.yaml`")
        for program, words in ((SIM, [""]), (SIM, ["lint", "crash.yaml", ""]), (SIM, ["sweep", ""]),
                               (LIVE, ["", "--processes", "1", "--for", "1ms"]), (GCD, [""])):
            self.refused(program, words, "an empty argument, expected")

    def test_that_contradict_each_other(self):
        for words, *texts in (
                (["crash.yaml", "--quiet", "--verbose"], "--quiet", "--verbose", "expected one of the two"),
                (["crash.yaml", "--json", "--verbose"], "--json", "--verbose", "expected one of the two"),
                (["crash.yaml", "--json", "--quiet"], "--json", "--quiet", "expected one of the two"),
                (["replay", "crash.yaml", "--json", "--verbose"], "--json", "--verbose", "expected one of the two"),
                (["crash.yaml", "--trace", "-", "--verbose"], "both --verbose and --trace -", "expected one of the two"),
                (["crash.yaml", "--seed", "7", "--set", "seed=8"], "both --seed and --set seed=8, expected one of the two"),
                (["crash.yaml", "--mode", "strict", "--set", "mode=robust"], "both --mode and --set mode=robust, expected one"),
                (["sweep", "crash.yaml", "--seed", "7", "--set", "seed=8"], "both --seed and --set seed=8, expected one"),
                (["sweep", "crash.yaml", "--mode", "strict", "--set", "mode=robust"], "both --mode and --set mode=robust"),
                *((["crash.yaml", *words],
                   f"{words[-2]} {words[-1]}: `{key}` has no effect in mode strict, expected mode robust")
                  for key, *words in (("refresh", "--mode", "strict", "--set", "timing.refresh=5s"),
                                      ("refresh", "--mode", "strict", "--set", "timing={refresh: 5s}"),
                                      ("hold_down", "--mode", "strict", "--set", "timing.hold_down=5ms"),
                                      ("probe_gap_limit", "--set", "mode=strict", "--set", "timing.probe_gap_limit=5s"),
                                      ("refresh", "--set", "mode= strict", "--set",
                                       "processes=[{pid: [1, 1000000], timing: {refresh: 5s}}]"))),
                *((["crash.yaml", "--set", f"probe={off}", "--set", timing],
                   f"--set {timing}: `{key}` has no effect with probe=off, expected probe=on")
                  for off, key, timing in (("off", "probe_gap", "timing.probe_gap=1s"),
                                           ("false", "probe_timeout", "timing={probe_timeout: 1s}"),
                                           ("off", "probe_gap_limit", "timing.probe_gap_limit=9s"))),
                (["sweep", "crash.yaml", "--mode", "strict", "--set", "timing.refresh=5s"],
                 "--set timing.refresh=5s: `refresh` has no effect in mode strict"),
                (["sweep", "crash.yaml", "--mode", "strict", "--over", "timing.refresh=5s,6s"],
                 "--over timing.refresh=5s,6s: `refresh` has no effect in mode strict"),
                (["sweep", "crash.yaml", "--set", "probe=off", "--over", "timing.probe_gap=5s,6s"],
                 "--over timing.probe_gap=5s,6s: `probe_gap` has no effect with probe=off"),
                (["sweep", "crash.yaml", "--csv", "-", "--verbose"], "both --verbose and --csv -", "expected one of the two"),
                (["merge", "crash.yaml", "--json", "-", "--verbose"], "both --verbose and --json -", "expected one of the two"),
                (["advise", "--delay", "5ms", "--delay-from", "delays"], "--delay-from", "expected one of the two")):
            self.refused(SIM, words, *texts)
        for words, *texts in (
                (["--quiet", "--verbose"], "--quiet", "--verbose", "expected one of the two"),
                (["--json", "--quiet"], "--json", "--quiet", "expected one of the two"),
                (["--no-probe", "--probe-gap", "1s,2s"], "--no-probe beside --probe-gap, expected one of the two"),
                (["--no-probe", "--probe-timeout", "1s"], "--no-probe beside --probe-timeout, expected one of the two"),
                (["--mode", "strict", "--refresh", "1s"], "--refresh in mode strict", "expected mode robust"),
                (["--mode", "strict", "--hold-down", "1s"], "--hold-down in mode strict", "expected mode robust")):
            self.refused(LIVE, words, *texts)

    def test_of_one_mode_where_the_other_may_be_are_honoured(self):
        (self.folder / "strict.yaml").write_text(CRASH + "mode: strict\ntiming: {refresh: 5s}\n", encoding="utf-8")
        for words in (["crash.yaml", "--mode", "robust", "--set", "timing.refresh=5s"], ["strict.yaml", "--mode", "strict"],
                      ["strict.yaml", "--set", "timing.hold_down=5ms"],
                      ["sweep", "crash.yaml", "--seeds", "2", "--over", "mode=strict,robust", "--set", "timing.refresh=5s"],
                      ["sweep", "crash.yaml", "--seeds", "2", "--over", "probe=off,on", "--set", "timing.probe_gap=1s",
                       "--set", "faults=[]"],
                      ["crash.yaml", "--set", "probe=off", "--set", "timing={refresh: 9s}"]):
            run = self.run_here(SIM, *words)
            self.assertLess(run.returncode, USAGE, run)
            self.assertEqual(run.stderr, "", words)

    def test_that_are_meant_so_are_honoured(self):
        for words in (["--trace=--quiet"], ["--trace", "./--quiet"], ["--trace", "./--quiet", "--quiet"]):
            with self.subTest(words=words):
                run = self.run_here(SIM, "crash.yaml", *words)
                self.assertEqual(run.returncode, 0, run)
                self.assertIn("bully-trace", (self.folder / "--quiet").read_text(encoding="utf-8"))
                (self.folder / "--quiet").unlink()
        run = self.run_here(SIM, "crash.yaml", "--trace", "sweep", "--quiet")  # the scenario stands before it
        self.assertEqual((run.returncode, (self.folder / "sweep").exists()), (0, True), run)
        run = self.run_here(SIM, "lint", "./sweep", "crash.yaml")
        self.assertEqual(run.stdout, "crash.yaml: good: a crash\n")
        run = self.run_here(SIM, "sweep", "--mode", "strict", "--seed=7", "--seeds", "2", "--over", "processes=4", "crash.yaml")
        self.assertIn("1 cell of 2 runs, seeds 7 to 8, mode strict", run.stdout)
        run = self.run_here(SIM, "--set", "processes=4", "--set=seed=7", "crash.yaml", "--quiet")
        self.assertIn("seed 7", run.stdout)
        (self.folder / "-s.yaml").write_text(CRASH, encoding="utf-8")
        run = self.run_here(SIM, "--quiet", "--", "-s.yaml")
        self.assertEqual(run.returncode, 0, run)
        run = self.run_here(LIVE, "--processes", "1", "--for", "1ms", "--trace=--quiet", "--quiet")
        self.assertEqual((run.returncode, (self.folder / "--quiet").exists()), (0, True), run)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
