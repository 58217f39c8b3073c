"""bully_gcd answers as the lab's daemon: gcd_answers_test.py BULLY_GCD.

A table of requests with the answers that follow from what was measured on gcd2.py (net/README.md), asked of
ours and of its stand-in, lab/gcd.py; then requests whose answers are only compared; and the ones that the real one dies
of.
"""
import contextlib
import itertools
import json
import pathlib
import pickle
import socket
import subprocess
import sys
import time

LAB = pathlib.Path(__file__).parents[1] / "peers"
sys.path.insert(0, str(LAB))
import wire  # noqa: E402  pylint: disable=wrong-import-position

WORDS = ("JOIN", "BEGIN", "HOWDY")
ONE, TWO, THREE = (10, 1000010), (20, 1000020), (30, 1000030)
HERE, THERE = ("127.0.0.1", 4000), ("127.0.0.1", 4001)
MALFORMED_DATA = "Malformed message data, expected ((days_to_bd, su_id), (host, port))"
MALFORMED_PID = "Malformed process id, expected (days_to_next_birthday, student_id)"
LOCAL_ONLY = "Only local group members currently allowed"
BAD_PORT = "Invalid port number"
BIG = 2 ** 64
HUGE = 2 ** 7600  # 2,288 digits in 951 bytes: nearly the most that one recv of 1,024 bytes takes


def no_host(type_name):
    return f"gethostbyname() argument 1 must be str, bytes or bytearray, not {type_name}"


# (message, answer); WORD stands for what the course calls JOIN.
WORD = object()
SPECIFIED = [
    ("JOIN", "Malformed message"), (None, "Malformed message"), (7, "Malformed message"), ((), "Malformed message"),
    ((WORD,), "Malformed message"), ((WORD, 1, 2), "Malformed message"), ({}, "Malformed message"),
    (("ENTER", (ONE, HERE)), "Unexpected message: ENTER"), (("join", (ONE, HERE)), "Unexpected message: join"),
    ((1, 2), "Unexpected message: 1"), ((None, 2), "Unexpected message: None"),
    ((WORD, ONE), MALFORMED_DATA), ((WORD, None), MALFORMED_DATA), ((WORD, (ONE, 5)), MALFORMED_DATA),
    ((WORD, (5, HERE)), MALFORMED_DATA), ((WORD, (ONE, HERE, 1)), MALFORMED_DATA),
    ((WORD, (ONE, ("localhost",))), MALFORMED_DATA),
    ((WORD, ((0, 1000001), HERE)), MALFORMED_PID), ((WORD, ((366, 1000001), HERE)), MALFORMED_PID),
    ((WORD, ((-1, 1000001), HERE)), MALFORMED_PID), ((WORD, ((2 ** 40, 1000001), HERE)), MALFORMED_PID),
    ((WORD, ((1, 999999), HERE)), MALFORMED_PID), ((WORD, ((1, 10000000), HERE)), MALFORMED_PID),
    ((WORD, ((True, 1000001), HERE)), MALFORMED_PID), ((WORD, ((1.0, 1000001), HERE)), MALFORMED_PID),
    ((WORD, (("1", 1000001), HERE)), MALFORMED_PID), ((WORD, ((1, None), HERE)), MALFORMED_PID),
    ((WORD, (ONE, ("localhost", 0))), BAD_PORT), ((WORD, (ONE, ("localhost", -1))), BAD_PORT),
    ((WORD, (ONE, ("localhost", 65536))), BAD_PORT), ((WORD, (ONE, ("localhost", "1"))), BAD_PORT),
    ((WORD, (ONE, ("localhost", True))), BAD_PORT), ((WORD, (ONE, ("localhost", 4000.0))), BAD_PORT),
    ((WORD, (ONE, ("192.0.2.1", 1))), LOCAL_ONLY), ((WORD, (ONE, ("192.0.2.1", 0))), BAD_PORT),
    # Ints beyond 64 bits, and sets.
    (BIG, "Malformed message"), (set(), "Malformed message"), ({1, 2, 3}, "Malformed message"),
    ((BIG, 1), f"Unexpected message: {BIG}"), ((-BIG, 1), f"Unexpected message: {-BIG}"),
    ((HUGE, 1), f"Unexpected message: {HUGE}"), (((-HUGE, {7}), 1), f"Unexpected message: ({-HUGE}, {{7}})"),
    ((set(), 1), "Unexpected message: set()"), (({1, 2}, 1), "Unexpected message: {1, 2}"),
    ((frozenset(), 1), "Unexpected message: frozenset()"),
    ((frozenset({frozenset({BIG})}), 1), f"Unexpected message: frozenset({{frozenset({{{BIG}}})}})"),
    ({1, 2}, "Unexpected message: 1"), (frozenset({1, 2}), "Unexpected message: 1"),
    ((WORD, BIG), MALFORMED_DATA), ((WORD, {1, 2}), MALFORMED_DATA), ((WORD, set()), MALFORMED_DATA),
    ((WORD, (BIG, HERE)), MALFORMED_DATA), ((WORD, (ONE, BIG)), MALFORMED_DATA), ((WORD, (ONE, {1})), MALFORMED_DATA),
    ((WORD, ((BIG, 1000001), HERE)), MALFORMED_PID), ((WORD, ((1, -BIG), HERE)), MALFORMED_PID),
    ((WORD, ((1, {1000001}), HERE)), MALFORMED_PID), ((WORD, ({1, 2}, HERE)), MALFORMED_PID),
    ((WORD, ((BIG, 1000001), (BIG, BIG))), MALFORMED_PID),
    ((WORD, (ONE, (BIG, BIG))), no_host("int")), ((WORD, (ONE, {1, 2})), no_host("int")),
    ((WORD, (ONE, ({1}, 0))), no_host("set")), ((WORD, (ONE, (frozenset(), 0))), no_host("frozenset")),
    ((WORD, (ONE, ("localhost", BIG))), BAD_PORT), ((WORD, (ONE, ("localhost", -BIG))), BAD_PORT),
    ((WORD, (ONE, ("localhost", {4000}))), BAD_PORT), ((WORD, (ONE, ("192.0.2.1", BIG))), BAD_PORT),
    # Python unpacks a str and a dict as well.
    ("ab", "Unexpected message: a"), ("\u00e9\U0001f600", "Unexpected message: \u00e9"),
    ({1: 2, 3: 4}, "Unexpected message: 1"), ((WORD, "ab"), MALFORMED_DATA), ((WORD, ("ab", HERE)), MALFORMED_PID),
    ((WORD, ("abc", HERE)), MALFORMED_DATA), ((WORD, (ONE, "1b")), BAD_PORT),
    # None of these has entered anybody.
    ((WORD, (ONE, ("localhost", 4000))), {ONE: HERE}),
    ((WORD, ((1, 1000000), ("localhost", 1))), {ONE: HERE, (1, 1000000): ("127.0.0.1", 1)}),
    ((WORD, ((365, 9999999), ("localhost", 65535))),
     {ONE: HERE, (1, 1000000): ("127.0.0.1", 1), (365, 9999999): ("127.0.0.1", 65535)}),
]
# Each on a daemon of its own.
EVICTIONS = {
    "the order is that of joining": [((THREE, HERE), [(THREE, HERE)]), ((ONE, THERE), [(THREE, HERE), (ONE, THERE)])],
    "the same again": [((ONE, HERE), [(ONE, HERE)]), ((ONE, HERE), [(ONE, HERE)])],
    "a new address keeps its place": [
        ((ONE, HERE), [(ONE, HERE)]), ((TWO, THERE), [(ONE, HERE), (TWO, THERE)]),
        ((ONE, ("127.0.0.1", 4002)), [(ONE, ("127.0.0.1", 4002)), (TWO, THERE)])],
    "the same student with other days": [
        ((ONE, HERE), [(ONE, HERE)]), ((TWO, THERE), [(ONE, HERE), (TWO, THERE)]),
        (((11, ONE[1]), ("127.0.0.1", 4002)), [(TWO, THERE), ((11, ONE[1]), ("127.0.0.1", 4002))])],
    "another at the same address": [
        ((ONE, HERE), [(ONE, HERE)]), ((TWO, THERE), [(ONE, HERE), (TWO, THERE)]),
        ((THREE, HERE), [(TWO, THERE), (THREE, HERE)])],
}
COMPARED = [
    [WORD, [ONE, HERE]], [WORD, (ONE, list(HERE))], (WORD, (ONE, ("127.0.0.1", 4000))), (WORD, (ONE, (b"localhost", 4000))),
    (WORD, (ONE, (5, 4000))), (WORD, (ONE, (None, 4000))), (WORD, (ONE, ((), 4000))), (WORD, {}), (WORD, [[], []]),
    ((WORD, 1), (ONE, HERE)), ("", (ONE, HERE)), (b"JOIN", (ONE, HERE)), (1.5, None), ([], {}),
    (WORD, (ONE, dict.fromkeys(HERE))), (WORD, dict.fromkeys((ONE, HERE))), (WORD, (ONE, "\0b")), ((False,) * 900, 1),
    (WORD, (ONE, ("", 4000))), (WORD, (ONE, ("", 0))), (WORD, (ONE, ("127.0.0.1\0", 4000))),
    b"ab", b"abc", (WORD, b"ab"), (WORD, (b"ab", HERE)), (WORD, (ONE, b"ab")), (WORD, (ONE, b"a")),
    ("a'b\"\n\x01\u00e9", None), ("x" * 900, None), "", b"", 1.5, [], True,
]
NO_PICKLES = [b"hello", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00", b"it's", b"it's \"quoted\" \\", b"\xff" * 200,
              b"\x80\x04\x8f(]\x90.", b"\x80\x04(\x8f\x85\x91."]
DEADLY = [
    ((WORD, (list(ONE), HERE)), MALFORMED_PID),  # an empty close there
    ((WORD, (set(ONE), HERE)), MALFORMED_PID), ((WORD, (dict.fromkeys(ONE), HERE)), MALFORMED_PID),
    ((WORD, (frozenset(ONE), HERE)), MALFORMED_PID),  # enters it there, as a pid that no peer reads
]


def with_word(message, word):
    if message is WORD:
        return word
    if isinstance(message, (tuple, list)):
        return type(message)(with_word(part, word) for part in message)
    return message


@contextlib.contextmanager
def daemon(command):
    """Starts one that says where it listens in one JSON line; yields its address."""
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True) as process:
        try:
            event = json.loads(process.stdout.readline())
            port = event["port"] if "port" in event else event["address"].rsplit(":", 1)[1]
            yield "127.0.0.1", int(port)
        finally:
            process.terminate()


def raw_answer(address, raw, half_close=True):
    with socket.create_connection(address, 10) as peer:
        peer.sendall(raw)
        if half_close:
            peer.shutdown(socket.SHUT_WR)
        answer = b""
        while more := peer.recv(4096):
            answer += more
        return answer


def main():
    ours_command = [sys.argv[1], "0", "--json"]
    failed = checked = 0

    def check(what, answer, expected):
        nonlocal failed, checked
        checked += 1
        # A dict's order counts too.
        if repr(answer) != repr(expected):
            failed += 1
            print(f"FAILED  {what!r}\n    answered {answer!r}\n    expected {expected!r}")

    def ask(address, message, protocol=None):
        messages, end = wire.say(address, message, protocol)
        return messages[0] if len(messages) == 1 and end == "closed" else (messages, end)

    for word in WORDS:
        theirs_command = [sys.executable, LAB / "gcd.py", "0", "--word", word]
        with daemon(ours_command) as ours, daemon(theirs_command) as theirs:
            for message, expected in SPECIFIED:
                message = with_word(message, word)
                for protocol in (2, 4):  # before 4 a set is written as a call
                    check(("ours", protocol, message), ask(ours, message, protocol), expected)
                    check(("theirs", protocol, message), ask(theirs, message, protocol), expected)
        with daemon(ours_command) as ours, daemon(theirs_command) as theirs:
            for message in (with_word(message, word) for message in COMPARED):
                check(message, ask(ours, message), ask(theirs, message))
            for raw in NO_PICKLES:
                check(raw, raw_answer(ours, raw), raw_answer(theirs, raw))
            for message, expected in DEADLY:
                check(("ours", message), ask(ours, with_word(message, word)), expected)
        for name, joins in EVICTIONS.items():
            with daemon(ours_command) as ours, daemon(theirs_command) as theirs:
                for join, members in joins:
                    check(("ours", name), ask(ours, (word, join)), dict(members))
                    check(("theirs", name), ask(theirs, (word, join)), dict(members))
    # A student evicted by address comes back with other days: the real one dies of that for ever.
    with daemon(ours_command) as ours:
        for join in ((ONE, HERE), (TWO, HERE)):
            ask(ours, ("JOIN", join))
        check("evicted and back", ask(ours, ("JOIN", ((11, ONE[1]), THERE))), {TWO: HERE, (11, ONE[1]): THERE})
    # Half a message, and no more: the real one answers at once, ours when it has waited long enough for the rest.
    request = pickle.dumps(("JOIN", (ONE, HERE)))
    with daemon(ours_command) as ours, daemon([sys.executable, LAB / "gcd.py", "0", "--word", "JOIN"]) as theirs:
        for part in (request[:20], request[:-1], b"\x80"):
            check(("half", part), raw_answer(ours, part, half_close=False), raw_answer(theirs, part, half_close=False))
        with socket.create_connection(ours, 10) as dribbler:
            dribbler.setblocking(False)
            answer, end = b"", time.monotonic() + 10
            for byte in itertools.cycle(b"\x80\x04" + b"]" * 1000):
                try:
                    dribbler.send(bytes([byte]))
                    answer = dribbler.recv(4096)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        break
                    time.sleep(0.05)
            check("a dribbler", answer[:29], b"Expected a pickled message, g")
    # An idle connection holds nobody up, and what comes in pieces is taken.
    with daemon(ours_command) as ours, socket.create_connection(ours, 10), socket.create_connection(ours, 10) as slow:
        slow.sendall(request[:20])
        check("beside idle ones", ask(ours, ("JOIN", (TWO, THERE))), {TWO: THERE})
        slow.sendall(request[20:])
        check("in pieces", pickle.loads(slow.recv(4096)), {TWO: THERE, ONE: HERE})
    print(f"{checked - failed} of {checked} hold")
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
