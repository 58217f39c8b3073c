"""bully_live and bully_gcd as their users know them: what they print, and how they end.

live_cli_test.py BULLY_LIVE BULLY_GCD SLOW_NAMES, the last one a library that makes names slow to resolve.
"""
import json
import os
import pathlib
import pickle
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

LIVE, GCD, SLOW_NAMES = sys.argv[1:4]
ENDED, NO_PART, USAGE, INTERNAL = 0, 1, 2, 3
NET = pathlib.Path(__file__).parents[2] / "net"
WITHIN = 60.0  # seconds; for a busy machine


SLOWLY = {**os.environ, "LD_PRELOAD": SLOW_NAMES, "ASAN_OPTIONS": "verify_asan_link_order=0"}
A_LOOKUP = 60.0  # seconds, of a slow name


def run(*words, program=LIVE, env=None):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=WITHIN, check=False, env=env)


class Program:
    """A program that goes on; ends with the block."""

    def __init__(self, *words, env=None):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def line_with(self, text):
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"no line with {text!r}")

    def end(self, number):
        """Its exit code after this signal."""
        self.process.send_signal(number)
        self.process.communicate(timeout=WITHIN)
        return self.process.returncode


def gcd(*options, env=None):
    return Program(GCD, "0", "--json", *options, env=env)


def address_of(program):
    return json.loads(program.line_with("listening"))["address"]


def ask_daemon(where, pid, address):
    """JOINs; the members."""
    host, port = where.split(":")
    with socket.create_connection((host, int(port)), WITHIN) as join:
        join.sendall(pickle.dumps(("JOIN", (pid, address))))
        return pickle.loads(join.recv(1024))


class BadUsage(unittest.TestCase):
    def check(self, words, *texts, program=LIVE):
        result = run(*words, program=program)
        self.assertEqual(result.returncode, USAGE, (words, result))
        for text in texts:
            self.assertIn(text, result.stderr, words)
        self.assertTrue(result.stderr.startswith(pathlib.Path(program).name + ": "), result.stderr)
        self.assertEqual(result.stdout, "")

    def test_says_where_what_and_what_was_expected(self):
        for words, *texts in (
                (["--pid", "0,1234567", "localhost:1"], "--pid", "`0,1234567`", "1..365"),
                (["--pid", "5,12", "localhost:1"], "--pid", "`5,12`", "7 digits"),
                (["--birthday", "1958-13-01", "--student-id", "1234567", "localhost:1"], "--birthday", "`1958-13-01`", "exists"),
                (["--birthday", "23.05.1958", "--student-id", "1234567", "localhost:1"], "--birthday", "`23.05.1958`", "YYYY-MM-DD"),
                (["--birthday", "1959-02-29", "--student-id", "1234567", "localhost:1"], "--birthday", "`1959-02-29`", "exists"),
                (["--birthday", "9999-01-01", "--student-id", "1234567", "localhost:1"], "--birthday", "past", "today is"),
                (["--birthday", "1958-05-23", "localhost:1"], "--student-id"),
                (["[::1]:4000", "--pid", "1,1000000"], "GCD", "`[::1]:4000`", "no IPv6"),
                (["--listen", "[::]:0"], "--listen", "`[::]:0`", "no IPv6"),
                (["localhost:1"], "who are you"),
                (["localhost:99999", "--pid", "1,1000000"], "GCD", "`localhost:99999`", "HOST:PORT"),
                (["localhost", "--pid", "1,1000000"], "GCD", "`localhost`", "HOST:PORT"),
                (["ignore", "--pid", "1,1000000"], "--feign-failure=ignore"),
                (["--processes", "0"], "--processes", "from 1 to 365"),
                (["--processes", "-1"], "--processes"),
                (["--answer-timeout", "5"], "--answer-timeout", "`5`", "unit"),
                (["--answer-timeout", "0s"], "--answer-timeout", "`0s`", "greater than 0"),
                (["--for", "0s"], "--for", "`0s`", "greater than 0"),
                (["--probe-gap", "3s,1s"], "--probe-gap", "`3s,1s`", "MIN is greater than MAX"),
                (["--dialect", "latin"], "--dialect", "`latin`", "auto, join, begin, howdy"),
                (["--feign-up", "1s,2s"], "--feign-failure"),
                (["--trace", "-"], "--trace"),
                (["--trace", "/nonexistent/trace"], "/nonexistent/trace: No such file"),
                (["localhost:1", "--demo"], "--demo", "expected no daemon"),
                (["--demo", "--pid", "1,1000000"], "--demo", "expected no pid"),
                (["--demo", "--processes", "1"], "--demo", "expected --processes 2 or more"),
                (["--demo", "--no-probe"], "--demo with --no-probe"),
                (["localhost:4000", "--pid", "1,1000000", "--listen", "127.0.0.1:4000"], "--listen: localhost:4000", "the daemon's"),
                (["localhost:4000", "--pid", "1,1000000", "--listen", "0.0.0.0:4000"], "--listen: localhost:4000", "the daemon's"),
                (["localhost:1", "two", "three"], "unexpected arguments: `two` `three`"),
                (["--quiet", "--json"], "--quiet"),
                (["--frobnicate"], "--frobnicate")):
            with self.subTest(words=words):
                self.check(words, *texts)

    def test_of_the_daemon(self):
        for words, *texts in (([], "PORT"), (["abc"], "PORT", "`abc`", "HOST:PORT"), (["65536"], "PORT", "`65536`"), (["[::1]:0"], "PORT", "no IPv6"),
                              (["0", "--forget-after", "5"], "--forget-after", "`5`"), (["0", "--word", "HELLO"], "--word: `HELLO`, expected one of JOIN, BEGIN, HOWDY"),
                              (["0", "b", "a"], "unexpected arguments: `b` `a`")):
            with self.subTest(words=words):
                self.check(words, *texts, program=GCD)

    def test_an_address_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.check(["--pid", "1,1000000", "localhost:1", "--listen", f"127.0.0.1:{port}"], str(port), "in use")
            self.check([str(port)], str(port), "in use", program=GCD)


class Help(unittest.TestCase):
    def test_of_a_flag_that_can_have_a_value(self):
        self.assertIn("  --feign-failure[=close|ignore] ", run("--help").stdout)


    def test_names_each_event_of_json(self):
        text = run("--help").stdout
        sources = "".join(path.read_text(encoding="utf-8") for path in NET.glob("live_log*.cpp"))
        events = set(re.findall(r'(?:\bline\(|at_ns, )"([a-z_]+)"', sources))
        self.assertGreater(len(events), 10)
        for event in events:
            self.assertRegex(text, f"\n  {event} +[a-z]")


class TwoWithOnePid(unittest.TestCase):
    def test_the_daemon_tells_where_it_was(self):
        with gcd() as daemon:
            where = address_of(daemon)
            with Program(LIVE, where, "--pid", "10,1000010", "--json") as one:
                first = address_of(one)
                one.line_with("joined")
                with Program(LIVE, where, "--pid", "10,1000010", "--json") as other:
                    other.line_with("joined")
                    self.assertEqual(json.loads(daemon.line_with("before"))["before"], first)

    def test_the_daemon_tells_whose_place_another_takes(self):
        with gcd() as daemon, Program(GCD, "0") as in_text:
            where = address_of(daemon)
            text_where = in_text.line_with("listens at").split()[-1]
            for days, port in ((10, 4001), (20, 4002), (20, 4002)):
                ask_daemon(where, (days, 1000000), ("127.0.0.1", port))
                ask_daemon(text_where, (days, 1000000), ("127.0.0.1", port))
            ask_daemon(text_where, (30, 3000000), ("127.0.0.1", 4002))
            lines = [json.loads(daemon.line_with("joined")) for _ in range(3)]
            self.assertEqual([line.get("replaced") for line in lines],
                             [None, [{"pid": [10, 1000000], "why": "same student id"}], None])
            self.assertEqual(in_text.line_with("joins"), "(10, 1000000) at 127.0.0.1:4001 joins; 1 in the group\n")
            self.assertEqual(in_text.line_with("joins"), "(20, 1000000) at 127.0.0.1:4002 joins, takes the place of "
                             "(10, 1000000): same student id; 1 in the group\n")
            self.assertEqual(in_text.line_with("joins"), "(20, 1000000) at 127.0.0.1:4002 joins; 1 in the group\n")
            self.assertIn("takes the place of (20, 1000000): same address;", in_text.line_with("joins"))

    def test_a_member_warns_if_the_daemon_lists_the_other(self):
        pid = (10, 1000010)
        with socket.create_server(("127.0.0.1", 0)) as daemon:
            daemon.settimeout(WITHIN)
            with Program(LIVE, "localhost:%d" % daemon.getsockname()[1], "--pid", "%d,%d" % pid) as live:
                join, _ = daemon.accept()
                with join:
                    join.recv(1024)
                    join.sendall(pickle.dumps({pid: ("127.0.0.1", 1)}))
                self.assertIn("WARNING: the daemon lists another process with this pid", live.line_with("lists"))


class TakesPart(unittest.TestCase):
    def test_the_demo_shows_an_election(self):
        result = run("--demo", "--quiet")
        self.assertEqual(result.returncode, ENDED, result)
        self.assertIn("all 5 agree that (5, 1000005) leads", result.stdout)
        self.assertIn("all 4 that live agree that (4, 1000004) leads", result.stdout)

    def test_the_demo_of_a_few(self):
        result = run("--demo", "--quiet", "--processes", "3")
        self.assertIn("both that live agree that (2, 1000002) leads, ", result.stdout)
        result = run("--demo", "--quiet", "--processes", "2")
        self.assertIn("both agree that (2, 1000002) leads, ", result.stdout)
        self.assertIn("(1, 1000001) leads, the only one that lives, ", result.stdout)
        self.assertEqual(result.returncode, ENDED, result)

    def test_the_demo_can_be_interrupted_at_any_time(self):
        for text in ("listens at", "agree that (5", "is killed"):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(after=text, signal=number), Program(LIVE, "--demo", "--quiet") as demo:
                    demo.line_with(text)
                    self.assertEqual(demo.end(number), ENDED)

    def test_a_demo_that_has_no_time_to_show_an_election(self):
        for duration in ("1ms", "1s"):
            result = run("--demo", "--quiet", "--for", duration)
            self.assertEqual((result.returncode, result.stderr),
                             (NO_PART, "bully_live: --for is over before the demo has shown an election\n"), duration)

    def test_events(self):
        with gcd() as daemon:
            where = address_of(daemon)
            with Program(LIVE, where, "--pid", "20,1000002", "--json") as high:
                listening = json.loads(high.line_with("listening"))
                self.assertEqual(listening["pid"], [20, 1000002])
                self.assertRegex(listening["address"], r"^127\.0\.0\.1:\d+$")
                self.assertEqual(json.loads(high.line_with("joined"))["members"], 1)
                with Program(LIVE, where, "--pid", "10,1000001", "--json") as low:
                    self.assertEqual(json.loads(low.line_with("joined"))["members"], 2)
                    change = json.loads(low.line_with("leader_changed"))
                    self.assertEqual(change["leader"], [20, 1000002])
                    self.assertAlmostEqual(change["time"], time.time(), delta=WITHIN)
                    self.assertEqual(high.end(signal.SIGTERM), ENDED)
                    self.assertEqual(json.loads(low.line_with("leader_failed"))["why"], "refused")
                    self.assertEqual(json.loads(low.line_with("leader_changed"))["leader"], [10, 1000001])
                    self.assertEqual(low.end(signal.SIGINT), ENDED)

    def test_members_of_one_program_at_another_loopback_address(self):
        with Program(LIVE, "--processes", "3", "--listen", "127.0.0.2:0", "--json") as group:
            for _ in range(3):
                group.line_with("joined")

    def test_a_full_disk(self):
        result = run("--processes", "2", "--for", "1s", "--quiet", "--trace", "/dev/full")
        self.assertEqual(result.returncode, INTERNAL, result)
        self.assertIn("/dev/full", result.stderr)

    def test_a_trace_is_complete_though_the_program_is_killed(self):
        with tempfile.TemporaryDirectory() as folder:
            trace = pathlib.Path(folder, "live.jsonl")
            with Program(LIVE, "--processes", "2", "--json", "--trace", trace) as group:
                group.line_with("leader_changed")
                group.process.kill()
            self.assertIn("leader_changed", trace.read_text(encoding="utf-8"))


class Stalled(unittest.TestCase):
    def test_messages_go_before_timers(self):
        """Stopped while it waits for an OK, which comes meanwhile, for longer than it would wait: that OK counts."""
        higher = (300, 3000000)
        with gcd() as daemon, socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(WITHIN)
            where = address_of(daemon)
            ask_daemon(where, higher, server.getsockname())
            with Program(LIVE, where, "--pid", "10,1000001", "--json", "--answer-timeout", "2s", "--coordinator-timeout",
                         "5min") as low:
                host, port = address_of(low).split(":")
                asked, _ = server.accept()
                with asked:
                    self.assertEqual(pickle.loads(asked.recv(1024))[0], "ELECTION")
                    low.process.send_signal(signal.SIGSTOP)
                    asked.sendall(pickle.dumps(("OK", None)))
                    time.sleep(3)  # the stall
                    low.process.send_signal(signal.SIGCONT)
                    events = [json.loads(low.line_with("{")) for _ in range(3)]
                self.assertEqual([event["event"] for event in events], ["joined", "election", "message"])
                self.assertEqual(events[2]["message"], "OK")
                with socket.create_connection((host, int(port)), WITHIN) as claim:
                    claim.sendall(pickle.dumps(("COORDINATOR", higher)))
                seen = []
                while not seen or seen[-1]["event"] != "leader_changed":
                    seen.append(json.loads(low.line_with("{")))
                self.assertEqual(seen[-1]["leader"], list(higher))
                self.assertNotIn("won", [event["event"] for event in seen])


class Leads(unittest.TestCase):
    def test_who_keeps_asking_is_told_once_in_2_s(self):
        asker = (10, 1000010)
        with gcd() as daemon, socket.create_server(("127.0.0.1", 0)) as server:
            where = address_of(daemon)
            ask_daemon(where, asker, server.getsockname())
            with Program(LIVE, where, "--pid", "300,3000000", "--json") as leader:
                host, port = address_of(leader).split(":")
                leader.line_with("leader_changed")
                server.settimeout(0.05)
                told = []
                end = time.monotonic() + WITHIN
                while len(told) < 4 and time.monotonic() < end:
                    try:
                        connection, _ = server.accept()
                        with connection:
                            connection.settimeout(WITHIN)
                            self.assertEqual(pickle.loads(connection.recv(1024))[0], "COORDINATOR")
                        told.append(time.monotonic())
                    except TimeoutError:
                        with socket.create_connection((host, int(port)), WITHIN) as ask:
                            ask.sendall(pickle.dumps(("ELECTION", {asker: server.getsockname()})))
                            self.assertEqual(pickle.loads(ask.recv(1024))[0], "OK")
        # The victory, at the first ELECTION, and then no more than one in 2 s; half of that on a busy machine.
        self.assertEqual(len(told), 4)
        for before, after in zip(told[1:], told[2:]):
            self.assertGreater(after - before, 1.0, told)


class SlowNames(unittest.TestCase):
    """The name server is silent."""

    def setUp(self):
        self.began = time.monotonic()

    def tearDown(self):
        self.assertLess(time.monotonic() - self.began, A_LOOKUP / 2, "somebody has waited for the resolver")

    def test_the_daemons_name_has_the_time_of_a_join(self):
        result = run("daemon.slow:4000", "--pid", "12,1234567", "--join-timeout", "200ms", "--join-attempts", "2",
                     "--join-retry", "10ms", env=SLOWLY)
        self.assertEqual(result.returncode, NO_PART, result)
        self.assertIn("daemon.slow:4000 can't be found: its name isn't resolved within 200ms", result.stderr)

    def test_names_that_are_needed_at_the_start_have_5_s(self):
        for words, program in ((("daemon.slow:4000", "--pid", "12,1234567", "--listen", "0.0.0.0:0"), LIVE),
                               (("own.slow:0",), GCD)):
            self.began = time.monotonic()
            result = run(*words, program=program, env=SLOWLY)
            self.assertLess(time.monotonic() - self.began, A_LOOKUP / 2, program)
            self.assertEqual(result.returncode, USAGE, result)
            self.assertIn(".slow`, expected a host with an IPv4 address: its name isn't resolved in time", result.stderr)

    def test_a_members_name_has_the_time_of_a_connection(self):
        with gcd() as daemon:
            where = address_of(daemon)
            with Program(LIVE, where, "--pid", "12,1234567", "--json", env=SLOWLY) as live:
                host, port = address_of(live).split(":")
                live.line_with("leader_changed")
                with socket.create_connection((host, int(port)), WITHIN) as peer:
                    peer.sendall(pickle.dumps(("ELECTION", {(300, 3000000): ("peer.slow", 4000)})))
                    self.assertEqual(pickle.loads(peer.recv(1024))[0], "OK")
                self.assertIn("peer.slow:4000 can't be found: its name isn't resolved in time", live.line_with("can't be found"))

    def test_both_leave_at_once(self):
        with Program(LIVE, "daemon.slow:4000", "--pid", "12,1234567", "--json", "--join-timeout", "10min", env=SLOWLY) as live:
            live.line_with("listening")
            self.assertEqual(live.end(signal.SIGINT), ENDED)
        with gcd(env=SLOWLY) as daemon:
            host, port = address_of(daemon).split(":")
            with socket.create_connection((host, int(port)), WITHIN) as join:
                join.sendall(pickle.dumps(("JOIN", ((10, 1000010), ("peer.slow", 4000)))))
                self.assertIn("name resolution", pickle.loads(join.recv(1024)))
                self.assertEqual(daemon.end(signal.SIGTERM), ENDED)


class NoPart(unittest.TestCase):
    def test_the_daemon_refuses(self):
        with gcd("--word", "BEGIN") as daemon:
            result = run(address_of(daemon), "--pid", "12,1234567", "--dialect", "join")
        self.assertEqual(result.returncode, NO_PART, result)
        self.assertIn("Unexpected message: JOIN", result.stderr)

    def test_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as unused:
            where = "localhost:%d" % unused.getsockname()[1]
        result = run(where, "--pid", "12,1234567", "--join-attempts", "2", "--join-retry", "10ms")
        self.assertEqual(result.returncode, NO_PART, result)
        self.assertIn(f"{where} can't be reached: Connection refused", result.stderr)
        self.assertIn(f"{where} can't be reached: Connection refused; try 1 of 2, the next in 0.01 s\n", result.stdout)
        self.assertIn("; try 2 of 2\n", result.stdout)
        result = run(where, "--pid", "12,1234567", "--join-attempts", "3", "--join-retry", "10ms", "--json")
        failed = [json.loads(line) for line in result.stdout.splitlines() if "join_failed" in line]
        self.assertEqual([(line["try"], line["of"], line.get("next")) for line in failed],
                         [(1, 3, 0.01), (2, 3, 0.02), (3, 3, None)])
        result = run(where, "--pid", "12,1234567", "--for", "200ms")
        self.assertEqual(result.returncode, NO_PART, result)
        self.assertIn("hasn't let anybody in", result.stderr)

    def test_half_an_answer_is_no_refusal(self):
        with socket.create_server(("127.0.0.1", 0)) as half:
            half.settimeout(WITHIN)
            with Program(LIVE, "localhost:%d" % half.getsockname()[1], "--pid", "12,1234567", "--json",
                         "--join-retry", "10ms") as live:
                for _ in range(2):
                    connection, _ = half.accept()
                    with connection:
                        connection.recv(1024)
                        connection.sendall(b"\x80\x04}")
                    self.assertIn("broken off", live.line_with("join_failed"))

    def test_leaves_at_once_though_the_daemon_is_silent(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            silent.settimeout(WITHIN)
            with Program(LIVE, "localhost:%d" % silent.getsockname()[1], "--pid", "12,1234567", "--json",
                         "--join-timeout", "10min") as live:
                live.line_with("listening")
                connection, _ = silent.accept()
                with connection:
                    self.assertEqual(live.end(signal.SIGINT), ENDED)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
