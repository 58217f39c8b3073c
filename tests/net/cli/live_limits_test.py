"""bully_live with few descriptors: see live_support.py."""
import collections
import json
import pickle
import socket
import subprocess
import threading
import time
import unittest

from live_support import ENDED, LIVE, USAGE, WITHIN, Program, address_of, ask_daemon, gcd, main


def allowed(descriptors, *words):
    """A command that may have so many, and no more."""
    return ("sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh", LIVE, *words)


def run(descriptors, *words):
    return subprocess.run(allowed(descriptors, *words), capture_output=True, text=True, timeout=3 * WITHIN, check=False)


class Crowd:
    """Strangers that connect and say nothing, as many and as fast as they can, until the end of the block."""

    def __init__(self, address):
        self.address = address
        self.made = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.connect, daemon=True)

    def connect(self):
        held = collections.deque()
        while not self.over.is_set():
            try:
                self.made += 1
                held.append(socket.create_connection(self.address, WITHIN))
            except OSError:
                pass
            if len(held) > 200:
                held.popleft().close()
        for stranger in held:
            stranger.close()

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + WITHIN
        while self.made < 300 and time.monotonic() < deadline:
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


class FewDescriptors(unittest.TestCase):
    def test_a_hundred_members_with_a_shells_default(self):
        result = run(1024, "--demo", "--quiet", "--processes", "100", "--coordinator-data", "pid")
        self.assertEqual((result.returncode, result.stderr), (ENDED, ""))
        self.assertIn("all 100 agree that (100, 1000100) leads", result.stdout)
        self.assertIn("all 99 that live agree that (99, 1000099) leads", result.stdout)

    def test_what_so_many_need_is_told(self):
        result = run(300, "--processes", "300")
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        self.assertRegex(result.stderr, r"^bully_live: --processes 300 needs \d+ file descriptors, and 300 are allowed "
                                        r"\(ulimit -Hn\): expected fewer processes or a higher limit\n$")
        result = run(20, "localhost:1", "--pid", "10,1000010")
        self.assertEqual((result.returncode, result.stdout), (USAGE, ""))
        self.assertRegex(result.stderr, r"^bully_live: one member needs \d+ file descriptors, and 20 are allowed")
        result = run(200, "--processes", "60", "--for", "1s", "--quiet")
        self.assertEqual(result.returncode, ENDED, result.stderr)
        self.assertRegex(result.stderr, r"^bully_live: --processes 60 makes use of \d+ file descriptors, and 200 are "
                                        r"allowed \(ulimit -Hn\): messages wait for each other\n$")

    def test_the_demo_says_it_too(self):
        self.assertIn("--processes 300 needs", run(300, "--demo", "--processes", "300").stderr)

    def test_strangers_hold_what_a_lone_member_has(self):
        with gcd() as daemon, socket.create_server(("127.0.0.1", 0)) as leader:
            where = address_of(daemon)
            leader.settimeout(WITHIN)
            ask_daemon(where, (300, 3000000), leader.getsockname())
            words = (where, "--pid", "10,1000010", "--json", "--probe-gap", "100ms,200ms")
            with Program(*allowed(64, *words)) as live:
                address = address_of(live).split(":")
                asked, _ = leader.accept()
                with asked:
                    self.assertEqual(pickle.loads(asked.recv(1024))[0], "ELECTION")
                    asked.sendall(pickle.dumps(("OK", None)))
                with socket.create_connection(address, WITHIN) as claim:
                    claim.sendall(pickle.dumps(("COORDINATOR", (300, 3000000))))
                while json.loads(live.line_with("leader_changed"))["leader"] != [300, 3000000]:
                    pass
                with Crowd(address):
                    leader.close()  # it PROBEs, JOINs and elects, though no stranger gives anything back
                    while json.loads(live.line_with("leader_changed"))["leader"] != [10, 1000010]:
                        pass


if __name__ == "__main__":
    main()
