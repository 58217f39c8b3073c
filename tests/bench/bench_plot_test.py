#!/usr/bin/env python3
"""The program around the charts. Usage: bench_plot_test.py BULLY_BENCH_PLOT [unittest options]"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

if len(sys.argv) < 2:
    sys.exit(__doc__)
PROGRAM = sys.argv.pop(1)

RESULTS = {"benchmarks": [{"run_name": f"{engine}storm/{n}", "run_type": "iteration", "time_unit": "ms",
                           "items_per_second": 1e6 * n} for engine in ("", "priority_queue/") for n in (100, 1000)]
           + [{"run_name": "storm/3000", "run_type": "iteration", "error_message": "no agreement"}]}


def plot(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False)


class BenchPlot(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "results.json"

    def test_draws(self):
        self.file.write_text(json.dumps(RESULTS))
        done = plot(self.file)
        self.assertEqual((done.returncode, done.stderr), (0, "left out: storm/3000: no agreement\n"))
        texts = [element.text for element in xml.etree.ElementTree.fromstring(done.stdout).iter()
                 if element.tag.endswith("}text")]
        for text in ("Events per second", "bully", "std::priority_queue of plain structs", "100", "1,000"):
            self.assertIn(text, texts)
        self.assertIn("prefers-color-scheme: dark", done.stdout)

    def test_mistakes(self):
        self.file.write_text("[]")
        for arguments, told in ((["no/such/file"], "bully_bench_plot: cannot open no/such/file: No such file"),
                                ([self.file.parent], f"bully_bench_plot: cannot open {self.file.parent}: Is a dir"),
                                ([self.file], f"bully_bench_plot: {self.file}: `benchmarks` isn't a list, expected"),
                                ([], "Usage: "), ([self.file, self.file], "Usage: "), (["-x"], "Usage: ")):
            done = plot(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertTrue(done.stderr.startswith(told), done.stderr)
        done = plot("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("Usage: "))


if __name__ == "__main__":
    unittest.main()
