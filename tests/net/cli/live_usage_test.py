"""What bully_live and bully_gcd say of their command lines: see live_support.py."""
import pathlib
import re
import socket
import unittest

from live_support import GCD, LIVE, NET, USAGE, run, main


class BadUsage(unittest.TestCase):
    def check(self, words, *texts, program=LIVE):
        result = run(*words, program=program)
        self.assertEqual(result.returncode, USAGE, (words, result))
        for text in texts:
            self.assertIn(text, result.stderr, words)
        self.assertTrue(result.stderr.startswith(pathlib.Path(program).name + ": "), result.stderr)
        self.assertEqual(result.stdout, "")

    def test_says_where_what_and_what_was_expected(self):
        student = ["--student-id", "1234567", "localhost:1"]
        member = ["localhost:4000", "--pid", "1,1000000"]
        for words, *texts in (
                (["--pid", "0,1234567", "localhost:1"], "--pid", "`0,1234567`", "1..365"),
                (["--pid", "5,12", "localhost:1"], "--pid", "`5,12`", "7 digits"),
                (["--birthday", "1958-13-01", *student], "--birthday", "`1958-13-01`", "exists"),
                (["--birthday", "23.05.1958", *student], "--birthday", "`23.05.1958`", "YYYY-MM-DD"),
                (["--birthday", "1959-02-29", *student], "--birthday", "`1959-02-29`", "exists"),
                (["--birthday", "9999-01-01", *student], "--birthday", "past", "today is"),
                (["--birthday", "1958-05-23", "localhost:1"], "--student-id"),
                (["[::1]:4000", "--pid", "1,1000000"], "GCD", "`[::1]:4000`", "no IPv6"),
                (["--listen", "[::]:0"], "--listen", "`[::]:0`", "no IPv6"),
                (["localhost:1"], "GCD without a pid: expected --pid"),
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
                (["localhost:1", "--demo", "--pid", "1,1000000"], "--demo", "expected no daemon and no pid"),
                (["--demo", "--pid", "1,1000000"], "--demo", "expected no pid"),
                (["--demo", "--processes", "1"], "--demo", "expected --processes 2 or more"),
                (["--demo", "--no-probe"], "--demo with --no-probe"),
                ([*member, "--listen", "127.0.0.1:4000"], "--listen: localhost:4000", "the daemon's"),
                ([*member, "--listen", "0.0.0.0:4000"], "--listen: localhost:4000", "the daemon's"),
                (["--advertise", "[::1]:1"], "--advertise", "no IPv6"),
                (["--advertise", "myhost:x"], "--advertise: `myhost:x`, expected HOST or HOST:PORT"),
                (["--advertise", "0.0.0.0"], "--advertise: nobody can connect to 0.0.0.0"),
                (["--advertise", "127.0.0.1:5000"], "--advertise: one port for many processes"),
                (["localhost:1", "two", "three"], "unexpected arguments: `two` `three`"),
                (["--quiet", "--json"], "--quiet"),
                (["--mode", "strict", "--hold-down", "1s"], "--hold-down in mode strict", "expected mode robust"),
                (["--mode", "strict", "--refresh", "1s"], "--refresh in mode strict", "expected mode robust"),
                (["--frobnicate"], "--frobnicate")):
            with self.subTest(words=words):
                self.check(words, *texts)

    def test_of_the_daemon(self):
        for words, *texts in (([], "PORT"), (["abc"], "PORT", "`abc`", "HOST:PORT"), (["65536"], "PORT", "`65536`"),
                              (["[::1]:0"], "PORT", "no IPv6"), (["0", "--forget-after", "5"], "--forget-after", "`5`"),
                              (["0", "--word", "HELLO"], "--word: `HELLO`, expected one of JOIN, BEGIN, HOWDY"),
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
        sources = "".join(path.read_text(encoding="utf-8") for path in NET.glob("log/live_log*.cpp"))
        events = set(re.findall(r'(?:\bline\(|at_ns, )"([a-z_]+)"', sources))
        self.assertGreater(len(events), 10)
        for event in events:
            self.assertRegex(text, f"\n  {event} +[a-z]")


if __name__ == "__main__":
    main()
