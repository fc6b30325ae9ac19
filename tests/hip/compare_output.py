#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A program prints on the device what it prints on the host.

compare_output.py PROGRAM
"""
import subprocess
import sys


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=100)
    if done.returncode != 0:
        sys.exit("%s: exit status %d\n%s" % (" ".join(words), done.returncode, done.stderr))
    return done


def main():
    host = run(sys.argv[1], "host").stdout.splitlines()
    device = run(sys.argv[1])
    lines = device.stdout.splitlines()
    for number, (want, have) in enumerate(zip(host, lines), 1):
        if want != have:
            sys.exit("line %d\nhost:   %s\ndevice: %s" % (number, want, have))
    if len(host) != len(lines):
        sys.exit("%d lines on the host, %d on the device" % (len(host), len(lines)))
    complaints = device.stderr.count("no live allocation")
    if not 0 < complaints < 64:
        sys.exit("64 lanes freed twice; complaints: %d" % complaints)
    if "Device-side assertion" not in device.stderr:
        sys.exit("the failing assert printed nothing on stderr")


if __name__ == "__main__":
    main()
