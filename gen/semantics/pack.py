# SPDX-License-Identifier: MIT
"""Makes the finalizer's semantics library from clang's LLVM IR of src/finalizer/llvm/bitcode/rows.c.

usage: pack.py OPT OUT_DIR NAME=FILE.ll[:BASE...] ...

Each FILE becomes OUT_DIR/NAME.bc: only functions that are straight code without memory and calls (but
for intrinsics), which can be copied instruction by instruction; with vectors that C passes in memory
passed as values; without anything that ties them to a target. A function that some BASE, itself a NAME
given before, has with the same body is left out, so a reader looks in NAME, then in the bases in order.
The functions that ordinary kernels use (COMMON) go to OUT_DIR/NAME_common.bc instead: reading a file costs by
the number of its functions.
OUT_DIR/library.inc is C that embeds the files: an array NAME of bytes each, and LIBRARY_FILES, {NAME...} in
order. OUT_DIR/left_out.txt lists the functions that are not straight.
"""

import hashlib
import re
import subprocess
import sys
from pathlib import Path

COMMON = re.compile(
    r"v_((add|sub|subrev)_(co_)?u32|(addc|subb)_co_u32|(add|sub|mul)_i32|mul_(lo|hi)_u32|mul_u32_u24|mul_i32_i24"
    r"|mad_u32_u24|mad_i32_i24|mad_u64_u32|(min|max)_[iu]32|(and|or|xor|not|mov|bfi|and_or|lshl_or|or3|perm)_b32|bfe_[iu]32"
    r"|(lshl_add|add_lshl|add3|xad)_u32|(lshlrev|lshrrev)_b(32|64)|ashrrev_i(32|64)|alignbit_b32|mbcnt_(lo|hi)_u32_b32"
    r"|(add|sub|subrev|mul|fma|fmac|min|max|rcp|rsq|sqrt|exp|log|floor|trunc|rndne|ldexp|div_fixup)_f(32|64)|mac_f32"
    r"|(mad|max3|min3|med3)_f32|div_(scale|fmas)_f(32|64)|cvt_(f32_[iu]32|[iu]32_f32|f64_f32|f32_f64|f16_f32|f32_f16|f64_[iu]32)"
    r"|pk_(add|mul|fma)_f(16|32)|fma_mix_f32|cmp_(lt|eq|le|gt|ne|lg|neq|ge|nlt|ngt|nge|nle|class)_([iuf]32|[iu]64|f64))(_flag)?$")
FUNCTION = re.compile(r"^define (?P<result>[^@]*)@(?P<name>[\w.]+)\((?P<params>[^\n]*)\)[^()\n]*\{\n(?P<body>.*?)^\}$",
                      re.M | re.S)
BYVAL = re.compile(r"ptr [^,%]*byval\((<[^>]+>)\)[^%,]*align (\d+)[^%,]*(%\w+)")
DECLARATION = re.compile(r"^declare [^\n]*@(llvm\.[\w.]+)\([^\n]*$", re.M)
MEMORY = re.compile(r"\b(alloca|load|store|getelementptr|br|switch|phi)\b|\bptr\b|@(?!llvm\.)|@llvm\.(memcpy|memset|lifetime|masked)")


def plain(text):
    """Without metadata, attribute groups and numbered names (which would have to stay in order)."""
    text = re.sub(r", ![\w.]+ ![\w.]+", "", text)
    text = re.sub(r" #\d+\b", "", text)
    text = re.sub(r"%(\d+)", r"%v\1", text)
    return re.sub(r"^(\d+):", r"v\1:", text, flags=re.M)


def by_value(params):
    """Parameters passed in memory become values; returns them and the code that puts them there."""
    code = []

    def change(match):
        vector, align, name = match.groups()
        code.append(f"  {name} = alloca {vector}, align {align}\n  store {vector} {name}.value, ptr {name}, align {align}\n")
        return f"{vector} {name}.value"

    return BYVAL.sub(change, params), "".join(code)


def rewritten(text):
    """The module's functions made independent of target and calling convention, as text."""
    functions = []
    for match in FUNCTION.finditer(text):
        if match["name"].startswith("cairn_"):
            continue
        params, code = by_value(plain(match["params"]))
        result = match["result"].replace("dso_local", "")
        body = plain(match["body"])
        if re.search(r"@(?!llvm\.)", body):
            body = None
        functions.append((match["name"], result, params, code, body))
    declarations = [plain(match[0]) for match in DECLARATION.finditer(text)]
    layout = re.search(r"^target datalayout.*$", text, re.M)[0]
    skipped = [name for name, *_, body in functions if body is None]
    kept = [f"define {result}@{name}({params}) {{\n{code}{body}}}\n"
            for name, result, params, code, body in functions if body is not None]
    return "\n".join([layout, *declarations, *kept]), skipped


def straight(text):
    """{name: text} of the functions that are straight code; and the names of the others."""
    good, bad = {}, []
    for match in FUNCTION.finditer(text):
        if MEMORY.search(match["body"]) or re.search(r"^[\w.]+:", match["body"].split("\n", 1)[1], re.M):
            bad.append(match["name"])
        else:
            good[match["name"]] = match[0]
    return good, bad


def opt(program, text, passes, *options):
    return subprocess.run([program, f"-passes={passes}", "-o", "-", *options], input=text.encode(), check=True,
                          stdout=subprocess.PIPE).stdout


def module(program, source):
    text, skipped = rewritten(source.read_text())
    cleaned = opt(program, text, "function(sroa,early-cse,adce),strip", "-S").decode()
    functions, bad = straight(cleaned)
    return functions, [m[0] for m in DECLARATION.finditer(plain(cleaned))], skipped + bad


def main(program, out, *specs):
    out = Path(out)
    known, left_out, names = {}, [], []
    for spec in specs:
        name, _, rest = spec.partition("=")
        source, *bases = rest.split(":")
        functions, declarations, bad = module(program, Path(source))
        known[name] = functions
        inherited = {}
        for base in reversed(bases):
            inherited.update(known[base])
        own = {f: body for f, body in functions.items() if inherited.get(f) != body}
        for file, is_common in (f"{name}_common", True), (name, False):
            part = [body for f, body in own.items() if bool(COMMON.match(f)) == is_common]
            used = set(re.findall(r"@(llvm\.[\w.]+)", "".join(part)))
            text = [d for d in declarations if re.search(r"@([\w.]+)", d)[1] in used] + part
            (out / f"{file}.bc").write_bytes(opt(program, "\n".join(text) + "\n", "strip"))
            names.append(file)
        left_out += [f"{name} {f}\n" for f in bad]
    (out / "left_out.txt").write_text("".join(left_out))
    # The digest changes the text with the file: compiler caches do not look at what #embed names.
    digests = [hashlib.sha256((out / f"{name}.bc").read_bytes()).hexdigest() for name in names]
    arrays = "".join(
        f'static const unsigned char {name}[] = {{\n#embed <{name}.bc>\n}};\n_Static_assert(1, "{digest}");\n'
        for name, digest in zip(names, digests))
    rows = " \\\n".join(f'    {{"{name}", {name}, sizeof {name}}},' for name in names)
    (out / "library.inc").write_text(f"{arrays}#define LIBRARY_FILES \\\n{rows}\n")


main(*sys.argv[1:])
