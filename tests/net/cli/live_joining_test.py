"""bully_live with a daemon that refuses, is silent or not there, and names that nobody knows: see live_support.py."""
import json
import pickle
import signal
import socket
import time
import unittest

from live_support import (A_LOOKUP, ENDED, GCD, LIVE, NO_PART, SLOWLY, USAGE, WITHIN, Program, address_of, gcd,
                          run, main)


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
                self.assertIn("peer.slow:4000 can't be found: its name isn't resolved in time",
                              live.line_with("can't be found"))

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
        self.assertIn("; GIVES UP after 2 tries\n", result.stdout)
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
    main()
