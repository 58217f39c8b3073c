#!/usr/bin/env python3
"""The statistics of bully_sim sweep, computed again from single runs; censored runs, lost agreement, rare events."""
import csv
import io
import json
import math
import os
import pathlib

from cli_support import HELD, LOSSY, ROOT, CliTest, bully_sim, main

SEEDS = 60
CUT_OFF = 4_000_000_000  # from the crash to the end of LOSSY, in ns


def quantile(ordered, q):
    """Nearest rank, by whole numbers: q is in thousandths."""
    return ordered[max(1, -(-len(ordered) * q // 1000)) - 1]


def ranks_around(n, q):
    """The ranks between which a quantile lies with at least 95 %, from the binomial distribution; None: beyond all."""
    part = [math.comb(n, k) * q ** k * (1 - q) ** (n - k) for k in range(n + 1)]
    below = [sum(part[:k]) for k in range(n + 2)]  # P(fewer than k values are below)
    low = max((k for k in range(1, n + 1) if below[k] <= 0.025), default=None)
    high = min((k for k in range(1, n + 1) if below[k] >= 0.975), default=None)
    return low, high


def agreements(trace, crash):
    """From a trace: the time from `crash` to the first time at which all live processes followed the same live leader,
    and whether they did at the end. A second implementation, with nothing of the first but the states of processes."""
    states, number_of, changes = {}, {}, []
    for line in map(json.loads, trace.read_text(encoding="utf-8").splitlines()):
        if "life" in line:
            number_of[tuple(line["life"]["pid"])] = line["node"]
        if "state" in line:
            states[line["node"]] = line["state"]
        if line.get("world") == "crash":
            states[line["node"]] = {"phase": "down"}
        live = {node: state for node, state in states.items() if state["phase"] not in ("down", "failed")}
        leaders = {number_of.get(tuple(state["leader"] or ())) if state["phase"] in ("leading", "following") else None
                   for state in live.values()}
        agreed = len(leaders) == 1 and live.get(min(leaders, key=str), {}).get("phase") == "leading"
        if "t" in line:
            changes.append((line["t"], agreed))
    # What lasts for no time doesn't count.
    lasting = [start for (start, agreed), (end, _) in zip(changes, changes[1:]) if agreed and end > max(start, crash)]
    return max(lasting[0], crash) - crash if lasting else None, changes[-1][1]
def gamma_quantile(shape, deviations):
    """By Wilson and Hilferty."""
    return shape * max(0.0, 1 - 1 / (9 * shape) + deviations / (3 * math.sqrt(shape))) ** 3


def mean_interval(values, step):
    """The normal approximation; for rare events the gamma interval of Fay and Feuer, in which one more of them may be
    longer than the greatest if they are times; none if nothing is known."""
    z = 1.959963984540054
    n, least = len(values), min(values)
    excess = [value - least for value in values]
    if not any(excess):
        unseen = step * (-math.log(0.025) if least else 3) / n
        return (max(0, least - unseen), least + unseen) if step else None
    total, squares, greatest = sum(excess), sum(x * x for x in excess), max(excess)
    if total ** 2 / squares < max(n / 10, min(10, n / 3)):
        low = squares / total * gamma_quantile(total ** 2 / squares, -z)
        one_more = greatest * (1 if step else 1 + 4 * squares / total ** 2)
        total, squares = total + one_more, squares + one_more ** 2
        return least + low / n, least + squares / total * gamma_quantile(total ** 2 / squares, z) / n
    mean = sum(values) / n
    half = z * math.sqrt(sum((x - mean) ** 2 for x in values) / (n - 1) / n)
    return max(0, mean - half), mean + half


def proportion_interval(part, whole):
    """Wilson's: where the distance of p from what was seen is z standard deviations of p."""
    z = 1.959963984540054
    a, b, c = 1 + z * z / whole, -2 * part / whole - z * z / whole, (part / whole) ** 2
    root = math.sqrt(b * b - 4 * a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


WEDGED = """name: wedged
mode: strict
duration: 30s
start: settled
processes: 3
faults:
  - {at: 0s, cut: {between: [1, 3]}}
"""


class Reference(CliTest):
    """Each figure of a sweep, found again from single runs by sorting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / "bully_sweep_reference_{}".format(os.getpid())
        folder.mkdir()
        cls.addClassCleanup(folder.rmdir)
        scenario = folder / "lossy.yaml"
        scenario.write_text(LOSSY, encoding="utf-8")
        cls.addClassCleanup(scenario.unlink)
        trace = folder / "trace.jsonl"
        cls.addClassCleanup(trace.unlink)
        cls.runs, cls.agreements = [], []
        for seed in range(1, SEEDS + 1):
            cls.runs.append(json.loads(bully_sim(scenario, "--seed", seed, "--json", "--trace", trace).stdout))
            cls.agreements.append(agreements(trace, 5_000_000_000))
        sweep = bully_sim("sweep", scenario, "--seed", 1, "--seeds", SEEDS, "--json", "-", "--jobs", 2)
        cls.cell = json.loads(sweep.stdout)["cells"][0]
        table = bully_sim("sweep", scenario, "--seed", 1, "--seeds", SEEDS, "--csv", "-")
        cls.row = next(csv.DictReader(io.StringIO(table.stdout.decode())))

    def check(self, name, values, beyond=0):
        """`beyond`: how many more values are known to be greater than CUT_OFF, which none of these is."""
        found = self.cell[name]
        values = sorted(values)
        n = len(values)
        ordered = values + [math.inf] * beyond
        mean = sum(values) / n
        self.assertAlmostEqual(found["mean"], mean, delta=1e-12 * mean)
        self.assertEqual((found["min"], found["max"]), (values[0], None if beyond else values[-1]))
        for end, expected in zip(found["mean_95"], mean_interval(values, 0 if name.endswith("_ns") else 1)):
            self.assertAlmostEqual(end, expected, delta=1e-9 * max(1, mean))
        for key, q in (("p50", 500), ("p90", 900), ("p99", 990), ("p999", 999)):
            exact = quantile(ordered, q)
            if exact == math.inf:
                self.assertIsNone(found[key], key)
            else:
                self.assertLessEqual(abs(found[key] - exact), exact / 1024, key)
            low, high = ranks_around(n + beyond, q / 1000)
            high = high if high is None or high <= n else None
            lower, upper = found[key + "_95"]
            # Ends are widened to those of their buckets.
            least = (values + [CUT_OFF] * beyond)[low - 1] if low else 0
            self.assertLessEqual(lower, least)
            self.assertGreaterEqual(lower, least * (1 - 1 / 512))
            if high is None:
                self.assertIsNone(upper, key)
            else:
                self.assertGreaterEqual(upper, values[high - 1])
                self.assertLessEqual(upper, values[high - 1] * (1 + 1 / 512))
        scale = 1e9 if name.endswith("_ns") else 1
        column = name[:-3] + "_{}_s" if name.endswith("_ns") else name.lower() + "_{}"
        self.assertAlmostEqual(float(self.row[column.format("mean")]), mean / scale, delta=1e-9 * max(1, mean / scale))
        self.assertEqual(self.row[column.format("max")], "" if beyond else "{:.9f}".format(values[-1] / scale)
                         if scale > 1 else str(values[-1]))

    def test_agreement(self):
        self.assertEqual([run["agreement_ns"] for run in self.runs],
                         [time if at_end else None for time, at_end in self.agreements])
        agreed = [time for time, at_end in self.agreements if at_end]
        not_agreed = SEEDS - len(agreed)
        lost = sum(1 for first, at_end in self.agreements if first is not None and not at_end)
        self.assertGreater(not_agreed, lost, "some runs should end before they agree")
        self.assertEqual((self.cell["agreed"], self.cell["not_agreed"]), (len(agreed), not_agreed))
        self.assertEqual(self.cell["lost_agreement"], lost)
        for end, expected in zip(self.cell["not_agreed_95"], proportion_interval(not_agreed, SEEDS)):
            self.assertAlmostEqual(end, expected, delta=1e-12)
        self.check("agreement_ns", agreed, not_agreed)
        self.assertIsNone(self.cell["agreement_ns"]["p999"], "one of those that didn't agree")
        self.assertEqual(self.row["agreement_p999_s"], "")
        exact = self.cell["not_agreed_after_ns"]["exact"]
        self.assertEqual((exact["min"], exact["max"]), (CUT_OFF, CUT_OFF))
        self.assertEqual(self.row["not_agreed_after_min_s"], "4.000000000")
        self.assertEqual(self.row["lost_agreement"], str(lost))

    def test_faults(self):
        times = [fault["agreement_ns"] for run in self.runs for fault in run["faults"]]
        agreed = sorted(time for time in times if time is not None)
        self.assertEqual((self.cell["faults"], self.cell["faults_not_agreed"]), (len(times), times.count(None)))
        found = self.cell["fault_agreement_ns"]
        self.assertAlmostEqual(found["mean"], sum(agreed) / len(agreed), delta=1)
        self.assertEqual(found["min"], agreed[0])
        self.assertIsNone(found["max"], "one of those that didn't agree")
        self.assertNotIn("p50_95", found)
        self.assertEqual(self.row["faults"], str(len(times)))
        self.assertEqual(self.row["fault_agreement_max_s"], "")

    def test_leaders(self):
        self.check("leaderless_ns", [run["leaderless_ns"] for run in self.runs])
        self.check("some_leaderless_ns", [run["some_leaderless_ns"] for run in self.runs])
        self.check("multi_leader_ns", [run["multi_leader_ns"] for run in self.runs])

    def test_messages(self):
        for name in ("ELECTION", "OK", "COORDINATOR", "PROBE", "JOIN"):
            self.check(name, [run["messages"][name]["sent"] for run in self.runs])
        self.check("elections", [run["elections"] for run in self.runs])

    def test_failures_are_those_not_agreed_at_the_end(self):
        apart = [run["seed"] for run, (_, at_end) in zip(self.runs, self.agreements) if not at_end]
        self.assertEqual([failure["seed"] for failure in self.cell["failures"]], apart[:5])
        self.assertEqual(self.row["failing_seeds"], " ".join(map(str, apart[:5])))


class Censored(CliTest):
    def times(self, *options):
        scenario = () if options and pathlib.Path(options[0]).is_file() else (self.crash,)
        run = bully_sim("sweep", *scenario, "--seeds", 400, *options)
        self.assert_ends(run, HELD)
        text = run.stdout.decode()
        return run.stderr, text, text.split("at the end\n")[1].split("\n\n")[0].splitlines()

    def test_quantiles_count_what_is_censored(self):
        # 4 s after the crash some fifth of them is still to come.
        stderr, _, (_, row, *notes) = self.times("--set", "duration=6s")
        self.assertEqual(stderr, b"")
        _, _, (_, whole, *no_notes) = self.times()
        self.assertEqual(no_notes, [])
        runs, not_agreed, part, mean, _, p50, p90, p99, p999, most, _ = row.split()
        self.assertEqual(runs, "400")
        low, high = proportion_interval(int(not_agreed), 400)
        # Rounded outwards.
        self.assertEqual(part, "({:.1f}..{:.1f}%)".format(math.floor(1000 * low) / 10, math.ceil(1000 * high) / 10))
        self.assertTrue(50 < int(not_agreed) < 120, not_agreed)
        self.assertEqual(p50, whole.split()[5], "known as if nothing had been censored")
        self.assertEqual((p90, p99, p999, most), (">=4.00s", ">=4.00s", ">=4.000s", ">=4.000s"))
        self.assertLess(mean, whole.split()[3])
        self.assertIn("not agreed: {} of 400 runs ended without agreement and are right-censored".format(not_agreed), notes[0])
        self.assertEqual(len(notes), 2, "none had agreed and lost it")

    def test_a_cell_in_which_none_agrees_says_so(self):
        stderr, _, rows = self.times("--over", "duration=4s,15s")
        self.assert_one_line(stderr, "in 1 of 2 cells no run agreed at its end")
        self.assertRegex(rows[1], r"4s +400 +400 \(>99.04%\) +none agreed +- +>=2.000s")
        quiet = bully_sim("sweep", self.crash, "--seeds", 5, "--set", "duration=4s", "--quiet")
        self.assert_ends(quiet, HELD)
        self.assert_one_line(quiet.stderr, "in 1 of 1 cell no run")


    def test_a_cell_that_is_wedged_has_no_time_to_agreement(self):
        # Strict, 2 never follows 3 again; they had agreed for as long as it hadn't asked.
        path = self.write("wedged.yaml", WEDGED)
        csv_file, json_file, plot = (self.folder / name for name in ("wedged.csv", "wedged.json", "wedged.svg"))
        stderr, text, rows = self.times(path, "--over", "faults=[{at: 0s, crash: 1}, {message: PROBE, drop: on}, "
                                        "{message: COORDINATOR, to: 2, drop: on}],[]", "--csv",
                                        csv_file, "--json", json_file, "--plot", plot)
        self.assert_one_line(stderr, "in 1 of 2 cells no run agreed at its end.* or the group wedged")
        self.assertRegex(rows[1], r" 400 +400 \(>99.04%\) +none agreed +- +>=30.000s")
        self.assertIn("400 of them had agreed after the last fault, and lost agreement.", text)
        with open(csv_file, encoding="utf-8") as file:
            wedged, whole = csv.DictReader(file)
        self.assertEqual((wedged["agreed"], wedged["not_agreed"], wedged["lost_agreement"]), ("0", "400", "400"))
        self.assertEqual((wedged["agreement_mean_s"], wedged["agreement_max_s"]), ("", ""))
        self.assertEqual(whole["not_agreed"], "0")
        cells = json.loads(json_file.read_text(encoding="utf-8"))["cells"]
        self.assertIsNone(cells[0]["agreement_ns"]["mean"])
        self.assertIn(">none agreed</text>", plot.read_text(encoding="utf-8"))

    def test_each_fault_of_a_cascade_has_its_time(self):
        stderr, text, _ = self.times(ROOT / "scenarios/cascade.yaml")
        self.assertEqual(stderr, b"")
        header, row = text.split("before the next one\n")[1].splitlines()[:2]
        self.assertEqual(header.split()[:4], ["faults", "not", "agreed", "mean"])
        faults, not_agreed, mean = row.split()[:3]
        self.assertEqual((faults, not_agreed), ("1200", "0"))
        self.assertTrue(3 < float(mean[:-1]) < 5, mean)
        _, text, _ = self.times()
        self.assertNotIn("after each fault", text, "there is one")


class Loss(CliTest):
    def test_the_more_is_lost_the_longer_it_takes(self):
        scenario = ROOT / "scenarios/leader_crash.yaml"
        run = bully_sim("sweep", scenario, "--seeds", 4000, "--set", "processes=6", "--set", "duration=120s", "--over",
                        "network.loss=0%,2%,5%", "--json", "-")
        self.assert_ends(run, HELD)
        times = [cell["agreement_ns"] for cell in json.loads(run.stdout)["cells"]]
        for less, more in zip(times, times[1:]):
            self.assertLess(less["mean_95"][1], more["mean_95"][0])


class Rare(CliTest):
    def test_what_is_rare_has_an_interval(self):
        path = self.folder / "all.csv"
        run = bully_sim("sweep", self.crash, "--seeds", 50, "--check", "--csv", path)
        self.assert_ends(run, HELD)
        text = run.stdout.decode()
        self.assertNotIn("±0 ", text.replace("\n", " "))
        self.assertNotIn("±0s", text)
        self.assertRegex(text, r"\n +50 +0 \(<7\.2%\) +0 \(<7\.2%\) +-\n", "violations")
        self.assertRegex(text, r"\n +50 +0 \(<7\.2%\) +\d", "not agreed at the end")
        self.assertRegex(text, r" 0s +in <7\.2% +0s +0s +0s\n", "split brain")
        self.assertRegex(text, r" 0 +<0\.06\n", "false elections: the rule of three")
        with open(path, encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        self.assertAlmostEqual(float(row["false_elections_mean_high"]), 3 / 50)
        self.assertEqual((row["multi_leader_mean_low_s"], row["multi_leader_mean_high_s"]), ("", ""))
        for name in ("not_agreed", "violated"):
            self.assertEqual(float(row[name + "_part_low"]), 0)
            self.assertAlmostEqual(float(row[name + "_part_high"]), proportion_interval(0, 50)[1], delta=1e-9)
        # Rare ones: seldom a message is late enough.
        late = self.write("late.yaml", LOSSY.replace("loss: 4%", "loss: 0.1%"))
        self.assert_ends(bully_sim("sweep", late, "--seeds", 100, "--quiet", "--csv", path), HELD)
        with open(path, encoding="utf-8") as file:
            row = next(csv.DictReader(file))
        for name in row:
            if name.endswith(("_low", "_low_s")) and row[name]:
                self.assertGreaterEqual(float(row[name]), 0, name)
        self.assertLess(0, float(row["false_elections_mean"]))


if __name__ == "__main__":
    main()
