"""The codec against CPython's own pickle: random values, both ways, every protocol. Any Python from 3.6 on."""
import pickle
import pickletools
import random
import subprocess
import sys
import unittest

ECHO = sys.argv.pop(1)
ROUNDS = 3000
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)  # 5 came with Python 3.8


def any_text(random_):
    alphabet = "abcXYZ019 \\'\"\n\t\0éß☃😀"
    return "".join(random_.choice(alphabet) for _ in range(random_.choice([0, 1, 3, 20, 300])))


def any_hashable(random_, depth, with_bytes):
    if depth and random_.random() < 0.4:
        kind = random_.choice([tuple, frozenset])
        return kind(any_hashable(random_, depth - 1, with_bytes) for _ in range(random_.randrange(4)))
    return any_value(random_, 0, with_bytes)


def any_value(random_, depth, with_bytes):
    kind = random_.randrange(12 if depth else 7)
    if kind == 0:
        return random_.choice([None, True, False])
    if kind == 1:
        return random_.choice([0, 1, -1, 255, 256, 65535, 65536, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)])
    if kind == 2:
        return random_.randrange(-(2**63), 2**63) >> random_.randrange(64)
    if kind == 3:
        return random_.choice([random_.random(), -1e300, 5e-324, float("inf"), 0.0, -0.0])
    if kind == 4 or (kind == 5 and not with_bytes):
        return any_text(random_)
    if kind == 5:
        return bytes(random_.randrange(256) for _ in range(random_.choice([0, 1, 5, 300])))
    if kind == 6:
        power = 2 ** random_.choice([63, 64, 100, 127, 128, 1000, 2039, 2040, 8191])
        return random_.choice([power - 1, -power, random_.randrange(-power, power)])
    size = random_.choice([0, 1, 2, 3, 4, 9])
    if kind in (7, 8):
        return tuple(any_value(random_, depth - 1, with_bytes) for _ in range(size))
    if kind == 9:
        shared = any_value(random_, depth - 1, with_bytes)
        return [shared if random_.random() < 0.3 else any_value(random_, depth - 1, with_bytes) for _ in range(size)]
    if kind == 10:
        kind = random_.choice([set, frozenset])
        return kind(any_hashable(random_, depth - 1, with_bytes) for _ in range(size))
    return {(random_.randrange(366), any_text(random_)): any_value(random_, depth - 1, with_bytes) for _ in range(size)}


def shown(value):
    """As repr(), but for the order of sets, which isn't that of another set with the same items."""
    if isinstance(value, (set, frozenset)):
        return f"{type(value).__name__}{sorted(map(shown, value))}"
    if isinstance(value, (tuple, list)):
        return f"{type(value).__name__}{[shown(item) for item in value]}"
    if isinstance(value, dict):
        return f"dict{[(shown(key), shown(item)) for key, item in value.items()]}"
    return repr(value)


def is_harmless(pickled):
    """Whether CPython would neither import nor call anything."""
    dangerous = {"GLOBAL", "STACK_GLOBAL", "INST", "OBJ", "REDUCE", "NEWOBJ", "NEWOBJ_EX", "BUILD", "EXT1", "EXT2", "EXT4"}
    try:
        return not any(opcode.name in dangerous for opcode, _, _ in pickletools.genops(pickled))
    except Exception:  # noqa: BLE001
        return False


class Differential(unittest.TestCase):
    def setUp(self):
        self.echo = subprocess.Popen([ECHO], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def tearDown(self):
        self.echo.stdin.close()
        self.assertEqual(self.echo.wait(10), 0)
        self.echo.stdout.close()

    def exchange(self, pickled):
        """What comes back in protocols 2 to 4, or the text of the error."""
        self.echo.stdin.write(b"%d\n" % len(pickled) + pickled)
        self.echo.stdin.flush()
        answers = []
        while len(answers) < 3:
            line = self.echo.stdout.readline()
            if line.startswith(b"error"):
                return line.decode()
            answers.append(self.echo.stdout.read(int(line)))
        return answers

    def test_random_values_both_ways(self):
        random_ = random.Random(20240229)
        for _ in range(ROUNDS):
            protocol = random_.choice(PROTOCOLS)
            value = any_value(random_, random_.randrange(5), with_bytes=protocol >= 3)
            pickled = pickle.dumps(value, protocol)
            answers = self.exchange(pickled)
            self.assertIsInstance(answers, list, (protocol, value, answers))
            for answer in answers:
                self.assertEqual(shown(pickle.loads(answer)), shown(value), protocol)

    def test_a_thousand_members_in_every_protocol(self):
        """The greatest honest message, its hosts one str, or each another; within the decoder's limits."""
        for shared in (True, False):
            host = "127.0.0.1"
            hosts = [host if shared else bytes(host, "ascii").decode() for _ in range(1000)]
            members = {(day % 366, 1000000 + day): (hosts[day], 50000 + day) for day in range(1000)}
            for protocol in PROTOCOLS:
                answers = self.exchange(pickle.dumps(("ELECTION", members), protocol))
                self.assertIsInstance(answers, list, (protocol, answers))
                for answer in answers:
                    self.assertEqual(pickle.loads(answer), ("ELECTION", members), protocol)

    def test_broken_pickles_are_read_alike_or_refused(self):
        """A byte changed: where both read it, they read the same; what Python refuses may be read here as opaque."""
        random_ = random.Random(7)
        members = {(day, 1000000 + day): ("127.0.0.1", 50000 + day) for day in range(5)}
        read = 0
        for _ in range(ROUNDS):
            message = ("ELECTION", members, [1.5, None, True], {1, (2, 2**70)}, -(2**2100))
            pickled = bytearray(pickle.dumps(message, random_.choice(PROTOCOLS)))
            pickled[random_.randrange(len(pickled))] = random_.randrange(256)
            if not is_harmless(bytes(pickled)):
                continue
            answers = self.exchange(bytes(pickled))
            if isinstance(answers, str):
                continue
            try:
                value = pickle.loads(bytes(pickled))
            except Exception:  # noqa: BLE001
                continue
            read += 1
            self.assertEqual(shown(pickle.loads(answers[2])), shown(value))
        self.assertGreater(read, 100)


if __name__ == "__main__":
    unittest.main(verbosity=1)
