#!/usr/bin/env python3
"""Runs each line of commands.txt with the Debian armhf programs of a root folder on `exysim exec` and under qemu-arm, and compares standard
output and exit status. Needs root (chroot, binfmt_misc) and qemu-arm-static.

Usage: compare.py EXYSIM ROOT [--mode fast|timing] [--only TEXT]
ROOT comes from `scripts/guest-root ROOT $(cat tests/guest/foreign/packages.txt)`.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
SHELL = ["/bin/bash", "-c"]
ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "HOME": "/tmp"}
BINFMT = pathlib.Path("/proc/sys/fs/binfmt_misc")
# ELF, 32 bits, little endian, executable or shared, ARM; F: the interpreter is found from inside the chroot too.
ARM_ELF = (r":exysim-arm:M::\x7fELF\x01\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x28\x00"
           r":\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:{}:F")


def commands(only):
    for line in (HERE / "commands.txt").read_text().splitlines():
        if line.strip() and not line.startswith("#") and only in line:
            yield line.strip()


def prepare_peer():
    """Lets the host's kernel start ARM programs with qemu-arm-static."""
    qemu = shutil.which("qemu-arm-static")
    if os.geteuid() != 0 or not qemu:
        sys.exit("compare.py: needs root and the package qemu-user-static")
    if not (BINFMT / "register").exists():
        subprocess.run(["mount", "-t", "binfmt_misc", "none", str(BINFMT)], check=True)
    if not (BINFMT / "exysim-arm").exists():
        (BINFMT / "register").write_text(ARM_ELF.format(qemu))


def run(arguments, environment):
    done = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=900,
                          check=False, env=environment)
    return done.returncode & 255, done.stdout, done.stderr


def on_qemu(root, command):
    shutil.rmtree(root / "tmp")
    (root / "tmp").mkdir()
    return run(["chroot", str(root), *SHELL, command], ENVIRONMENT)


def on_exysim(exysim, root, mode, command):
    variables = [word for name, value in ENVIRONMENT.items() for word in ("--env", f"{name}={value}")]
    return run([exysim, "exec", "--set", f"mode={mode}", "--root", str(root), *variables, *SHELL, command], dict(os.environ))


def peer_root(root, work):
    """A copy of the root with the device files that our kernel has by itself."""
    copy = pathlib.Path(work, "root")
    subprocess.run(["cp", "-a", str(root), str(copy)], check=True)
    for folder in ("dev", "proc", "tmp"):
        (copy / folder).mkdir(exist_ok=True)
    subprocess.run(["mount", "--bind", "/dev", str(copy / "dev")], check=True)
    subprocess.run(["mount", "-t", "proc", "none", str(copy / "proc")], check=True)
    return copy


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("exysim")
    options.add_argument("root", type=pathlib.Path)
    options.add_argument("--mode", default="fast")
    options.add_argument("--only", default="", help="lines that contain this text")
    chosen = options.parse_args()
    prepare_peer()
    differing = count = 0
    with tempfile.TemporaryDirectory() as work:
        peer = peer_root(chosen.root, work)
        try:
            for command in commands(chosen.only):
                expected, found = on_qemu(peer, command), on_exysim(chosen.exysim, chosen.root, chosen.mode, command)
                count += 1
                same = expected[:2] == found[:2]
                print("ok       " if same else "DIFFERENT", command, flush=True)
                if same:
                    continue
                differing += 1
                for name, (status, output, errors) in (("qemu", expected), ("exysim", found)):
                    print(f"    {name}: status {status}, {output[-600:]!r}, stderr {errors[-300:]!r}")
        finally:
            for folder in ("proc", "dev"):
                subprocess.run(["umount", str(peer / folder)], check=True)
    print(f"{count} commands, {differing} differ")
    return 1 if differing or not count else 0


if __name__ == "__main__":
    sys.exit(main())
