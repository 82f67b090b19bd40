#!/usr/bin/env python3
"""Holds a program to what it may load at its start: lean.py PROGRAM

The command line answers in a millisecond because it loads nothing: each shared library is looked for, mapped and
bound at every start. Also checks the hardening that every program of ours has: position independent, relocations
read-only, no search path of its own.
"""
import subprocess
import sys


def main(program):
    def readelf(option):
        return subprocess.run(["readelf", "-W", option, program], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout

    dynamic, faults = readelf("-d"), []
    for line in dynamic.splitlines():
        if "(NEEDED)" in line:
            faults.append("loads " + line[line.index("[") + 1:line.index("]")])
        if "(RPATH)" in line or "(RUNPATH)" in line:
            faults.append("has a search path of its own: " + line.strip())
    if "GNU_RELRO" not in readelf("-l") or "NOW" not in dynamic:
        faults.append("relocations stay writable")
    if "DYN" not in readelf("-h"):
        faults.append("is not position independent")
    for fault in faults:
        print(program + ": " + fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
