"""A group that fails and recovers for a long time: soak_test.py BULLY_LIVE BULLY_SIM [--feign ignore] [--seconds 300].

One program with that many members, all of which feign failures. It ends by itself with exit code 0 and nothing on stderr,
where a sanitizer would report; members failed, recovered and elected; descriptors and memory don't grow; and its trace
replays to the same actions. Prints what was measured; among that the share of time in which somebody follows a live
member that isn't the greatest, as a member does that takes one for dead that is back.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

GRACE = 60.0              # seconds beyond the given time: a sanitizer looks for leaks at the end
GROWTH = 1.5              # of the memory, from the first third's greatest to the last third's; feigning has no trend
SLACK = 16 << 10          # KiB, for short runs
# ASan keeps what is freed, by default 256 MB of it, which would hide what grows.
SANITIZERS = {"ASAN_OPTIONS": "quarantine_size_mb=8"}
DESCRIPTORS_A_MEMBER = 64 # each may be in an exchange with each other, for a moment
MISLED = 0.1              # of the time at most; twice that where those who were silent are taken for dead for ever


def measured(pid):
    """(descriptors, KiB), or None when it has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
            memory = next((int(line.split()[1]) for line in status if line.startswith("VmRSS:")), None)
        return None if memory is None else (len(os.listdir(f"/proc/{pid}/fd")), memory)
    except OSError:
        return None


class Agreement:
    """How long somebody is misled: follows a member that is up, while a greater one is up as well."""

    def __init__(self):
        self.leaders = {}  # of those that are up, by pid
        self.began = self.now = None
        self.misled = 0.0

    def note(self, event):
        kind, pid = event["event"], tuple(event.get("pid") or ())
        if kind not in ("joined", "failed", "recovered", "leader_changed"):
            return
        if self.began is None:
            self.began = self.now = event["time"]
        if any(leader in self.leaders and leader != max(self.leaders) for leader in self.leaders.values()):
            self.misled += event["time"] - self.now
        self.now = event["time"]
        if kind == "failed":
            self.leaders.pop(pid, None)
        elif kind == "leader_changed":
            self.leaders[pid] = event["leader"] and tuple(event["leader"])
        else:
            self.leaders.setdefault(pid, None)

    def share(self):
        return self.misled / max(self.now - self.began, 1e-9) if self.began is not None else 0.0


def read_events(stream, events, agreement, strange):
    for line in stream:
        try:
            event = json.loads(line)
            events[event["event"]] += 1
            agreement.note(event)
        except (ValueError, KeyError):
            strange.append(line)


def run(program, options, trace):
    """Runs the group; returns (exit code, events by name, agreement, lines that are no events, stderr, samples)."""
    events, agreement, strange, samples = collections.Counter(), Agreement(), [], []
    command = [program, "--processes", str(options.members), f"--feign-failure={options.feign}", "--feign-up", options.up,
               "--trace", str(trace), "--json", "--for", f"{options.seconds:g}s", "--seed", str(options.seed)]
    with tempfile.TemporaryFile() as errors, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors,
                                                              env=SANITIZERS | os.environ) as process:
        reader = threading.Thread(target=read_events, args=(process.stdout, events, agreement, strange), daemon=True)
        reader.start()
        deadline = time.monotonic() + options.seconds + GRACE
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise AssertionError(f"it hasn't ended {GRACE:g} s after its time")
                if sample := measured(process.pid):
                    samples.append(sample)
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
            reader.join()
        errors.seek(0)
        return process.returncode, events, agreement, strange, errors.read().decode(errors="replace"), samples


def check(options, trace):
    code, events, agreement, strange, errors, samples = run(options.program, options, trace)
    third = max(1, len(samples) // 3)
    first, last = (max(memory for _, memory in part) for part in (samples[:third], samples[-third:]))
    descriptors = max(count for count, _ in samples)
    print(f"{options.members} members, {options.seconds:g} s: {events['failed']} failures, {events['recovered']} recoveries, "
          f"{events['election']} elections, {events['won']} won, {events['leader_changed']} changes of a leader; "
          f"misled {100 * agreement.share():.1f} % of the time; memory {first} -> {last} KiB, "
          f"at most {descriptors} descriptors, trace {trace.stat().st_size >> 20} MiB", flush=True)
    assert code == 0, f"exit code {code}, expected 0; stderr: {errors[-4000:]}"
    assert not errors, f"on stderr: {errors[-4000:]}"
    assert not strange, f"no events: {strange[:5]}"
    for event in ("failed", "recovered", "election", "won", "leader_changed"):
        assert events[event] > 0, f"never: {event}"
    assert last <= first * GROWTH + SLACK, f"memory grew from {first} to {last} KiB"
    assert agreement.share() <= MISLED, f"somebody is misled for {100 * agreement.share():.1f} % of the time"
    assert descriptors <= options.members * DESCRIPTORS_A_MEMBER, f"{descriptors} descriptors"
    replay = subprocess.run([options.simulator, "replay", str(trace)], capture_output=True, text=True, check=False)
    verdict = [line for line in replay.stdout.splitlines() if line.startswith("REPLAYED")]
    print("\n".join(verdict), flush=True)
    told = (replay.stdout + replay.stderr)[-3000:]
    assert verdict and replay.returncode == 0, f"the replay differs, exit code {replay.returncode}: {told}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", metavar="BULLY_LIVE")
    parser.add_argument("simulator", metavar="BULLY_SIM")
    parser.add_argument("--seconds", type=float, default=300.0, help="300")
    parser.add_argument("--members", type=int, default=20, help="20")
    parser.add_argument("--feign", choices=("close", "ignore"), default="close", help="close")
    parser.add_argument("--up", default="0s,10s", help="between feigned failures; 0s,10s")
    parser.add_argument("--seed", type=int, default=1, help="of the timers' lengths; 1")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            check(options, pathlib.Path(folder) / "soak.jsonl")
        except AssertionError as error:
            sys.exit(f"FAILED: {error}")
    print("ok")


if __name__ == "__main__":
    main()
