#!/usr/bin/env python3
"""bully_sim from outside: traces and replay, terminals, a full disk, Ctrl-C."""
import fcntl
import json
import os
import pathlib
import pty
import re
import signal
import subprocess
import sys
import termios
import time
import unittest

from cli_support import (CRASH, CliTest, ESCAPE, HELD, INTERNAL, INTERRUPTED, LONG, PROGRAM, ROOT, USAGE, VIOLATED,
                         WRONG_HOPE, bully_sim, environment, main, on_terminal, sealed)


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
        self.assertIn("REPLAYED: 3 lives and {} steps ".format(len(self.steps())), run.stdout.decode())
        self.assertEqual(run.stderr, b"")

    def test_replay_reads_stdin(self):
        run = bully_sim("replay", "-", "--quiet", stdin=self.trace.read_bytes())
        self.assert_ends(run, HELD)
        self.assertEqual(run.stdout, bully_sim("replay", self.trace, "--quiet").stdout.replace(bytes(self.trace), b"stdin"))
        for text in (b"", b"x"):
            run = bully_sim("replay", "-", stdin=text)
            self.assert_ends(run, USAGE)
            self.assertTrue(run.stderr.startswith(b"stdin:1: "), run.stderr)

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
        for length in (len(self.lines) // 2, len(self.lines)):
            with self.subTest(lines=length):
                kept = self.lines[:length]
                kept[-1] = kept[-1][:len(kept[-1]) // 2]
                path, run = self.replay(kept, end="")
                self.assert_ends(run, HELD)
                self.assertIn("\n{}:{} is incomplete".format(path, length), run.stdout.decode())
                path, run = self.replay(kept)
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^{}:{}: ".format(re.escape(str(path)), length))
        path, run = self.replay([self.lines[0][:200]], end="")
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "^{}:1: ".format(re.escape(str(path))))
        path, run = self.replay(self.lines[:-1])
        self.assert_ends(run, HELD)
        self.assertIn("The trace has no end", run.stdout.decode())

    def test_a_changed_trace_is_told(self):
        last = len(self.lines)
        self.assertEqual(sealed(self.lines), self.lines)
        for changed, line, message in (
                (self.lines[:-2] + self.lines[-1:], last - 1, f"{last - 2} lines before the end: the trace was changed after "
                 f"it was written, expected {last - 1}, as its end says"),
                ([self.lines[0].replace("a crash", "no crash"), *self.lines[1:]], last,
                 "lines of digest [0-9a-f]{16}: the trace was changed after it was written, expected [0-9a-f]{16}, as its end"),
                ([line + " " for line in self.lines], last, "lines of digest"),
                ([self.lines[0].replace('"version":3', '"version":2'), *self.lines[1:]], 1,
                 "a trace of version 2, which is older than this program, expected version 3")):
            path, run = self.replay(changed)
            self.assert_ends(run, USAGE)
            self.assert_one_line(run.stderr, f"^{re.escape(str(path))}:{line}: {message}")

    def test_nothing_but_the_first_line(self):
        for end in ("\n", ""):
            path, run = self.replay(self.lines[:1], end)
            self.assert_ends(run, USAGE)
            self.assert_one_line(run.stderr,
                                 f"^{re.escape(str(path))}:1: the end of a trace in which no process lives, expected")

    def test_names_do_not_steer_the_terminal(self):
        lines = [line.replace('"name":"3"', '"name":"\\u001b[31m\\u009b1m"') for line in self.lines]
        index, step = next((i, s) for i, s in self.steps() if s["node"] == 1)
        refused = {"type": "join_failed", "round": 0, "kind": "rejected", "reason": "\x1b[31m\x9b1m"}
        lines.insert(index, json.dumps({"t": step["t"], "node": 1, "event": refused, "actions": [], "state": {}}))
        _, run = self.replay(lines)
        self.assertIn(r'"reason":"\u001b[31m\u009b1m"', run.stdout.decode())
        del lines[index]
        _, run = self.replay(sealed(lines))
        self.assert_ends(run, HELD)
        self.assertNotIn(ESCAPE, run.stdout)
        self.assertNotIn("\x9b".encode(), run.stdout)
        alone = self.write("alone.yaml", "name: x\nduration: 3s\nprocesses: 1\ngcd: {host: up}\n"
                           "faults: [{at: 0s, gcd: down}]\n")
        bully_sim(alone, "--trace", self.trace)
        lines = re.sub('(?<="reason":")[^"]+', lambda _: r'\u001b[31m', self.trace.read_text(encoding="utf-8")).splitlines()
        path, _ = self.replay(sealed(lines))
        run = bully_sim("replay", path, "--verbose")
        self.assert_ends(run, HELD)
        self.assertIn("?[31m", run.stdout.decode())
        self.assertNotIn(ESCAPE, run.stdout)

    def test_replay_json(self):
        run = bully_sim("replay", self.trace, "--json")
        self.assert_ends(run, HELD)
        found = json.loads(run.stdout)
        self.assertEqual((found["verdict"], found["complete"], found["difference"]), ("held", True, None))
        ran = json.loads(bully_sim(self.crash, "--json").stdout)
        self.assertEqual([(p["name"], p["status"]) for p in found["properties"]],
                         [(p["name"], p["status"]) for p in ran["properties"]])

    def test_tolerance(self):
        self.lines = [line.replace("bully_sim", "bully_live") for line in self.lines]
        index, fired = next((i, s) for i, s in self.steps()
                            if s["event"] == {"type": "timer", "timer": "answer", "round": s["event"].get("round")})
        # It fired 100 ms later than recorded, and so did all after it.
        for i in range(index, len(self.lines)):
            line = json.loads(self.lines[i])
            line["t"] = line.get("t", 0) + 100_000_000
            self.lines[i] = json.dumps(line)
        path, run = self.replay(sealed(self.lines))
        self.assert_ends(run, HELD)
        self.assert_ends(bully_sim("replay", path, "--tolerance", "101ms"), HELD)
        # Nobody did anything meanwhile: perhaps its program was stopped.
        run = bully_sim("replay", path, "--tolerance", "99ms")
        self.assert_ends(run, HELD)
        self.assertRegex(run.stdout.decode(), "-  *P6 .* its program stood still .*; --tolerance 100ms allows for that")
        # One of the others did: it was not.
        late = json.loads(self.lines[index])["t"]
        other = next(s for _, s in reversed(list(self.steps()))
                     if s["t"] < late and s["node"] != fired["node"] and s["state"]["phase"] == "following")
        alive = [json.dumps(dict(other, t=late - 90_000_000, actions=[],
                                 event={"type": "timer", "timer": "answer", "round": 9999}))]
        changed, _ = self.replay(sealed(self.lines[:index] + alive + self.lines[index:]))
        run = bully_sim("replay", changed, "--tolerance", "99ms")
        self.assert_ends(run, VIOLATED)
        self.assertIn("VIOLATED P6 ", run.stdout.decode())
        self.assertIn("Timers fired up to 100ms late: --tolerance 100ms allows for that.", run.stdout.decode())
        for value in ("5", "-1s", "400d", ""):
            self.assert_ends(bully_sim("replay", path, "--tolerance=" + value), USAGE)

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
        for name in ("-", "/dev/stdout", "/proc/self/fd/1"):
            with self.subTest(name):
                run = bully_sim(self.crash, "--trace", name)
                self.assert_ends(run, HELD)
                self.assertEqual(run.stdout, self.trace.read_bytes())
                self.assertIn(b"HELD: a crash", run.stderr)
        log = self.folder / "log"
        for name in ("/dev/stdout", log):
            with self.subTest(name), open(log, "wb") as file:
                self.assert_ends(bully_sim(self.crash, "--trace", name, stdout=file), HELD)
            self.assertEqual(log.read_bytes(), self.trace.read_bytes())
        run = bully_sim(self.crash, "--trace", "-", "--json")
        self.assertEqual(run.stdout, self.trace.read_bytes())
        self.assertEqual(json.loads(run.stderr)["verdict"], "held")

    def test_a_slow_reader_loses_nothing(self):
        big = self.write("big.yaml", CRASH.replace("processes: 3", "processes: 30").replace("leader: 2", "leader: 29"))
        whole = bully_sim(big, "--trace", "-").stdout
        for name in ("-", "/dev/fd/{}"):
            reader, writer = os.pipe()
            os.set_blocking(writer, False)
            full = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)
            self.assertGreater(len(whole), 2 * full)
            with self.subTest(name), open(reader, "rb") as pipe:
                process = subprocess.Popen([PROGRAM, big, "--quiet", "--trace", name.format(writer)],
                                           stdout=writer if name == "-" else subprocess.DEVNULL, stderr=subprocess.PIPE,
                                           pass_fds=[writer])
                os.close(writer)
                self.addCleanup(process.kill)
                deadline = time.monotonic() + 30
                waiting = 0
                while waiting < full and process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.01)
                    waiting = int.from_bytes(fcntl.ioctl(reader, termios.FIONREAD, bytes(4)), sys.byteorder)
                self.assertEqual(pipe.read(), whole)
                err = process.communicate(timeout=60)[1]
                self.assertEqual(process.returncode, HELD, err)


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
        self.assert_one_line(run.stderr, "writing /dev/full failed: No space left on device$")

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
        self.assertRegex(run.stderr.decode(), "writing - failed: No space left on device")


class ClosedPipe(CliTest):
    def test_of_stdout_ends_the_program_at_once(self):
        long = self.write("long.yaml", LONG)
        for options in (["--verbose"], ["--trace", "-"], ["--trace", "/dev/stdout"]):
            with self.subTest(options=options):
                process = subprocess.Popen([PROGRAM, long, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, env=environment())
                self.addCleanup(process.kill)
                process.stdout.readline()
                process.stdout.close()
                process.stdout = None
                err = process.communicate(timeout=60)[1]
                self.assertEqual((process.returncode, err), (-signal.SIGPIPE, b""))

    def test_of_another_output_is_told(self):
        reader, writer = os.pipe()
        os.close(reader)
        path = "/dev/fd/{}".format(writer)
        run = subprocess.run([PROGRAM, self.crash, "--trace", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, pass_fds=[writer], env=environment(), timeout=120)
        os.close(writer)
        self.assertEqual(run.returncode, INTERNAL)
        self.assert_one_line(run.stderr, "writing {} failed: Broken pipe$".format(path))
        self.assertIn(b"HELD: a crash", run.stdout)


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


if __name__ == "__main__":
    main()
