"""Ours under attack: abuse_test.py BULLY_LIVE BULLY_GCD [--seconds N] [--only TEXT] [--list] [--jobs N].

Three of ours have elected; then their leader, or a follower, or the daemon is attacked. Nobody dies, the leader stays, nobody
takes it for failed; descriptors, memory and log lines stay bounded. After it, what was taken is given back, and when the
leader is killed the two others agree within 10 s. Prints what was measured.
"""
import argparse
import functools
import os
import threading
import time

import attacks
import runner
import wire
from group import Failure, Group, LONGEST

PIDS = ((10, 2000010), (20, 2000020), (30, 2000030))
JOINER = (15, 2000015)
MOST_DESCRIPTORS = 256 + 64      # that a node or daemon accepts at once; and what it sends, and the program's own
MOST_MEMBERS = 1000              # that it learns of from others; it may talk to all at once
KEPT_DESCRIPTORS = 8             # more than before, at rest: a probe may be under way
MOST_MEMORY = 192 << 10          # KiB above what it had: the memory of 256 messages near the limits, under a sanitizer too
KEPT_MEMORY = 96 << 10           # the allocator doesn't give all of it back
HELD = 200                       # connections at least, that are there at once when an attack is to hold as many as it can
# live_log: 100 messages and 10 a second, 50 activities and 5 a second, 20 changes of the leader and 1 a second, 20 troubles
# and 2 a second; of an activity or a change two lines or three.
BURST_OF_LINES, LINES_A_SECOND = 240, 25
FEW_DESCRIPTORS = 40
GIVEN_BACK_WITHIN = 15.0
JOIN_WITHIN = 3.0                # as long as a node of ours waits for the daemon

LIMITED = ("sh", "-c", 'ulimit -n "$0" && exec "$@"', FEW_DESCRIPTORS)


class Meter:
    """with Meter(child) as meter: ... Descriptors and memory of a process, and their peaks meanwhile."""

    def __init__(self, child):
        self.child = child
        self.process = child.process.pid
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.before = self.peak = self.now()
        self.lines_before = self.lines()

    def now(self):
        """(descriptors, KiB); Raises OSError when the process has ended."""
        descriptors = len(os.listdir(f"/proc/{self.process}/fd"))
        with open(f"/proc/{self.process}/status", encoding="ascii", errors="replace") as status:
            memory = next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), 0)
        return descriptors, memory

    def lines(self):
        return sum(self.child.counts.values())

    def watch(self):
        while not self.over.wait(0.02):
            try:
                self.peak = tuple(map(max, self.peak, self.now()))
            except OSError:
                return  # the test finds out why

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.lines_after = self.lines()

    def check(self, seconds, most_descriptors):
        written = self.lines_after - self.lines_before
        most = BURST_OF_LINES + LINES_A_SECOND * seconds
        descriptors, memory = self.peak
        expect(descriptors <= most_descriptors, f"{descriptors} descriptors, expected {most_descriptors} at most")
        expect(memory <= self.before[1] + MOST_MEMORY, f"{memory} KiB, expected {MOST_MEMORY} above {self.before[1]}")
        expect(written <= most, f"{written} lines in {seconds:.1f} s, expected {most:.0f} at most: {self.child.counts}")

    def check_given_back(self):
        """Waits for it: what lingers is closed within seconds."""
        deadline = time.monotonic() + GIVEN_BACK_WITHIN
        while True:
            descriptors, memory = self.now()
            if descriptors <= self.before[0] + KEPT_DESCRIPTORS and memory <= self.before[1] + KEPT_MEMORY:
                return descriptors, memory
            expect(time.monotonic() < deadline, f"{descriptors} descriptors, {memory} KiB; before: {self.before}")
            time.sleep(0.05)


def expect(holds, what):
    if not holds:
        raise Failure(what)


class Case(Group):
    """Three of ours, by a daemon of ours, that have agreed."""

    def __init__(self, options, wrap=None, limited=()):
        """wrap: how many descriptors, for the members whose index is in `limited`."""
        super().__init__()
        self.options = options
        self.limited = limited if wrap else ()
        self.wrap = wrap or ()

    def __enter__(self):
        try:
            daemon = [*(self.wrap if "daemon" in self.limited else ()), self.options.gcd, "0", "--json"]
            self.gcd = self.start("gcd", daemon)
            self.wait_for("the daemon listens", lambda: "listening" in self.gcd.last, 30)
            self.members = [self.member(pid, index in self.limited) for index, pid in enumerate(PIDS)]
            self.agree(self.members[-1])
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, kind=None, error=None, trace=None):
        if isinstance(error, AssertionError):
            error.args = (f"{error}\n{self.shown()[-6000:]}",)
        super().__exit__()

    def member(self, pid, limited=False):
        command = [self.options.program, self.gcd_address(), "--pid", "%d,%d" % pid, "--json", "--for", LONGEST]
        return self.start(f"ours{list(pid)}", [*(self.wrap if limited else ()), *command], pid)

    def count(self, event):
        return sum(child.counts[event] for child in self.children)

    def check_output(self):
        """Of all children: JSON throughout, nothing unprintable from outside, silence on stderr."""
        expect(self.count("not JSON") == 0, "a line that isn't JSON")
        for child in self.children:
            expect(not child.errors(), f"{child.name} says on stderr: {child.errors()[:500]}")
            for event in child.last.values():
                expect(all(text.isprintable() and text.isascii() for text in event.values() if isinstance(text, str)),
                       f"{child.name} shows what isn't printable: {event}")


def attack_on(case, target, attack, keeps_leader=True, limited=False):
    """Attacks it for a while, and checks all that must hold meanwhile. Invented members above all others may be followed, for
    as long as it takes to find that they aren't there: then keeps_leader is False."""
    seconds = case.options.seconds
    changes, failures = case.count("leader_changed"), case.count("leader_failed")
    started = time.monotonic()
    with Meter(target) as meter:
        made = attack(target.address(), seconds)
        lasted = time.monotonic() - started
    case.check_lives()
    print(f"        {attack.__name__} on {target.name}: {made} connections, {made / lasted:.0f}/s; descriptors "
          f"{meter.before[0]} -> {meter.peak[0]}, memory {meter.before[1]} -> {meter.peak[1]} KiB, "
          f"{meter.lines_after - meter.lines_before} lines in {lasted:.1f} s", flush=True)
    expect(made > 0, "no connection: nothing was attacked")
    if attack in HOLDING and not limited:
        expect(meter.peak[0] >= meter.before[0] + HELD, f"{meter.peak[0]} descriptors: the attack holds hardly any")
    meter.check(lasted, MOST_DESCRIPTORS + (0 if keeps_leader else MOST_MEMBERS))
    if keeps_leader:
        expect(case.count("leader_changed") == changes, "the leader changed")
        expect(case.count("leader_failed") == failures, "somebody took the leader for failed")
    case.agree(case.members[-1], holding=0.5)
    left = meter.check_given_back()
    print(f"        {attack.__name__} on {target.name}, over: descriptors {left[0]}, memory {left[1]} KiB", flush=True)
    case.check_output()


def on_member(options, index, attack, keeps_leader=True, limited=False):
    with Case(options, LIMITED, (index,) if limited else ()) as case:
        attack_on(case, case.members[index], attack, keeps_leader, limited)
        case.kill(case.members[-1])
        case.agree(case.members[-2], holding=0.5)


def on_daemon(options, attack, limited=False):
    """Others join meanwhile, each within the time that a node waits."""
    with Case(options, LIMITED, ("daemon",) if limited else ()) as case:
        over = threading.Event()
        waits = []

        def join():
            while not over.wait(0.3):
                began = time.monotonic()
                try:
                    wire.join(case.gcd.address(), "JOIN", JOINER, 1024)
                    waits.append(time.monotonic() - began)
                except (OSError, AssertionError, IndexError) as error:
                    waits.append(error)
                    return
        joiner = threading.Thread(target=join, daemon=True)
        joiner.start()
        try:
            attack_on(case, case.gcd, attack, limited=limited)
        finally:
            over.set()
            joiner.join()
        expect(waits and all(not isinstance(wait, Exception) and wait < JOIN_WITHIN for wait in waits), f"joins: {waits}")
        case.kill(case.members[-1])
        case.members[-1] = case.member(PIDS[-1])
        case.agree(case.members[-1], holding=0.5)


HOLDING = (attacks.half_messages, attacks.big_halves, attacks.idle, attacks.served_and_held)
ON_ALL = (attacks.slow_senders, attacks.half_messages, attacks.big_halves, attacks.idle,
          attacks.served_and_held, attacks.bare_flood, attacks.garbage_flood, attacks.endless_streams)


def cases_of(options):
    cases = {}
    for attack in ON_ALL:
        cases[f"leader: {attack.__name__}"] = functools.partial(on_member, options, 2, attack)
        cases[f"follower: {attack.__name__}"] = functools.partial(on_member, options, 1, attack)
        cases[f"daemon: {attack.__name__}"] = functools.partial(on_daemon, options, attack)
    for index, name in enumerate(("lowest", "follower", "leader")):
        if index > 0:
            cases[f"{name}: messages_from_below"] = functools.partial(on_member, options, index, attacks.messages_from_below)
            cases[f"{name}: few descriptors"] = functools.partial(on_member, options, index, attacks.idle, limited=True)
        cases[f"{name}: messages_from_above"] = functools.partial(on_member, options, index, attacks.messages_from_above,
                                                                  keeps_leader=False)
    cases["daemon: joins"] = functools.partial(on_daemon, options, attacks.joins)
    cases["daemon: few descriptors"] = functools.partial(on_daemon, options, attacks.idle, limited=True)
    return cases


if __name__ == "__main__":
    command = argparse.ArgumentParser()
    command.add_argument("program", metavar="BULLY_LIVE")
    command.add_argument("gcd", metavar="BULLY_GCD")
    command.add_argument("--seconds", type=float, default=4.0, help="that each attack lasts; 4")
    runner.main(__doc__, command, cases_of)
