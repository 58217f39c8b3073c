"""What somebody hostile, or broken, does to a TCP server of pickles: each attack goes on until it is told to stop.

An attack is a function (address, seconds) -> connections it made. It notices nothing: whether the other end refuses, resets
or ignores it is not its affair, as long as it goes on.
"""
import collections
import itertools
import os
import pickle
import random
import socket
import struct
import time

RATE = 1000  # connections a second, where an attack is a flood


def connection(address):
    """A connection that doesn't block, or None."""
    peer = socket.socket()
    peer.settimeout(1.0)
    try:
        peer.connect(address)
    except OSError:
        peer.close()
        return None
    peer.setblocking(False)
    return peer


def push(peer, data):
    """Sends what goes without waiting. False: the connection has ended."""
    try:
        peer.send(data)
    except BlockingIOError:
        pass
    except OSError:
        return False
    return True


def has_ended(peer):
    try:
        return not peer.recv(65536)
    except BlockingIOError:
        return False
    except OSError:
        return True


def reset(peer):
    """Closes it so that no port stays in TIME_WAIT: a flood would use them up."""
    try:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        pass
    peer.close()


def hold(address, seconds, many, opening=b"", each_second=lambda turn: b""):
    """Keeps so many connections open; opens another one whenever one is closed by the other end."""
    held = []
    made = 0
    end = time.monotonic() + seconds
    try:
        for turn in itertools.count():
            while len(held) < many and time.monotonic() < end:
                peer = connection(address)
                if peer is None:
                    break
                made += 1
                push(peer, opening)
                held.append(peer)
            if time.monotonic() >= end:
                return made
            time.sleep(min(1.0, max(0.0, end - time.monotonic())))
            alive = []
            for peer in held:
                data = each_second(turn)
                if has_ended(peer) or (data and not push(peer, data)):
                    peer.close()
                else:
                    alive.append(peer)
            held = alive
    finally:
        for peer in held:
            reset(peer)


def flood(address, seconds, payload_of):
    """RATE connections a second, each with one payload; the last hundred stay open, for what is answered."""
    made = 0
    start = time.monotonic()
    recent = collections.deque()
    try:
        while (now := time.monotonic()) < start + seconds:
            if made >= (now - start) * RATE:
                time.sleep(0.001)
                continue
            peer = connection(address)
            if peer is None:
                continue
            made += 1
            push(peer, payload_of(made))
            recent.append(peer)
            if len(recent) > 100:
                reset(recent.popleft())
    finally:
        for peer in recent:
            reset(peer)
    return made


def nested(depth):
    return b"\x80\x04" + b"]" * depth + b"a" * (depth - 1) + b"."


def memo_bomb(levels):
    """A tuple that unfolds to 2**levels values."""
    return b"\x80\x04" + b")\x94" + b"".join(bytes([0x68, n, 0x68, n, 0x86, 0x94]) for n in range(levels)) + b"."


def garbage():
    noise = random.Random(1)
    yield from (noise.randbytes(size) for size in (1, 10, 100, 1000, 10000, 100000))
    yield from (b"\x80\x04" + noise.randbytes(200) for _ in range(20))
    yield from (b"", b".", b"\x00" * 1000, b"\xff" * 1000, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x1b[2J\x07\r\n" * 20)
    for code, length in (b"X", 4), (b"B", 4), (b"\x8d", 8), (b"\x8e", 8), (b"\x95", 8), (b"\x8b", 4):  # claimed lengths
        yield b"\x80\x04" + code + b"\xff" * (length - 1) + b"\x7f" + b"a" * 100
    yield b"\x80\x04Nr\xff\xff\xff\x7f."                       # a huge memo index, CVE-2018-20406
    yield b"\x80\x04N" + b"p" + b"9" * 20 + b"\n."
    yield from (memo_bomb(levels) for levels in (10, 30, 200))
    yield from (nested(depth) for depth in (10, 100, 30000))
    yield b"\x80\x04]\x94h\x00a."                               # a cycle
    yield b"V" + b"a" * 60000                                   # text without end
    yield b"I" + b"1" * 60000
    yield b"cos\nsystem\n(S'true'\ntR."
    yield b"\x80\x04" + b"(" * 60000
    for value in (None, 1, 1.5, "", "\x1b[31m\n", b"x", [], {}, (), ("ELECTION",), ("ELECTION", 5), ("COORDINATOR", {}),
                  ("COORDINATOR", (1, 2, 3)), ("NOISE\r\n", None), {1: 2}, [[[[]]]], ("JOIN", ((400, 1), ("x" * 300, 99999))),
                  ("PROBE", list(range(1000))), ("ELECTION", {(1, "x"): ("y", -1)}), 2 ** 80, "OK", ("OK", None)):
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            yield pickle.dumps(value, protocol)


def invented(number, days):
    """A pid and an address that nobody has: port 1 refuses."""
    return (1 + number % days, 1000000 + number % 9000000), ("127.0.0.1", 1)


def message(number, days):
    """A message of a member that doesn't exist, of one of the kinds in turn."""
    pid, address = invented(number, days)
    data = (("ELECTION", {pid: address}), ("PROBE", None), ("COORDINATOR", pid), ("COORDINATOR", {pid: address}),
            ("ELECTION", pid, {pid: address}), ("PROBE", {pid: address}), ("OK", {pid: address}))[number % 7]
    return pickle.dumps(data)


ELECTION = pickle.dumps(("ELECTION", {(1, 1000000): ("127.0.0.1", 1)}))
UNFINISHED = b"](" + b"K\x07" * 16370  # as many opcodes as may be, a value for each, and no STOP

ALL_GARBAGE = list(garbage())


def slow_senders(address, seconds):
    """One byte a second, each."""
    return hold(address, seconds, 100, each_second=lambda turn: ELECTION[turn % len(ELECTION):][:1])


def half_messages(address, seconds):
    return hold(address, seconds, 300, ELECTION[:20])


def big_halves(address, seconds):
    """Held messages that cost the most memory."""
    return hold(address, seconds, 300, UNFINISHED)


def idle(address, seconds):
    """More than a node accepts at once."""
    return hold(address, seconds, 600)


def served_and_held(address, seconds):
    """Of messages as good as any, connections that stay open when they have been served."""
    return hold(address, seconds, 600, pickle.dumps(("PROBE", None)))


def bare_flood(address, seconds):
    return flood(address, seconds, lambda number: b"")


def garbage_flood(address, seconds):
    return flood(address, seconds, lambda number: ALL_GARBAGE[number % len(ALL_GARBAGE)])


def endless_streams(address, seconds):
    """Sends what the other end takes, for as long as it does."""
    made = 0
    end = time.monotonic() + seconds
    streams = [b"\x80\x04" + b"]" * 65534, os.urandom(65536), b"V" + b"a" * 65535, b"\x80\x04N0" * 16384]
    while time.monotonic() < end:
        peer = connection(address)
        if peer is None:
            continue
        made += 1
        data = streams[made % len(streams)]
        until = min(end, time.monotonic() + 1.0)
        while time.monotonic() < until and push(peer, data):
            pass
        reset(peer)
    return made


def messages_from_below(address, seconds):
    """Valid messages of invented members that rank below all others."""
    return flood(address, seconds, lambda number: message(number, 5))


def messages_from_above(address, seconds):
    """Valid messages of invented members, most of them above all others: nobody can know that they don't exist."""
    return flood(address, seconds, lambda number: message(number, 365))


def joins(address, seconds):
    """JOINs of invented members, each at a port of its own."""
    return flood(address, seconds, lambda number: pickle.dumps(
        ("JOIN", ((1 + number % 365, 1000000 + number), ("localhost", 1 + number % 1023)))))
