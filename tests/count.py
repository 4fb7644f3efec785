#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test results over meson's logs; the last line reads "N passed, N failed". A test that was skipped, timed out or could not
start has failed; so has a run in which nothing passed."""
import json
import sys


def main(logs):
    passed, failed = 0, []
    for log in logs:
        try:
            with open(log, encoding="utf-8") as file:
                results = [json.loads(line) for line in file if line.strip()]
        except OSError as reason:
            failed.append(f"{log}: {reason.strerror}")
            continue
        if not results:
            failed.append(f"{log}: no test ran")
        for result in results:
            if result["result"] in ("OK", "EXPECTEDFAIL"):
                passed += 1
            else:
                failed.append(f"{result['name']}: {result['result']}")
    for line in failed:
        print(f"failed: {line}")
    print(f"{passed} passed, {len(failed)} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
