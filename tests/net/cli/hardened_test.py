#!/usr/bin/env python3
"""The programs that read what strangers send are built hardened: stack protector, checked libc calls, checked access to
containers, nothing of the linkage tables writable.

    hardened_test.py NM READELF PROGRAM...
"""
import subprocess
import sys
import unittest

NM, READELF, *PROGRAMS = sys.argv[1:]


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


class Hardened(unittest.TestCase):
    def test_each_program(self):
        self.assertTrue(PROGRAMS)
        for program in PROGRAMS:
            with self.subTest(program):
                imported = output(NM, "--dynamic", "--undefined-only", program)
                self.assertIn("__stack_chk_fail", imported)
                self.assertRegex(imported, r"__\w+_chk\b")
                self.assertIn("__glibcxx_assert_fail", imported)
                self.assertRegex(output(READELF, "--dynamic", program), r"BIND_NOW|\bNOW\b")
                self.assertIn("GNU_RELRO", output(READELF, "--program-headers", "--wide", program))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
