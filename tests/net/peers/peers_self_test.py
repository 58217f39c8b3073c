"""Each peer has the habits and the fragilities of its row in net/README.md#kinds-of-nodes; the daemon those of gcd2.py.

peers_self_test.py [--only TEXT] [--jobs N] [--list]
"""
import argparse
import functools
import os
import pickle
import socket

import runner
import wire
from dialects import DIALECTS
from group import Failure, Group

BELOW, PEER, ABOVE, DEAD = (5, 1000000), (10, 1000001), (20, 1000002), (30, 1000003)
KINDS = tuple(DIALECTS)
TRIPLES = ("begin_triple", "begin_triple_address")
WANT_MEMBERS = ("reference", "two_pickles", "feigning", "okay")
WITHIN = 10.0
ELECTION_TIME = 2.5  # longer than a wait for an OK
M = "M"              # stands for the members

#        what it answers to ELECTION, and is the connection left open?  to PROBE?
REPLIES = {
    "reference": ([("OK", M)], "open", [], "open"),
    "two_pickles": ([("OK", None), ("OK", M)], "closed", [], "open"),
    "feigning": ([("OK", M)], "closed", [("OK", M)], "closed"),
    "days_only": ([("OK", None)], "closed", [], "closed"),
    "okay": ([("OKAY", None)], "closed", [], "open"),
    "begin_triple": ([], "closed", [], "closed"),
    "begin_triple_address": ([], "closed", [], "closed"),
    "begin_str": (["OK"], "closed", ["OK"], "closed"),
    "howdy": (["GOT_IT"], "closed", ["GOT_IT"], "closed"),
}
OKS = {"pair": ("OK", None), "okay": ("OKAY", None), "str": "OK", "got_it": "GOT_IT"}
COUNTED = {
    "reference": {"pair", "okay"}, "two_pickles": {"pair", "okay"}, "feigning": set(OKS), "days_only": set(OKS),
    "okay": {"okay"}, "begin_triple": set(), "begin_triple_address": set(), "begin_str": {"str", "got_it"},
    "howdy": {"str", "got_it"},
}
DIE_OF_HALF = set(KINDS) - {"begin_str", "howdy"}
DIE_UNANSWERED = {"reference", "two_pickles", "okay"}
HANG = {"okay", "begin_str"}


def check(got, wanted):
    if got != wanted:
        raise Failure(f"{got} instead of {wanted}")


def word(kind):
    return DIALECTS[kind].join


def election_name(kind):
    return "ELECT" if kind == "howdy" else "ELECTION"


def coordinator_name(kind):
    return "I_AM_LEADER" if kind == "howdy" else "COORDINATOR"


def election(kind, members, sender):
    return ("ELECTION", sender, members) if kind in TRIPLES else (election_name(kind), members)


def dies(group, child):
    """It ends with a traceback."""
    try:
        group.wait_for("its death", lambda: False, WITHIN)
    except Failure as failure:
        if "died, exit code 1" not in str(failure) or "Traceback" not in child.errors():
            raise
        child.killed = True  # as was wanted
        return
    raise Failure("lives")


def check_probe(kind, child):
    """It lives, after it was mistreated."""
    check(wire.say(child.address(), ("PROBE", None)), REPLIES[kind][2:])


def joined(group, kind, pid):
    """The port of a member that is dead, but which the daemon lists."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    wire.join(group.gcd.address(), word(kind), pid, port)
    return port


def three_agree(kind):
    with Group(word(kind)) as group:
        # One after the other: two that win at the same moment don't settle it among themselves.
        low, middle, high = (group.led_peer(kind, pid) for pid in (PEER, ABOVE, DEAD))
        group.agree(high)
        group.kill(high)
        if DIALECTS[kind].probes:
            group.agree(middle)
        else:  # nobody looks; asked by somebody, they elect
            members = {child.pid: child.address() for child in (low, middle, high)}
            wire.say(low.address(), election(kind, {**members, BELOW: ("127.0.0.1", 9)}, BELOW))
            group.agree(middle)


def answers(kind):
    oks, after_election, probes, after_probe = REPLIES[kind]
    with Group(word(kind)) as group, wire.Member() as below:
        wire.join(group.gcd.address(), word(kind), BELOW, below.port)
        peer = group.peer(kind, PEER)
        group.agree(peer, holding=0)
        members = {BELOW: ("127.0.0.1", below.port), PEER: peer.address()}

        def with_members(messages):
            return [(message[0], members) if message[1:] == (M,) else message for message in messages]
        check(wire.say(peer.address(), election(kind, members, BELOW)), (with_members(oks), after_election))
        if kind in TRIPLES:
            check(below.hears("OK"), ("OK", None))
            check(wire.say(peer.address(), ("ELECTION", members)), ([], "closed"))
        check(wire.say(peer.address(), ("PROBE", {})), (with_members(probes), after_probe))
        if kind == "reference":
            wire.say(peer.address(), ("PROBE", None))
            dies(group, peer)
        else:
            check(wire.say(peer.address(), ("PROBE", None))[0], with_members(probes))


def announces(kind):
    """What it sends as COORDINATOR, a dead member above it."""
    with Group(word(kind)) as group, wire.Member() as below:
        wire.join(group.gcd.address(), word(kind), BELOW, below.port)
        dead = joined(group, kind, DEAD)
        peer = group.peer(kind, PEER)
        members = {BELOW: ("127.0.0.1", below.port), DEAD: ("127.0.0.1", dead), PEER: peer.address()}
        up_to_self = {pid: at for pid, at in members.items() if pid != DEAD}
        wanted = {
            "feigning": ("COORDINATOR", up_to_self), "begin_triple": ("COORDINATOR", PEER),
            "begin_triple_address": ("COORDINATOR", PEER, peer.address()), "begin_str": ("COORDINATOR", PEER),
            "howdy": ("I_AM_LEADER", PEER),
        }
        check(below.hears(coordinator_name(kind)), wanted.get(kind, ("COORDINATOR", members)))
        group.agree(peer, holding=0)


def is_told(kind):
    """What it makes of each form of COORDINATOR: follows it, ignores it, or dies of it."""
    with Group(word(kind)) as group:
        peer = group.peer(kind, PEER)
        group.agree(peer, holding=0)
        members = {ABOVE: ("127.0.0.1", 9), PEER: peer.address()}
        name = coordinator_name(kind)
        forms = {"members": (name, members), "pid": (name, ABOVE), "triple": (name, ABOVE, ("127.0.0.1", 9))}
        follows = {"days_only": {"members", "pid"}, "begin_triple_address": {"triple"}}.get(
            kind, {"members"} if kind in WANT_MEMBERS else {"pid"})
        for form in sorted(follows):
            wire.say(peer.address(), forms[form])
            group.wait_for("it follows", lambda: peer.leader == ABOVE, WITHIN)
            wire.say(peer.address(), election(kind, {PEER: peer.address()}, PEER))  # and leads again
            if DIALECTS[kind].probes or len(follows) == 1:
                continue
            group.wait_for("it elects", lambda: peer.leader == PEER, WITHIN)
        wrong = next(form for form in ("pid", "members", "triple") if form not in follows)
        wire.say(peer.address(), forms[wrong])
        if kind == "begin_triple_address":
            check_probe(kind, peer)
        else:
            dies(group, peer)


def gets_half(kind):
    """An ELECTION in two segments gets no reply from anybody."""
    with Group(word(kind)) as group:
        peer = group.peer(kind, PEER)
        group.agree(peer, holding=0)
        raw = pickle.dumps(election(kind, {BELOW: ("127.0.0.1", 9)}, BELOW))
        check(wire.exchange(peer.address(), raw[:20], raw[20:]), ([], "closed"))
        if kind in DIE_OF_HALF:
            dies(group, peer)
        else:
            check_probe(kind, peer)


def counts(kind, form):
    """Whether an OK of that form keeps it from winning."""
    with Group(word(kind)) as group, wire.Member(pickle.dumps(OKS[form])) as above:
        wire.join(group.gcd.address(), word(kind), ABOVE, above.port)
        peer = group.peer(kind, PEER)
        above.hears(election_name(kind))
        if form not in COUNTED[kind]:
            group.agree(peer, within=ELECTION_TIME, holding=0)
            if DIALECTS[kind].tells_higher:
                above.hears(coordinator_name(kind))
            return
        group.wait_for("it waits", lambda: peer.leader is None, 0, holding=ELECTION_TIME - 0.5)
        if kind == "days_only":
            group.wait_for("a flood", lambda: len(above.heard) > 100, WITHIN, holding=0.5)


def counts_apart(kind):
    with Group("BEGIN") as group, wire.Member() as above:
        wire.join(group.gcd.address(), "BEGIN", ABOVE, above.port)
        peer = group.peer(kind, PEER)
        above.hears("ELECTION")
        wire.say(peer.address(), ("OK", None))
        group.wait_for("it waits", lambda: peer.leader is None, 0, holding=ELECTION_TIME)


def is_not_answered(kind, silently):
    with Group(word(kind)) as group, wire.Member(None if silently else b"") as above:
        wire.join(group.gcd.address(), word(kind), ABOVE, above.port)
        peer = group.peer(kind, PEER)
        above.hears(election_name(kind))
        if silently and kind in HANG:
            group.wait_for("it hangs", lambda: peer.leader is None, 0, holding=2 * ELECTION_TIME)
        elif not silently and kind in DIE_UNANSWERED:
            dies(group, peer)
        else:
            group.agree(peer, within=WITHIN, holding=0)


def feigns(kind):
    with Group(word(kind)) as group:
        peer = group.peer(kind, PEER, feign_for=1)
        old = peer.address()
        group.wait_for("it is down", lambda: not peer.up, 15)
        if kind == "feigning":
            try:
                wire.say(old, ("PROBE", None))
                raise Failure("it listens")
            except ConnectionRefusedError:
                pass
        else:
            check(wire.say(old, ("PROBE", None)), ([], "closed"))
        group.wait_for("it is back", lambda: peer.up, 10)
        group.agree(peer, within=WITHIN, holding=0)
        new = ("127.0.0.1", peer.last["up"]["port"])
        check(new != old, kind == "feigning")
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            messages, _ = wire.say(group.gcd.address(), (word(kind), (BELOW, unused.getsockname())))
        check(messages[0][PEER], new)


def daemon_answers():
    malformed_data = "Malformed message data, expected ((days_to_bd, su_id), (host, port))"
    malformed_pid = "Malformed process id, expected (days_to_next_birthday, student_id)"
    here = ("127.0.0.1", 4000)
    table = [
        (("JOIN", (PEER, ("localhost", 4000))), {PEER: here}),
        ("JOIN", "Malformed message"), (("JOIN", 1, 2), "Malformed message"), (None, "Malformed message"),
        (("BEGIN", (PEER, here)), "Unexpected message: BEGIN"), ((1, 2), "Unexpected message: 1"),
        (("JOIN", PEER), malformed_data), (("JOIN", (PEER, 5)), malformed_data),
        (("JOIN", ((0, 1000001), here)), malformed_pid), (("JOIN", ((366, 1000001), here)), malformed_pid),
        (("JOIN", ((1, 999999), here)), malformed_pid), (("JOIN", ((1, 10000000), here)), malformed_pid),
        (("JOIN", ((True, 1000001), here)), malformed_pid), (("JOIN", ((1.0, 1000001), here)), malformed_pid),
        (("JOIN", (PEER, ("localhost", 0))), "Invalid port number"),
        (("JOIN", (PEER, ("localhost", "1"))), "Invalid port number"),
        (("JOIN", (PEER, ("192.0.2.1", 1))), "Only local group members currently allowed"),
        (("JOIN", (list(PEER), here)), None),                                    # dies: an empty close
        (("JOIN", ((11, PEER[1]), here)), {(11, PEER[1]): here}),                # the same student, other days
        (("JOIN", (ABOVE, here)), {ABOVE: here}),                                # the same address, another pid
        (("JOIN", ((12, PEER[1]), ("localhost", 4001))), None),                  # evicted, and back with other days
        (("JOIN", (BELOW, ("localhost", 4002))), {ABOVE: here, BELOW: ("127.0.0.1", 4002)}),
    ]
    with Group() as group:
        for request, answer in table:
            check((request, wire.say(group.gcd.address(), request)), (request, ([] if answer is None else [answer], "closed")))
        with socket.create_connection(group.gcd.address(), 5) as peer:
            peer.sendall(b"hello")
            check(peer.recv(1000), b"Expected a pickled message, got b'hello'\n")


def nothing_is_left():
    """Also after a failure."""
    try:
        with Group() as group:
            group.peer("reference", PEER)
            children = group.children
            raise Failure("on purpose")
    except Failure:
        pass
    check(len(children), 2)
    for child in children:
        try:
            os.kill(child.process.pid, 0)
            raise Failure(f"{child.name} runs on")
        except ProcessLookupError:
            pass


def all_cases():
    cases = {"daemon answers": daemon_answers, "nothing is left": nothing_is_left}
    for kind in KINDS:
        for case in (three_agree, answers, announces, is_told, gets_half):
            cases[f"{kind} {case.__name__.replace('_', ' ')}"] = functools.partial(case, kind)
        for form in OKS:
            cases[f"{kind} counts {form}"] = functools.partial(counts, kind, form)
        for silently in (False, True):
            name = f"{kind} " + ("isn't answered" if silently else "is hung up on")
            cases[name] = functools.partial(is_not_answered, kind, silently)
        if kind in TRIPLES:
            cases[f"{kind} counts an OK apart"] = functools.partial(counts_apart, kind)
        if DIALECTS[kind].feigns:
            cases[f"{kind} feigns"] = functools.partial(feigns, kind)
    return cases


if __name__ == "__main__":
    runner.main(__doc__, argparse.ArgumentParser(), lambda _: all_cases())
