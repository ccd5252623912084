#!/usr/bin/env python3
"""The sanitizer finds nothing in shipped scenarios, and does not change them.

usage: clean_scenarios.py EXYSIM FOLDER-OF-SCENARIOS [SCENARIO...]

Each scenario runs with and without the sanitizer; what it is found to do must be clean, and every statistic that is
not the sanitizer's own must be the same, with the frames, what was seen of them, and the log. No names: all of the folder. Prints TAP.
"""
import json
import pathlib
import subprocess
import sys
import tempfile


OUTPUTS = ["frames/hashes.txt", "frames.json", "series.json", "uart.log"]


def content(folder, file):
    """Of an output; nothing where a scenario has none of that name."""
    return (folder / file).read_bytes() if (folder / file).exists() else b""


def run(exysim, scenario, out, *options):
    """The statistics of a run, by name; the exit status."""
    command = [exysim, "run", "--no-timeline", *options, "--out", str(out), str(scenario)]
    status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=900).returncode
    return json.loads((out / "stats.json").read_text())["stats"], status


def main():
    exysim, folder, *names = sys.argv[1:]
    names = names or sorted(path.stem for path in pathlib.Path(folder).glob("*.yaml"))
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
            changed += [file for file in OUTPUTS if content(out / f"{name}.plain", file) !=
                        content(out / f"{name}.watched", file)]
            results.append((plain_status == 0 and not changed, f"{name}: the same run", changed[:10]))
    for number, (good, text, detail) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {text}" + ("" if good else f"\n# {detail}"))
    print(f"1..{len(results)}")
    return 0 if all(good for good, _, _ in results) else 1


sys.exit(main())
