"""Hosts far apart on one machine: a network namespace each, joined by a forwarder that delays, loses and cuts.

Each host has a TUN device. One thread reads the packets of all devices, keeps each for the delay of its link, and writes it
to the device of its receiver. So programs at these hosts use the kernel's own TCP, with its handshakes and retransmissions,
as they would between two cities. Delays are those of a packet one way, in seconds.

A process that makes hosts has to be in a network namespace of its own: see `enter_namespace`.
"""
import contextlib
import ctypes
import fcntl
import heapq
import itertools
import os
import random
import select
import struct
import subprocess
import sys
import threading
import time

IN_NAMESPACE = "BULLY_TEST_IN_NAMESPACE"
SKIPPED = 77
CLONE_NEWNET = 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
PACKET = 65536
DESTINATION = slice(16, 20)  # of the header of an IPv4 packet
SUBNET = "10.88.0"
LIBC = ctypes.CDLL(None, use_errno=True)


def enter_namespace():
    """Runs this program once more in a network namespace of its own, and ends with its exit code; returns in there.

    Ends with SKIPPED where neither root nor a user namespace may make network namespaces and TUN devices.
    """
    if IN_NAMESPACE in os.environ:
        return
    unshare = ("unshare", "-n") if os.geteuid() == 0 else ("unshare", "-Urn")
    tried = subprocess.run([*unshare, "sh", "-c", "ip link set lo up && : <>/dev/net/tun"],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        print("skipped: no hosts can be made here: " + tried.stderr.strip())
        sys.exit(SKIPPED)
    again = [*unshare, sys.executable, *sys.argv]
    sys.exit(subprocess.run(again, env={**os.environ, IN_NAMESPACE: "1"}, check=False).returncode)


def called(function, *arguments):
    if function(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


class Host:
    """A network namespace with one address. `command(...)` gives the words that run a program in there."""

    def __init__(self, number):
        self.address = f"{SUBNET}.{number}"
        self.key = bytes(int(part) for part in self.address.split("."))
        self.is_silent = False  # nothing comes in or goes out: switched off, or its cable is pulled
        with open("/proc/thread-self/ns/net", "rb") as home:
            called(LIBC.unshare, CLONE_NEWNET)
            try:
                self.namespace = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
                self.device = self.open_device()
            finally:
                called(LIBC.setns, home.fileno(), CLONE_NEWNET)

    def open_device(self):
        device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", b"wan", IFF_TUN | IFF_NO_PI))
        for words in ("link set lo up", f"addr add {self.address}/24 dev wan", "link set wan up"):
            subprocess.run(["ip", *words.split()], check=True)
        return device

    def command(self, *words):
        return ("nsenter", f"--net=/proc/{os.getpid()}/fd/{self.namespace}", *words)

    def close(self):
        os.close(self.device)
        os.close(self.namespace)


class Link:
    """From one host to another, one way. `delay()` is drawn for each packet."""

    def __init__(self, delay, loss=0.0):
        self.delay = delay
        self.loss = loss
        self.is_cut = False


class Wan:
    """with Wan(number of hosts, delay in seconds) as wan: wan.hosts[0].command("bully_gcd", ...)

    `delay` is a number or a function that draws one. Links may be changed while programs run: `wan.links[one, other]`.
    """

    def __init__(self, size, delay, loss=0.0, seed=1):
        draw = delay if callable(delay) else lambda: delay
        self.random = random.Random(seed)
        self.links = {pair: Link(draw, loss) for pair in itertools.permutations(range(size), 2)}
        self.passed, self.lost = 0, 0  # packets
        self.lateness = 0.0            # of the packet that was passed on latest after it was due, in seconds
        with contextlib.ExitStack() as stack:
            self.hosts = []
            for number in range(size):
                self.hosts.append(Host(number + 1))
                stack.callback(self.hosts[-1].close)
            self.wake, self.woken = os.pipe()
            stack.callback(os.close, self.wake)
            self.thread = threading.Thread(target=self.forward)
            self.thread.start()
            stack.callback(self.thread.join)
            stack.callback(os.close, self.woken)  # which ends the thread
            self.cleanup = stack.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cleanup.close()

    def cut(self, ones, others, is_cut=True):
        """Nothing passes between these hosts and those, either way."""
        for one, other in itertools.product(ones, others):
            self.links[one, other].is_cut = self.links[other, one].is_cut = is_cut

    def link(self, sender, packet):
        """(receiver, how long this packet takes), or None if it doesn't arrive."""
        receivers = [i for i, host in enumerate(self.hosts) if host.key == packet[DESTINATION] and i != sender]
        if not receivers:
            return None  # IPv6's search for routers, and the like
        receiver, = receivers
        link = self.links[sender, receiver]
        if link.is_cut or self.hosts[sender].is_silent or self.random.random() < link.loss:
            self.lost += 1
            return None
        return receiver, link.delay()

    def read(self, sender, due):
        with contextlib.suppress(BlockingIOError):
            while True:
                packet = os.read(self.hosts[sender].device, PACKET)
                if way := self.link(sender, packet):
                    heapq.heappush(due, (time.monotonic() + way[1], next(self.numbers), way[0], packet))

    def write(self, receiver, packet):
        if self.hosts[receiver].is_silent:
            self.lost += 1
            return
        os.write(self.hosts[receiver].device, packet)
        self.passed += 1

    def forward(self):
        """Until the other end of `wake` is closed."""
        self.numbers = itertools.count()
        due = []  # (time, number, receiver, packet), a heap
        senders = {host.device: i for i, host in enumerate(self.hosts)}
        while True:
            wait = max(0.0, due[0][0] - time.monotonic()) if due else None
            ready, _, _ = select.select([*senders, self.wake], [], [], wait)  # which has microseconds, unlike poll
            if self.wake in ready:
                return
            for descriptor in ready:
                self.read(senders[descriptor], due)
            while due and due[0][0] <= time.monotonic():
                at, _, receiver, packet = heapq.heappop(due)
                self.lateness = max(self.lateness, time.monotonic() - at)
                self.write(receiver, packet)
