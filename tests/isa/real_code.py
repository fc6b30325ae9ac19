# SPDX-License-Identifier: MIT
"""Disassembles all gfx90a code of a library (every offload bundle in it, or the first N of evenly spread ones) with
our disassembler and with llvm-objdump, and compares the texts. A bundle is found by its magic; its layout: clang
"Offload Bundler".

usage: real_code.py ISA_TEXT LLVM_OBJDUMP [LIBRARY [BUNDLES]]

Without LIBRARY: $CAIRN_TEST_ROCRAND, or build/cache/librocrand.so.1 (fetch.sh), or Debian's librocrand1 where it is
installed; skipped (exit 77) if none is there."""

import mmap
import os
import re
import struct
import subprocess
import sys
import tempfile

MAGIC = b"__CLANG_OFFLOAD_BUNDLE__"
CACHED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "cache", "librocrand.so.1")
INSTALLED = "/usr/lib/x86_64-linux-gnu/librocrand.so.1"
SKIP = 77


def bundles(data):
    at = data.find(MAGIC)
    while at >= 0:
        yield at
        at = data.find(MAGIC, at + len(MAGIC))


def entries(data, bundle):
    """(target id, code object) of one bundle."""
    count, at = struct.unpack_from("<Q", data, bundle + len(MAGIC))[0], bundle + len(MAGIC) + 8
    for _ in range(count):
        offset, size, length = struct.unpack_from("<QQQ", data, at)
        name = bytes(data[at + 24:at + 24 + length]).decode()
        at += 24 + length
        yield name, bytes(data[bundle + offset:bundle + offset + size])


def text_section(elf):
    """(address, bytes) of .text of a 64-bit little-endian ELF file."""
    sections, = struct.unpack_from("<Q", elf, 0x28)
    entry, count, names = struct.unpack_from("<HHH", elf, 0x3A)
    strings, = struct.unpack_from("<Q", elf, sections + names * entry + 0x18)
    for i in range(count):
        name, _, _, address, offset, size = struct.unpack_from("<IIQQQQ", elf, sections + i * entry)
        if elf[strings + name:elf.index(b"\0", strings + name)] == b".text":
            return address, elf[offset:offset + size]
    return 0, b""


def squeeze(text):
    return " ".join(text.split())


def llvm_lines(objdump, elf):
    """Address -> text, as llvm-objdump prints."""
    with tempfile.NamedTemporaryFile(suffix=".co") as f:
        f.write(elf)
        f.flush()
        out = subprocess.run([objdump, "-d", "-z", f.name], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in out.splitlines():
        m = re.match(r"\s(.*?)\s*// ([0-9A-F]{8,}):", line)
        if m:
            found[int(m.group(2), 16)] = squeeze(m.group(1))
    return found


def our_lines(isa_text, address, code):
    out = subprocess.run([isa_text, "code"], input=code, capture_output=True, check=True).stdout.decode()
    found = {}
    for line in out.splitlines():
        at, _, text = line.split(" ", 2)
        found[address + int(at, 16)] = squeeze(text)
    return found


def compare(isa_text, objdump, elf, seen):
    """(instructions, differing lines)"""
    address, code = text_section(elf)
    theirs, ours = llvm_lines(objdump, elf), our_lines(isa_text, address, code)
    differing = []
    for at, text in theirs.items():
        ours_text = ours.get(at, "nothing at this address")
        if text.startswith(("<unknown>", ".long")):
            text = "illegal"
        seen.add(text.split(" ")[0])
        if text != ours_text:
            differing.append(f"{at:#x}: llvm '{text}' ours '{ours_text}'")
    return len(theirs), differing


def main(argv):
    isa_text, objdump = argv[1:3]
    default = os.environ.get("CAIRN_TEST_ROCRAND", CACHED if os.path.exists(CACHED) else INSTALLED)
    path = argv[3] if len(argv) > 3 else default
    if not os.path.exists(path):
        print(f"skipped: no {path}")
        return SKIP
    total, objects, failures, seen = 0, 0, [], set()
    with open(path, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as data:
        found = list(bundles(data))
        if len(argv) > 4:
            found = found[::max(1, len(found) // int(argv[4]))][:int(argv[4])]
        for bundle in found:
            for name, elf in entries(data, bundle):
                if "gfx90a" in name and elf:
                    count, differing = compare(isa_text, objdump, elf, seen)
                    total, objects, failures = total + count, objects + 1, failures + differing
    for line in failures[:20]:
        print(line)
    print(f"{os.path.basename(path)}: {objects} code objects, {total} instructions, {len(seen)} mnemonics, "
          f"{len(failures)} differ")
    return 1 if failures or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
