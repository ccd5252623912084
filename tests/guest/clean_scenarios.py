#!/usr/bin/env python3
"""The sanitizer finds nothing in shipped scenarios, and does not change them.

usage: clean_scenarios.py EXYSIM FOLDER-OF-SCENARIOS SCENARIO...

Each scenario runs with and without the sanitizer; what it is found to do must be clean, and every statistic that is
not the sanitizer's own must be the same. Prints TAP.
"""
import json
import pathlib
import subprocess
import sys
import tempfile


def run(exysim, scenario, out, *options):
    """The statistics of a run, by name; the exit status."""
    command = [exysim, "run", "--no-timeline", *options, "--out", str(out), str(scenario)]
    status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900).returncode
    return json.loads((out / "stats.json").read_text())["stats"], status


def main():
    exysim, folder, *names = sys.argv[1:]
    results = []
    with tempfile.TemporaryDirectory() as place:
        for name in names:
            scenario, out = pathlib.Path(folder) / f"{name}.yaml", pathlib.Path(place)
            plain, plain_status = run(exysim, scenario, out / f"{name}.plain")
            watched, status = run(exysim, scenario, out / f"{name}.watched", "--sanitize")
            found = json.loads((out / f"{name}.watched" / "sanitizer.json").read_text())["violations"]
            results.append((status == 0 and not found, f"{name}: clean", [v["rule"] for v in found]))
            own = {k: v for k, v in watched.items() if not k.startswith("sanitizer.")}
            changed = sorted(k for k in plain.keys() | own.keys() if plain.get(k) != own.get(k))
            results.append((plain_status == 0 and not changed, f"{name}: the same run", changed[:10]))
    for number, (good, text, detail) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}" + ("" if good else f"\n# {detail}"))
    print(f"1..{len(results)}")
    return 0 if all(good for good, _, _ in results) else 1


sys.exit(main())
