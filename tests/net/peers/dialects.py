"""How the nodes of the lab differ on the wire: one Dialect for each row of net/README.md#kinds-of-nodes.

What is the same in all is node.py's. A fragility stands here as what causes it: the code that a student writes who knows
only nodes like their own; what such code raises ends the node. "Chosen:" marks what net/README.md leaves open; it is then
what is harder on the others.
"""
import dataclasses
import typing


# Reading a message: (name, sender or None, data). Any other form raises.

def read_pair(message):
    name, data = message
    return name, None, data


def read_pair_or_drop(message):
    """What is no pair is closed unanswered, and survived: so does the one node of the BEGIN courses that reads pairs."""
    return read_pair(message) if len(message) == 2 else ("", None, None)


def read_triple(message):
    """("ELECTION", P, M). A pair is survived, but it names no sender, so it gets no OK. COORDINATOR is ("COORDINATOR", P);
    an address after it isn't looked at."""
    if message[0] == "COORDINATOR":
        return message[0], None, message[1]
    return message[0], message[1] if len(message) == 3 else None, message[-1]


def read_triple_with_address(message):
    """The same, but COORDINATOR is ("COORDINATOR", P, A); as a pair it isn't understood, nor deadly."""
    if message[0] == "COORDINATOR":
        return (message[0], None, message[1]) if len(message) == 3 else ("", None, None)
    return read_triple(message)


# Who leads, after COORDINATOR's data.

def greatest_listed(node, members):
    """Chosen: the greatest of M; but not one that has refused in this node's latest election: else such nodes, which list
    their dead as well, wouldn't agree with each other. A P has no items."""
    return max((pid for pid, at in members.items() if (pid, at) not in node.refused), key=node.rank, default=None)


def pid_itself(node, pid):
    """A dictionary is no key of another: TypeError."""
    node.members.get(pid)
    return pid


def greatest_or_pid(node, data):
    return greatest_listed(node, data) if isinstance(data, dict) else pid_itself(node, data)


# What counts as an OK.

def any_pair(answer):
    return isinstance(answer, tuple) and len(answer) == 2


def pair_or_str(answer):
    return any_pair(answer) or isinstance(answer, str)


def only_okay(answer):
    return any_pair(answer) and answer[0] == "OKAY"


def only_str(answer):
    return isinstance(answer, str)


def nothing(answer):
    del answer
    return False


# What is sent. Members are node.members, which holds the node itself.

def with_all(name):
    return lambda node: (name, node.members)


def with_none(name):
    return lambda node: (name, None)


def with_pid(name):
    return lambda node: (name, node.pid)


def with_members_up_to_self(name):
    return lambda node: (name, {pid: at for pid, at in node.members.items() if pid <= node.pid})


def bare(name):
    return lambda node: name


@dataclasses.dataclass(frozen=True)
class Dialect:
    """Functions that make a message take the node. Messages are made by the node's thread that sends them."""
    join: str = "JOIN"
    pickle_protocol: int = 4          # Python 3.8's; 3 is 3.7's
    election_name: str = "ELECTION"
    coordinator_name: str = "COORDINATOR"
    read: typing.Callable = read_pair
    merges_all: bool = False          # each message's data go into the members before its name is looked at
    rank: typing.Callable = lambda pid: pid

    election: typing.Callable = with_all("ELECTION")
    oks: tuple = (with_all("OK"),)    # each a pickle of its own
    ok_apart: bool = False            # on a new connection, to the sender that the ELECTION names
    counts: typing.Callable = any_pair
    waits_for_ever: bool = False      # for an OK, from a peer that says nothing
    dies_unanswered: bool = False     # of an ELECTION that is accepted and closed without an answer
    flood_after: typing.Optional[float] = None   # seconds after an OK without COORDINATOR

    coordinator: typing.Callable = with_all("COORDINATOR")
    tells_higher: bool = True
    leader: typing.Callable = greatest_listed
    # Whether COORDINATOR ends the wait for an OK. If not, the election is won at its end, whoever has announced.
    coordinator_ends_wait: bool = True

    probes: bool = False              # Chosen: those that answer a PROBE send them
    probe: typing.Callable = with_none("PROBE")
    probe_answer: typing.Optional[typing.Callable] = None
    left_open: frozenset = frozenset()  # after these the server never closes
    dies_of_half: bool = True         # Chosen: whose; six did
    feigns: typing.Optional[str] = None  # "close" the listener, or "drop" what is accepted


PROBE_LEFT_OPEN = frozenset({"PROBE"})

DIALECTS = {
    # The one line of the reference that a bare P kills, members.update(data), also dies of a PROBE with None. Chosen: it
    # counts no str.
    "reference": Dialect(merges_all=True, left_open=frozenset({"ELECTION", "PROBE"}), dies_unanswered=True),
    "two_pickles": Dialect(oks=(with_none("OK"), with_all("OK")), tells_higher=False, left_open=PROBE_LEFT_OPEN,
                           dies_unanswered=True, pickle_protocol=3),
    "feigning": Dialect(counts=pair_or_str, coordinator=with_members_up_to_self("COORDINATOR"), probes=True,
                        probe=lambda node: ("PROBE", {}), probe_answer=with_all("OK"), feigns="close"),
    "days_only": Dialect(rank=lambda pid: pid[0], oks=(with_none("OK"),), counts=pair_or_str, leader=greatest_or_pid,
                         flood_after=2.0),
    # Chosen: hears nothing while it waits for its OKAY, and blocks on who is silent.
    "okay": Dialect(oks=(with_none("OKAY"),), counts=only_okay, left_open=PROBE_LEFT_OPEN, dies_unanswered=True,
                    coordinator_ends_wait=False, waits_for_ever=True),
    "begin_triple": Dialect(join="BEGIN", read=read_triple, election=lambda node: ("ELECTION", node.pid, node.members),
                            oks=(with_none("OK"),), ok_apart=True, counts=nothing, coordinator=with_pid("COORDINATOR"),
                            leader=pid_itself),
    "begin_triple_address": Dialect(join="BEGIN", read=read_triple_with_address,
                                    election=lambda node: ("ELECTION", node.pid, node.members), oks=(with_none("OK"),),
                                    ok_apart=True, counts=nothing,
                                    coordinator=lambda node: ("COORDINATOR", node.pid, node.address), leader=pid_itself),
    "begin_str": Dialect(join="BEGIN", read=read_pair_or_drop, oks=(bare("OK"),), counts=only_str, waits_for_ever=True,
                         coordinator=with_pid("COORDINATOR"), leader=pid_itself, probes=True, probe_answer=bare("OK"),
                         dies_of_half=False),
    "howdy": Dialect(join="HOWDY", election_name="ELECT", coordinator_name="I_AM_LEADER", election=with_all("ELECT"),
                     oks=(bare("GOT_IT"),), counts=only_str, coordinator=with_pid("I_AM_LEADER"), leader=pid_itself,
                     probes=True, probe_answer=bare("GOT_IT"), dies_of_half=False, feigns="drop", pickle_protocol=3),
}
