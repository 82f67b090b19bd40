#!/usr/bin/env python3
"""Fails on an include that goes against the arrows of docs/architecture.md: arrows.py SOURCE_ROOT

One table says which rooms a room may include; contracts of a room (single headers) may be allowed where the room
as a whole is not. Third-party headers that belong to some rooms alone are checked the same way.
"""
import os
import re
import sys

# room: what it may include besides itself. A path that ends in .hpp is that one header.
CONTRACTS = ["adapters/tracker.hpp", "adapters/code_host.hpp", "adapters/coding_agent.hpp", "adapters/git.hpp",
             "adapters/process.hpp", "adapters/notifier.hpp"]
ROOMS = {
    "core": [],
    "tickets": ["core"],
    "adapters": ["core"],
    "storage": ["core"],
    "hooks": ["core", "storage/store.hpp", "adapters/notifier.hpp"],
    "actors": ["core", "hooks", "storage/store.hpp"] + CONTRACTS,
    "runtime": ["core", "adapters", "storage", "hooks", "actors", "tickets"],
    "web": ["core", "runtime"],
    "cli": ["core", "runtime", "tickets", "storage/store.hpp"] + CONTRACTS,
}
# The keeper of a contract that shows another room to the orchestrator, and the doors that the command line opens.
EXTRA = {
    "adapters/trackers/": ["tickets"],
    "cli/": ["storage/lmdb_store.hpp", "storage/state_lock.hpp", "adapters/git/askpass.hpp"],
    "actors/": ["adapters/process/transcript.hpp"],  # a plain writer: the file that `hyakki log` follows
}
# Where third-party headers may appear.
FOREIGN = {
    "caf/": ["hooks", "actors", "runtime", "tests", "examples"],
    "lmdb.h": ["storage", "tickets", "tests"],
    "git2": ["adapters", "tests"],
    "boost/": ["adapters", "web", "tests"],
    "yaml-cpp/": ["tickets", "runtime", "tests"],
    "CLI/": ["cli", "tests"],
    "spdlog/": ["core", "tests"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def may(file, room, target):
    """Is `target` (a project header) open to `file`, which lies in `room`?"""
    allowed = [room] + ROOMS[room]
    for prefix, more in EXTRA.items():
        if file.startswith(prefix):
            allowed += more
    return any(target == a if a.endswith(".hpp") else target.startswith(a + "/") for a in allowed)


def keeper_fault(file, target):
    """A keeper sees its contract and the doors, never another keeper."""
    keepers = ("trackers", "code_hosts", "coding_agents", "notifiers")
    mine, theirs = file.split("/"), target.split("/")
    if mine[0] != "adapters" or theirs[0] != "adapters" or len(theirs) < 3 or theirs[1] not in keepers:
        return False
    return len(mine) < 3 or mine[1] != theirs[1]


def main(root):
    faults, seen = [], 0
    rooms = sorted(ROOMS) + ["tests", "examples"]
    for room in rooms:
        for folder, folders, names in os.walk(os.path.join(root, room)):
            folders[:] = [f for f in folders if f != "fixtures"]
            for name in sorted(names):
                if not name.endswith((".hpp", ".cpp")):
                    continue
                path = os.path.join(folder, name)
                file = os.path.relpath(path, root)
                seen += 1
                with open(path, encoding="utf-8", errors="replace") as text:
                    for number, line in enumerate(text, 1):
                        match = INCLUDE.match(line)
                        if not match:
                            continue
                        target = match.group(2)
                        place = "%s:%d: " % (file, number)
                        for prefix, where in FOREIGN.items():
                            if (target == prefix or target.startswith(prefix)) and room not in where:
                                faults.append(place + "<%s> belongs to: %s" % (target, ", ".join(where)))
                        if match.group(1) == '"' and room in ROOMS and target.split("/")[0] in rooms:
                            if not may(file, room, target):
                                faults.append(place + '%s/ may not include "%s"' % (room, target))
                            elif keeper_fault(file, target):
                                faults.append(place + 'a keeper may not include another keeper: "%s"' % target)
    for fault in faults:
        print(fault)
    print("%d files, %d wrong arrows" % (seen, len(faults)))
    return 1 if faults or seen == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
