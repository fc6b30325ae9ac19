#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes what follows from the symbol table of a public library (abi/amdhip64/symbols.txt).

abi_hip.py TABLE map  OUT    linker version script
abi_hip.py TABLE c    OUT    stubs of what is not supported, and the name table of hipGetProcAddress
"""
import sys

STATES = ("yes", "no", "rtc", "text")


def fail(text):
    sys.exit("abi_hip: " + text)


def read(path):
    rows, seen = [], set()
    for number, line in enumerate(open(path, encoding="ascii"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) != 3 or words[2] not in STATES or not words[0].startswith("hip_"):
            fail("%s:%d: want VERSION NAME STATE" % (path, number))
        if words[1] in seen:
            fail("%s:%d: %s is there twice" % (path, number, words[1]))
        seen.add(words[1])
        rows.append(tuple(words))
    return rows


def version_key(version):
    return [int(part) for part in version[len("hip_"):].split(".")]


def version_script(rows):
    out, previous = [], None
    for version in sorted({row[0] for row in rows}, key=version_key):
        out.append("%s {\nglobal:" % version)
        out += ["    %s;" % name for v, name, _ in rows if v == version]
        if previous is None:
            out.append("local:\n    *;")
        out.append("}%s;\n" % (" " + previous if previous else ""))
        previous = version
    return "\n".join(out)


STUB = {
    "no": "int %s(void)\n{\n    return hip_not_supported(\"%s\");\n}\n",
    "rtc": "int %s(void)\n{\n    (void)hip_not_supported(\"%s\");\n    return 11;\n}\n",
    "text": "const char *%s(void)\n{\n    (void)hip_not_supported(\"%s\");\n    return \"\";\n}\n",
}


def source(rows):
    out = ["/* Made by gen/abi_hip.py: do not edit. */",
           "#include \"hip/symbols.h\"\n",
           "#pragma clang diagnostic ignored \"-Wmissing-prototypes\"\n",
           "int hip_not_supported(const char *name);\n",
           "#pragma GCC visibility push(default)\n"]
    for _, name, state in rows:
        if state != "yes":
            out.append(STUB[state] % (name, name))
    plain = sorted(row[1] for row in rows if not row[1].startswith("_Z"))
    states = {row[1]: row[2] for row in rows}
    versions = {row[1]: version_key(row[0]) for row in rows}
    for name in plain:
        if states[name] == "yes":
            out.append("extern void %s_entry(void) __asm__(\"%s\");" % (name, name))
    out.append("#pragma GCC visibility pop\n")
    out.append("const struct hip_symbol hip_symbols[] = {")
    for name in plain:
        entry = name + "_entry" if states[name] == "yes" else "(void (*)(void))" + name
        major, minor = versions[name]
        out.append("    {\"%s\", %s, %d, %d}," % (name, entry, major * 100 + minor,
                                                  states[name] == "yes"))
    out.append("};\nconst unsigned hip_symbol_count = sizeof hip_symbols / sizeof hip_symbols[0];")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) != 4 or sys.argv[2] not in ("map", "c"):
        fail("usage: abi_hip.py TABLE map|c OUT")
    rows = read(sys.argv[1])
    text = version_script(rows) if sys.argv[2] == "map" else source(rows)
    with open(sys.argv[3], "w", encoding="ascii") as out:
        out.write(text)


if __name__ == "__main__":
    main()
