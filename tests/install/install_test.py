#!/usr/bin/env python3
"""What `cmake --install` brings, and that it is all that a project needs.

    install_test.py CMAKE SOURCE BUILD GENERATOR CXX
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

CMAKE, SOURCE, BUILD, GENERATOR, CXX = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.prefix = cls.root / "installed"
        code, text = run(CMAKE, "--install", BUILD, "--prefix", str(cls.prefix))
        assert code == 0, text

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def configure(self, source, name, *options):
        return run(CMAKE, "-S", str(source), "-B", str(self.root / name), "-G", GENERATOR, f"-DCMAKE_CXX_COMPILER={CXX}",
                   f"-DCMAKE_PREFIX_PATH={self.prefix}", *options)

    def built(self, source, name, program):
        code, text = self.configure(source, name)
        self.assertEqual(code, 0, text)
        code, text = run(CMAKE, "--build", str(self.root / name))
        self.assertEqual(code, 0, text)
        return run(str(self.root / name / program))

    def test_the_example_elects_with_the_core_alone(self):
        self.assertEqual(self.built(SOURCE / "core/example", "example", "three_processes"),
                         (0, "10 follows 30\n20 follows 30\n30 follows 30\n"))

    def test_a_project_uses_each_part(self):
        self.assertEqual(self.built(SOURCE / "tests/install", "consumer", "consumer"), (0, "0.1.0: held, leader 3 of 3\n"))

    def test_core_is_found_without_what_the_others_need(self):
        code, text = self.configure(SOURCE / "core/example", "bare", "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON")
        self.assertEqual(code, 0, text)
        code, text = self.configure(SOURCE / "tests/install", "lacking", "-DCMAKE_DISABLE_FIND_PACKAGE_fmt=ON")
        self.assertNotEqual(code, 0)
        self.assertRegex(text, "component (sim|net) needs fmt")

    def test_programs_say_their_version_and_commit(self):
        for program in ("bully_sim", "bully_live", "bully_gcd"):
            code, text = run(str(self.prefix / "bin" / program), "--version")
            self.assertEqual(code, 0)
            self.assertRegex(text, rf"^{program} \d+\.\d+\.\d+( \(commit [0-9a-f]+(-dirty)?\))?\n$")

    def test_an_installed_scenario_runs(self):
        code, text = run(str(self.prefix / "bin/bully_sim"), str(self.prefix / "share/bully/scenarios/leader_crash.yaml"),
                         "--quiet")
        self.assertEqual(code, 0, text)

    def test_licence_and_headers(self):
        self.assertTrue((self.prefix / "share/doc/bully/LICENSE").is_file())
        headers = list((self.prefix / "include").rglob("*.hpp"))
        self.assertGreater(len(headers), 80)
        for header in headers:
            self.assertEqual(header.relative_to(self.prefix / "include").parts[0], "bully")
            for included in re.findall(r'#include "([^"]+)"', header.read_text()):
                self.assertTrue((self.prefix / "include" / included).is_file(), f"{header}: {included}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
