"""bully_live and bully_gcd as their users know them: what they print, and how they end: see live_support.py."""
import json
import pathlib
import pickle
import re
import signal
import socket
import tempfile
import time
import unittest

from live_support import ENDED, GCD, INTERNAL, LIVE, NO_PART, WITHIN, Program, address_of, ask_daemon, gcd, run, main


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


class DaemonLog(unittest.TestCase):
    """What a member is told is the lab's own text; the log says more."""

    def both(self, *options):
        return Program(GCD, "0", "--json", *options), Program(GCD, "0", *options)

    def test_who_is_refused_and_why(self):
        nowhere = "nobody can connect to 0.0.0.0, expected the member's own address"
        elsewhere = "192.0.2.1 isn't 127.0.0.1; --allow-remote lets members at other addresses in"
        for options, host, because in (((), "0.0.0.0", nowhere), (("--allow-remote",), "0.0.0.0", nowhere),
                                       ((), "", "the request names no host"), ((), "192.0.2.1", elsewhere)):
            answer = "Only local group members currently allowed"
            in_json, in_text = self.both(*options)
            with self.subTest(host=host, options=options), in_json, in_text:
                for where in address_of(in_json), in_text.line_with("listens at").split()[-1]:
                    where = where.replace("0.0.0.0", "127.0.0.1")
                    self.assertEqual(ask_daemon(where, (10, 1000010), (host, 4000)), answer)
                event = json.loads(in_json.line_with("refused"))
                self.assertEqual((event["pid"], event["address"], event["why"], event["because"]),
                                 ([10, 1000010], f"{host}:4000", answer, because))
                self.assertRegex(in_text.line_with("refused"),
                                 re.escape(f"refused: (10, 1000010) at {host}:4000, from 127.0.0.1:") + "[0-9]+: " +
                                 re.escape(f"{answer}; {because}\n"))

    def test_who_is_forgotten(self):
        in_json, in_text = self.both("--forget-after", "100ms")
        with in_json, in_text:
            for where in address_of(in_json), in_text.line_with("listens at").split()[-1]:
                ask_daemon(where, (10, 1000010), ("127.0.0.1", 4001))
                time.sleep(0.2)
                self.assertEqual(list(ask_daemon(where, (20, 1000020), ("127.0.0.1", 4002))), [(20, 1000020)])
            event = json.loads(in_json.line_with("forgotten"))
            self.assertEqual((event["pid"], event["address"]), ([10, 1000010], "127.0.0.1:4001"))
            self.assertGreater(event["after"], 0.1)
            self.assertRegex(in_text.line_with("forgotten"),
                             r"^\(10, 1000010\) at 127.0.0.1:4001 is forgotten: it hasn't joined again for [0-9.]+ s\n$")

    def test_members_that_others_cant_reach(self):
        in_json, in_text = self.both("--allow-remote")
        warning = "where members at other hosts can't reach them"
        with in_json, in_text:
            for where in address_of(in_json), in_text.line_with("listens at").split()[-1]:
                where = where.replace("0.0.0.0", "127.0.0.1")
                ask_daemon(where, (10, 1000010), ("127.0.0.1", 4001))
                ask_daemon(where, (20, 1000020), ("192.0.2.1", 4001))
            self.assertNotIn("warning", json.loads(in_json.line_with("joined")))
            self.assertIn(warning, json.loads(in_json.line_with("joined"))["warning"])
            self.assertNotIn("WARNING", in_text.line_with("joins"))
            self.assertIn(warning, in_text.line_with("joins"))


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


if __name__ == "__main__":
    main()
