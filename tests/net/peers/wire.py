"""A hand on the wire for tests of the peers: send what one likes, be a member that does what one says."""
import io
import pickle
import socket
import socketserver
import threading

QUIET = 0.6  # seconds without a byte after which a connection counts as left open


def loads_all(raw):
    """Every pickle in it, one after the other."""
    stream = io.BytesIO(raw)
    messages = []
    while stream.tell() < len(raw):
        messages.append(pickle.load(stream))
    return messages


def exchange(address, *pieces):
    """Sends the pieces, each in a segment of its own; (the messages that come back, "closed" or "open")."""
    with socket.create_connection(address, 5) as peer:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer.settimeout(QUIET)
        raw = b""
        try:
            for number, piece in enumerate(pieces):
                if number:
                    threading.Event().wait(0.1)  # else loopback may deliver both at once
                peer.sendall(piece)
            while more := peer.recv(65536):
                raw += more
        except TimeoutError:
            return loads_all(raw), "open"
        except ConnectionError:
            pass
        return loads_all(raw), "closed"


def say(address, message, protocol=None):
    return exchange(address, pickle.dumps(message, protocol))


def join(gcd, word, pid, port):
    messages, _ = say(gcd, (word, (pid, ("localhost", port))))
    assert isinstance(messages[0], dict), messages


class Member(socketserver.ThreadingTCPServer):
    """A member that keeps what it hears, and answers each message with `answer`: bytes, None to stay silent."""
    daemon_threads = True
    block_on_close = False

    def __init__(self, answer=b""):
        self.answer = answer
        self.heard = []
        self.changed = threading.Condition()
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.port = self.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.shutdown()
        self.server_close()

    def finish_request(self, request, client_address):
        raw = request.recv(65536)
        if not raw:
            return
        with self.changed:
            self.heard.append(pickle.loads(raw))
            self.changed.notify_all()
        if self.answer is None:
            self.over.wait()
        else:
            request.sendall(self.answer)

    def handle_error(self, request, client_address):
        pass  # the peer has closed early

    def hears(self, name, within=10.0):
        """The first message of that name."""
        def found():
            return [message for message in self.heard if message[0] == name]
        with self.changed:
            if not self.changed.wait_for(found, within):
                raise AssertionError(f"no {name} within {within:g} s, but {self.heard}")
            return found()[0]
