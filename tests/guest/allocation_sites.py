#!/usr/bin/env python3
"""Every place in the kernel's code that asks for memory has been refused in one of the tests of failing allocations.

usage: allocation_sites.py EXYSIM KERNEL-ELF FOLDER-OF-GUEST-PROGRAMS ROOT

The places are the calls in the disassembled kernel. ROOT has a dynamic linker and the C++ library. Prints TAP.
"""
import re
import subprocess
import sys
from pathlib import Path

from boot_faults import MACHINES, boot

ALLOCATORS = ("_ZnwjRKSt9nothrow_t", "_ZnajRKSt9nothrow_t", "_ZN6kernel11alloc_pagesEjj")
# The other half of a new of many objects: what the compiler calls for a number whose bytes 32 bits do not hold. No caller
# has as many.
UNREACHABLE = {"_ZN6kernel7SgTable6createEj": 1}

FAST = ["--platform", "exynos4210_fast"]
# options, boot options, program and arguments
PROGRAMS = [
    (FAST, "dma_test", ["faults"]),
    (FAST, "dma_test vivid videobuf", ["faults_media"]),
    (FAST, "dma_test cma=256M", ["faults_rare"]),
    ([*FAST, "--root", None], "dma_test", ["faults_dynamic", "interpreted"]),
]


def places_in(kernel):
    """Return address of each call, with the function it is in."""
    listing = subprocess.run(["arm-linux-gnueabihf-objdump", "-d", "--no-show-raw-insn", kernel],
                             capture_output=True, text=True, check=True).stdout
    call = re.compile(r"^([0-9a-f]+):\s+bl\s+[0-9a-f]+ <(" + "|".join(ALLOCATORS) + r")>")
    function, places = "", {}
    for line in listing.splitlines():
        if start := re.match(r"^[0-9a-f]+ <(.*)>:$", line):
            function = start[1]
        if found := call.match(line.strip()):
            places[int(found[1], 16) + 4] = function
    return places


def refused_in_programs(exysim, folder, root):
    for options, boot_options, program in PROGRAMS:
        options = [root if o is None else o for o in options]
        command = [exysim, "exec", *options, "--append", boot_options, f"{folder}/{program[0]}", *program[1:]]
        output = subprocess.run(command, capture_output=True, text=True, timeout=1800).stdout
        for address, failed in re.findall(r"^# site (\S+) seen \d+ failed (\d+)$", output, re.MULTILINE):
            if int(failed):
                yield int(address, 16)


def refused_in_boots(exysim, folder):
    for machine in MACHINES:
        for n in range(1, 512):
            log = boot(exysim, f"{folder}/boot_faults", machine, f"fail_site={n}")[2]
            found = re.search(r"fault injection: allocation \d+, from ([0-9a-f]+), is refused", log)
            if not found:
                break
            yield int(found[1], 16)


def main():
    exysim, kernel, folder, root = sys.argv[1:]
    places = places_in(kernel)
    refused = set(refused_in_programs(exysim, folder, root)) | set(refused_in_boots(exysim, folder))
    spared = [(address, places[address]) for address in sorted(places.keys() - refused)]
    for function, most in UNREACHABLE.items():
        for entry in [s for s in spared if s[1] == function][:most]:
            spared.remove(entry)
    print("1..2")
    print(f"# {len(places)} places, {len(places.keys() & refused)} of them refused")
    print(f"{'ok' if len(places) > 100 else 'not ok'} 1 - the kernel asks for memory in many places")
    print(f"{'not ok' if spared else 'ok'} 2 - none is spared")
    for address, function in spared:
        print(f"# {address:#x} in {function}")
    return 1 if spared or len(places) <= 100 else 0


if __name__ == "__main__":
    sys.exit(main())
