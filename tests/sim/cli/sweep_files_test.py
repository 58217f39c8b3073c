#!/usr/bin/env python3
"""The files of sweep and merge: no file is lost by writing another, and shards that don't fit together are refused."""
import os
import shutil
import signal
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
            self.refused("--csv new.x and --json ./new.x are the same file", *command, "--csv", "new.x", "--json", "./new.x")
            self.refused("--csv dangling.csv and --json new.json are the same file", *command, "--csv", "dangling.csv",
                         "--json", "new.json")
            self.refused("--json - and --plot - are the same file", *command, "--json", "-", "--plot", "-")

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

    def test_a_dangling_link_is_written_through(self):
        self.assert_ends(self.run_here("merge", "1.json", "2.json", "--quiet", "--csv", "dangling.csv"), HELD)
        self.assertTrue((self.folder / "dangling.csv").is_symlink())
        csv = self.run_here("merge", "1.json", "2.json", "--csv", "-").stdout
        self.assertEqual((self.folder / "new.json").read_bytes(), csv)

    def test_a_part_that_is_there_is_not_in_the_way(self):
        # As of a process with the same number in another container; the shell tells its own, which then is ours.
        (self.folder / "old.json").write_text("old", encoding="utf-8")
        before = (self.folder / "old.json").stat().st_ino
        taken = "echo other | tee old.json.$$.{,0.}part >old.json.$$.1.part; exec \"$@\""
        run = subprocess.run(["bash", "-c", taken, "bash", PROGRAM, "merge", "1.json", "2.json", "--quiet", "--json",
                              "old.json"], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment(),
                             cwd=self.folder, timeout=120)
        self.assert_ends(run, HELD)
        self.assertNotEqual((self.folder / "old.json").stat().st_ino, before, "replaced, not written in place")
        others = [path.read_text(encoding="utf-8") for path in self.folder.glob("*.part")]
        self.assertEqual(others, ["other\n"] * 3)

    def test_a_long_name_has_a_part_too(self):
        name = "x" * 250
        self.assert_ends(self.run_here("merge", "1.json", "2.json", "--quiet", "--json", name), HELD)
        self.assertEqual(set(self.contents()), {*self.before, name})

    def test_standard_streams_are_not_replaced(self):
        csv = self.run_here("merge", "1.json", "2.json", "--quiet", "--csv", "-").stdout
        for name, to in (("stdout", ">>log"), ("stderr", "2>>log")):
            with self.subTest(name):
                log = self.write("log", "before\n")
                link = log.stat().st_ino
                run = subprocess.run(["bash", "-c", "\"$@\" {}; echo after >>log".format(to), "bash", PROGRAM, "merge",
                                      "1.json", "2.json", "--quiet", "--csv", "/dev/" + name], stdin=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE, env=environment(), cwd=self.folder, timeout=120)
                self.assert_ends(run, HELD)
                self.assertEqual(log.read_bytes(), b"before\n" + csv + b"after\n")
                self.assertEqual(log.stat().st_ino, link)
        for name in ("/dev/stdout", "/proc/self/fd/1"):  # a pipe
            self.assertEqual(self.run_here("merge", "1.json", "2.json", "--csv", name).stdout, csv, "no tables")
        with open(self.folder / "log", "wb") as log:
            self.assert_ends(bully_sim("merge", "1.json", "2.json", "--csv", "log", cwd=self.folder, stdout=log), HELD)
        self.assertEqual((self.folder / "log").read_bytes(), csv)

    def test_an_open_descriptor_is_written_where_it_stands(self):
        csv = self.run_here("merge", "1.json", "2.json", "--quiet", "--csv", "-").stdout
        (self.folder / "to_3").symlink_to("/dev/fd/3")

        def shell(script, path):
            return subprocess.run(["bash", "-c", script, "bash", PROGRAM, "merge", "1.json", "2.json", "--quiet",
                                   "--csv", path], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, env=environment(), cwd=self.folder, timeout=120)

        for script, before in (("exec 3>>log; \"$@\"; echo after >&3", b"old\n"),
                               ("exec 3>log; echo before >&3; \"$@\"; echo after >&3", b"before\n"),
                               # Of a file that stdout is sent to as well.
                               ("exec 3>log; echo before >&3; \"$@\" >>log; echo after >&3", b"before\n")):
            for path in ("/dev/fd/3", "/proc/self/fd/3", "to_3"):
                with self.subTest(script=script, path=path):
                    log = self.write("log", "old\n")
                    link = log.stat().st_ino
                    self.assert_ends(shell(script, path), HELD)
                    self.assertEqual(log.read_bytes(), before + csv + b"after\n")
                    self.assertEqual(log.stat().st_ino, link)
        self.assertEqual(shell("exec 3> >(cat); \"$@\"", "/dev/fd/3").stdout, csv)
        trace = self.run_here("crash.yaml", "--quiet", "--trace", "-").stdout
        log = self.write("log", "old\n")
        subprocess.run(["bash", "-c", "exec 3>>log; \"$@\"; echo after >&3", "bash", PROGRAM, "crash.yaml", "--quiet",
                        "--trace", "/dev/fd/3"], stdout=subprocess.DEVNULL, cwd=self.folder, check=True, timeout=120)
        self.assertEqual(log.read_bytes(), b"old\n" + trace + b"after\n")
        for script in ("\"$@\" 3<1.json", "\"$@\" 3>&-"):
            run = shell(script, "/dev/fd/3")
            self.assert_ends(run, USAGE)
            self.assert_one_line(run.stderr, "--csv: can't write to /dev/fd/3: Bad file descriptor$")
        if os.path.exists("/dev/full"):
            run = shell("\"$@\" 3>/dev/full", "/dev/fd/3")
            self.assert_ends(run, INTERNAL)
            self.assert_one_line(run.stderr, "writing /dev/fd/3 failed")

    def passed(self, descriptor, *arguments, stdout=subprocess.PIPE):
        """Run with this descriptor open, which then is closed here."""
        with open(descriptor, "wb"):
            return subprocess.run([PROGRAM, *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
                                  stderr=subprocess.PIPE, pass_fds=[descriptor], env=environment(), cwd=self.folder,
                                  timeout=120)

    def test_a_plot_needs_no_name_where_none_can_be_given(self):
        plot = ("merge", "1.json", "2.json", "--quiet", "--plot")
        svg = self.run_here(*plot, "-").stdout
        self.assertIn(b"<svg", svg)
        reader, writer = os.pipe()
        log = os.open(self.folder / "log", os.O_WRONLY | os.O_CREAT)
        os.mkfifo(self.folder / "pipe")
        named = os.open(self.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        with open(reader, "rb") as pipe, open(named, "rb") as named_pipe:
            self.assert_ends(self.passed(writer, *plot, "/dev/fd/{}".format(writer)), HELD)
            self.assertEqual(pipe.read(), svg)
            self.assert_ends(self.passed(log, *plot, "/dev/fd/{}".format(log)), HELD)
            self.assertEqual((self.folder / "log").read_bytes(), svg)
            self.assert_ends(self.run_here(*plot, "pipe"), HELD)
            self.assertEqual(named_pipe.read(), svg)

    def test_a_pipe_that_nobody_reads_keeps_no_other_output_from_being_written(self):
        merge = ("merge", "1.json", "2.json", "--json")
        whole = self.run_here(*merge, "-").stdout

        def run(*arguments, **changes):
            run = self.passed(writer, *merge, "new.json", *arguments, **changes)
            self.assertEqual((self.folder / "new.json").read_bytes(), whole)
            (self.folder / "new.json").unlink()
            return run

        reader, writer = os.pipe()
        os.close(reader)
        ended = run("--quiet", "--csv", "/dev/fd/{}".format(writer))
        self.assert_ends(ended, INTERNAL)
        self.assert_one_line(ended.stderr, "writing /dev/fd/{} failed: Broken pipe$".format(writer))
        for options in ((), ("--csv", "-")):
            with self.subTest(options):
                reader, writer = os.pipe()
                os.close(reader)
                ended = run(*options, stdout=writer)
                self.assert_ends(ended, -signal.SIGPIPE)  # quietly, as of `| head`
                self.assertEqual(ended.stderr, b"")

    def test_a_folder_that_cannot_be_written(self):
        # Root may write anywhere, but for this.
        bounded = ("setpriv", "--bounding-set=-all", "--inh-caps=-all") if os.geteuid() == 0 else ()
        if bounded and (not shutil.which("setpriv") or subprocess.run([*bounded, "true"], check=False).returncode != 0):
            self.skipTest("as root, and no setpriv")
        old = self.write("closed/old.json", "old")
        before = old.stat().st_ino
        old.parent.chmod(0o555)
        self.addCleanup(old.parent.chmod, 0o755)
        run = subprocess.run([*bounded, PROGRAM, "merge", "1.json", "2.json", "--quiet", "--json", "closed/old.json"],
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             env=environment(), cwd=self.folder, timeout=120)
        self.assert_ends(run, HELD)
        self.assertEqual(old.read_bytes(), self.run_here("merge", "1.json", "2.json", "--quiet", "--json", "-").stdout)
        self.assertEqual(old.stat().st_ino, before, "in place")

    def test_what_was_there_stays_if_it_cannot_be_written(self):
        # As on a full disk: no file may be longer than a kilobyte.
        (self.folder / "old.json").write_text("old", encoding="utf-8")
        run = subprocess.run(["bash", "-c", "trap '' XFSZ; ulimit -f 1 && exec \"$@\"", "bash", PROGRAM, "merge",
                              "1.json", "2.json", "--quiet", "--json", "old.json"], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), cwd=self.folder,
                             timeout=120)
        self.assert_ends(run, INTERNAL)
        self.assert_one_line(run.stderr, "writing old.json failed: File too large$")
        self.assertEqual(self.contents(), {**self.before, "old.json": b"old"})


class Shards(CliTest):
    """Which files are parts of one sweep, and whether they are whole."""

    def shard(self, index, *options, scenario=None, cwd=None):
        path = self.folder / "{}.json".format(index)
        run = bully_sim("sweep", scenario or self.crash, "--over", "processes=3,4", "--seeds", 5, "--quiet", "--shard",
                        "{}/2".format(index), "--json", path, *options, cwd=cwd)
        self.assert_ends(run, HELD)
        return path

    def refused(self, message, *files):
        run = bully_sim("merge", *files)
        self.assert_ends(run, USAGE)
        self.assertEqual(run.stdout, b"")
        self.assert_one_line(run.stderr, message)

    def changed(self, path, old, new):
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        return self.write("changed.json", text.replace(old, new, 1))

    def test_a_scenario_is_its_text_and_not_its_path(self):
        copy = self.write("elsewhere/copy.yaml", CRASH)
        shards = [self.shard(1, scenario="./crash.yaml", cwd=self.folder), self.shard(2, scenario=copy)]
        for order in (shards, shards[::-1]):
            run = bully_sim("merge", *order, "--quiet", "--json", "-")
            self.assert_ends(run, HELD)
            whole = bully_sim("sweep", "./crash.yaml", "--over", "processes=3,4", "--seeds", 5, "--json", "-",
                              cwd=self.folder)
            self.assertEqual(run.stdout, whole.stdout, "named as by the first shard")

    def test_another_text_is_another_scenario(self):
        one = self.shard(1)
        self.crash.write_text(CRASH.replace("at: 2s", "at: 3s"), encoding="utf-8")
        self.refused("2.json isn't part of the same sweep as .*1.json: its scenario .* had a different text", one,
                     self.shard(2))

    def test_another_version_may_run_otherwise(self):
        one, two = self.shard(1), self.shard(2)
        other = self.changed(two, '"program":"bully_sim ', '"program":"bully_sim 9.')
        self.refused(r"changed.json isn't part of the same sweep .*: it is from bully_sim 9\.\S+, not bully_sim \d", one,
                     other)
        self.refused("changed.json: version 2 of the format instead of 3", self.changed(two, '"version":3', '"version":2'))

    def test_a_shard_has_the_runs_of_its_seeds(self):
        one, two = self.shard(1), self.shard(2)  # of the seeds 3 and 4, and of 5 to 7
        self.refused("changed.json: cell 1 of 2: 2 runs for 3 seeds from 5 on, expected", one,
                     self.changed(two, '"runs":3', '"runs":2'))
        self.refused("changed.json: cell 1 of 2: 2 runs for 5 seeds from 3 on, expected", one,
                     self.changed(one, '"shard":{"index":1,"count":2}', '"shard":{"index":1,"count":1}'))
        self.refused("changed.json: cell 1 of 2: values that differ from those of the axes, expected",
                     self.changed(one, '"values":["3"]', '"values":["5"]'), two)
        lines = two.read_text(encoding="utf-8").splitlines(keepends=True)
        self.refused("cut.json: 1 cells for axes with 2, expected", one,
                     self.write("cut.json", lines[0] + lines[1] + lines[2][:-2] + lines[-1]))
        self.refused("cut.json: invalid JSON at byte [0-9]+, expected", one, self.write("cut.json", "".join(lines)[:-99]))

    def test_a_plot_that_cannot_be_drawn_is_refused_first(self):
        many = ("--over", "processes=3,4", "--over", "network.loss=0%..1%:7", "--plot", "x.svg")
        run = bully_sim("sweep", "x.yaml", *many)
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "--plot: more than 6 settings")  # before the scenario is read
        first = self.shard(1, *many[2:4])
        run = bully_sim("merge", first, self.write("garbage.json", "garbage"), *many[4:])
        self.assert_ends(run, USAGE)
        self.assert_one_line(run.stderr, "--plot: more than 6 settings")

    def test_reuse(self):
        one = self.shard(1)
        before = one.stat()
        shown = bully_sim("sweep", self.crash, "--over", "processes=3,4", "--seeds", 5, "--shard", "1/2", "--json", one)
        self.assert_ends(shown, HELD)
        again = bully_sim("sweep", self.crash, "--over", "processes=3,4", "--seeds", 5, "--shard", "1/2", "--json", one,
                          "--reuse", "--csv", self.folder / "1.csv")
        self.assert_ends(again, HELD)
        self.assertEqual(again.stdout, shown.stdout)
        self.assert_one_line(again.stderr, "1.json already has this sweep")
        self.assertTrue((self.folder / "1.csv").exists())
        self.assertNotEqual(one.stat().st_ino, before.st_ino, "written without --reuse")
        for path, text, message in ((one, None, "1.json has another sweep: it is from bully_sim 9"),
                                    (self.folder / "no.json", "what I wrote", "no.json: invalid JSON .*; --reuse leaves it as"),
                                    (self.folder / "new.json", "", None)):
            path.write_text(one.read_text(encoding="utf-8").replace("bully_sim ", "bully_sim 9", 1) if text is None
                            else text, encoding="utf-8")
            before = path.read_bytes()
            run = bully_sim("sweep", self.crash, "--over", "processes=3,4", "--seeds", 5, "--shard", "1/2", "--json",
                            path, "--reuse", "--quiet")
            self.assert_ends(run, USAGE if message else HELD)
            if message:
                self.assert_one_line(run.stderr, message)
                self.assertEqual(path.read_bytes(), before)
            else:
                self.assertEqual(run.stderr, b"")

    def test_reuse_needs_a_file(self):
        for options in ((), ("--json", "-")):
            run = bully_sim("sweep", self.crash, "--reuse", *options)
            self.assert_ends(run, USAGE)
            self.assert_one_line(run.stderr, "--reuse without a file of --json")


main()
