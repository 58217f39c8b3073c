"""For the tests of bully_live and bully_gcd as their users know them. Each is run as

TEST.py BULLY_LIVE BULLY_GCD SLOW_NAMES, the last one a library that makes names slow to resolve.
"""
import json
import os
import pathlib
import pickle
import socket
import subprocess
import sys
import unittest

LIVE, GCD, SLOW_NAMES = sys.argv[1:4]
ENDED, NO_PART, USAGE, INTERNAL = 0, 1, 2, 3
NET = pathlib.Path(__file__).parents[3] / "net"
WITHIN = 60.0  # seconds; for a busy machine
SLOWLY = {**os.environ, "LD_PRELOAD": SLOW_NAMES, "ASAN_OPTIONS": "verify_asan_link_order=0"}
A_LOOKUP = 60.0  # seconds, of a slow name


def run(*words, program=LIVE, env=None):
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=WITHIN, check=False, env=env)


class Program:
    """A program that goes on; ends with the block."""

    def __init__(self, *words, env=None):
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def line_with(self, text):
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"no line with {text!r}")

    def end(self, number):
        """Its exit code after this signal."""
        self.process.send_signal(number)
        self.process.communicate(timeout=WITHIN)
        return self.process.returncode


def gcd(*options, env=None):
    return Program(GCD, "0", "--json", *options, env=env)


def address_of(program):
    return json.loads(program.line_with("listening"))["address"]


def ask_daemon(where, pid, address):
    """JOINs; the members."""
    host, port = where.split(":")
    with socket.create_connection((host, int(port)), WITHIN) as join:
        join.sendall(pickle.dumps(("JOIN", (pid, address))))
        return pickle.loads(join.recv(1024))


def main():
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
