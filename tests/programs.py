#!/usr/bin/env python3
"""What has to be built for some tests: programs.py BUILD_DIR NAME…, a ninja target a line.

Exits with 1 and names what there is when no test has such a name.
"""
import json
import os
import subprocess
import sys


def introspect(what, build):
    return json.loads(subprocess.run(["meson", "introspect", what, build], check=True, stdout=subprocess.PIPE).stdout)


def main(build, names):
    tests = introspect("--tests", build)
    unknown = [n for n in names if n not in {t["name"] for t in tests}]
    if unknown:
        sys.exit("no such test: " + ", ".join(unknown) + "; there are: " + ", ".join(sorted(t["name"] for t in tests)))
    files = {target["id"]: target["filename"] for target in introspect("--targets", build)}
    root = os.path.realpath(build)
    wanted = set()
    for test in tests:
        if test["name"] in names:
            made = [test["cmd"][0]] + [f for d in test["depends"] for f in files.get(d, [])]
            wanted |= {os.path.relpath(os.path.realpath(f), root) for f in made
                       if os.path.realpath(f).startswith(root + os.sep)}
    print("\n".join(sorted(wanted)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
