"""Members and their daemon at several hosts: live_hosts_test.py BULLY_LIVE BULLY_GCD SLOW_NAMES.

The hosts are network namespaces, of this test's own; where it may not make them it is skipped.
"""
import contextlib
import json
import os
import re
import subprocess
import sys
import unittest

from live_support import ENDED, GCD, LIVE, NO_PART, USAGE, WITHIN, Program, main

HERE, THERE = "10.87.0.1", "10.87.0.2"  # addresses of this host and of the other one
IN_NAMESPACES = "BULLY_TEST_IN_NAMESPACES"
AS_ROOT = ("unshare", "-n") if os.geteuid() == 0 else ("unshare", "-Urn")
UP = (f"ip link set lo up; ip addr add {{}}/24 dev {{}}; ip link set {{}} up")


def enter_namespaces():
    """Runs this test once more, in a namespace of its own; or nothing, if that is not allowed."""
    tried = subprocess.run([*AS_ROOT, "sh", "-c", "ip link add bully0 type veth peer name bully1"],
                           capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        print("skipped: no network namespaces can be made here: " + tried.stderr.strip())
        sys.exit(77)
    again = [*AS_ROOT, sys.executable, *sys.argv]
    sys.exit(subprocess.run(again, env={**os.environ, IN_NAMESPACES: "1"}, check=False).returncode)


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with contextlib.ExitStack() as stack:
            # pylint: disable=consider-using-with
            holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo there; exec sleep 600"],
                                      stdout=subprocess.PIPE, text=True)
            stack.callback(holder.wait)
            stack.callback(holder.stdout.close)
            stack.callback(holder.kill)
            holder.stdout.readline()
            cls.there = ("nsenter", "-t", str(holder.pid), "-n")
            for words in (["ip", "link", "add", "bully0", "type", "veth", "peer", "name", "bully1", "netns", str(holder.pid)],
                          ["sh", "-c", UP.format(HERE, "bully0", "bully0")],
                          [*cls.there, "sh", "-c", UP.format(THERE, "bully1", "bully1")]):
                subprocess.run(words, check=True)
            cls.addClassCleanup(stack.pop_all().close)

    @contextlib.contextmanager
    def daemon(self):
        """At the other host; its port."""
        with Program(*self.there, GCD, "0", "--allow-remote", "--json") as daemon:
            yield daemon, json.loads(daemon.line_with("listening"))["address"].rsplit(":", 1)[1]

    def test_both_announce_the_address_from_which_they_reach_the_daemon(self):
        with self.daemon() as (daemon, port):
            words = (LIVE, f"{THERE}:{port}", "--json", "--pid")
            with Program(*self.there, *words, "20,2000020") as high, Program(*words, "10,1000010") as low:
                self.assertIn("[20,2000020]", low.line_with('"leader":[20,2000020]'))
                addresses = {json.loads(daemon.line_with('"joined"'))["address"].split(":")[0] for _ in range(2)}
                self.assertEqual(addresses, {HERE, THERE})
                self.assertEqual(high.end(15), ENDED)
                low.line_with('"leader":[10,1000010]')

    def test_loopback_is_refused(self):
        with self.daemon() as (_, port):
            result = subprocess.run([LIVE, f"{THERE}:{port}", "--pid", "10,1000010", "--listen", "127.0.0.1:0"],
                                    capture_output=True, text=True, timeout=WITHIN, check=False)
        self.assertEqual(result.returncode, USAGE, result)
        self.assertIn(f"--listen: 127.0.0.1 can't be reached from the daemon's host, {THERE}: expected an address such as "
                      f"{HERE}:0, or --advertise HOST", result.stderr)

    def test_loopback_is_told_where_it_is_asked_for(self):
        with self.daemon() as (daemon, port):
            with Program(LIVE, f"{THERE}:{port}", "--pid", "10,1000010", "--advertise", "127.0.0.1:4000") as live:
                self.assertRegex(live.line_with("listens at"), r"listens at 127.0.0.1:\d+, and tells others 127.0.0.1:4000\n$")
                self.assertEqual(json.loads(daemon.line_with('"joined"'))["address"], "127.0.0.1:4000")

    def test_a_forwarded_address(self):
        with self.daemon() as (daemon, port):
            with Program(LIVE, f"{THERE}:{port}", "--pid", "10,1000010", "--listen", "0.0.0.0:0", "--advertise", "10.87.0.9"):
                self.assertTrue(json.loads(daemon.line_with('"joined"'))["address"].startswith("10.87.0.9:"))

    def test_a_member_says_whom_it_cant_reach(self):
        with self.daemon() as (daemon, port):
            with Program(*self.there, LIVE, f"127.0.0.1:{port}", "--pid", "20,2000020"):
                daemon.line_with('"joined"')
                with Program(LIVE, f"{THERE}:{port}", "--pid", "10,1000010") as live:
                    self.assertRegex(live.line_with("can't reach"), r"! \(10, 1000010\) can't reach \(20, 2000020\) at "
                                     r"127.0.0.1:\d+, expected bully_live --advertise there\n$")

    def test_a_daemon_that_takes_members_at_its_host_alone(self):
        with Program(*self.there, GCD, f"{THERE}:0", "--json") as daemon:
            where = json.loads(daemon.line_with("listening"))["address"]
            result = subprocess.run([LIVE, where, "--pid", "10,1000010"], capture_output=True, text=True, timeout=WITHIN,
                                    check=False)
        self.assertEqual(result.returncode, NO_PART, result)
        self.assertTrue(re.search(r"Only local group members currently allowed: it was told " + re.escape(HERE) +
                                  r":\d+, and takes no member at another host\n", result.stderr), result.stderr)


if __name__ == "__main__":
    if IN_NAMESPACES not in os.environ:
        enter_namespaces()
    main()
