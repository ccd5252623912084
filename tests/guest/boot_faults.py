#!/usr/bin/env python3
"""Each allocation of a boot is refused in turn (boot options fail_site and fail_nth).

usage: boot_faults.py EXYSIM PROGRAM MACHINE sites|all [--pick N] [--shard I/N]

sites: the first allocation of each place in the kernel that asks for memory; all: every one of them. The kernel goes on
without what needed it and names that in its log, with nothing left behind, or stops where it cannot (STOPS), or its
first program dies of it. --pick takes N of them, evenly spread. Prints TAP.
"""
import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

EVERYTHING = "dma_test vivid videobuf ion_carveout=4M"
# name: platform and settings, boot options
MACHINES = {
    "media": (["--platform", "exynos4210_media", "--set", "mode=fast"], EVERYTHING),
    "raw": (["--platform", "exynos4210_raw", "--set", "mode=fast"], EVERYTHING),
    "panel": (["--platform", "exynos4210_panel", "--set", "mode=fast"], EVERYTHING),
    "four": (["--platform", "exynos4412", "--set", "mode=fast"], EVERYTHING),
}

# Where there is nothing to go on with: what the kernel says then, and why
STOPS = {
    "no memory for the vectors": "without vectors no interrupt and no system call can be taken",
    "no memory for the initrd's files": "the first program is one of them",
    "no memory for the first process": "drivers are probed in it, and it becomes the first program",
    "no memory for /dev/null": "programs count on it",
    "no memory for /dev/zero": "programs count on it",
    "no memory for /dev/tty": "programs count on it",
    "cannot start /init: error 12": "there is nothing else to run",
}
KILLED = 137  # by a page that did not come


def boot(exysim, program, machine, option):
    """Exit status, output and kernel log."""
    settings, options = MACHINES[machine]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "kernel.log"
        command = [exysim, "exec", *settings, "--log", log, "--append", f"{options} {option}", program]
        run = subprocess.run(command, capture_output=True, text=True, timeout=120)
        return run.returncode, run.stdout, log.read_text() if log.exists() else ""


def verdict(status, output, log):
    """What is wrong, or nothing."""
    before, refused, after = log.partition("fault injection: ")
    if not refused or "fault injection: " in after:
        return "not exactly one allocation was refused"
    if "left behind" in log:
        return "something is left behind"
    if "not ok" in output:
        return "the program finds something wrong"
    stop = re.search(r"Kernel panic - (.*)", log)
    if stop:
        return None if status == 3 and stop[1] in STOPS else f"it stops: {stop[1]}"
    if status == KILLED and "init exited with status 137" in log:
        return None
    if status != 0:
        return f"exit status {status}"
    return None if "error: " in after else "the log does not say what is not there"


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("exysim")
    parser.add_argument("program")
    parser.add_argument("machine", choices=MACHINES)
    parser.add_argument("what", choices=["sites", "all"])
    parser.add_argument("--pick", type=int)
    parser.add_argument("--shard", default="1/1")
    return parser.parse_args()


def numbers(a, count):
    shard, shards = map(int, a.shard.split("/"))
    every = list(range(1, count + 1))
    if a.pick:
        every = [every[(2 * i + 1) * count // (2 * a.pick)] for i in range(a.pick)]
    return every[shard - 1 :: shards]


def main():
    a = arguments()
    option = "fail_site" if a.what == "sites" else "fail_nth"
    status, output, log = boot(a.exysim, a.program, a.machine, f"{option}=0")
    counts = re.search(r"# allocations (\d+) sites (\d+) refused 0", output)
    good = status == 0 and counts is not None and "fault injection" not in log
    failed = 0 if good else 1
    print(f"{'ok' if good else 'not ok'} 1 - nothing is refused unless asked for")
    todo = numbers(a, int(counts[2 if a.what == "sites" else 1])) if good else []
    for number, n in enumerate(todo, 2):
        status, output, log = boot(a.exysim, a.program, a.machine, f"{option}={n}")
        wrong = verdict(status, output, log)
        failed += wrong is not None
        print(f"{'not ok' if wrong else 'ok'} {number} - {option}={n}" + (f": {wrong}" if wrong else ""), flush=True)
        if wrong:
            print("".join(f"# {line}\n" for line in log.splitlines()[-12:]))
    print(f"1..{len(todo) + 1}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
