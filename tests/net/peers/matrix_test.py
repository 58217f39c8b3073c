"""Our node in groups of the lab's: matrix_test.py BULLY_LIVE [--only TEXT] [--list] [--jobs N].

Each kind of peer alone with ours above and below, three of a kind, mixed groups; then the leader is killed, theirs or ours.
All agree on the right leader within 10 s, and stay with it; no peer dies but by the test. What can't hold for a reason that
lies in the peers isn't asked for, and said.
"""
import argparse
import functools

import runner
from dialects import DIALECTS
from group import Group

THREE = ((10, 1000001), (20, 1000002), (30, 1000003))  # of theirs; ours is between, below or above
PLACES = {"lowest": (5, 2000005), "lower": (15, 2000015), "higher": (25, 2000025), "highest": (40, 2000040)}
FEIGN_FOR = 8.0      # seconds; goes on to the end of the last failure, which is up to 14 s later
STILL = 1.0          # nobody may die in that time after a kill that nobody notices


class Case(Group):
    """A group that has `program` as ours, and says everything when a check fails."""

    def __init__(self, program, word):
        super().__init__(word)
        self.program = program

    def __exit__(self, kind=None, error=None, trace=None):
        if isinstance(error, AssertionError):
            error.args = (f"{error}\n{self.shown()}",)
        super().__exit__()

    def us(self, place, *options):
        return self.start_ours(self.program, PLACES[place] if isinstance(place, str) else place, *options)

    def theirs(self, kind, pids, feign_for=0.0):
        """One after the other: two that win at the same moment don't settle it among themselves, and never look again."""
        return [self.led_peer(kind, pid, feign_for) for pid in pids]

    def nobody_dies(self):
        self.wait_for("nobody dies", lambda: True, 0, holding=STILL)


def word(kind):
    return DIALECTS[kind].join


def ours_is_killed(case, kind, ours, next_leader, among=None):
    """Only who probes can find out that the leader has gone."""
    case.kill(ours)
    if DIALECTS[kind].probes:
        case.agree(next_leader, among)
    else:
        case.nobody_dies()


def alone(program, kind, place, first):
    """One of theirs with one of ours, one after the other."""
    with Case(program, word(kind)) as case:
        if first == "ours":
            ours = case.us(place)
            case.all_joined()
        peer = case.start_peer(kind, THREE[1])
        case.all_joined()
        if first == "theirs":
            ours = case.us(place)
        if place == "higher":
            case.agree(ours)
            ours_is_killed(case, kind, ours, peer)
        else:
            case.agree(peer)
            case.kill(peer)
            case.agree(ours)


def three(program, kind, place):
    """Three of theirs with one of ours."""
    with Case(program, word(kind)) as case:
        _, middle, high = case.theirs(kind, THREE)
        ours = case.us(place)
        if place == "highest":
            case.agree(ours)
            ours_is_killed(case, kind, ours, high)
            return
        case.agree(high)
        case.kill(high)
        case.agree(ours if place == "higher" else middle)
        if place == "higher":
            ours_is_killed(case, kind, ours, middle)


def between(program, kind):
    """Ours above and below three of theirs: ours above is killed, ours below notices for all."""
    with Case(program, word(kind)) as case:
        high = case.theirs(kind, THREE)[-1]
        case.us("lowest")
        case.agree(high, holding=0.0)  # an election of theirs that the highest comes into is theirs to settle: they don't
        top = case.us("highest")
        case.agree(top)
        case.kill(top)
        case.agree(high)


def late(program, kind):
    """Ours comes above a group that has a leader, and comes back after it was killed."""
    with Case(program, word(kind)) as case:
        case.theirs(kind, THREE)
        case.all_joined()
        for _ in range(2):
            ours = case.us("highest")
            case.agree(ours)
            case.kill(ours)


def feigning(program, kind, place):
    """Three of theirs fail now and then, and come back, some of them elsewhere; agreement once that is over."""
    with Case(program, word(kind)) as case:
        peers = case.theirs(kind, THREE, FEIGN_FOR)
        ours = case.us(place)
        case.all_joined()
        case.wait_for("the failures end", lambda: all(peer.counts["steady"] for peer in peers), FEIGN_FOR + 20)
        case.agree(ours if place == "highest" else peers[-1])


def same_days(program, place):
    """A peer that compares days only doesn't see that ours of the same days is above it."""
    with Case(program, "JOIN") as case:
        ours = case.us((THREE[0][0], 2000000))
        if place == "first":
            case.all_joined()
        case.start_peer("days_only", THREE[0])
        case.agree(ours)


# Kinds from the lowest to the highest, ours among them; who must agree, at first and after the leader was killed: those that
# are named. In each group, whoever is named can understand those that lead.
MIXED = {
    # Without ours nobody would tell "okay", which counts only OKAY, that it hasn't won.
    "join, ours leads": ("JOIN", ("okay", "feigning", "days_only", "two_pickles", "reference", "ours"),
                         ("okay", "feigning", "days_only", "two_pickles", "reference", "ours"),
                         # It takes the dead one for the leader: its own elections end too soon to ask that one again.
                         ("feigning", "days_only", "two_pickles", "reference")),
    "join, ours follows": ("JOIN", ("ours", "feigning", "days_only", "two_pickles", "reference"),
                           ("ours", "feigning", "days_only", "two_pickles", "reference"),
                           ("ours", "feigning", "days_only", "two_pickles")),
    "join, ours is next": ("JOIN", ("two_pickles", "reference", "feigning", "ours", "days_only"),
                           ("two_pickles", "reference", "feigning", "ours", "days_only"),
                           ("two_pickles", "reference", "feigning", "ours")),
    # Of theirs, one kind can't read the other's ELECTION: what they do without ours is their affair.
    "begin, ours leads": ("BEGIN", ("begin_triple_address", "begin_str", "begin_triple", "ours"),
                          ("begin_triple_address", "begin_str", "begin_triple", "ours"), ()),
    "begin, ours is next": ("BEGIN", ("begin_str", "ours", "begin_triple"), ("begin_str", "ours", "begin_triple"),
                            ("begin_str", "ours")),
}


def mixed(program, name):
    group_word, kinds, at_first, at_last = MIXED[name]
    with Case(program, group_word) as case:
        members = {}
        for number, kind in enumerate(kinds):
            pid = (10 * (number + 1), 1000001 + number)
            members[kind] = case.us(pid) if kind == "ours" else case.start_peer(kind, pid)
        case.agree(members[at_first[-1]], [members[kind] for kind in at_first])
        case.kill(members[kinds[-1]])
        if at_last:
            case.agree(members[at_last[-1]], [members[kind] for kind in at_last])
        else:
            case.nobody_dies()


def cases_of(options):
    cases = {}

    def add(name, function, *arguments):
        cases[name] = functools.partial(function, options.program, *arguments)

    for kind, dialect in DIALECTS.items():
        if dialect.feigns:  # the longest first
            for place in ("lowest", "highest"):
                add(f"{kind}: three that feign, ours {place}", feigning, kind, place)
    for kind in DIALECTS:
        for place in ("higher", "lower"):
            for first in ("ours", "theirs"):
                add(f"{kind}: alone, ours {place}, {first} first", alone, kind, place, first)
        for place in ("highest", "higher", "lowest"):
            add(f"{kind}: three, ours {place}", three, kind, place)
        add(f"{kind}: three between two of ours", between, kind)
        add(f"{kind}: three, ours comes late, twice", late, kind)
    for place in ("first", "together"):
        add(f"days_only: the same days, ours {place}", same_days, place)
    for name in MIXED:
        add(f"mixed: {name}", mixed, name)
    return cases


if __name__ == "__main__":
    command = argparse.ArgumentParser()
    command.add_argument("program", metavar="BULLY_LIVE")
    runner.main(__doc__, command, cases_of)
