#!/usr/bin/env python3
"""Tests bully_sim from outside: exit codes, outputs, signals, terminals.

Usage: cli_test.py BULLY_SIM REPO_ROOT [unittest options]
"""
import errno
import json
import os
import pathlib
import pty
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = None  # set by main()
ROOT = None

HELD, VIOLATED, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
ESCAPE = b"\x1b"

CRASH = """\
name: a crash
seed: 3
duration: 15s
start: settled
processes: 3
faults:
- {at: 2s, crash: highest}
expect:
- {at: 14s, leader: 2}
"""
WRONG_HOPE = CRASH.replace("leader: 2", "leader: 3")
# crossing_coordinators.yaml without its expectations: strict violates P1 and P14.
CROSSING = """\
name: crossing
duration: 30s
start: settled
processes: 2
network: {delay: 50ms}
faults:
- {at: 2.9s, crash: 2}
- {at: 3s, elect: 1}
- {at: 4.46s, restart: 2}
"""
# Takes hours, so that it can be interrupted.
LONG = """\
name: long
duration: 8000h
start: settled
processes: 300
"""


def environment(**changes):
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    env["TERM"] = "xterm-256color"
    env.update(changes)
    return env


def bully_sim(*arguments, cwd=None, stdout=subprocess.PIPE):
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, env=environment(), cwd=cwd, timeout=120)


def on_terminal(*arguments, **changes):
    """Runs with stdout and stderr on a terminal; gives what it showed and the exit code."""
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                   env=environment(**changes))
    finally:
        os.close(slave)
    shown = b""
    try:
        while True:
            try:
                part = os.read(master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # that is how Linux says that the other end is closed
                    raise
                break
            if not part:
                break
            shown += part
    finally:
        os.close(master)
    return shown, process.wait(timeout=120)


def fingerprint(text):
    return re.search(r"fingerprint ([0-9a-f]{16})", text.decode()).group(1)


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.crash = self.write("crash.yaml", CRASH)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def assert_ends(self, run, code):
        self.assertEqual(run.returncode, code, "{}\nstdout:\n{}\nstderr:\n{}".format(
            " ".join(run.args), (run.stdout or b"").decode("utf-8", "replace")[-2000:],
            run.stderr.decode("utf-8", "replace")[-2000:]))

    def assert_one_line(self, text, pattern):
        lines = text.decode("utf-8").splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], pattern)


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
                self.assert_one_line(run.stderr, "^" + re.escape(str(path)) + r":1.*can't be read")

    def test_directory(self):
        for command in ([], ["lint"], ["replay"]):
            with self.subTest(command=command):
                run = bully_sim(*command, self.folder)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assert_one_line(run.stderr, "^" + re.escape(str(self.folder)) + r":1.*can't be read")

    def test_bad_scenario(self):
        for text in ("", "name: x", "[]", "\x00\x01", "name: x\nprocesses: 3\nname: y", "a: &b c", "{" * 100,
                     "\ufeff" + "x" * 100000):
            with self.subTest(text=text[:20]):
                path = self.write("bad.yaml", text)
                run = bully_sim(path)
                self.assert_ends(run, USAGE)
                self.assertEqual(run.stdout, b"")
                self.assertRegex(run.stderr.decode(), "^" + re.escape(str(path)) + r":\d+:\d+: ")

    def test_trace_to_an_impossible_place(self):
        run = bully_sim(self.crash, "--trace", self.folder / "no" / "where")
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "can't write the trace to")


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
                self.assert_ends(bully_sim(*arguments, cwd=self.folder), HELD)

    def test_help_of_subcommands(self):
        for command in ("replay", "lint"):
            run = bully_sim(command, "--help")
            self.assert_ends(run, HELD)
            self.assertIn(command, run.stdout.decode())

    def test_version(self):
        run = bully_sim("--version")
        self.assert_ends(run, HELD)
        self.assert_one_line(run.stdout, r"^bully_sim \d+\.\d+\.\d+$")


class JsonOutput(CliTest):
    KEYS = ("scenario", "seed", "mode", "fingerprint", "verdict", "duration_ns", "leader", "processes", "elections",
            "victories", "messages", "agreement_ns", "leaderless_ns", "multi_leader_ns", "expectations", "properties",
            "violations")

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
        self.assertIsNone(result["agreement_ns"])

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
        second = bully_sim(*words[1:])
        self.assertEqual(fingerprint(second.stdout), fingerprint(first.stdout))
        self.assertEqual(second.returncode, first.returncode)

    def test_again_repeats_the_run(self):
        self.again(self.crash)
        self.again(self.crash, "--seed", "77", "--mode", "strict")
        self.again(self.write("crossing.yaml", CROSSING), "--mode", "strict")

    def test_again_can_be_pasted_whatever_the_path(self):
        self.again(self.write("my files/it's $HOME.yaml", CRASH))


class Traces(CliTest):
    def setUp(self):
        super().setUp()
        self.trace = self.folder / "trace.jsonl"
        self.assert_ends(bully_sim(self.crash, "--trace", self.trace), HELD)
        self.lines = self.trace.read_text(encoding="utf-8").splitlines()

    def replay(self, lines, end="\n"):
        path = self.folder / "changed.jsonl"
        path.write_text("\n".join(lines) + end, encoding="utf-8")
        return path, bully_sim("replay", path)

    def steps(self):
        """Indexes into self.lines, and the parsed lines."""
        parsed = [(i, json.loads(line)) for i, line in enumerate(self.lines)]
        return [(i, line) for i, line in parsed if "event" in line]

    def assert_differs(self, run, path, index):
        self.assert_ends(run, VIOLATED)
        step = json.loads(self.lines[index])
        text = run.stdout.decode()
        self.assertIn("DIFFERS at {}:{}, ".format(path, index + 1), text)
        self.assertIn(", process {}\n".format(step["node"]), text)
        self.assertIn('"type":"{}"'.format(step["event"]["type"]), text)

    def test_replay_is_the_same(self):
        run = bully_sim("replay", self.trace)
        self.assert_ends(run, HELD)
        self.assertIn("SAME: 3 lives and {} steps ".format(len(self.steps())), run.stdout.decode())
        self.assertEqual(run.stderr, b"")

    def test_replay_shows_the_same_timeline(self):
        def timeline(text):
            return [line for line in text.decode().splitlines() if re.match(r" +\d+\.\d+s  ", line)][:-1]  # not the end
        self.assertEqual(timeline(bully_sim("replay", self.trace).stdout), timeline(bully_sim(self.crash).stdout))

    def test_replay_in_mode_strict_and_of_scenarios(self):
        for name in ("crossing_coordinators", "cold_start", "paused_leader", "restart_new_address", "wedged_highest"):
            for mode in ("strict", "robust"):
                with self.subTest(name=name, mode=mode):
                    bully_sim(ROOT / "scenarios" / (name + ".yaml"), "--mode", mode, "--trace", self.trace)
                    self.assert_ends(bully_sim("replay", self.trace, "--quiet"), HELD)

    def test_dropped_action(self):
        index, step = next((i, s) for i, s in self.steps() if len(s["actions"]) > 1)
        step["actions"].pop()
        changed = list(self.lines)
        changed[index] = json.dumps(step, separators=(",", ":"))
        path, run = self.replay(changed)
        self.assert_differs(run, path, index)
        self.assertIn("recorded nothing", run.stdout.decode())

    def test_changed_state(self):
        index, step = self.steps()[-1]
        step["state"]["round"] += 1
        changed = list(self.lines)
        changed[index] = json.dumps(step)
        path, run = self.replay(changed)
        self.assert_differs(run, path, index)

    def test_dropped_step(self):
        # A PROBE that was sent: its answer, later, then belongs to no round that is known.
        index, dropped = next((i, s) for i, s in self.steps() if s["event"]["type"] == "timer")
        later = next(i for i, s in self.steps() if i > index and s["node"] == dropped["node"])
        path, run = self.replay(self.lines[:index] + self.lines[index + 1:])
        self.assert_ends(run, VIOLATED)
        self.assertRegex(run.stdout.decode(), r"DIFFERS at {}:{}, ".format(re.escape(str(path)), later))

    def test_swapped_lines(self):
        steps = self.steps()
        index = next(i for (i, a), (j, b) in zip(steps, steps[1:])
                     if j == i + 1 and a["t"] < b["t"] and a["node"] != b["node"])
        changed = list(self.lines)
        changed[index], changed[index + 1] = changed[index + 1], changed[index]
        path, run = self.replay(changed)
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "^{}:{}: `t` ".format(re.escape(str(path)), index + 2))

    def test_truncated(self):
        for length in (1, len(self.lines) // 2, len(self.lines)):
            with self.subTest(lines=length):
                kept = self.lines[:length]
                kept[-1] = kept[-1][:len(kept[-1]) // 2]
                path, run = self.replay(kept, end="")
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^{}:{}: ".format(re.escape(str(path)), length))

    def test_no_trace(self):
        for lines in ([], ["{}"], ["[]"], ["null"], ["not a trace"], ['{"format":"bully-trace"}'],
                      ['{"format":"bully-trace","version":999}'], ["\ufeff{}"], ["[" * 100000]):
            with self.subTest(lines=str(lines)[:40]):
                path, run = self.replay(lines)
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^{}:1: ".format(re.escape(str(path))))
        for line in ("{}", "[]", "7", '{"t":0}', '{"t":-1,"node":1,"event":{}}', '{"t":0,"node":9,"event":{}}',
                     '{"t":1e99,"node":1}', '{"snapshot":1}', '{"world":"end"}'):
            with self.subTest(line=line):
                path, run = self.replay([self.lines[0], line])
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^{}:2: ".format(re.escape(str(path))))

    def test_trace_on_stdout(self):
        run = bully_sim(self.crash, "--trace", "-")
        self.assert_ends(run, HELD)
        self.assertEqual(run.stdout, self.trace.read_bytes())
        self.assertIn(b"HELD: a crash", run.stderr)
        run = bully_sim(self.crash, "--trace", "-", "--json")
        self.assertEqual(run.stdout, self.trace.read_bytes())
        self.assertEqual(json.loads(run.stderr)["verdict"], "held")


def has_terminals():
    """Not so in a root without devpts."""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError:
        return False
    return True


@unittest.skipUnless(has_terminals(), "no terminal can be made here")
class Terminal(CliTest):
    def test_no_escapes_without_a_terminal(self):
        self.assertNotIn(ESCAPE, bully_sim(self.crash, "--verbose").stdout)
        self.assertNotIn(ESCAPE, bully_sim(self.write("hope.yaml", WRONG_HOPE)).stdout)
        trace = self.folder / "trace"
        bully_sim(self.crash, "--trace", trace)
        self.assertNotIn(ESCAPE, bully_sim("replay", trace).stdout)

    def test_colours_on_a_terminal(self):
        shown, code = on_terminal(self.crash)
        self.assertEqual(code, HELD)
        self.assertIn(ESCAPE + b"[", shown)
        plain = re.sub(rb"\x1b\[[0-9;]*m", b"", shown).replace(b"\r\n", b"\n")
        self.assertEqual(plain, bully_sim(self.crash).stdout)

    def test_no_colours_if_unwanted(self):
        for arguments, changes in (([self.crash], {"NO_COLOR": "1"}), ([self.crash, "--no-color"], {})):
            with self.subTest(arguments=arguments, changes=changes):
                shown, code = on_terminal(*arguments, **changes)
                self.assertEqual(code, HELD)
                self.assertNotIn(ESCAPE, shown)

    def test_empty_no_color_counts_as_unset(self):
        self.assertIn(ESCAPE, on_terminal(self.crash, NO_COLOR="")[0])

    def test_json_is_never_coloured(self):
        shown, code = on_terminal(self.write("hope.yaml", WRONG_HOPE), "--json")
        self.assertEqual(code, VIOLATED)
        self.assertNotIn(ESCAPE, shown)
        json.loads(shown)

    def test_names_of_a_file_do_not_command_the_terminal(self):
        path = self.write("evil.yaml", CRASH.replace("a crash", '"\\x1b]0;owned\\x07"'))
        shown, code = on_terminal(path)
        self.assertNotIn(b"\x1b]", shown)
        self.assertEqual(code, USAGE)


@unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
class FullDisk(CliTest):
    def test_trace(self):
        run = bully_sim(self.crash, "--trace", "/dev/full", "--quiet")
        self.assert_ends(run, INTERNAL)
        self.assert_one_line(run.stderr, "writing .*failed")

    def test_stdout(self):
        trace = self.folder / "trace"
        bully_sim(self.crash, "--trace", trace)
        for arguments in ([self.crash], [self.crash, "--json"], [self.crash, "--quiet"], [self.crash, "--verbose"],
                          ["replay", trace], ["replay", trace, "--quiet"], ["lint", self.crash]):
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                run = bully_sim(*arguments, stdout=full)
                self.assert_ends(run, INTERNAL)
                self.assert_one_line(run.stderr, "writing failed")

    def test_trace_on_stdout(self):
        with open("/dev/full", "wb") as full:
            run = bully_sim(self.crash, "--trace", "-", "--quiet", stdout=full)
        self.assert_ends(run, INTERNAL)
        self.assertRegex(run.stderr.decode(), "writing failed")

    def test_closed_pipe_does_not_hang(self):
        reader, writer = os.pipe()
        os.close(reader)
        with open(writer, "wb") as pipe:
            run = bully_sim(self.crash, "--verbose", stdout=pipe)
        self.assertIn(run.returncode, (INTERNAL, -signal.SIGPIPE))


class Interrupt(CliTest):
    def interrupted(self, *arguments):
        process = subprocess.Popen([PROGRAM, str(self.write("long.yaml", LONG)), *arguments], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        self.addCleanup(process.kill)
        # Not before it is ready for it.
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = pathlib.Path("/proc/{}/status".format(process.pid)).read_text()
            if int(re.search(r"SigCgt:\s*([0-9a-f]+)", status).group(1), 16) >> (signal.SIGINT - 1) & 1:
                break
            time.sleep(0.01)
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, INTERRUPTED, err)
        self.assertEqual(err, b"")
        return out

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs /proc")
    def test_summary(self):
        text = self.interrupted().decode()
        self.assertRegex(text, r"\n\w+: long \(interrupted at [0-9.]+\w+\), mode robust, seed 1, fingerprint [0-9a-f]{16}\n")
        self.assertRegex(text, r"PROBE +[1-9]")

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs /proc")
    def test_json(self):
        result = json.loads(self.interrupted("--json"))
        self.assertTrue(result["interrupted"])
        self.assertGreater(result["messages"]["PROBE"]["sent"], 0)
        self.assertLess(result["duration_ns"], 8000 * 3600 * 10**9)

    @unittest.skipUnless(os.path.exists("/proc/self/status"), "needs /proc")
    def test_trace_ends_with_a_whole_line(self):
        trace = self.folder / "trace"
        self.interrupted("--quiet", "--trace", str(trace))
        self.assert_ends(bully_sim("replay", trace, "--quiet"), HELD)


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
        self.assertIn("missing:1:1: ", run.stderr.decode())
        self.assertIn(str(self.crash), run.stdout.decode())

    def test_all_scenarios_are_good(self):
        files = sorted((ROOT / "scenarios").glob("*.yaml"))
        self.assertGreater(len(files), 30)
        run = bully_sim("lint", *files)
        self.assert_ends(run, HELD)
        self.assertEqual(run.stderr, b"")

    def test_lint_does_not_run(self):
        begin = time.monotonic()
        self.assert_ends(bully_sim("lint", self.write("long.yaml", LONG)), HELD)
        self.assertLess(time.monotonic() - begin, 30)


def main():
    global PROGRAM, ROOT
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    ROOT = pathlib.Path(sys.argv[2]).resolve()
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])


if __name__ == "__main__":
    main()
