#!/usr/bin/env python3
"""A sweep under Slurm, Kubernetes and mpirun, simulated without a cluster: the same bytes as in one process."""
import os
import pathlib
import shlex
import subprocess
import unittest

import yaml

from cli_support import (HELD, PROGRAM, ROOT, USAGE, VIOLATED, WRONG_HOPE, CliTest, bully_sim, environment, main)

CLUSTER = ROOT / "sim/cluster"
# Set if the build found MPI.
MPIRUN = os.environ.get("BULLY_MPIRUN")
OPTIONS = ["--over", "processes=2..4", "--seeds", "50"]


class ClusterTest(CliTest):
    def setUp(self):
        super().setUp()
        self.results = self.folder / "results"

    def whole(self, *options):
        """The JSON of one process."""
        run = bully_sim("sweep", self.crash, *(options or OPTIONS), "--quiet", "--json", "-")
        self.assert_ends(run, HELD)
        return run.stdout

    def run_script(self, *command, **changes):
        path = "{}:{}".format(pathlib.Path(PROGRAM).parent, os.environ["PATH"])
        return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment(PATH=path, **changes), cwd=self.folder, timeout=120)


class Slurm(ClusterTest):
    SCRIPT = CLUSTER / "slurm_sweep.sh"

    def task(self, index, *arguments):
        return self.run_script(self.SCRIPT, *arguments, SLURM_ARRAY_TASK_ID=str(index), SLURM_CPUS_PER_TASK="2")

    def shard(self, index, count=3, code=HELD, scenario=None, options=OPTIONS):
        run = self.task(index, count, self.results, scenario or self.crash, *options)
        self.assert_ends(run, code)
        return run

    def merged(self):
        return bully_sim("merge", *self.results.glob("shard-*.json"), "--quiet", "--json", "-")

    def test_an_array_is_as_one_process(self):
        for index in (3, 1, 2):
            self.shard(index)
        run = self.merged()
        self.assert_ends(run, HELD)
        self.assertEqual(run.stdout, self.whole())
        self.assertEqual(len(list(self.results.iterdir())), 3, "nothing else is left there")

    def test_what_is_done_is_not_done_again(self):
        self.shard(1)
        shard = self.results / "shard-1.json"
        before = shard.stat()
        self.assert_one_line(self.shard(1).stderr, "shard-1.json already has this sweep, so it isn't run again")
        self.assertEqual((shard.stat().st_ino, shard.stat().st_mtime_ns), (before.st_ino, before.st_mtime_ns))
        self.assertEqual(len(list(self.results.iterdir())), 1)

    def test_a_shard_of_another_sweep_is_neither_taken_nor_lost(self):
        self.shard(1)
        shard = self.results / "shard-1.json"
        before = shard.read_bytes()
        changed = self.write("changed.yaml", self.crash.read_text(encoding="utf-8").replace("at: 2s", "at: 3s"))
        other = [*OPTIONS, "--set", "network.loss=1%"]
        for changes, message in (({"options": other}, r"its values \(--set\): .*, not .*network.loss=1%"),
                                 ({"options": ["--over", "processes=2..4", "--seeds", "60"]}, "its seeds are 50 from 3"),
                                 ({"scenario": changed}, "its scenario .*crash.yaml, .* had a different text"),
                                 ({"count": 4}, "it is one of 3 shards")):
            run = self.shard(1, code=USAGE, **changes)
            self.assert_one_line(run.stderr, "shard-1.json has another sweep: " + message)
            self.assertEqual(shard.read_bytes(), before)

    def test_the_place_of_a_scenario_does_not_matter(self):
        self.shard(1)
        copy = self.write("a folder/copy.yaml", self.crash.read_text(encoding="utf-8"))
        self.assertIn(b"already has this sweep", self.shard(1, scenario=copy).stderr)

    def test_a_task_that_fails_leaves_no_shard(self):
        self.shard(1, code=USAGE, options=["--over", "proceses=2..4"])
        self.assertFalse((self.results / "shard-1.json").exists())
        self.assert_ends(self.task(4, 3, self.results, self.crash), USAGE)
        self.assertFalse((self.results / "shard-4.json").exists())

    def test_a_violation_is_a_result(self):
        scenario = self.write("hope.yaml", WRONG_HOPE)
        for index in (1, 2):
            self.shard(index, count=2, scenario=scenario, options=["--check", "--seeds", "6"])
        self.assert_ends(self.merged(), VIOLATED)

    def test_without_slurm(self):
        run = self.run_script(self.SCRIPT, 3, self.results, self.crash)
        self.assert_ends(run, USAGE)
        self.assertIn(b"usage: sbatch --array=1-N", run.stderr)

    def test_slurm_reads_its_options(self):
        lines = self.SCRIPT.read_text(encoding="utf-8").splitlines()
        # Those after the first command would be ignored.
        first = next(i for i, line in enumerate(lines) if line and not line.startswith("#"))
        self.assertEqual([i for i, line in enumerate(lines) if line.startswith("#SBATCH")], [1, 2, 3, 4])
        self.assertLess(4, first)


class Kubernetes(ClusterTest):
    def job(self, file):
        documents = list(yaml.safe_load_all((CLUSTER / file).read_text(encoding="utf-8")))
        jobs = [document for document in documents if document["kind"] == "Job"]
        self.assertEqual(len(jobs), 1)
        self.assertEqual(jobs[0]["apiVersion"], "batch/v1")
        template = jobs[0]["spec"]["template"]["spec"]
        self.assertIn(template["restartPolicy"], ("OnFailure", "Never"), "what Jobs allow")
        volumes = {volume["name"] for volume in template["volumes"]}
        container, = template["containers"]
        self.assertEqual({mount["name"] for mount in container["volumeMounts"]}, volumes)
        return jobs[0]["spec"], container, documents

    def run_pod(self, container, **changes):
        """The container's command, on this machine: with other paths in place of the mounted volumes."""
        env = {variable["name"]: variable["value"] for variable in container["env"]}
        self.assertTrue(all(isinstance(value, str) for value in env.values()), "Kubernetes takes strings only")
        self.assertLessEqual({key for key in changes if not key.startswith("JOB_")}, set(env))
        return self.run_script(*container["command"], *container["args"], **{**env, **changes})

    def test_jobs_are_as_one_process(self):
        sweep, container, documents = self.job("kubernetes_sweep.yaml")
        env = {variable["name"]: variable["value"] for variable in container["env"]}
        self.assertEqual(sweep["completionMode"], "Indexed")
        self.assertEqual(str(sweep["completions"]), env["SHARDS"])
        self.assertEqual(container["resources"]["limits"]["cpu"], env["JOBS"])
        mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        self.assertEqual((env["SCENARIO"], env["RESULTS"]), (mounts["scenario"] + "/scenario.yaml", mounts["results"]))
        self.results.mkdir()
        options = [*OPTIONS, "--set", "network.delay={uniform: [1ms, 10ms]}"]  # one that has to be quoted
        changes = {"SCENARIO": str(self.crash), "RESULTS": str(self.results), "SHARDS": "3", "OPTIONS": shlex.join(options)}
        for index in (2, 0, 1, 1):  # one of them twice, as after an eviction
            self.assert_ends(self.run_pod(container, JOB_COMPLETION_INDEX=str(index), **changes), HELD)
        self.assertEqual(sorted(path.name for path in self.results.iterdir()),
                         ["shard-{}.json".format(index) for index in (1, 2, 3)])

        _, merge, _ = self.job("kubernetes_merge.yaml")
        claims = [document["metadata"]["name"] for document in documents if document["kind"] == "PersistentVolumeClaim"]
        self.assertEqual(claims, ["bully-results"])
        run = self.run_pod(merge, RESULTS=str(self.results))
        self.assert_ends(run, HELD)
        self.assertIn(b"time to agreement", run.stdout)
        self.assertEqual((self.results / "sweep.json").read_bytes(), self.whole(*options))
        self.assertTrue((self.results / "sweep.csv").read_bytes().startswith(b"processes,mode,n,runs,"))
        self.assertTrue((self.results / "sweep.svg").read_bytes().startswith(b"<svg"))

    def test_a_violation_is_a_result(self):
        scenario = self.write("hope.yaml", WRONG_HOPE)
        self.results.mkdir()
        _, sweep, _ = self.job("kubernetes_sweep.yaml")
        self.assert_ends(self.run_pod(sweep, JOB_COMPLETION_INDEX="0", SCENARIO=str(scenario), SHARDS="1", JOBS="1",
                                      RESULTS=str(self.results), OPTIONS="--check --seeds 6"), HELD)
        spec, merge, _ = self.job("kubernetes_merge.yaml")
        self.assertEqual(spec["backoffLimit"], 0)
        run = self.run_pod(merge, RESULTS=str(self.results))
        self.assert_ends(run, HELD)  # else kubectl wouldn't see the Job complete, and so not show its tables
        self.assertIn(b"runs with a violation", run.stdout)
        (self.results / "shard-1.json").write_text("garbage", encoding="utf-8")
        self.assert_ends(self.run_pod(merge, RESULTS=str(self.results)), USAGE)

    def test_the_options_in_the_file_are_good(self):
        _, container, _ = self.job("kubernetes_sweep.yaml")
        options = next(variable["value"] for variable in container["env"] if variable["name"] == "OPTIONS")
        self.assertIn("--over processes=", options)
        run = bully_sim("sweep", self.crash, *shlex.split(options), "--over", "mode=strict", "--over", "mode=robust")
        # So nothing before it was wrong.
        self.assert_one_line(run.stderr, "^bully_sim: --over: `mode` is swept twice")

    def test_a_pod_that_fails_leaves_no_shard(self):
        _, container, _ = self.job("kubernetes_sweep.yaml")
        self.results.mkdir()
        run = self.run_pod(container, JOB_COMPLETION_INDEX="0", SCENARIO=str(self.folder / "none.yaml"),
                           RESULTS=str(self.results))
        self.assert_ends(run, USAGE)
        self.assertFalse((self.results / "shard-1.json").exists())


class Ranks(ClusterTest):
    def launch(self, *command, **changes):
        # Containers run as root, and machines have fewer cores than ranks. LeakSanitizer would blame MPI.
        return subprocess.run([MPIRUN, "--allow-run-as-root", "--oversubscribe", *map(str, command)],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=environment(ASAN_OPTIONS="detect_leaks=0", **changes), timeout=120)

    def mpirun(self, ranks, *arguments):
        return self.launch("-n", ranks, PROGRAM, *arguments)

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_ranks_are_as_one_process(self):
        one = bully_sim("sweep", self.crash, *OPTIONS)
        self.assert_ends(one, HELD)
        whole = self.whole()
        for ranks in (1, 2, 4):
            path = self.folder / "ranks.json"
            run = self.mpirun(ranks, "sweep", self.crash, *OPTIONS, "--json", path, "--jobs", 2)
            self.assert_ends(run, HELD)
            self.assertEqual(run.stdout, one.stdout, "told once")
            self.assertEqual(path.read_bytes(), whole)

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_more_ranks_than_seeds(self):
        run = self.mpirun(4, "sweep", self.crash, "--seeds", 2, "--quiet", "--json", "-")
        self.assert_ends(run, HELD)
        self.assertEqual(run.stdout, self.whole("--seeds", "2"))

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_a_violation_on_any_rank_is_the_result(self):
        scenario = self.write("hope.yaml", WRONG_HOPE)
        run = self.mpirun(4, "sweep", scenario, "--check", "--seeds", 4, "--quiet")
        self.assertEqual(run.returncode, VIOLATED, run.stderr)

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_mistakes_are_told_once(self):
        for _ in range(3):  # which rank is first to end is chance
            run = self.mpirun(4, "sweep", self.crash, "--seeds", 0)
            self.assertEqual(run.returncode, USAGE)
            self.assertEqual(run.stderr.count(b"--seeds `0`, expected a number from 1 to"), 1, run.stderr)

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_srun_tells_the_rank_by_pmix(self):
        # What it sets in place of what mpirun does; the number of ranks may not be told at all.
        for size in ((), ("SLURM_STEP_NUM_TASKS=2",)):
            run = self.launch("-n", 2, "env", "-u", "OMPI_COMM_WORLD_SIZE", "-u", "OMPI_COMM_WORLD_RANK", *size, PROGRAM,
                              "sweep", self.crash, *OPTIONS, "--quiet", "--json", "-")
            self.assert_ends(run, HELD)
            self.assertEqual(run.stdout, self.whole(), "once")

    @unittest.skipUnless(MPIRUN, "built without MPI")
    def test_only_the_first_rank_needs_the_place_of_the_results(self):
        for name in ("one", "two"):
            (self.folder / name).mkdir()
        (self.folder / "one/results").mkdir()
        command = (PROGRAM, "sweep", self.crash, *OPTIONS, "--quiet", "--json", "results/all.json")
        run = self.launch("-n", 1, "-wdir", self.folder / "one", *command, ":", "-n", 1, "-wdir", self.folder / "two",
                          *command)
        self.assert_ends(run, HELD)
        self.assertEqual((self.folder / "one/results/all.json").read_bytes(), self.whole())

    def test_without_the_twin(self):
        copy = self.folder / "bully_sim"
        copy.write_bytes(pathlib.Path(PROGRAM).read_bytes())
        copy.chmod(0o755)
        for parallel, variables in ((True, {"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"}),
                                    (True, {"PMI_SIZE": "2", "PMI_RANK": "1"}),
                                    (True, {"PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "2"}),
                                    (True, {"PMIX_RANK": "0"}),
                                    (False, {"PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "1"}),
                                    # srun without MPI: the tasks know nothing of each other.
                                    (False, {"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"})):
            with self.subTest(variables):
                run = subprocess.run([str(copy), "sweep", str(self.crash), "--seeds", "1"], stdin=subprocess.DEVNULL,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
                                     env=environment(**variables))
                self.assert_ends(run, USAGE if parallel else HELD)
                if parallel:
                    self.assert_one_line(run.stderr,
                                         "bully_sim_mpi can't be run .*, expected a build where CMake found OpenMPI")


main()
