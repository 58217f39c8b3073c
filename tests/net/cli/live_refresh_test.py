"""A daemon that forgets, or starts again, and members that come later (R8): see live_support.py.

Members JOIN again, and a leader announces itself again, within 2 x --refresh; so all of them agree by then.
"""
import contextlib
import json
import signal
import socket
import threading
import time
import unittest

from live_support import ENDED, GCD, LIVE, WITHIN, Program, address_of, main

REFRESH = ("--refresh", "1s")
LOW, MIDDLE, HIGH, HIGHEST = (10, 1000010), (20, 1000020), (30, 1000030), (40, 1000040)


class Member(Program):
    """Notes whom it follows."""

    def __init__(self, where, pid):
        super().__init__(LIVE, where, "--pid", "%d,%d" % pid, "--json", "--probe-gap", "100ms,200ms", *REFRESH)
        self.pid = pid
        self.leader = None
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            if event["event"] == "leader_changed":
                self.leader = event["leader"] and tuple(event["leader"])

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()
        self.process.stderr.close()

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(timeout=WITHIN)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        return unused.getsockname()[1]


class Forgets(unittest.TestCase):
    def agree(self, members, leader):
        deadline = time.monotonic() + WITHIN
        while any(member.leader != leader.pid for member in members):
            self.assertLess(time.monotonic(), deadline, {member.pid: member.leader for member in members})
            time.sleep(0.02)

    def check(self, *newcomers, forget):
        """forget(stack) starts a daemon, and gives its address and what makes it forget all that have joined by then."""
        for newcomer in newcomers:
            with self.subTest(newcomer=newcomer), contextlib.ExitStack() as stack:
                where, forgets = forget(stack)
                members = [stack.enter_context(Member(where, pid)) for pid in (LOW, HIGH)]
                self.agree(members, members[-1])
                forgets()
                members.append(stack.enter_context(Member(where, newcomer)))
                self.agree(members, max(members, key=lambda member: member.pid))

    @staticmethod
    def one_that_forgets(stack):
        daemon = stack.enter_context(Program(GCD, "0", "--json", "--forget-after", "3s"))  # more than 2 x --refresh
        return address_of(daemon), lambda: time.sleep(3.5)

    @staticmethod
    def one_that_starts_again(stack):
        where = f"127.0.0.1:{free_port()}"
        first = stack.enter_context(Program(GCD, where, "--json"))
        address_of(first)

        def restart():
            first.end(signal.SIGTERM)
            address_of(stack.enter_context(Program(GCD, where, "--json")))
        return where, restart

    def test_a_newcomer_after_the_daemon_forgot(self):
        self.check(MIDDLE, HIGHEST, forget=self.one_that_forgets)

    def test_a_newcomer_after_the_daemon_started_again(self):
        self.check(MIDDLE, HIGHEST, forget=self.one_that_starts_again)

    def test_the_highest_comes_back_at_another_port(self):
        for forget in (self.one_that_forgets, self.one_that_starts_again):
            with self.subTest(forget=forget.__name__), contextlib.ExitStack() as stack:
                where, forgets = forget(stack)
                members = [stack.enter_context(Member(where, pid)) for pid in (LOW, MIDDLE, HIGH)]
                self.agree(members, members[-1])
                self.assertEqual(members.pop().end(signal.SIGTERM), ENDED)
                self.agree(members, members[-1])
                forgets()
                members.append(stack.enter_context(Member(where, HIGH)))
                self.agree(members, members[-1])


if __name__ == "__main__":
    main()
