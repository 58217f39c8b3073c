"""One node of the lab: peer.py --kind KIND --gcd HOST:PORT --pid DAYS,ID [--no-feign | --feign-for SECONDS].

Kinds are those of dialects.py. Ends when its standard input does, so that none outlives the test that started it.
"""
import argparse
import math
import sys
import threading

from dialects import DIALECTS
from node import Node, die


def host_and_port(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


def days_and_id(text):
    days, student_id = text.split(",")
    return int(days), int(student_id)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", choices=DIALECTS, required=True)
    parser.add_argument("--gcd", type=host_and_port, required=True)
    parser.add_argument("--pid", type=days_and_id, required=True)
    parser.add_argument("--no-feign", dest="feign_for", action="store_const", const=0.0)
    parser.add_argument("--feign-for", type=float, default=math.inf, help="seconds; for ever")
    options = parser.parse_args()
    threading.excepthook = lambda _: die()
    Node(DIALECTS[options.kind], options.gcd, options.pid).start(options.feign_for)
    sys.stdin.buffer.read()


if __name__ == "__main__":
    main()
