"""What has ended leaves nothing behind: healing_test.py BULLY_LIVE [--only TEXT] [--list] [--jobs N].

A leader is stopped and woken, a network is cut and healed, an address is used again by another process: all agree again,
within a time that no fault which stays for ever would keep, and go on to.
"""
import argparse
import functools
import signal
import socket

import runner
from dialects import DIALECTS
from matrix_test import Case, THREE, word
from network import Network

WITHIN = 60.0  # seconds; most of it a busy machine's
JOIN_WORDS = {"JOIN": "join", "BEGIN": "begin", "HOWDY": "howdy"}


def pids(count):
    return [(10 * (number + 1), 2000010 + 10 * number) for number in range(count)]


def stop_and_wake(case, top, has_effect):
    """The leader, until that has had its effect."""
    top.process.send_signal(signal.SIGSTOP)
    has_effect()
    top.process.send_signal(signal.SIGCONT)


def stopped(program, join_word, count):
    """Ours alone."""
    with Case(program, join_word) as case:
        *others, top = [case.us(pid) for pid in pids(count)]
        case.agree(top, within=WITHIN)
        stop_and_wake(case, top, lambda: case.agree(others[-1], others, within=WITHIN))
        case.agree(top, within=WITHIN)


def stopped_among(program, kind):
    """The leader is ours, above three of theirs, and one of ours below notices."""
    with Case(program, word(kind)) as case:
        high = case.theirs(kind, THREE)[-1]
        low = case.us("lowest")
        case.agree(high, holding=0.0)
        top = case.us("highest")
        case.agree(top)
        def has_effect():
            if DIALECTS[kind].waits_for_ever:  # such a one never wins while a higher one is silent
                case.wait_for("it is noticed", lambda: low.counts["leader_failed"], WITHIN)
            else:  # many of theirs take a list with a silent member for that one's
                case.agree(high, [low, high], within=WITHIN)
        stop_and_wake(case, top, has_effect)
        case.agree(top, within=WITHIN)


def stopped_of_theirs(program, kind):
    """The leader is theirs, above one of ours; another of ours is lower."""
    with Case(program, word(kind)) as case:
        top = case.theirs(kind, THREE)[-1]
        low = case.us("lowest")
        case.agree(top, holding=0.0)
        high = case.us("higher")
        case.agree(top)
        stop_and_wake(case, top, lambda: case.agree(high, [low, high], within=WITHIN))
        if DIALECTS[kind].probe_answer:
            case.agree(top, within=WITHIN)
            return
        # In its backlog it finds that it is asked, and leads, and a COORDINATOR of the other, which it may follow in the
        # end. What its own view is then lies in it; what it has told the rest is that it leads, or nothing.
        others = [child for child in case.living() if child is not top]
        case.wait_for("the others agree",
                      lambda: len({child.leader for child in others}) == 1 and others[0].leader in (top.pid, top.leader),
                      WITHIN, holding=2.0)


def cut(program, join_word, count, first_cut_off):
    """Those from there on are cut off for as long as it takes both sides to agree, each by itself."""
    with Case(program, join_word) as case, Network(case.gcd.address(), count) as network:
        members = [case.start_ours(program, pid, gcd=network.front(pid)) for pid in pids(count)]
        case.agree(members[-1], within=WITHIN)
        network.cut_off(*(member.pid for member in members[first_cut_off:]))
        case.agree(members[first_cut_off - 1], members[:first_cut_off], within=WITHIN)
        case.agree(members[-1], members[first_cut_off:], within=WITHIN)
        network.heal()
        case.agree(members[-1], within=WITHIN)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def address_in_use_again(program, place):
    """A dead higher member's address is by now that of another, which doesn't lead: its OK isn't the dead one's."""
    address = f"127.0.0.1:{free_port()}"
    with Case(program, "JOIN") as case:
        low, high = [case.us(pid) for pid in pids(2)]
        dead = case.us((300, 3000000), "--listen", address)
        case.agree(dead, within=WITHIN)
        case.kill(dead)
        case.agree(high, within=WITHIN)
        newcomer = case.us({"lowest": (5, 2000005), "middle": (15, 2000015)}[place], "--listen", address)
        case.agree(high, within=WITHIN)
        case.kill(high)
        case.agree(low if place == "lowest" else newcomer, within=WITHIN)
        for member in (low, newcomer):
            # R6 gives one up that answers, and never leads: after three rounds, with no leader meanwhile.
            assert not member.counts["warning"], f"{member.name} warns: {member.last['warning']}"


def cases_of(options):
    cases = {}

    def add(name, function, *arguments):
        cases[name] = functools.partial(function, options.program, *arguments)

    for join_word, name in JOIN_WORDS.items():
        for count in (20, 5, 3):
            add(f"{name}: the leader of {count} is stopped and wakes", stopped, join_word, count)
        add(f"{name}: the leader of five is cut off", cut, join_word, 5, 4)
        add(f"{name}: two of five are cut off from their leader", cut, join_word, 5, 2)
    for kind in DIALECTS:
        add(f"{kind}: ours above is stopped and wakes", stopped_among, kind)
        add(f"{kind}: theirs above is stopped and wakes", stopped_of_theirs, kind)
    for place in ("lowest", "middle"):
        add(f"a dead member's address is used again by the {place}", address_in_use_again, place)
    return cases


if __name__ == "__main__":
    command = argparse.ArgumentParser()
    command.add_argument("program", metavar="BULLY_LIVE")
    runner.main(__doc__, command, cases_of)
