"""Writes pickle_vectors.txt: what the real CPython makes of some values, in every protocol.

A line is: protocol, the value as our `repr` shows it, the pickle in hex. Run it with the python3 at hand; the bytes
have been the same since Python 3.8.
"""
import pickle
import sys

MEMBERS = {(day, 1000000 + day): ("127.0.0.1", 50000 + day) for day in (1, 255, 300)}
VALUES = [
    None, True, False, 0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 2**63 - 1, -(2**63),
    0.0, 1.5, -2.25, "", "OK", "naïve ☃ 😀", "back\\slash \\u0041 'quote'", "line\nbreak", "x" * 300,
    (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [], [1], [1, 2, 3], {}, {"a": 1}, {"a": 1, "b": [2, (3,)]},
    ("JOIN", ((199, 4098505), ("localhost", 60000))),
    ("ELECTION", MEMBERS), ("OK", MEMBERS), ("OK", None), ("COORDINATOR", (300, 1000300)), ("PROBE", {}), "GOT_IT",
    ("ELECTION", (300, 1000300), MEMBERS),
]
BYTES = [b"", b"OK", bytes(range(256)), b"y" * 300]


def show(value):
    """Like Value::repr."""
    if isinstance(value, str):
        return "'" + "".join(escape(byte) for byte in value.encode()) + "'"
    if isinstance(value, bytes):
        return "b'" + "".join(escape(byte) for byte in value) + "'"
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(show, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, list):
        return "[" + ", ".join(map(show, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{show(key)}: {show(item)}" for key, item in value.items()) + "}"
    return repr(value)


def escape(byte):
    if chr(byte) in "'\\":
        return "\\" + chr(byte)
    return f"\\x{byte:02x}" if byte < 0x20 or byte >= 0x7F else chr(byte)


def main(out):
    for protocol in range(6):
        for value in VALUES + (BYTES if protocol >= 3 else []):
            print(protocol, pickle.dumps(value, protocol).hex(), show(value), file=out)


if __name__ == "__main__":
    main(sys.stdout)
