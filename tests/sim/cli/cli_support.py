"""The support of the black-box tests of bully_sim. Usage of each: <test>.py BULLY_SIM REPO_ROOT [unittest options]"""
import errno
import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

if len(sys.argv) < 3:
    sys.exit(__doc__)
PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
ROOT = pathlib.Path(sys.argv[2]).resolve()

HELD, VIOLATED, USAGE, INTERNAL, INTERRUPTED = 0, 1, 2, 3, 130
ESCAPE = b"\x1b"

CRASH = """\
name: a crash
seed: 3
duration: 15s
start: settled
processes: 3
faults:
- {at: 2s, crash: highest}
expect:
- {at: 14s, leader: 2}
"""
WRONG_HOPE = CRASH.replace("leader: 2", "leader: 3")
# crossing_coordinators.yaml without its expectations: strict violates P1 and P14.
CROSSING = """\
name: crossing
duration: 30s
start: settled
processes: 2
network: {delay: 50ms}
faults:
- {at: 2.9s, crash: 2}
- {at: 3s, elect: 1}
- {at: 4.46s, restart: 2}
"""
# Times of all sizes, and runs that don't agree.
LOSSY = """\
name: lossy
duration: 9s
start: settled
processes: 4
network: {delay: {exponential: {mean: 40ms}}, loss: 4%}
faults:
- {at: 5s, crash: highest}
"""
# Takes hours, so that it can be interrupted.
LONG = """\
name: long
duration: 8000h
start: settled
processes: 300
"""


def environment(**changes):
    env = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    env["TERM"] = "xterm-256color"
    env.update(changes)
    return env


def sealed(lines):
    """The lines of a trace with an end line, if there is one, that fits them: as if it had been written so."""
    if not lines or '"world": "end"' not in lines[-1].replace('":"', '": "'):
        return lines
    digest = 0xCBF29CE484222325
    for byte in "".join(line + "\n" for line in lines[:-1]).encode():
        digest = (digest ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    end = json.loads(lines[-1])
    return [*lines[:-1], json.dumps(end | {"lines": len(lines) - 1, "digest": f"{digest:016x}"}, separators=(",", ":"))]


def bully_sim(*arguments, cwd=None, stdout=subprocess.PIPE, stdin=b""):
    return subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, stdout=stdout,
                          stderr=subprocess.PIPE, env=environment(), cwd=cwd, timeout=120)


def on_terminal(*arguments, **changes):
    """Runs with stdout and stderr on a terminal; gives what it showed and the exit code."""
    master, slave = pty.openpty()
    try:
        process = subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=slave, stderr=slave,
                                   env=environment(**changes))
    finally:
        os.close(slave)
    shown = b""
    try:
        while True:
            try:
                part = os.read(master, 65536)
            except OSError as error:
                if error.errno != errno.EIO:  # that is how Linux says that the other end is closed
                    raise
                break
            if not part:
                break
            shown += part
    finally:
        os.close(master)
    return shown, process.wait(timeout=120)


def fingerprint(text):
    return re.search(r"fingerprint ([0-9a-f]{16})", text.decode()).group(1)


class CliTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.crash = self.write("crash.yaml", CRASH)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def assert_ends(self, run, code):
        self.assertEqual(run.returncode, code, "{}\nstdout:\n{}\nstderr:\n{}".format(
            " ".join(run.args), (run.stdout or b"").decode("utf-8", "replace")[-2000:],
            run.stderr.decode("utf-8", "replace")[-2000:]))

    def assert_one_line(self, text, pattern):
        lines = text.decode("utf-8").splitlines()
        self.assertEqual(len(lines), 1, lines)
        self.assertRegex(lines[0], pattern)


def main():
    unittest.main(module="__main__", argv=[sys.argv[0], *sys.argv[3:]])
