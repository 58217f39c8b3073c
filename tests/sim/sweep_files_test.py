#!/usr/bin/env python3
"""The files of sweep and merge: none is lost by writing another, and what doesn't fit together is refused."""
import os
import subprocess

from cli_support import CRASH, CliTest, HELD, INTERNAL, PROGRAM, USAGE, bully_sim, environment, main


class Outputs(CliTest):
    """What is written, and what is not lost by it."""

    def setUp(self):
        super().setUp()
        self.write("delays.txt", "1ms\n2ms\n")
        self.scenario = self.write("measured.yaml", CRASH + "network: {delay: {empirical: delays.txt}}\n")
        for name, target in (("link.svg", "measured.yaml"), ("dangling.csv", "new.json")):
            (self.folder / name).symlink_to(target)
        os.link(self.folder / "delays.txt", self.folder / "hard.csv")
        for index in (1, 2):
            self.assert_ends(self.run_here("sweep", "crash.yaml", "--seeds", 2, "--quiet", "--shard",
                                           "{}/2".format(index), "--json", "{}.json".format(index)), HELD)
        self.before = self.contents()

    def run_here(self, *arguments):
        return bully_sim(*arguments, cwd=self.folder)

    def contents(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir() if path.exists()}

    def refused(self, message, *arguments):
        with self.subTest(arguments):
            run = self.run_here(*arguments)
            self.assert_ends(run, USAGE)
            self.assert_one_line(run.stderr, "^bully_sim: " + message)
            self.assertEqual(run.stdout, b"")
            self.assertEqual(self.contents(), self.before)

    def test_an_input_is_not_overwritten(self):
        over = "{} {} would overwrite {}, expected another file$".format
        sweep = ("sweep", "measured.yaml", "--seeds", 100_000_000)
        self.refused(over("--csv", "measured.yaml", "the scenario measured.yaml"), *sweep, "--csv", "measured.yaml")
        self.refused(over("--json", "././measured.yaml", "the scenario measured.yaml"), *sweep, "--json",
                     "././measured.yaml")
        self.refused(over("--plot", "link.svg", "the scenario measured.yaml"), *sweep, "--plot", "link.svg")
        self.refused(over("--csv", "hard.csv", "the delays delays.txt"), *sweep, "--csv", "hard.csv")
        self.refused(over("--csv", "delays.txt", "the delays delays.txt"), "sweep", "crash.yaml", "--over",
                     "network.delay=1ms,{empirical: delays.txt}", "--csv", "delays.txt")
        self.refused(over("--json", "2.json", "the shard 2.json"), "merge", "1.json", "2.json", "--json", "2.json")
        self.refused(over("--csv", "./1.json", "the shard 1.json"), "merge", "1.json", "2.json", "--csv", "./1.json")
        self.refused(over("--trace", "measured.yaml", "the scenario measured.yaml"), "measured.yaml", "--trace",
                     "measured.yaml")
        self.refused(over("--trace", "delays.txt", "the delays delays.txt"), "measured.yaml", "--trace", "delays.txt")

    def test_two_outputs_are_two_files(self):
        for command in (("sweep", "crash.yaml"), ("merge", "1.json", "2.json")):
            self.refused("--csv new.x and --json ./new.x are one place", *command, "--csv", "new.x", "--json", "./new.x")
            self.refused("--csv dangling.csv and --json new.json are one place", *command, "--csv", "dangling.csv",
                         "--json", "new.json")
            self.refused("--json - and --plot - are one place", *command, "--json", "-", "--plot", "-")

    def test_a_device_keeps_nothing(self):
        self.assert_ends(self.run_here("sweep", "crash.yaml", "--seeds", 2, "--csv", "/dev/null", "--json",
                                       "/dev/null"), HELD)
        self.assertEqual(self.contents(), self.before)

    def test_what_was_there_is_replaced_where_it_is(self):
        (self.folder / "old.json").write_text("old", encoding="utf-8")
        (self.folder / "old.json").chmod(0o640)
        (self.folder / "to_old.json").symlink_to("old.json")
        self.assert_ends(self.run_here("merge", "1.json", "2.json", "--quiet", "--json", "to_old.json"), HELD)
        self.assertTrue((self.folder / "to_old.json").is_symlink())
        self.assertEqual((self.folder / "old.json").stat().st_mode & 0o777, 0o640)
        whole = self.run_here("sweep", "crash.yaml", "--seeds", 2, "--json", "-").stdout
        self.assertEqual(self.contents(), {**self.before, "old.json": whole, "to_old.json": whole})

    def test_what_was_there_stays_if_it_cannot_be_written(self):
        # As on a full disk: no file may be longer than a kilobyte.
        (self.folder / "old.json").write_text("old", encoding="utf-8")
        run = subprocess.run(["bash", "-c", "trap '' XFSZ; ulimit -f 1 && exec \"$@\"", "bash", PROGRAM, "merge",
                              "1.json", "2.json", "--quiet", "--json", "old.json"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=self.folder,
                             timeout=120)
        self.assert_ends(run, INTERNAL)
        self.assert_one_line(run.stderr, "writing old.json failed")
        self.assertEqual(self.contents(), {**self.before, "old.json": b"old"})


main()
