"""The lab's group coordinator daemon, as gcd2.py was measured: gcd.py PORT [--word JOIN|BEGIN|HOWDY].

Weak in the same ways: one recv, one connection at a time without a timeout, nobody ever forgotten, and inputs that its
handler dies of, which the other end sees as an empty close. Port 0: any free one. Prints one JSON line, when it listens.
Unlike the real one it binds to loopback: it is a tool of tests.
"""
import argparse
import json
import pickle
import socket
import socketserver

MALFORMED_DATA = "Malformed message data, expected ((days_to_bd, su_id), (host, port))"
MALFORMED_PID = "Malformed process id, expected (days_to_next_birthday, student_id)"


def halves(value):
    """The two that Python unpacks a value into, if it does: also a str, bytes, a set, or a dict's keys."""
    try:
        first, second = value
    except (TypeError, ValueError):
        return None
    return first, second


def is_pid(value):
    days, student_id = value
    return type(days) is int and 1 <= days <= 365 and type(student_id) is int and 1000000 <= student_id <= 9999999


class Gcd(socketserver.TCPServer):
    def __init__(self, port, word):
        self.word = word
        self.members = {}
        self.pid_of_student = {}
        super().__init__(("127.0.0.1", port), Handler)

    def answer(self, message):
        """What a pickled message is answered: the members, or an error text. Raises where the real one dies."""
        parts = halves(message)
        if parts is None:
            return "Malformed message"
        name, data = parts
        if name != self.word:
            return f"Unexpected message: {name}"
        parts = halves(data)
        if parts is None or any(halves(part) is None for part in parts):
            return MALFORMED_DATA
        pid, (host, port) = parts
        if not is_pid(pid):
            return MALFORMED_PID
        try:
            address = socket.gethostbyname(host)
        except (OSError, TypeError) as error:
            return str(error)
        if type(port) is not int or not 1 <= port <= 65535:
            return "Invalid port number"
        if address != socket.gethostbyname("localhost"):
            return "Only local group members currently allowed"
        return self.join(pid, (address, port))

    def join(self, pid, address):
        student_id = pid[1]
        old = self.pid_of_student.get(student_id)
        if pid not in self.members and old not in (None, pid):  # a TypeError where the pid is a list: the handler dies
            del self.members[old]  # and of a KeyError where the old one was evicted by its address
        for other in [other for other, its in self.members.items() if its == address and other != pid]:
            del self.members[other]
        self.members[pid] = address
        self.pid_of_student[student_id] = pid
        return self.members


class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        raw = self.request.recv(1024)
        try:
            message = pickle.loads(raw)
        except Exception:  # pylint: disable=broad-except  # loads raises nearly anything
            self.request.sendall(("Expected a pickled message, got " + str(raw)[:100] + "\n").encode())
            return
        self.request.sendall(pickle.dumps(self.server.answer(message)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("port", type=int)
    parser.add_argument("--word", choices=("JOIN", "BEGIN", "HOWDY"), default="JOIN")
    options = parser.parse_args()
    with Gcd(options.port, options.word) as gcd:
        print(json.dumps({"event": "listening", "port": gcd.server_address[1]}), flush=True)
        gcd.serve_forever()


if __name__ == "__main__":
    main()
