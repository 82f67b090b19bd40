#!/usr/bin/env python3
"""Adds up a test run: tally.py BUILD_DIR STARTED

Reads meson's own log of the run and, for tests that are Catch2 executables, the report each wrote. Prints the
cases that failed with their output and closes with "N passed, N failed" alone on its line. A test that wrote no
fresh report counts as one; one that failed although its report is clean (a crash at exit, a time-out) counts as
one failure more.
"""
import json
import os
import sys
import xml.etree.ElementTree as xml


def report_of(command):
    for flag, value in zip(command, command[1:]):
        if flag == "-o" and value.endswith(".junit.xml"):
            return value
    return None


def cases_of(path, started):
    """(passed, [(name, text)]) of a fresh and whole report, else None."""
    try:
        if os.path.getmtime(path) < started - 1:
            return None
        root = xml.parse(path).getroot()
    except (OSError, xml.ParseError):
        return None
    passed, failed = 0, []
    for case in root.iter("testcase"):
        bad = case.findall("failure") + case.findall("error")
        name = " / ".join(filter(None, [case.get("classname"), case.get("name")]))
        if bad:
            failed.append((name, "\n".join((b.text or "").strip() for b in bad)))
        else:
            passed += 1
    return passed, failed


def tail(text, lines=60):
    kept = (text or "").strip().splitlines()[-lines:]
    return "\n".join(kept)


def main(build, started):
    passed, failed, skipped = 0, [], 0
    with open(os.path.join(build, "meson-logs", "testlog.json"), encoding="utf-8", errors="replace") as log:
        for line in log:
            test = json.loads(line)
            outcome = test["result"]
            if outcome == "SKIP":
                skipped += 1
                continue
            good = outcome in ("OK", "EXPECTEDFAIL")
            path = report_of(test["command"])
            cases = cases_of(path, started) if path else None
            if cases is None:
                if good:
                    passed += 1
                else:
                    failed.append((test["name"], outcome + "\n" + tail(test.get("stdout")) + "\n" + tail(test.get("stderr"))))
                continue
            passed += cases[0]
            failed += [(test["name"] + ": " + name, text) for name, text in cases[1]]
            if not good and not cases[1]:
                failed.append((test["name"], "%s although every case passed (exit %s)\n%s\n%s" % (
                    outcome, test.get("returncode"), tail(test.get("stdout")), tail(test.get("stderr")))))
    for name, text in failed:
        print("\nFAILED " + name)
        print("\n".join("  " + line for line in text.splitlines()))
    print()
    if skipped:
        print("%d skipped (they say why in meson's log)" % skipped)
    print("%d passed, %d failed" % (passed, len(failed)))
    return 1 if failed or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
