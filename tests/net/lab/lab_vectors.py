"""Writes lab_vectors.txt: messages as the nodes of net/README.md#kinds-of-nodes send them, and ones they might send, by the
real pickle. A line is: a name, the pickle protocol, the pickle in hex. Run it with any python3 from 3.8 on.
"""
import enum
import pickle
import sys
import types

LOW, PEER, OURS = (100, 1000000), (200, 2000000), (300, 3000000)
ADDRESS = {LOW: ("127.0.0.1", 50100), PEER: ("127.0.0.1", 50200), OURS: ("127.0.0.1", 50300)}
# In the order of joining, as the daemon lists them. A node has read them from a pickle: hosts aren't one and the same.
MEMBERS = {pid: (bytes(ADDRESS[pid][0], "ascii").decode(), ADDRESS[pid][1]) for pid in (PEER, OURS, LOW)}
UP_TO_PEER = {pid: MEMBERS[pid] for pid in (LOW, PEER)}

# Enum members, which Python writes by their value, or (some 3.11) by their name: both, whichever Python runs this.
lab2 = sys.modules["lab2"] = types.ModuleType("lab2")


class Message(enum.Enum):
    ELECTION = "ELECTION"
    OK = "OK"

    def __reduce_ex__(self, protocol):
        return self.__class__, (self.value,)


class Named(enum.Enum):
    ELECTION = 1

    def __reduce_ex__(self, protocol):
        return getattr, (self.__class__, self.name)


class Text(str, enum.Enum):
    I_AM_LEADER = "I_AM_LEADER"

    def __reduce_ex__(self, protocol):
        return self.__class__, (self.value,)


for made in (Message, Named, Text):
    made.__module__, made.__qualname__ = "lab2", made.__name__
    setattr(lab2, made.__name__, made)

MESSAGES = {
    # The rows.
    "election-members": ("ELECTION", MEMBERS),
    "ok-members": ("OK", MEMBERS),
    "ok-none": ("OK", None),
    "okay-none": ("OKAY", None),
    "ok-str": "OK",
    "coordinator-members": ("COORDINATOR", MEMBERS),
    "coordinator-up-to-itself": ("COORDINATOR", UP_TO_PEER),
    "coordinator-pid": ("COORDINATOR", PEER),
    "coordinator-triple": ("COORDINATOR", PEER, ADDRESS[PEER]),
    "election-triple": ("ELECTION", PEER, MEMBERS),
    "probe-none": ("PROBE", None),
    "probe-empty": ("PROBE", {}),
    "elect-members": ("ELECT", MEMBERS),
    "got-it-str": "GOT_IT",
    "i-am-leader-pid": ("I_AM_LEADER", PEER),
    # Variations.
    "election-lower-case": ("election", MEMBERS),
    "got-it-spaced": ("Got it", None),
    "leader-dashed": ("I-am-Leader", PEER),
    "victory": ("VICTORY", PEER),
    "election-str": "ELECTION",
    "ok-alone": ("OK",),
    "ok-list": ["OK", None],
    "ok-pid": ("OK", PEER),
    "ok-bytes": (b"OK", None),
    "election-list": ["ELECTION", MEMBERS],
    "election-nested-members": ("ELECTION", (PEER, MEMBERS)),
    "election-nested-address": ("ELECTION", (PEER, ADDRESS[PEER])),
    "election-nested-all": ("ELECTION", (PEER, ADDRESS[PEER], MEMBERS)),
    "election-nested-deeper": ("ELECTION", ((PEER, ADDRESS[PEER]), MEMBERS)),
    "election-triple-other-order": ("ELECTION", MEMBERS, PEER),
    "election-flat-all": ("ELECTION", PEER, ADDRESS[PEER], MEMBERS),
    "election-list-of-pairs": ("ELECTION", list(MEMBERS.items())),
    "election-keyed-by-address": ("ELECTION", {address: pid for pid, address in MEMBERS.items()}),
    "election-pid": ("ELECTION", PEER),
    "election-none": ("ELECTION", None),
    "election-enum": (Message.ELECTION, MEMBERS),
    "election-enum-by-name": (Named.ELECTION, MEMBERS),
    "ok-enum": Message.OK,
    "leader-str-enum": (Text.I_AM_LEADER, PEER),
    "election-strange": ("ELECTION", {"members": MEMBERS, "sender": PEER}),
    "coordinator-nested-address": ("COORDINATOR", (PEER, ADDRESS[PEER])),
    "coordinator-member": ("COORDINATOR", {PEER: ADDRESS[PEER]}),
    "coordinator-pid-list": ("COORDINATOR", list(PEER)),
    "coordinator-two-pids": ("COORDINATOR", PEER, OURS),
    "probe-str": "PROBE",
    "probe-pid": ("PROBE", PEER),
    "join": ("JOIN", (PEER, ADDRESS[PEER])),
    # No messages.
    "junk-none": None,
    "junk-int": 5,
    "junk-members": MEMBERS,
    "junk-empty": (),
    "junk-word": ("HELLO", MEMBERS),
    "junk-long-word": ("OK" + "_" * 40, None),
    "junk-digits": ("OK2", None),
    "junk-swapped": (MEMBERS, "ELECTION"),
    "junk-coordinator-none": ("COORDINATOR", None),
    "junk-coordinator-str": "COORDINATOR",
    "junk-coordinator-empty": ("COORDINATOR", {}),
    "junk-coordinator-floats": ("COORDINATOR", (200.0, 2000000.0)),
    "junk-coordinator-bools": ("COORDINATOR", (True, False)),
    "junk-join": ("JOIN", PEER),
}


def main(out):
    for name, message in MESSAGES.items():
        for protocol in range(6):
            print(name, protocol, pickle.dumps(message, protocol).hex(), file=out)


if __name__ == "__main__":
    main(sys.stdout)
