#!/usr/bin/env python3
"""Runs the benchmarks of a build directory and prints their figures: table.py BUILD_DIR [NAME…]

Each benchmark prints one JSON line a figure. They are kept in BUILD_DIR/bench.jsonl and shown as a table. Exits
with 1 when a benchmark did not run to its end; a goal that was missed is shown and is no failure.
"""
import json
import os
import subprocess
import sys


def number(value):
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def row(figure):
    goal = ""
    if "goal" in figure:
        goal = ("≤ " if figure["goal_is_ceiling"] else "≥ ") + number(figure["goal"])
    verdict = {True: "yes", False: "NO", None: ""}[figure.get("reached")]
    limit = number(figure["limit"]) if "limit" in figure else ""
    ratio = f'{figure["ratio"]:.2f}' if "ratio" in figure else ""
    return [figure["name"], number(figure["ours"]), limit, figure["unit"], ratio, goal, verdict, str(figure["rounds"])]


def main(build, wanted):
    listed = json.loads(subprocess.run(["meson", "introspect", "--benchmarks", build], check=True,
                                       stdout=subprocess.PIPE).stdout)
    chosen = [b for b in listed if not wanted or b["name"] in wanted]
    if not chosen:
        sys.exit("no such benchmark; there are: " + ", ".join(sorted(b["name"] for b in listed)))
    rows, status = [], 0
    head = ["figure", "ours", "limit", "unit", "ratio", "goal", "reached", "rounds"]
    with open(os.path.join(build, "bench.jsonl"), "w", encoding="utf-8") as kept:
        for bench in chosen:
            print("running " + bench["name"], flush=True)
            environment = dict(os.environ, **(bench.get("env") or {}))
            run = subprocess.run(bench["cmd"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=environment,
                                 cwd=bench.get("workdir") or build, encoding="utf-8", errors="replace")
            if run.returncode != 0:
                print(f'  {bench["name"]} ended with {run.returncode}')
                status = 1
            for line in run.stdout.splitlines():
                try:
                    figure = json.loads(line)
                    rows.append(row(figure))
                    kept.write(line + "\n")
                except (ValueError, KeyError, TypeError):
                    print("  " + line)
    widths = [max(len(r[i]) for r in [head] + rows) for i in range(len(head))]
    print()
    for line in [head] + rows:
        print("  ".join(cell.ljust(width) if i in (0, 3) else cell.rjust(width)
                        for i, (cell, width) in enumerate(zip(line, widths))).rstrip())
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
