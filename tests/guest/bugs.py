#!/usr/bin/env python3
"""Each historic bug of configs/bugs is found while its mistake is made, and nothing is without it.

usage: bugs.py EXYSIM FOLDER-OF-SCENARIOS [SCENARIO...]

A scenario runs as it stands: it expects the rules that its mistake breaks, no more and no less. Then once more
without `mistake=...` among the boot options: every word must be right then, and the sanitizer finds nothing. A scenario
without a mistake is one that must not be taken for a bug. Prints TAP.
"""
import pathlib
import re
import subprocess
import sys
import tempfile


# what a report says besides its rule: the buffer's name and maker, the calls on both sides
SAID = {
    "forgotten_sync": ['"picture" of system', "by_turns(", "main+0x", "give_pages", "DmaBuf::map"],
    "too_short": ["behind the end of", "mapped at"],
    "left_in_tables": ['"picture" of system', "KeptMapping::map"],
    "first_page_only": ["dma_free"],
    "stale_pictures": ["fimc0 capture buffer"],
}


def run(exysim, scenario, out, *settings):
    """The exit status and what was said."""
    options = [item for setting in settings for item in ("--set", setting)]
    command = [exysim, "run", "--no-timeline", "--sanitize", "--out", str(out), *options, str(scenario)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    return done.returncode, done.stdout + done.stderr


def variants(scenario):
    """What to run, by name: settings."""
    text = scenario.read_text()
    key, boot = re.search(r"(boot|cmdline): ([^,}]*)", text).groups()
    fixed = " ".join(word for word in boot.split() if not word.startswith("mistake="))
    if fixed == boot.strip():
        return {"nothing found": []}
    clean = [f"{'program' if key == 'boot' else 'guest'}.{key}={fixed}", "expect.sanitizer=clean"]
    if "tests/sharing" in text:
        clean.append("expect.measured.wrong_words=0")
    return {"found": [], "fixed, clean": clean}


def main():
    exysim, folder, *names = sys.argv[1:]
    scenarios = sorted(p for p in pathlib.Path(folder).glob("*.yaml") if not names or p.stem in names)
    results = []
    with tempfile.TemporaryDirectory() as place:
        for scenario in scenarios:
            for what, settings in variants(scenario).items():
                status, text = run(exysim, scenario, pathlib.Path(place) / scenario.stem, *settings)
                missing = [word for word in SAID.get(scenario.stem, []) if not settings and word not in text]
                text = f"not said: {missing}\n{text}" if missing else text
                results.append((status == 0 and not missing, f"{scenario.stem}: {what}", text))
    for number, (good, name, text) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            print("\n".join("# " + line for line in text.splitlines()[-40:]))
    print(f"1..{len(results)}")
    return 0 if results and all(good for good, _, _ in results) else 1


sys.exit(main())
