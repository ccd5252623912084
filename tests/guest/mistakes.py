#!/usr/bin/env python3
"""Each mistake the kernel can be asked for (sw/kernel/core/mistake.hpp) is named by the sanitizer.

usage: mistakes.py EXYSIM FOLDER-OF-GUEST-PROGRAMS

The same program without the mistake must come out clean. A program may fail or die of a mistake; only what the
sanitizer says counts. Some mistakes have consequences of other kinds, if caches and TLBs are filled so that they
show: those may be named too, and nothing else. Prints TAP.
"""
import subprocess
import sys

EAGER = ["--set", "speculation=aggressive"]
DIRECT = ["--set", "devices.g2d.iommu=false"]
COHERENT = ["--set", "acp=[g2d]"]

# what the kernel leaves out, boot options, program and arguments, platform settings, the rule, its consequences
CASES = [
    ("skip_prepare", "vivid", ["video", "iommu"], [], "device-reads-stale", {"lost-cpu-write"}),
    # without a guess there is nothing stale: what went to the device was dropped beforehand
    # the buffer stays the device's, as far as anybody was told
    ("skip_finish", "vivid", ["video", "iommu"], EAGER, "cpu-reads-stale", {"cpu-access-while-device-owns"}),
    ("skip_give", "dma_test", ["sharing", "large_pieces"], [], "device-reads-stale", set()),
    ("skip_take", "dma_test", ["sharing", "large_pieces"], EAGER, "cpu-reads-stale", set()),
    ("skip_alias_clean", "dma_test", ["sharing", "second_owner"], [], "mixed-memory-types", {"lost-device-write"}),
    # an old entry in the TLB after the new one has left the cache by itself
    ("skip_table_clean", "dma_test", ["iommu"], [], "stale-page-table", {"stale-iotlb", "use-after-unmap"}),
    # a device writes to memory that has another owner by now
    ("skip_iotlb_flush", "dma_test", ["iommu"], [], "stale-iotlb",
     {"use-after-unmap", "cpu-reads-stale", "lost-device-write"}),
    # maintenance as for others throws away what the device has left in the caches
    ("not_coherent", "dma_test", ["sharing", "large_pieces"], COHERENT, "lost-device-write", set()),
    # its memory is then write-combined, and it writes past what the processor sees
    ("not_coherent", "dma_test", ["sharing", "combined"], COHERENT, "mixed-memory-types", set()),
    ("leave_mapped", "dma_test", ["sharing", "heap"], [], "leaked-mapping", set()),
    ("skip_code_sync", "dma_test", ["sharing", "code"], [], "stale-instruction", set()),
    # the program's own; what it sees then may be old
    ("program_uses_old_address", "dma_test", ["sharing", "old_address"], DIRECT, "use-after-unmap", set()),
    ("program_maps_too_little", "dma_test", ["sharing", "length"], [], "dma-out-of-buffer", {"lost-device-write"}),
    ("program_reads_early", "dma_test", ["sharing", "answer"], [], "cpu-access-while-device-owns", set()),
    ("program_forgets_sync", "dma_test", ["sharing", "heap"], [], "cpu-access-while-device-owns",
     {"device-reads-stale", "cpu-reads-stale", "lost-device-write"}),
]


def found(exysim, folder, boot, program, settings):
    """The rules that the sanitizer names."""
    command = [exysim, "exec", "--sanitize", *settings, "--append", boot, f"{folder}/{program[0]}", *program[1:]]
    output = subprocess.run(command, capture_output=True, text=True, timeout=600).stderr
    for line in output.splitlines():
        if line.startswith("exysim: the sanitizer found "):
            found_rules = line.removeprefix("exysim: the sanitizer found ").split("; advised")[0]
            return {item.split()[0] for item in found_rules.split(", ")}
    return set()


def main():
    exysim, folder = sys.argv[1:]
    results = []
    for mistake, boot, program, settings, rule, consequences in CASES:
        clean = found(exysim, folder, boot, program, settings)
        results.append((not clean, f"without {mistake}: clean", clean))
        rules = found(exysim, folder, f"{boot} mistake={mistake}", program, settings)
        results.append((rule in rules and rules <= {rule} | consequences, f"{mistake}: {rule}", rules))
    for number, (good, text, rules) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}" + ("" if good else f"\n# found {sorted(rules)}"))
    print(f"1..{len(results)}")
    return 0 if all(good for good, _, _ in results) else 1


sys.exit(main())
