"""Writes pickle_vectors.txt: what the real CPython makes of some values, in every protocol.

A line is: protocol, the pickle in hex, the value as Python's ascii() shows it. Run it with the python3 at hand; the bytes
have been the same since Python 3.8.
"""
import pickle
import sys

MEMBERS = {(day, 1000000 + day): ("127.0.0.1", 50000 + day) for day in (1, 255, 300)}
VALUES = [
    None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, -(2**63),
    2**63, -(2**63) - 1, 2**64 - 1, 2**64, -(2**64), 10**18 * 9, 10**27, 10**27 - 1, -(10**27), -(2**127), 2**2039, -(2**2039),
    -(2**2039) - 1, (1, 2**100, -(2**100)),
    0.0, -0.0, 1.5, -2.25, 0.1, 1e15, 1e16, 1e-4, 1e-5, -1.7976931348623157e308, 5e-324,
    float("inf"), float("-inf"), float("nan"),
    "", "OK", "naïve ☃ 😀", "back\\slash \\u0041 'quote'", "line\nbreak", "it's", "it's \"so\"", "\t\r\0\x7f\x1a",
    "\ud83d\ude00 \udfff", "x" * 300,
    (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2, 3], {}, {"a": 1}, {"a": 1, "b": [2, (3,)]},
    ("JOIN", ((199, 4098505), ("localhost", 60000))),
    ("ELECTION", MEMBERS), ("OK", MEMBERS), ("OK", None), ("COORDINATOR", (300, 1000300)), ("PROBE", {}), "GOT_IT",
    ("ELECTION", (300, 1000300), MEMBERS),
    # Not more than one item: the order of more is another in each Python, but for small ints.
    set(), {7}, {1, 2, 3}, frozenset(), frozenset({"a"}), {(1, 2**70)}, {frozenset({frozenset()})}, [{5}, {5}],
]
BYTES = [b"", b"OK", bytes(range(256)), b"y" * 300]


def main(out):
    for protocol in range(6):
        for value in VALUES + (BYTES if protocol >= 3 else []):
            print(protocol, pickle.dumps(value, protocol).hex(), ascii(value), file=out)


if __name__ == "__main__":
    main(sys.stdout)
