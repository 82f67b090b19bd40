"""Tells what a demo run came to, from `hyakki show KEY --json`: summary.py WORKSPACE"""
import json
import os
import re
import subprocess
import sys
import textwrap

work = sys.argv[1]
hyakki = os.environ.get("HYAKKI", "hyakki")
config = os.path.join(work, "hyakki.yaml")
colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def strong(text):
    return "\033[1m%s\033[0m" % text if colour else text


def show(key):
    run = subprocess.run([hyakki, "show", key, "-c", config, "--json"], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def indented(text, lead, lines=12):
    """Each paragraph is wrapped anew; lists, tables and heads keep their lines."""
    kept = re.sub(r"(?<=[^\n|])\n(?=[A-Za-z])", " ", text.strip()).splitlines()
    for line in kept[:lines]:
        for part in textwrap.wrap(line, 100) or [""]:
            print(lead + part)
    if len(kept) > lines:
        print(lead + "…")


def plain(text):
    """A comment without its hidden marker."""
    return "\n".join(line for line in text.splitlines() if not line.strip().startswith("<!--"))


failures = []
fixed, refused = show("FIX-1"), show("PAY-1")

story = fixed["story"]
pull = story["pull_request"]
print()
if pull:
    print(strong("FIX-1 became pull request #%s" % pull["id"]))
    print("  title     " + pull["title"])
    print("  branch    %s → %s" % (pull["source_branch"], pull["target_branch"]))
    files = story["files"]
    print("  change    " + ", ".join("%s +%d −%d" % (f["path"], f["added"], f["removed"]) for f in files))
    for e in story["evidence"]:
        if e["name"] == "tree":
            continue
        print("  evidence  %s: %s (exit code %d)" % ("passed" if e["passed"] else "FAILED", e["what"], e["exit_code"]))
else:
    failures.append("FIX-1")
    print(strong("FIX-1 has no pull request: it is " + story["state"]))
    if story["reason"]:
        indented(story["reason"]["text"], "  ")
for comment in fixed["comments"][:1]:
    print("  comment on the ticket, by " + comment["author"])
    indented(plain(comment["text"]), "    | ")

story = refused["story"]
print()
print(strong("PAY-1 ended as: " + story["state"]))
if story["reason"]:
    print("  reason")
    indented(story["reason"]["text"].replace(os.path.dirname(os.path.abspath(__file__)) + "/", ""), "    | ")
for run in refused["runs"]:
    # What it said stands in the reason where it said nothing else.
    if run["summary"] and not (story["reason"] and run["summary"].strip() in story["reason"]["text"]):
        print("  the agent said")
        indented(run["summary"], "    | ")

print()
print(strong("Look further"))
program = "./build/cli/hyakki" if os.path.realpath("build/cli/hyakki") == os.path.realpath(hyakki) else hyakki
offers = ["status", "show FIX-1", "log FIX-1"]
if pull:
    offers += ["pr list", "pr diff " + pull["id"], "pr merge " + pull["id"]]
for words in offers + ["retry PAY-1"]:
    print("  %s %s -c %s" % (program, words, config))
sys.exit(1 if failures else 0)
