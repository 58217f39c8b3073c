"""bully_live and bully_gcd whose output nobody reads, or whose terminal is gone: see live_support.py."""
import fcntl
import json
import os
import pathlib
import pickle
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from live_support import ENDED, GCD, INTERNAL, LIVE, WITHIN, Program, address_of, ask_daemon, gcd, main

SET_PIPE_SIZE = 1031  # fcntl.F_SETPIPE_SZ, since Python 3.10
# Twenty members that say more in a second than a program keeps for its reader, 64 kB.
MANY = ("--processes", "20", "--verbose", "--probe-gap", "5ms,10ms")


class Started:
    """A program with a stdout of the test's own; ends with the block."""

    def __init__(self, *words, stdout, before=None):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with,subprocess-popen-preexec-fn
            words, stdout=stdout, stderr=subprocess.PIPE, text=True, preexec_fn=before)
        self.said = ""
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stderr:
            self.said += line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(timeout=WITHIN)
        self.reader.join()
        return code

    def wait_for(self, text):
        deadline = time.monotonic() + WITHIN
        while text not in self.said:
            if time.monotonic() > deadline:
                raise AssertionError(f"no {text!r} on stderr: {self.said!r}")
            time.sleep(0.02)


class Unread:
    """A pipe of 4 kB. with Unread() as pipe: start(stdout=pipe.writer); pipe.started(); ..."""

    def __enter__(self):
        reader, self.writer = os.pipe()
        fcntl.fcntl(self.writer, SET_PIPE_SIZE, 4096)
        self.reader = os.fdopen(reader, encoding="utf-8")
        return self

    def __exit__(self, *_):
        self.started()
        self.reader.close()

    def started(self):
        if self.writer is not None:
            os.close(self.writer)
        self.writer = None

    def line_with(self, pattern):
        for line in self.reader:
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no line with {pattern!r}")


class NobodyReads(unittest.TestCase):
    def test_it_goes_on_and_says_how_many_lines_it_dropped(self):
        for style, gap in ((["--json"], r'\{"event":"dropped","time":[0-9.]+,"lines":([0-9]+)\}'),
                           ([], r"^\.\.\. ([0-9]+) lines dropped: they weren't read in time$")):
            with self.subTest(style=style), Unread() as pipe, Started(LIVE, *MANY, *style, stdout=pipe.writer) as group:
                pipe.started()
                time.sleep(3)  # for more than is kept
                self.assertGreater(int(pipe.line_with(gap)[1]), 0)
                pipe.line_with("PROBE")
                self.assertIsNone(group.process.poll())

    def test_nobody_is_deposed_meanwhile(self):
        with gcd() as daemon, Unread() as pipe:
            where = address_of(daemon)
            with Started(LIVE, where, *MANY, "--json", stdout=pipe.writer):
                pipe.started()
                for _ in range(20):
                    daemon.line_with('"joined"')
                words = ["--pid", "1,1999999", "--json", "--probe-gap", "10ms,20ms", "--for", "5s"]
                follower = subprocess.run([LIVE, where, *words], capture_output=True, text=True, timeout=WITHIN, check=True)
        events = [json.loads(line) for line in follower.stdout.splitlines()]
        self.assertEqual([event for event in events if event["event"] in ("leader_failed", "won")], [])
        self.assertEqual([event["leader"] for event in events if event["event"] == "leader_changed"][-1], [20, 1000020])

    def test_the_daemon_answers_on(self):
        long = pickle.dumps(("x" * 4000, None))
        with Unread() as pipe, Started(GCD, "0", "--json", stdout=pipe.writer) as daemon:
            pipe.started()
            where = json.loads(pipe.line_with(".*listening.*")[0])["address"]
            host, port = where.split(":")
            for _ in range(60):  # of the 100 lines that are shown at once
                with socket.create_connection((host, int(port)), WITHIN) as peer:
                    peer.sendall(long)
                    self.assertIn("Unexpected message", pickle.loads(peer.recv(16384)))
            self.assertEqual(ask_daemon(where, (10, 1000010), ("localhost", 4000)), {(10, 1000010): ("127.0.0.1", 4000)})
            self.assertGreater(int(pipe.line_with(r'"event":"dropped".*"lines":([0-9]+)')[1]), 0)
            self.assertEqual(daemon.end(signal.SIGTERM), ENDED, daemon.said)

    def test_what_is_lost_at_the_end_is_told(self):
        with Unread() as pipe, Started(LIVE, *MANY, "--json", "--for", "2s", stdout=pipe.writer) as group:
            self.assertEqual(group.process.wait(WITHIN), INTERNAL)
            group.reader.join()
            self.assertRegex(group.said, r"^bully_live: the last [0-9]+ lines of its log are lost: "
                                         r"can't write to stdout: nobody reads it\n$")

    def test_a_trace_with_a_gap_is_not_passed_off_as_whole(self):
        with tempfile.TemporaryDirectory() as folder:
            fifo = pathlib.Path(folder, "trace")
            os.mkfifo(fifo)
            reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
            with Started(LIVE, *MANY, "--json", "--trace", fifo, stdout=subprocess.DEVNULL) as group:
                group.wait_for(f"can't write the trace to {fifo}: nobody reads it: the trace ends here, incomplete\n")
                self.assertEqual(group.end(signal.SIGTERM), INTERNAL)
                self.assertIn(f"the trace in {fifo} is incomplete", group.said)
            os.close(reader)


class NobodyIsThere(unittest.TestCase):
    def test_the_reader_of_stdout_is_gone(self):
        for program, words in ((LIVE, MANY), (GCD, ["0"])):
            with self.subTest(program=program), Unread() as pipe:
                pipe.reader.close()
                with Started(program, *words, stdout=pipe.writer) as started:
                    pipe.started()
                    started.wait_for("can't write to stdout: Broken pipe: it goes on without its log\n")
                    self.assertIsNone(started.process.poll())
                    self.assertEqual(started.end(signal.SIGTERM), INTERNAL)

    def test_stdout_is_full(self):
        with open("/dev/full", "w", encoding="utf-8") as full, Started(LIVE, *MANY, "--for", "1s", stdout=full) as group:
            self.assertEqual(group.process.wait(WITHIN), INTERNAL)
            group.reader.join()
            self.assertRegex(group.said, r"^bully_live: can't write to stdout: No space left on device: "
                                         r"it goes on without its log\n"
                                         r"bully_live: the last [0-9]+ lines of its log are lost: "
                                         r"can't write to stdout: No space left on device\n$")

    def test_stdout_is_closed(self):
        with gcd() as daemon, Started(LIVE, address_of(daemon), "--pid", "10,1000010", stdout=None,
                                      before=lambda: os.close(1)) as live:
            live.wait_for("can't write to stdout: Bad file descriptor: it goes on without its log\n")
            daemon.line_with('"joined"')
            self.assertEqual(live.end(signal.SIGTERM), INTERNAL)

    def test_the_terminal_is_gone(self):
        with gcd() as daemon, Program(LIVE, address_of(daemon), "--pid", "10,1000010", "--json") as live:
            live.line_with("leader_changed")
            live.process.send_signal(signal.SIGHUP)
            live.line_with('"ended"')
            self.assertEqual(live.process.wait(WITHIN), ENDED)
            self.assertEqual(daemon.end(signal.SIGHUP), ENDED)

    def test_nohup(self):
        with gcd() as daemon, Unread() as pipe:
            with Started(LIVE, address_of(daemon), "--pid", "10,1000010", "--json", stdout=pipe.writer,
                         before=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as live:
                pipe.started()
                address = json.loads(pipe.line_with(".*listening.*")[0])["address"]
                pipe.line_with("leader_changed")
                live.process.send_signal(signal.SIGHUP)
                host, port = address.split(":")
                with socket.create_connection((host, int(port)), WITHIN) as peer:
                    peer.sendall(pickle.dumps(("PROBE", None)))
                    self.assertEqual(pickle.loads(peer.recv(1024))[0], "OK")
                self.assertEqual(live.end(signal.SIGTERM), ENDED)


if __name__ == "__main__":
    main()
