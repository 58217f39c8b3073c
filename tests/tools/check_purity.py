#!/usr/bin/env python3
"""Checks that core/ is pure: no clock, socket, randomness, thread, file or output, in its includes and its object files.

    check_purity.py --sources core/            includes are "core/..." or on the list, and no clock is named; but in core/cli/
                                               and core/example/
    check_purity.py --objects NM a.o b.o ...   undefined symbols name nothing impure
    check_purity.py --self-test CXX NM         both checks notice impure code
"""
import pathlib
import re
import subprocess
import sys
import tempfile

STANDARD_HEADERS = set("""
    algorithm array bit cassert chrono compare concepts cstddef cstdint functional initializer_list iterator limits map memory
    numeric optional ranges span string string_view tuple type_traits utility variant vector
""".split())

# <chrono> and <functional> bring more than durations and hashes; these names they must not be used for.
FORBIDDEN_WORDS = re.compile(r"\w+_clock\b|\brandom_device\b|\bthread\b|\bmutex\b|\batomic\b|\bgetenv\b")

C_SYMBOLS = set("""
    time clock clock_gettime clock_nanosleep gettimeofday nanosleep usleep sleep localtime gmtime
    socket bind listen accept connect send sendto sendmsg recv recvfrom recvmsg poll select epoll_wait getaddrinfo
    open openat creat read write close fopen fopen64 freopen fread fwrite fputs fputc puts putchar printf fprintf vprintf
    vfprintf __printf_chk __fprintf_chk perror stdin stdout stderr getline
    rand rand_r srand random srandom drand48 getrandom getentropy arc4random
    pthread_create pthread_mutex_lock pthread_cond_wait fork vfork execve system popen signal sigaction raise
    getenv secure_getenv setenv getpid gethostname syscall dlopen mmap
""".split())
CXX_SYMBOLS = re.compile(r"_clock::now|std::random_device|std::(__cxx11::)?basic_[io]?f?stream|std::(cout|cerr|clog|cin)\b"
                         r"|std::ios_base|std::ostream|std::istream|std::thread|std::this_thread|std::mutex"
                         r"|std::condition_variable|std::filesystem|std::locale")


def impure_sources(text):
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    problems = []
    for include in re.findall(r'^\s*#\s*include\s*(\S+)', code, flags=re.MULTILINE):
        own = re.fullmatch(r'"core/[\w./]+"', include) and ".." not in include
        if not own and include.strip("<>") not in STANDARD_HEADERS:
            problems.append(f"includes {include}")
    problems += [f"names {word}" for word in FORBIDDEN_WORDS.findall(code)]
    return problems


def impure_symbols(nm, objects):
    problems = []
    for file in objects:
        listing = subprocess.run([nm, "-u", "-C", file], stdout=subprocess.PIPE, check=True).stdout.decode()
        for line in listing.splitlines():
            symbol = re.sub(r"^\s*[Uwv]\s+", "", line).strip()
            if re.sub(r"@.*", "", symbol) in C_SYMBOLS or CXX_SYMBOLS.search(symbol):
                problems.append(f"{file}: uses {symbol}")
    return problems


def check_sources(folder):
    # No part of the state machine: core/cli is the words of command lines, here since sim and net don't see each other, and
    # core/example an executor.
    files = sorted(file for file in pathlib.Path(folder).rglob("*")
                   if file.suffix in (".hpp", ".cpp") and file.parent.name not in ("cli", "example"))
    if not files:
        return [f"{folder}: no sources"]
    return [f"{file}: {problem}" for file in files for problem in impure_sources(file.read_text(encoding="utf-8"))]


IMPURE = {
    "clock": "#include <chrono>\nauto f() { return std::chrono::steady_clock::now(); }",
    "time": "#include <ctime>\nauto f() { return std::time(nullptr); }",
    "chance": "#include <random>\nauto f() { return std::random_device{}(); }",
    "rand": "#include <cstdlib>\nint f() { return std::rand(); }",
    "stream": "#include <iostream>\nvoid f() { std::cout << 1; }",
    "stdio": "#include <cstdio>\nvoid f() { std::printf(\"%d\", 1); }",
    "file": "#include <fstream>\nvoid f() { std::ofstream(\"x\"); }",
    "socket": "#include <sys/socket.h>\nint f() { return socket(1, 2, 3); }",
    "thread": "#include <thread>\nvoid f() { std::thread([] {}).join(); }",
    "environment": "#include <cstdlib>\nchar* f() { return std::getenv(\"x\"); }",
}
PURE = '#include <cassert>\n#include <chrono>\n#include <string>\n#include <vector>\n' \
       'std::string f(std::vector<std::string> v, std::chrono::seconds s)' \
       '{ assert(!v.empty()); v.push_back(std::to_string(s.count())); return v[0]; }'
IMPURE_INCLUDES = ["<boost/asio.hpp>", "<fmt/core.h>", '"sim/engine/engine.hpp"', '"net/pickle/pickle.hpp"',
                   '"core/../sim/engine.hpp"', "<mutex>"]


def self_test(cxx, nm):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        def compile_(text):
            source, target = pathlib.Path(folder, "x.cpp"), pathlib.Path(folder, "x.o")
            source.write_text(text, encoding="utf-8")
            subprocess.run([cxx, "-std=c++20", "-O1", "-c", source, "-o", target], check=True)
            return target
        for name, text in IMPURE.items():
            if not impure_symbols(nm, [compile_(text)]):
                problems.append(f"the symbols of an impure object file go unnoticed: {name}")
            if not impure_sources(text):
                problems.append(f"an impure source goes unnoticed: {name}")
        problems += [f"something pure is called impure: {problem}"
                     for problem in impure_symbols(nm, [compile_(PURE)]) + impure_sources(PURE)]
    problems += [f"an impure include goes unnoticed: {include}"
                 for include in IMPURE_INCLUDES if not impure_sources(f"#include {include}\n")]
    return problems


def main():
    what, *arguments = sys.argv[1:]
    if what == "--sources":
        problems = check_sources(*arguments)
    elif what == "--objects":
        problems = impure_symbols(arguments[0], arguments[1:]) if arguments[1:] else ["no object files"]
    else:
        problems = self_test(*arguments)
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
