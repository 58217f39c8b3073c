"""A group of child processes for tests: a daemon, peers, nodes of ours; and waiting, with a deadline, for what they say.

Each child prints one JSON object a line. All waiting is for events: a child's line, or its end. Leaving the group ends
every child, whatever has happened; a peer also ends by itself when this process does, one of ours by its --for.
"""
import collections
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).parent
START_WITHIN = 30.0  # seconds: the machine may be busy
LONGEST = "300s"     # that one of ours lives, in case this process is killed


class Failure(AssertionError):
    """What a test expected and didn't get."""


class Child:
    """One process. Its fields change under the group's lock."""

    def __init__(self, group, name, command, pid=None):
        self.group = group
        self.name = name
        self.pid = pid
        self.leader = None
        self.up = True             # feigned failures aside
        self.killed = False        # by the test
        self.counts = collections.Counter()   # of events, by name
        self.last = {}             # the latest event of each name
        self.stderr = tempfile.TemporaryFile()  # pylint: disable=consider-using-with  # closed with the group
        self.process = subprocess.Popen(  # pylint: disable=consider-using-with
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                event = {"event": "not JSON", "line": line.decode(errors="replace")}
            with self.group.changed:
                self.note(event)
                self.group.changed.notify_all()
        self.process.wait()
        with self.group.changed:
            self.group.changed.notify_all()

    def note(self, event):
        name = event.get("event")
        self.counts[name] += 1
        self.last[name] = event
        if name == "leader_changed":
            self.leader = event["leader"] and tuple(event["leader"])
        elif name == "down":
            self.up, self.leader = False, None
        elif name == "up":
            self.up = True
        self.group.log.append(f"{time.monotonic() - self.group.started:8.3f} {self.name}: {json.dumps(event)}")

    def has_ended(self):
        return self.process.poll() is not None

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read().decode(errors="replace")

    def address(self):
        """(host, port) that it listens on."""
        event = self.last["listening"]
        if "port" in event:
            return "127.0.0.1", event["port"]
        host, port = event["address"].rsplit(":", 1)
        return host, int(port)

    def end(self):
        if not self.has_ended():
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.reader.join()
        self.process.stdout.close()
        self.stderr.close()


class Group:
    """with Group("JOIN") as group: ..."""

    def __init__(self, word="JOIN"):
        self.changed = threading.Condition()
        self.started = time.monotonic()
        self.log = []
        self.children = []
        self.gcd = None
        self.word = word

    def __enter__(self):
        try:
            self.gcd = self.start("gcd", [sys.executable, HERE / "gcd.py", 0, "--word", self.word])
            self.wait_for("the daemon listens", lambda: "listening" in self.gcd.last, START_WITHIN)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for child in self.children:
            if not child.has_ended():
                child.process.kill()
        for child in self.children:
            child.end()

    def gcd_address(self):
        return "%s:%d" % self.gcd.address()

    def start(self, name, command, pid=None):
        child = Child(self, name, command, pid)
        self.children.append(child)
        return child

    def start_peer(self, kind, pid, feign_for=0.0):
        return self.start(f"{kind}{list(pid)}", [sys.executable, HERE / "peer.py", "--kind", kind, "--gcd",
                                                 self.gcd_address(), "--pid", "%d,%d" % pid, "--feign-for", feign_for], pid)

    def start_ours(self, program, pid, *options, gcd=None):
        return self.start(f"ours{list(pid)}", [program, gcd or self.gcd_address(), "--pid", "%d,%d" % pid, "--json",
                                               "--for", LONGEST, *options], pid)

    def all_joined(self):
        self.wait_for("all join", lambda: all("joined" in child.last for child in self.living()), START_WITHIN)

    def peer(self, *arguments, **options):
        """A peer that has joined."""
        peer = self.start_peer(*arguments, **options)
        self.all_joined()
        return peer

    def led_peer(self, *arguments, **options):
        """A peer that has a leader: itself or another."""
        peer = self.start_peer(*arguments, **options)
        self.wait_for(f"{peer.name} has a leader", lambda: peer.leader, START_WITHIN)
        return peer

    def ours(self, *arguments):
        """One of ours that has joined."""
        ours = self.start_ours(*arguments)
        self.all_joined()
        return ours

    def kill(self, child):
        with self.changed:
            child.killed = True
        child.process.kill()
        child.process.wait()

    def living(self):
        return [child for child in self.children if child.pid and not child.killed]

    def check_lives(self):
        """Raises Failure where a child has ended that wasn't killed."""
        for child in self.children:
            if child.has_ended() and not child.killed:
                raise Failure(f"{child.name} died, exit code {child.process.returncode}: {child.errors().strip()[-2000:]}")

    def wait_for(self, what, condition, within, holding=0.0):
        """Until the condition has held for `holding` seconds; it must begin to within `within` seconds."""
        deadline = time.monotonic() + within
        since = None
        with self.changed:
            while True:
                self.check_lives()
                now = time.monotonic()
                if not condition():
                    since = None
                    if now >= deadline:
                        raise Failure(f"not within {within:g} s: {what}")
                    self.changed.wait(deadline - now)
                    continue
                since = now if since is None else since
                if now - since >= holding:
                    return
                self.changed.wait(since + holding - now)

    def agree(self, leader, among=None, within=10.0, holding=2.0):
        """All that live (or those named) follow `leader` within that time from when all have joined, and go on to."""
        members = among or self.living()
        self.all_joined()
        self.wait_for(f"all follow {leader.name}",
                      lambda: all(child.up and child.leader == leader.pid for child in members), within, holding)

    def shown(self):
        """For people: what has happened, and what each child said on stderr."""
        with self.changed:
            lines = list(self.log)
        for child in self.children:
            if child.pid and child.errors().strip():
                lines.append(f"-- stderr of {child.name}:\n{child.errors().strip()[-3000:]}")
        return "\n".join(lines)
