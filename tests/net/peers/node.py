"""A node of the lab as a student writes it: joins, elects by Bully, answers, announces. What differs is its dialect's.

One recv of 1024 bytes a message. An exception that its author didn't think of ends the program with a traceback and exit
code 1. Prints one JSON object a line: listening, joined, leader_changed, and down, up and steady (it feigns no more) where
it feigns failures.
"""
import json
import os
import pickle
import random
import socket
import socketserver
import sys
import threading
import time
import traceback

BUFFER = 1024
ANSWER_TIMEOUT = 1.5
COORDINATOR_TIMEOUT = 4.0
PROBE_GAP = (0.5, 3.0)
UP_TIME = (0.0, 10.0)
DOWN_TIME = (1.0, 4.0)
FLOOD_PAUSE = 0.001


def die():
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)


def emit(event, **what):
    # In one piece, line end included: several threads write.
    sys.stdout.write(json.dumps({"event": event, **what}) + "\n")
    sys.stdout.flush()


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, node):
        self.node = node
        self.kept = []
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)

    def finish_request(self, request, client_address):
        if self.node.serve(request):
            self.kept.append(request)

    def shutdown_request(self, request):
        if request not in self.kept:
            super().shutdown_request(request)

    def handle_error(self, request, client_address):
        die()


class Node:
    def __init__(self, dialect, gcd, pid):
        self.dialect = dialect
        self.gcd = gcd
        self.pid = pid
        self.rank = dialect.rank
        self.address = None
        self.members = {}          # replaced, never changed: other threads may be reading it
        self.changed = threading.Condition(threading.RLock())
        self.up = False
        self.leader = None
        self.listed = None         # the COORDINATOR's list that made the leader
        self.refused = set()       # who refused in the latest election
        self.electing = False
        self.asking = False        # the part of an election that waits for OKs
        self.ok_came = False       # on a connection of its own
        self.round = 0             # of elections: what belongs to an earlier one is void
        self.server = None

    def start(self, feign_for):
        self.listen()
        emit("listening", pid=self.pid, port=self.address[1])
        self.join()
        emit("joined", members=len(self.members))
        self.up = True
        self.elect()
        if self.dialect.probes:
            threading.Thread(target=self.probe_leader, daemon=True).start()
        if self.dialect.feigns and feign_for > 0:
            threading.Thread(target=self.feign, args=(feign_for,), daemon=True).start()

    def listen(self):
        self.server = Server(self)
        self.address = self.server.server_address
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def join(self):
        with socket.create_connection(self.gcd, ANSWER_TIMEOUT) as gcd:
            gcd.sendall(self.dumps((self.dialect.join, (self.pid, self.address))))
            answer = pickle.loads(gcd.recv(4096))
        if not isinstance(answer, dict):
            raise ValueError(f"the daemon says {answer!r}")
        self.merge(answer)

    def dumps(self, message):
        return pickle.dumps(message, self.dialect.pickle_protocol)

    def merge(self, members):
        with self.changed:
            self.members = {**self.members, **members, self.pid: self.address}

    # What others send.

    def serve(self, request):
        """Handles the message of one connection; True: never close it."""
        raw = request.recv(BUFFER)
        if not self.up:
            return False
        try:
            message = pickle.loads(raw)
        except Exception:  # pylint: disable=broad-except  # loads raises nearly anything
            if self.dialect.dies_of_half:
                raise
            return False
        name, sender, data = self.dialect.read(message)
        if self.dialect.merges_all:
            self.merge(data)
        if name == self.dialect.election_name:
            self.serve_election(request, sender, data)
        elif name == self.dialect.coordinator_name:
            self.follow(data)
        elif name == "PROBE" and self.dialect.probe_answer:
            self.reply(request, self.dialect.probe_answer)
        elif name == "OK" and self.dialect.ok_apart:
            with self.changed:
                self.ok_came = True
                self.changed.notify_all()
        return name in self.dialect.left_open

    def serve_election(self, request, sender, members):
        self.merge(members)
        if not self.dialect.ok_apart:
            self.reply(request, *self.dialect.oks)
        elif sender is not None:
            request.close()
            for make in self.dialect.oks:
                self.tell(members[sender], make(self))
        self.elect()

    def reply(self, request, *makers):
        try:
            for make in makers:
                request.sendall(self.dumps(make(self)))
        except OSError:  # the other end has gone: no harm to a server
            pass

    def follow(self, data):
        leader = self.dialect.leader(self, data)
        with self.changed:
            self.listed = data if isinstance(data, dict) else None
            self.set_leader(leader)
            if self.asking and not self.dialect.coordinator_ends_wait:
                return
            self.end_election()

    # What is sent to others.

    def send(self, address, message, wait=False):
        """The bytes of the answer if it waits for one."""
        with socket.create_connection(address, ANSWER_TIMEOUT) as peer:
            peer.sendall(self.dumps(message))
            if not wait:
                return b""
            peer.settimeout(None if self.dialect.waits_for_ever else ANSWER_TIMEOUT)
            return peer.recv(BUFFER)

    def tell(self, address, message):
        try:
            self.send(address, message)
        except OSError:
            pass

    def ask(self, pid, message):
        """Whether it gives an answer that counts as OK."""
        address = self.members[pid]
        try:
            raw = self.send(address, message, wait=not self.dialect.ok_apart)
        except ConnectionRefusedError:
            self.note_refusal(pid, address)
            return False
        except OSError:
            return False
        if not raw and not self.dialect.dies_unanswered:
            return False
        return self.dialect.counts(pickle.loads(raw))

    def note_refusal(self, pid, address):
        with self.changed:
            self.refused.add((pid, address))
            if self.leader == pid and self.listed:
                self.set_leader(self.dialect.leader(self, self.listed))

    # The election.

    def elect(self):
        with self.changed:
            if self.electing or not self.up:
                return
            self.electing = True
            self.round += 1
            threading.Thread(target=self.run_election, args=(self.round,), daemon=True).start()

    def run_election(self, this):
        while self.round == this:
            with self.changed:
                self.refused = set()
                self.asking = True
                self.ok_came = False
            higher = self.higher()
            answered = any([self.ask(pid, self.dialect.election(self)) for pid in higher])
            if self.dialect.ok_apart and higher:
                answered = self.wait_for(this, lambda: self.ok_came, ANSWER_TIMEOUT)
            with self.changed:
                self.asking = False
            if not answered:
                self.win(this)
            elif self.dialect.flood_after is None:
                self.wait_for(this, lambda: False, COORDINATOR_TIMEOUT)
            else:
                self.wait_for(this, lambda: False, self.dialect.flood_after)
                self.flood(this)

    def higher(self):
        return [pid for pid in self.members if self.rank(pid) > self.rank(self.pid)]

    def wait_for(self, this, condition, timeout):
        """Whether the condition came about; an election that is over isn't waited for."""
        with self.changed:
            self.changed.wait_for(lambda: condition() or self.round != this, timeout)
            return condition()

    def flood(self, this):
        while self.round == this:
            for pid in self.higher():
                self.tell(self.members[pid], self.dialect.election(self))
            time.sleep(FLOOD_PAUSE)

    def win(self, this):
        with self.changed:
            if self.round != this:
                return
            self.end_election()
            self.listed = None
            self.set_leader(self.pid)
        message = self.dialect.coordinator(self)
        for pid, address in self.members.items():
            if pid < self.pid or (pid > self.pid and self.dialect.tells_higher):
                self.tell(address, message)

    def end_election(self):
        with self.changed:
            self.electing = False
            self.round += 1
            self.changed.notify_all()

    def set_leader(self, leader):
        with self.changed:
            if leader != self.leader:
                self.leader = leader
                emit("leader_changed", leader=leader)

    def probe_leader(self):
        while True:
            time.sleep(random.uniform(*PROBE_GAP))
            leader = self.leader
            if not self.up or self.electing or leader in (None, self.pid):
                continue
            if leader not in self.members:
                self.join()
            elif not self.ask(leader, self.dialect.probe(self)) and self.up and self.leader == leader:
                self.join()
                self.elect()

    # Feigned failures.

    def feign(self, seconds):
        """Goes down and comes back, until that time has passed."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(random.uniform(*UP_TIME))
            self.go_down()
            time.sleep(random.uniform(*DOWN_TIME))
            self.come_back()
        emit("steady")

    def go_down(self):
        with self.changed:
            self.up = False
            self.end_election()
            self.leader = None
        if self.dialect.feigns == "close":
            self.server.shutdown()
            self.server.server_close()
        emit("down")

    def come_back(self):
        if self.dialect.feigns == "close":
            self.listen()
        self.join()
        self.up = True
        emit("up", port=self.address[1])
        self.elect()
