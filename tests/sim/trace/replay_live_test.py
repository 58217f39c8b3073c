#!/usr/bin/env python3
"""bully_sim replay of a live run: live_trace.jsonl, recorded by bully_live (3 members, 8 s, the highest leads), as it
is, and changed into runs that can't have been, or mustn't be. Times are those of its options: PROBEs every 300 to
600 ms, T_ok = T_p = 600 ms, T_coord = 1.5 s."""
import json
import pathlib
import re

from cli_support import CliTest, HELD, USAGE, VIOLATED, bully_sim, main, sealed

TRACE = pathlib.Path(__file__).with_name("live_trace.jsonl")
OF_A_PROCESS = {"P{}".format(n) for n in range(1, 12)}
OF_THE_GROUP = {"P12", "P13", "P14", "P15", "P16", "P18"}
SECOND = 1_000_000_000


class LiveTrace(CliTest):
    def setUp(self):
        super().setUp()
        self.lines = [json.loads(line) for line in TRACE.read_text(encoding="utf-8").splitlines()]

    def replay(self, lines, *options):
        self.path = self.folder / "live.jsonl"
        text = sealed([json.dumps(line) for line in lines])
        self.path.write_text("".join(line + "\n" for line in text), encoding="utf-8")
        return bully_sim("replay", self.path, *options)

    def found(self, lines, code, *options):
        run = self.replay(lines, "--json", *options)
        self.assert_ends(run, code)
        result = json.loads(run.stdout)
        by_status = {}
        for one in result["properties"]:
            by_status.setdefault(one["status"], set()).add(one["name"])
        return result, by_status

    def without(self, node, begin):
        """The trace without what the node does from that line on."""
        return self.lines[:begin] + [line for line in self.lines[begin:] if line.get("node") != node]

    def last_new_leader(self, node):
        """The line in which it gets the leader that it has at the end."""
        return max(i for i, line in enumerate(self.lines) if line.get("node") == node and
                   any(action["type"] == "leader_changed" for action in line.get("actions", ())))

    def test_as_it_is(self):
        result, by_status = self.found(self.lines, HELD)
        self.assertEqual(result["program"], "bully_live")
        self.assertEqual(by_status, {"held": OF_A_PROCESS | OF_THE_GROUP})
        shown = self.replay(self.lines).stdout.decode()
        self.assertIn("WINS, COORDINATOR to the 2 others", shown)
        self.assertIn("timers up to 250ms late (--tolerance), and messages that take up to 250ms (--delta)", shown)

    def test_one_life_of_one_step(self):
        header, *lines = self.lines
        header["processes"] = [process for process in header["processes"] if process["node"] == 1]
        of_one = [line for line in lines if line.get("node") == 1]
        shown = self.replay([header, *of_one[:2], lines[-1]]).stdout.decode()
        self.assertIn("REPLAYED: 1 life and 1 step of bully_live", shown)

    def test_who_sent_what_comes_is_not_always_known(self):
        shown = self.replay(self.lines, "--verbose").stdout.decode()
        self.assertIn("PROBE from an unknown process, answers OK", shown)
        self.assertNotIn("from ?", shown)

    def test_changed_action(self):
        index = next(i for i, line in enumerate(self.lines) if line.get("actions"))
        self.lines[index]["actions"] = [{"type": "listen"}]
        run = self.replay(self.lines)
        self.assert_ends(run, VIOLATED)
        self.assertIn("DIFFERS at {}:{}, ".format(self.path, index + 1), run.stdout.decode())
        self.assertIn('recorded {"type":"listen"}', run.stdout.decode())

    def test_changed_event(self):
        index = self.last_new_leader(1)
        self.lines[index]["event"]["leader"] = [2, 1000002]
        run = self.replay(self.lines)
        self.assert_ends(run, VIOLATED)
        self.assertIn("DIFFERS at {}:{}, ".format(self.path, index + 1), run.stdout.decode())

    def test_two_leaders(self):
        # 2 has won before it knew of 3, whose COORDINATOR now never comes.
        result, by_status = self.found(self.without(2, self.last_new_leader(2)), VIOLATED)
        self.assertIn("P12", by_status["violated"])
        self.assertEqual(result["verdict"], "violated")
        violation = next(v for v in result["violations"] if v["property"] == "P12")
        self.assertEqual(sorted(violation["processes"]), [2, 3])
        self.assertIsNone(result["difference"])

    def test_one_follows_another(self):
        _, by_status = self.found(self.without(1, self.last_new_leader(1)), VIOLATED)
        self.assertIn("P14", by_status["violated"])

    def test_dead_leader_that_nobody_notices(self):
        begin = next(i for i, line in enumerate(self.lines) if line.get("t", 0) > SECOND)
        crash = {"t": SECOND, "world": "crash", "node": 3, "host_up": True}
        state = next(line["state"] for line in reversed(self.lines[:begin]) if line.get("node") == 1)
        alive = [{"t": t, "node": 1, "event": {"type": "timer", "timer": "answer", "round": 9999}, "actions": [],
                  "state": state} for t in range(SECOND, self.lines[-1]["t"], SECOND // 10)]
        _, by_status = self.found([*self.lines[:begin], crash, *alive, self.lines[-1]], VIOLATED)
        self.assertEqual(by_status["violated"], {"P8", "P14", "P18"})

    def test_timer_too_early(self):
        for i, line in enumerate(self.lines):
            answers = [l["t"] for l in self.lines[:i] if l.get("event", {}).get("type") == "answer" and
                       l["node"] == line.get("node")]
            if line.get("event", {}).get("timer") == "probe_gap" and answers:
                if self.lines[i - 1].get("t", SECOND * 9) - answers[-1] < 290_000_000:
                    line["t"] = self.lines[i - 1]["t"]
                    break
        _, by_status = self.found(self.lines, VIOLATED)
        self.assertIn("P8", by_status["violated"])

    def in_order(self, lines):
        """What defines a snapshot has no time, and goes first."""
        lines[-1]["t"] = max(line.get("t", 0) for line in lines)
        return [lines[0], *sorted(lines[1:], key=lambda line: line.get("t", -1))]

    def later(self, begin, nanoseconds):
        """The trace, of which what the node of that line does from then on comes so much later."""
        lines = [dict(line) for line in self.lines]
        for line in lines[begin:]:
            if line.get("node") == self.lines[begin]["node"]:
                line["t"] += nanoseconds
        return self.in_order(lines)

    def stopped(self, begin, nanoseconds):
        """The trace of a program that was stopped for so long before that line. A timer that was due fires at once."""
        lines = [dict(line) for line in self.lines]
        wakes = max(line.get("t", 0) for line in lines[:begin]) + nanoseconds
        for node in (1, 2, 3):
            own = [line for line in lines[begin:] if line.get("node") == node]
            started = {(action["timer"], action["round"]) for line in lines[:begin] if line.get("node") == node
                       for action in line["actions"]
                       if action["type"] == "timer" and action["timer"] != "hold_down"}
            due = [line["t"] for line in own if "event" in line and
                   (line["event"].get("timer"), line["event"].get("round")) in started]
            first = due[0] if due else own[0]["t"] if own else 0
            for line in own:
                line["t"] = max(wakes, line["t"] + wakes - first)
        return wakes, self.in_order(lines)

    def test_timer_too_late(self):
        # Others do something meanwhile: its program didn't stand still.
        index = next(i for i, line in enumerate(self.lines)
                     if line.get("t", 0) > SECOND and line.get("event", {}).get("timer") == "probe_gap")
        late = self.later(index, 700_000_000)
        result, by_status = self.found(late, VIOLATED)
        self.assertEqual(result["stood_still"], [])
        self.assertIn("P8", by_status["violated"])
        shown = self.replay(late).stdout.decode()
        self.assertRegex(shown, r"Timers fired up to \d+\.\d+ms late: --tolerance \d+ms allows for that\.")
        self.found(late, HELD, "--tolerance", "1s")

    def test_its_program_stood_still(self):
        index = next(i for i, line in enumerate(self.lines)
                     if line.get("t", 0) > SECOND and line.get("event", {}).get("timer") == "probe_gap")
        wakes, asleep = self.stopped(index, 8 * SECOND)
        result, by_status = self.found(asleep, HELD)
        self.assertEqual(by_status["not_checked"], {"P6", "P8", "P9"})
        self.assertTrue(OF_A_PROCESS - by_status["not_checked"] <= by_status["held"])
        self.assertEqual(result["stood_still"], [{"from_ns": wakes - 8 * SECOND, "to_ns": wakes}])
        enough = "{}ms".format(-(-result["latest_timer_ns"] // 1_000_000))
        why = next(p["detail"] for p in result["properties"] if p["name"] == "P8")
        self.assertIn("its program stood still", why)
        shown = self.replay(asleep).stdout.decode()
        self.assertIn("everything STANDS STILL until ", shown)
        self.assertRegex(shown, "The program stood still between .* and .* \\(SIGSTOP, a machine that slept\\)")
        told = re.search("--tolerance (\\S+) allows for that", shown).group(1)
        self.assertIn("--tolerance {} ".format(told), why)
        for tolerance in (told, enough):
            _, by_status = self.found(asleep, HELD, "--tolerance", tolerance)
            self.assertTrue(OF_A_PROCESS <= by_status["held"])

    def test_it_stood_still_at_any_time(self):
        for index in range(1, len(self.lines)):
            if "t" not in self.lines[index]:
                continue
            with self.subTest(line=index + 1):
                result, by_status = self.found(self.stopped(index, 5 * SECOND)[1], HELD)
                self.assertNotIn("violated", by_status)
                self.assertEqual(len(result["stood_still"]) == 1, "P8" in by_status.get("not_checked", ()))

    def test_one_member_alone(self):
        header = dict(self.lines[0], processes=[dict(self.lines[0]["processes"][2], node=1)])
        kept = [header] + [line if "snapshot" in line or line.get("world") == "end" else dict(line, node=1)
                           for line in self.lines[1:] if line.get("node", 3) == 3]
        result, by_status = self.found(kept, HELD)
        self.assertEqual(by_status, {"held": OF_A_PROCESS, "not_checked": OF_THE_GROUP})
        why = {p["detail"] for p in result["properties"] if p["status"] == "not_checked"}
        self.assertEqual(len(why), 1)
        self.assertRegex(why.pop(), r"^member \([12], 100000[12]\) of the group isn't in the trace$")

    def test_damaged(self):
        index = next(i for i, line in enumerate(self.lines) if "event" in line)
        for change in ({"node": 4}, {"t": -1}, {"event": {"type": "hello"}}, {"actions": 7}, {"state": None}):
            with self.subTest(change=change):
                lines = list(self.lines)
                lines[index] = dict(lines[index], **change)
                run = self.replay(lines)
                if "state" in change:
                    self.assert_ends(run, VIOLATED)
                    continue
                self.assert_ends(run, USAGE)
                self.assert_one_line(run.stderr, "^{}:{}: ".format(self.path, index + 1))


if __name__ == "__main__":
    main()
