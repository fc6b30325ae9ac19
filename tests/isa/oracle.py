# SPDX-License-Identifier: MIT
"""Compares our disassembler with LLVM's: for every row of the table legal instances must have the same text, and on
random words both must accept or reject, but for the differences listed in `difference`. Runs llvm-mc in child
processes, because it dies on some bytes.

usage: oracle.py rows|random ISA_TEXT LLVM_MC [COUNT [SEED]]"""

import random
import re
import subprocess
import sys

import encode

SENTINEL = 0xBF801234  # s_nop 0x1234, after every line
CHUNK = 4000  # cases a process: little is repeated when one dies
UNSEEN = {("v_nop", "SDWA"), ("v_nop", "DPP")}  # see `difference`
SENTINEL_TEXT = "s_nop 0x1234"


def squeeze(text):
    return " ".join(text.split())


def ours(isa_text, cases):
    """(size, text) a case; size 0 for illegal."""
    lines = "".join(" ".join(f"{w:08x}" for w in words) + "\n" for words in cases)
    out = subprocess.run([isa_text, "words"], input=lines, capture_output=True, text=True, check=True).stdout
    result = []
    for line in out.splitlines():
        size, _, text = line.partition(" ")
        result.append((0, "") if size == "illegal" else (int(size), squeeze(text)))
    if len(result) != len(cases):
        raise SystemExit(f"isa_text answered {len(result)} of {len(cases)} lines")
    return result


def as_bytes(words, size):
    data = b"".join(w.to_bytes(4, "little") for w in words)[:size]
    return "[" + ",".join(f"0x{b:02x}" for b in data) + "]"


def theirs(llvm_mc, cases, sizes):
    """The list of instructions that LLVM finds in the first `size` bytes of each case; None where it died."""
    if len(cases) > CHUNK:
        return (theirs(llvm_mc, cases[:CHUNK], sizes[:CHUNK]) + theirs(llvm_mc, cases[CHUNK:], sizes[CHUNK:]))
    lines = "".join(f"{as_bytes(w, s)}\n{as_bytes([SENTINEL], 4)}\n" for w, s in zip(cases, sizes))
    run = subprocess.run([llvm_mc, "--disassemble", "--triple=amdgcn-amd-amdhsa", "--mcpu=gfx90a"], input=lines,
                         capture_output=True, text=True, check=False)
    if run.returncode < 0:
        if len(cases) == 1:
            return [None]
        half = len(cases) // 2
        return theirs(llvm_mc, cases[:half], sizes[:half]) + theirs(llvm_mc, cases[half:], sizes[half:])
    result, group = [], []
    for line in run.stdout.splitlines():
        text = squeeze(line)
        if text == SENTINEL_TEXT:
            result.append(group)
            group = []
        elif text and not text.startswith("."):
            group.append(text)
    if len(result) != len(cases):
        raise SystemExit(f"llvm-mc answered {len(result)} of {len(cases)} cases: {run.stderr[-300:]}")
    return result


def is_poison(words):
    """Bytes that LLVM 22 dies on: code 0xff where no literal can follow, reserved SDWA selectors, a
    comparison's VOP3 destination above 127."""
    w0, w1 = words[0], words[1] if len(words) > 1 else 0
    top = w0 >> 26
    if w0 >> 25 == 0x3F and w0 >> 9 & 0xFF in (0x02, 0x51, 0x52) and w0 & 0x1FF == 0xFF:
        return True
    if top in (0x38, 0x3A) and w1 >> 24 == 0xFF:
        return True
    if w0 >> 31 == 0 and w0 & 0x1FF == 0xF9:
        reserved = w1 >> 16 & 7 == 7 or w1 >> 24 & 7 == 7
        if w0 >> 25 != 0x3E:
            reserved |= w1 >> 8 & 7 == 7 or w1 >> 11 & 3 == 3
        return reserved or w1 & 0xFF == 0xFF or w0 >> 9 & 0xFF == 0xFF
    if top == 0x34:
        return 0xFF in (w1 & 0x1FF, w1 >> 9 & 0x1FF, w1 >> 18 & 0x1FF) or (w0 >> 16 & 0x3FF < 0x100 and w0 & 0x80 != 0)
    return False


REGISTER_ONLY = ("s_cbranch_", "s_rfe_b64", "s_setpc", "s_movrel", "v_swap", "v_accvgpr", "v_readfirstlane", "v_cmp")


def bad_tuple(text):
    """LLVM prints tuples that the chip does not have: odd vector starts, scalar ones past s101, vector masks."""
    for kind, first, last in re.findall(r"([vas])\[(\d+):(\d+)\]", text):
        if kind == "s" and int(last) > 101 or kind != "s" and (int(first) % 2 or int(last) > 255):
            return True
    return bool(re.search(r"(cndmask_b32_e64|_co_u32_e64).* v\[\d+:\d+\]", text))


def difference(row, words, text, our_text):
    """Why our answer may differ from LLVM's `text` here; None if it may not."""
    w0, w1 = words[0], words[1] if len(words) > 1 else 0
    if "/*" in text:
        return "LLVM itself marks an operand or control as invalid"
    if not our_text and encode.has_odd_scalar_tuple(row, words):
        return "scalar tuple that starts odd: LLVM rounds it down"
    if not our_text and bad_tuple(text):
        return "register tuple that the chip does not have"
    if re.search(r"\bnull\b|src_flat_scratch_base", text):
        return "register of other chips"
    if not our_text and text.startswith(REGISTER_ONLY) and ("src_" in text or "s_cbranch_g_fork 0x" in text):
        return "special value or literal where only a register is read"
    if not our_text and "src_" in text and text.startswith(("v_mfma", "v_readlane")):
        return "special value where only a vector register is read"
    if not our_text and "lds" in text and "exec" in text:
        return "exec as a saddr"
    if w0 in (0x7E0000F9, 0x7E0000FA, 0x7E006AF9, 0x7E006AFA):
        return "LLVM takes v_nop and v_clrexcp with an SDWA or DPP source for four bytes"
    if re.match(r"v_mad[am]k_", text) and w1 < 256:
        return "LLVM decodes a mandatory literal of 128..255 as a source code"
    if w0 >> 26 == 0x37 and w0 >> 14 & 3 == 0 and w0 & 0x1000:
        return "FLAT ignores the top offset bit; LLVM prints it"
    if w0 >> 26 == 0x3C and (w1 >> 8 & 1 or w0 >> 8 & 15 == 15):
        return "image data: LLVM guesses a size where the tuple would be odd"
    return None


def check_rows(isa_text, llvm_mc, count, rng):
    rows = encode.rows()
    cases, names = [], []
    for row in rows:
        for _ in range(count):
            words = encode.legal(rng, row)
            if not is_poison(words):
                cases.append(words)
                names.append(row)
    mine = ours(isa_text, cases)
    llvm = theirs(llvm_mc, cases, [4 * len(w) for w in cases])
    failures, same = [], {}
    for words, row, (size, text), found in zip(cases, names, mine, llvm):
        key = (row.encoding, row.variant, row.opcode)
        same.setdefault(key, [0, row])
        if found is None or found and difference(row, words, found[0], text):
            continue
        if len(found) == 1 and found[0] == text and size == 4 * len(words):
            same[key][0] += text.split()[0] == row.mnemonic
        else:
            failures.append((words, found, text or "illegal"))
    never = [row.mnemonic for good, row in same.values() if good == 0 and (row.name, row.variant) not in UNSEEN]
    if never:
        print(f"rows without a single agreeing instance: {' '.join(never[:20])}")
    print(f"{len(rows)} rows, {len(cases)} instances, {len(failures)} differ, {len(never)} rows unseen")
    return failures, bool(never) or len(same) != len(rows)


def check_random(isa_text, llvm_mc, count, rng):
    cases, of = [], []
    rows = encode.rows()
    while len(cases) < count:
        row = rng.choice(rows)
        words = encode.random_words(rng, row)
        if not is_poison(words):
            cases.append(words)
            of.append(row)
    mine = ours(isa_text, cases)
    llvm = theirs(llvm_mc, cases, [size or encode.natural_size(row, w) for row, w, (size, _) in zip(of, cases, mine)])
    failures, accepted, listed = [], 0, 0
    died = [" ".join(f"{w:08x}" for w in words) for words, found in zip(cases, llvm) if found is None]
    if died:
        print(f"llvm-mc died on {len(died)}, such as {died[0]}")
    for row, words, (size, text), found in zip(of, cases, mine, llvm):
        if found is None:
            continue
        if size and found == [text]:
            accepted += 1
        elif size or found:
            if difference(row, words, found[0] if found else "", text):
                listed += 1
            else:
                failures.append((words, found[:1], text or "illegal"))
    print(f"{count} random: {accepted} agree as legal, {listed} in listed differences, {len(failures)} differ")
    return failures, accepted < count // 20


def main(argv):
    mode, isa_text, llvm_mc = argv[1:4]
    count = int(argv[4]) if len(argv) > 4 else {"rows": 12, "random": 60000}[mode]
    rng = random.Random(int(argv[5]) if len(argv) > 5 else 1)
    failures, weak = {"rows": check_rows, "random": check_random}[mode](isa_text, llvm_mc, count, rng)
    for words, found, text in failures[:20]:
        print(" ".join(f"{w:08x}" for w in words), "\n   llvm:", " ; ".join(found) or "illegal", "\n   ours:", text)
    return 1 if failures or weak else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
