"""Members at hosts far apart: wan_test.py BULLY_LIVE BULLY_GCD.

What an exchange costs on TCP, in delays of a packet: a message arrives after three, its answer after four, a refusal after
two. Skipped where no hosts can be made.
"""
import contextlib
import json
import pathlib
import signal
import sys
import threading
import unittest

from hosts import Wan, enter_namespace

enter_namespace()
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cli"))
sys.argv.insert(3, "")  # live_support's slow names
from live_support import GCD, LIVE, Program, main  # noqa: E402  pylint: disable=wrong-import-position

DELAY = 0.05  # seconds, one way
WITHIN = 60.0
PIDS = ("10,1000010", "20,1000020", "30,1000030")
LOW, MIDDLE, HIGH = ([int(part) for part in pid.split(",")] for pid in PIDS)
TIMES = ("--probe-gap", "200ms,400ms", "--answer-timeout", "500ms", "--coordinator-timeout", "2s")
WIDE = (*TIMES, "--probe-timeout", "500ms")


class Member:
    """A bully_live at a host, and what it says, as it says it."""

    def __init__(self, stack, host, daemon, pid, times):
        self.address = host.address
        words = host.command(LIVE, daemon, "--json", "--verbose", "--pid", pid, *times)
        self.program = stack.enter_context(Program(*words))
        self.said = []
        self.news = threading.Condition()
        reader = threading.Thread(target=self.read)
        reader.start()
        stack.callback(reader.join)  # Program's end has closed what it reads
        stack.callback(self.program.process.kill)

    def read(self):
        for line in self.program.process.stdout:
            with self.news:
                self.said.append(json.loads(line))
                self.news.notify_all()

    def first(self, event, after=None, **fields):
        """The first line of this event, with these fields, of those after that line."""
        def found():
            since = 0 if after is None else 1 + next(i for i, line in enumerate(self.said) if line is after)
            return next((line for line in self.said[since:] if line["event"] == event and fields.items() <= line.items()), None)
        with self.news:
            if not self.news.wait_for(found, WITHIN):
                raise AssertionError(f"no {event} {fields} after {after} in {self.said}")
            return found()

    def await_calm(self, leader):
        """Until it has no election under way: it PROBEs its leader, as it does between elections alone."""
        start = leader.latest()
        line = leader.first("message", start, message="PROBE")
        while not line["from"].startswith(self.address + ":"):
            line = leader.first("message", line, message="PROBE")

    def told(self, event, after, **fields):
        with self.news:
            since = 1 + next(i for i, line in enumerate(self.said) if line is after)
            return [line for line in self.said[since:] if line["event"] == event and fields.items() <= line.items()]

    def latest(self):
        with self.news:
            return self.said[-1]


@contextlib.contextmanager
def group(times=WIDE):
    """A daemon at the first host, and a member at each of three others: low, middle, high. The highest leads from the start."""
    with Wan(4, DELAY) as wan, contextlib.ExitStack() as stack:
        first = wan.hosts[0]
        daemon = stack.enter_context(Program(*first.command(GCD, f"{first.address}:0", "--allow-remote", "--json")))
        address = json.loads(daemon.line_with("listening"))["address"]
        members = []
        for host, pid in reversed(list(zip(wan.hosts[1:], PIDS))):
            members.insert(0, Member(stack, host, address, pid, times))
            members[0].first("leader_changed", leader=HIGH)
        for member in members[:2]:
            member.await_calm(members[2])
        yield wan, members


class Far(unittest.TestCase):
    def delays(self, earlier, later, least):
        """How many it took; never fewer than so many."""
        took = (later["time"] - earlier["time"]) / DELAY
        self.assertGreaterEqual(took, least - 0.1, (earlier, later))
        return took

    def assert_all_follow(self, leader, members, after):
        for member, line in zip(members, after):
            member.first("leader_changed", line, leader=leader)

    def failover(self):
        """Kills a leader; the delays that a refusal, a message and an answer took."""
        with group() as (_, (low, middle, high)):
            before = low.latest(), middle.latest()
            high.program.process.send_signal(signal.SIGKILL)
            changed = low.first("leader_changed", before[0], leader=MIDDLE)
            election = middle.first("election", before[1])
            won = middle.first("won", election)
            failed = [(member, line) for member, start in zip((low, middle), before)
                      for line in member.told("leader_failed", start, why="refused")]
            self.assertTrue(failed)
            answers = [self.delays(line, member.first("joined", line), 4) for member, line in failed]
            return self.delays(election, won, 2), self.delays(won, changed, 3), min(answers)

    def test_what_a_failover_costs(self):
        # A busy machine delays programs, too, though hardly each time.
        fastest = (99, 99, 99)
        for _ in range(8):
            fastest = [min(pair) for pair in zip(fastest, self.failover())]
            if fastest[0] < 3 and fastest[1] < 4 and fastest[2] < 5:
                return
        self.fail(f"a refusal took {fastest[0]} delays, a message {fastest[1]}, an answer {fastest[2]}")

    def test_a_host_without_power_is_silent(self):
        times = (*WIDE, "--connect-timeout", "300ms")
        with group(times=times) as (wan, (low, middle, _)):
            before = low.latest(), middle.latest()
            wan.hosts[3].is_silent = True
            self.assert_all_follow(MIDDLE, (low, middle), before)
            whys = {line["why"] for member, line in zip((low, middle), before) for line in member.told("leader_failed", line)}
            # The connect timeout is shorter than T_p; but the PROBE may have been connected already.
            self.assertTrue(whys)
            self.assertLessEqual(whys, {"given_up", "silent"})
            before = low.latest(), middle.latest()
            wan.hosts[3].is_silent = False
            self.assert_all_follow(HIGH, (low, middle), before)

    def test_a_cut_splits_and_heals(self):
        with group() as (wan, (low, middle, high)):
            before = low.latest(), middle.latest(), high.latest()
            wan.cut([3], [0, 1, 2])
            self.assert_all_follow(MIDDLE, (low, middle), before)
            again = low.latest(), middle.latest()
            wan.cut([3], [0, 1, 2], False)
            self.assert_all_follow(HIGH, (low, middle), again)
            self.assertEqual(high.told("leader_changed", before[2]), [])  # it led on

    def test_timeouts_below_four_delays_depose_a_live_leader(self):
        with group(times=(*TIMES, "--probe-timeout", "95ms")) as (_, (low, middle, _)):
            for member in (low, middle):
                member.first("leader_failed", leader=HIGH, why="silent")

    def test_timeouts_above_four_delays_do_not(self):
        # Far above them, for a busy machine's sake.
        with group(times=(*TIMES, "--probe-timeout", "2s")) as (_, members):
            start = [member.latest() for member in members]
            for member, line in zip(members[:2], start[:2]):  # ten PROBEs
                answered = line
                for _ in range(10):
                    answered = member.first("message", answered, message="OK")
            for member, line in zip(members, start):
                self.assertEqual(member.told("leader_failed", line), [])


if __name__ == "__main__":
    main()
