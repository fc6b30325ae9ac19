# SPDX-License-Identifier: MIT
"""Random legal instances of every instruction of a chip, for tests that run them: instances.py OUT COUNT. OUT gets
records of four dwords: how many dwords the instruction has, then its words."""

import os
import random
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "isa"))
import encode  # noqa: E402


def main():
    path, count = sys.argv[1], int(sys.argv[2])
    rng = random.Random(7)
    with open(path, "wb") as out:
        for row in encode.rows():
            for _ in range(count):
                words = encode.legal(rng, row)
                out.write(struct.pack("<4I", len(words), *(words + [0, 0])[:3]))


main()
