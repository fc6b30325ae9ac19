#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes docs/COVERAGE.md from the tables: coverage.py COVERS [--lifts LIFTS] ROOT [--check]. COVERS and LIFTS are the
helper programs of this folder. --check compares with the committed file instead and fails if they differ. LIFTS needs
the finalizer's module, which a build without LLVM lacks; what it would say is then taken from the committed file."""
import argparse
import collections
import os
import random
import re
import subprocess
import sys

APPROXIMATE = {  # results that hardware gives within an error bound only; docs/errata/float.md
    "v_rcp", "v_rsq", "v_sqrt", "v_exp", "v_log", "v_sin", "v_cos", "v_exp_legacy", "v_log_legacy", "v_rcp_iflag"}


INSTANCES = 16
FINALIZED = "## Finalized code"  # the heading of the part that LIFTS answers
SUMMARY = "Finalized code: "


def instances(root):
    """(row, words as text): some legal instances of each row of the table."""
    sys.path.insert(0, os.path.join(root, "tests", "isa"))
    import encode
    rng = random.Random(1)
    out = []
    for row in encode.rows():
        for _ in range(INSTANCES):
            words = encode.legal(rng, row)
            words = words[0] if isinstance(words, tuple) else words
            out.append((row, " ".join(f"{w:08x}" for w in words)))
    return out


def ask(program, cases):
    return subprocess.run([program], input="\n".join(w for _, w in cases) + "\n", capture_output=True, text=True,
                          check=True).stdout.split("\n")


def group_name(encoding, variant):
    return encoding + ("" if variant == "PLAIN" else " " + variant)


def base_name(name):
    return re.sub(r"_(e32|e64|sdwa|dpp)$", "", name)


def name_list(title, names):
    return [f"{title}: " + ", ".join(f"`{n}`" for n in sorted(names)) + ".", ""]


def is_approximate(name):
    return any(re.match(re.escape(a) + r"_f(16|32|64)", name) for a in APPROXIMATE) or name.startswith("v_mfma") or name.startswith("v_dot2")


def isa_section(cases, covered):
    """Lines, and the summary."""
    counts = collections.defaultdict(lambda: [0, 0, 0, 0])
    missing = collections.defaultdict(set)
    state = {}
    for (row, _), answer in zip(cases, covered):
        key = (row.encoding, row.variant, row.mnemonic)
        state[key] = state.get(key, False) or answer.startswith("yes")
    for (encoding, variant, name), good in state.items():
        group = counts[group_name(encoding, variant)]
        group[0] += 1
        base = base_name(name)
        if not good:
            group[3] += 1
            missing[encoding].add(base)
        elif is_approximate(base):
            group[2] += 1
        else:
            group[1] += 1
    lines = ["## gfx90a instructions", "", "| encoding | rows | exact | approximate | missing |", "|---|---|---|---|---|"]
    total = [0, 0, 0, 0]
    for name in sorted(counts):
        lines.append(f"| {name} | " + " | ".join(map(str, counts[name])) + " |")
        total = [a + b for a, b in zip(total, counts[name])]
    lines.append("| **all** | " + " | ".join(map(str, total)) + " |")
    lines += ["", "*Approximate*: AMD documents an error bound or no summation order, not the bits; Cairn's result is within it and the",
              "same on every machine. *Missing*: stops the wave with the named fault \"unimplemented instruction\".", ""]
    for encoding in sorted(missing):
        lines += name_list(f"Missing {encoding}", missing[encoding])
    return lines, f"Interpreter: {total[0] - total[3]} of {total[0]} rows of the instruction table."


def lift_states(cases, covered, lifted):
    """(encoding, variant, mnemonic) -> "lifted", "stepped" or "partly", by the instances that the interpreter executes."""
    answers = collections.defaultdict(set)
    for (row, _), interpreter, finalizer in zip(cases, covered, lifted):
        if interpreter.startswith("yes") and finalizer in ("lifted", "stepped"):
            answers[row.encoding, row.variant, row.mnemonic].add(finalizer)
    return {key: "partly" if len(kinds) > 1 else kinds.pop() for key, kinds in answers.items()}


def lift_section(states):
    columns = ["lifted", "partly", "stepped"]
    counts = collections.defaultdict(lambda: [0, 0, 0])
    names = {column: collections.defaultdict(set) for column in columns}
    for (encoding, variant, name), state in states.items():
        counts[group_name(encoding, variant)][columns.index(state)] += 1
        names[state][encoding].add(base_name(name))
    total = [sum(group[i] for group in counts.values()) for i in range(3)]
    lines = [FINALIZED, "", "What finalized code does itself (*lifted*) and what it leaves to the interpreter, one instruction at a time (*stepped*;",
             "`CAIRN_STATS=1` counts them). *Partly*: stepped in some forms, which for the loads are those that write to LDS.",
             "Instructions that are not named below are lifted. What depends on the kernel is not counted: with a MODE that",
             "is neither the default nor the one that flushes 32-bit denormals, float arithmetic is stepped, and so is",
             "what follows `s_set_gpr_idx_on` or `s_setvskip` until they are off, but for plain moves under the former.", "",
             "| encoding | lifted | partly | stepped |", "|---|---|---|---|"]
    for name in sorted(counts):
        lines.append(f"| {name} | " + " | ".join(map(str, counts[name])) + " |")
    lines += ["| **all** | " + " | ".join(map(str, total)) + " |", ""]
    for column in columns[1:]:
        for encoding in sorted(names[column]):
            lines += name_list(f"{column.capitalize()} {encoding}", names[column][encoding])
    return lines, f"{SUMMARY}{total[0]} of {sum(total)} of them lifted, {total[1]} partly, {total[2]} stepped."


def committed_lift_section(text):
    """What lift_section gave when the file was written."""
    summary = re.search(re.escape(SUMMARY) + ".*", text)
    section = re.search(re.escape(FINALIZED) + r"\n.*?(?=^## )", text, re.S | re.M)
    if summary is None or section is None:
        return [], ""
    return section.group().split("\n")[:-1], summary.group()


def table_rows(path):
    for line in open(path):
        line = line.split("#")[0].split()
        if line:
            yield line


def api_section(title, states, there):
    groups = collections.defaultdict(list)
    for name, state in states:
        groups["implemented" if state in there else state if state == "refuses" else "not supported"].append(name)
    lines = [f"## {title}", ""]
    done = f"{len(groups['implemented'])} of {len(states)} exported symbols are implemented."
    if groups["not supported"]:
        lines += [f"{done} The others return the", "API's error and log their name once:", "",
                  ", ".join(f"`{n}`" for n in sorted(groups["not supported"])) + "."]
    else:
        lines += [done]
    if groups["refuses"]:
        lines += ["", f"{len(groups['refuses'])} check their arguments and say that what they are for is not there:", "",
                  ", ".join(f"`{n}`" for n in sorted(groups["refuses"])) + "."]
    return lines + [""]


HIP_STATES = {"yes": "implemented", "no": "not supported"}


def hip_section(path):
    """A row a function: what is there, what is missing of it, whether tracing tools see it."""
    rows, traced, lacks = [], set(), {}
    for words in table_rows(path):
        if words[0] == "trace":
            traced.add(words[2])
        elif words[0] == "lacks":
            lacks[words[1]] = " ".join(words[2:])
        else:
            rows.append((words[1], words[0][len("hip_"):], HIP_STATES[words[2]]))
    whole = sum(state == "implemented" and name not in lacks for name, _, state in rows)
    part = sum(state == "implemented" and name in lacks for name, _, state in rows)
    lines = ["## libamdhip64.so.6", "",
             f"Of {len(rows)} exported functions {whole} are implemented, {part} partly; {len(rows) - whole - part} are not supported:",
             "these return the API's error and log their name once. *Traced*: profilers are told of calls.", "",
             "| function | since | state | traced |", "|---|---|---|---|"]
    for name, since, state in sorted(rows):
        if state == "implemented" and name in lacks:
            state = "partial: " + lacks[name]
        lines.append(f"| `{name}` | {since} | {state} | {'yes' if name in traced and not state.startswith('not') else ''} |")
    return lines + [""]


RTC_LACKS = {  # what of libamd_comgr is there in part
    "amd_comgr_do_action": "SPIR-V is refused",
    "amd_comgr_create_disassembly_info": "instruction tables of gfx90a only",
    "amd_comgr_symbolize": "no lines of relocatables",
}


def rtc_section(root, folder, title):
    """A row a function of a library for run-time compilation."""
    rows = [(r[1], r[0], r[2]) for r in table_rows(os.path.join(root, "abi", folder, "symbols.txt"))]
    lines = [f"## {title}", "", f"All {len(rows)} exported functions are implemented, "
             f"{sum(name in RTC_LACKS for name, _, _ in rows)} of them partly.", "", "| function | version | state |", "|---|---|---|"]
    for name, version, library in sorted(rows):
        state = "partial: " + RTC_LACKS[name] if name in RTC_LACKS else "implemented"
        only = f", in .so.{library} only" if folder == "amd_comgr" and library != "both" else ""
        lines.append(f"| `{name}` | {version} | {state}{only} |")
    return lines + [""]


def device_section(root):
    """HIP's device functions, by the sections of the list that tests/documented checks."""
    sys.path.insert(0, os.path.join(root, "tests", "documented"))
    import documented
    lines = ["## HIP device functions", "", "Names of HIP's device documentation. *Checked*: a row of `tests/documented` calls it in a kernel and compares the",
             "result with the host's, on both engines. Overloads that are told apart by type count each.", "",
             "| section | names | checked | there, without a row | missing |", "|---|---|---|---|---|"]
    total = [0, 0, 0, 0]
    marked = {"!": [], "-": []}
    for _, title, names in documented.sections(os.path.join(root, "tests", "documented", "documented.txt")):
        marks = [sum(n[0] == mark for n in names) for mark in "!-"]
        counts = [len(names), len(names) - sum(marks)] + marks
        total = [a + b for a, b in zip(total, counts)]
        lines.append(f"| {title} | " + " | ".join(map(str, counts)) + " |")
        for mark, found in marked.items():
            found += [n[1:] for n in names if n[0] == mark]
    lines += ["| **all** | " + " | ".join(map(str, total)) + " |", ""]
    for mark, title in (("!", "Without a row"), ("-", "Missing")):
        if marked[mark]:
            lines += name_list(title, marked[mark])
    return lines, f"HIP device functions: {total[0] - total[3]} of {total[0]} documented names are there, {total[1]} checked."


def document(covers, lifts, root, committed):
    hip = hip_section(os.path.join(root, "abi", "amdhip64", "symbols.txt"))
    hsa = [(r[0], r[1]) for r in table_rows(os.path.join(root, "abi", "hsa-runtime64", "exports.txt"))]
    cases = instances(root)
    covered = ask(covers, cases)
    isa, isa_summary = isa_section(cases, covered)
    lift, lift_summary = (lift_section(lift_states(cases, covered, ask(lifts, cases))) if lifts
                          else committed_lift_section(committed))
    device, device_summary = device_section(root)
    lines = ["# Coverage", "", "Generated by `gen/coverage/coverage.py` from the instruction table, the interpreter, the lifter of the finalizer, the",
             "symbol tables and the list of device functions; a test checks that it is up to date (`make coverage` writes it).", "",
             f"* {isa_summary}", f"* {lift_summary}", f"* {device_summary}", ""]
    lines += isa + lift + device
    lines += hip
    lines += rtc_section(root, "hiprtc", "libhiprtc.so.6")
    lines += rtc_section(root, "amd_comgr", "libamd_comgr.so.3 and .so.2")
    lines += api_section("libhsa-runtime64.so.1", hsa, {"here", "object"})
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("covers")
    parser.add_argument("root")
    parser.add_argument("--lifts")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    path = os.path.join(options.root, "docs", "COVERAGE.md")
    committed = open(path).read() if os.path.exists(path) else ""
    text = document(options.covers, options.lifts, options.root, committed)
    if options.check:
        print("docs/COVERAGE.md " + ("is up to date" if text == committed else "differs from the tables: run make coverage"))
        return 0 if text == committed else 1
    with open(path, "w") as file:
        file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
