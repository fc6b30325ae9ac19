#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes what follows from the table of a public library (abi/amdhip64/symbols.txt).

abi_hip.py TABLE map   OUT          linker version script
abi_hip.py TABLE c     OUT          stubs of what is not supported, and the name table of hipGetProcAddress
abi_hip.py TABLE names OUT          header that renames the functions that tracing wraps
abi_hip.py TABLE trace OUT HEADER.. wrappers under the exported names, and the names of traced functions by id
"""
import re
import sys

STATES = ("yes", "no")
PREFIX = "hip_do_"


def fail(text):
    sys.exit("abi_hip: " + text)


class Table:
    """rows: (version, name, state); trace: name -> id; lacks: name -> text."""

    def __init__(self, path):
        self.rows, self.trace, self.lacks = [], {}, {}
        for number, line in enumerate(open(path, encoding="ascii"), 1):
            words = line.split("#")[0].split()
            if words and not self.add(words):
                fail("%s:%d: want VERSION NAME STATE, trace ID NAME or lacks NAME TEXT, each name once" % (path, number))
        self.states = {name: state for _, name, state in self.rows}
        for name in list(self.trace) + list(self.lacks):
            if name not in self.states:
                fail("%s: %s is no symbol" % (path, name))

    def add(self, words):
        if words[0] == "trace":
            if len(words) != 3 or not words[1].isdigit() or words[2] in self.trace:
                return False
            self.trace[words[2]] = int(words[1])
        elif words[0] == "lacks":
            if len(words) < 3 or words[1] in self.lacks:
                return False
            self.lacks[words[1]] = " ".join(words[2:])
        else:
            if len(words) != 3 or words[2] not in STATES or not words[0].startswith("hip_"):
                return False
            if any(name == words[1] for _, name, _ in self.rows):
                return False
            self.rows.append(tuple(words))
        return True

    def wrapped(self):
        return [name for _, name, state in self.rows if state == "yes" and name in self.trace]


def version_key(version):
    return [int(part) for part in version[len("hip_"):].split(".")]


def version_script(table):
    out, previous = [], None
    for version in sorted({row[0] for row in table.rows}, key=version_key):
        out.append("%s {\nglobal:" % version)
        out += ["    %s;" % name for v, name, _ in table.rows if v == version]
        if previous is None:
            out.append("local:\n    *;")
        out.append("}%s;\n" % (" " + previous if previous else ""))
        previous = version
    return "\n".join(out)


STUB = "int %s(void)\n{\n    return hip_not_supported(\"%s\");\n}\n"


def source(table):
    rows, states = table.rows, table.states
    out = ["/* Made by gen/abi_hip.py: do not edit. */",
           "#include \"hip/symbols.h\"\n",
           "#pragma clang diagnostic ignored \"-Wmissing-prototypes\"\n",
           "int hip_not_supported(const char *name);\n",
           "#pragma GCC visibility push(default)\n"]
    for _, name, state in rows:
        if state != "yes":
            out.append(STUB % (name, name))
    plain = sorted(row[1] for row in rows if not row[1].startswith("_Z"))
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


def names_header(table):
    return "/* Made by gen/abi_hip.py: do not edit. */\n" + "".join(
        "#define %s %s%s\n" % (name, PREFIX, name) for name in table.wrapped())


RENAMED = re.compile(r"^#define (hip\w+) +(hip\w+R0600)$", re.M)
PROTOTYPE = re.compile(r"^([\w ]+?[\s*]+)(\w+)\(([^()]*)\);", re.M)


def prototypes(paths, wanted):
    """name -> (return type, [(type, parameter)])."""
    texts = [re.sub(r"/\*.*?\*/", "", open(path, encoding="utf-8").read(), flags=re.S) for path in paths]
    renamed = dict(pair for text in texts for pair in RENAMED.findall(text))
    found = {}
    for text in texts:
        text = re.sub(r"__dparm\([^()]*\)", "", text)
        text = re.sub(r"HIP_DEPRECATED\(\"[^\"]*\"\)\s*", "", text)
        for result, name, parameters in PROTOTYPE.findall(text):
            name = renamed.get(name, name)
            if name not in wanted:
                continue
            found[name] = (" ".join(result.split()).replace("HIP_PUBLIC_API ", ""), split_parameters(parameters))
    return found


def split_parameters(text):
    out = []
    for part in text.split(","):
        part = " ".join(part.split())
        if part in ("", "void"):
            continue
        match = re.match(r"(.*?[\s*])(\w+)$", part)
        out.append((match.group(1).strip(), match.group(2)))
    return out


def value_type(kind):
    """The type of the copy that tools may make of what a parameter points to; None: there is none."""
    if not kind.endswith("*"):
        return None
    pointee = kind[:-1].strip()
    if not pointee.endswith("*"):
        pointee = pointee.replace("const ", "")
    return None if pointee == "void" else pointee


def argument_struct(parameters):
    fields = []
    for kind, name in parameters:
        fields.append("%s%s%s;" % (kind, "" if kind.endswith("*") else " ", name))
        pointee = value_type(kind)
        if pointee is not None:
            fields.append("%s %s__val;" % (pointee, name))
    return "struct { %s }" % " ".join(fields)


# What is exported is a comparison and a jump, which leave all arguments where they are.
ENTRY = """
#if defined(__x86_64__)
#define ENTRY_TEXT(name) "cmpq $0, hip_tracer(%rip)\\njne " #name "_traced\\njmp PREFIX" #name "\\n"
#elif defined(__aarch64__)
#define ENTRY_TEXT(name)                                                                           \\
    "adrp x16, hip_tracer\\nldr x16, [x16, :lo12:hip_tracer]\\ncbnz x16, 1f\\nb PREFIX" #name            \\
    "\\n1: b " #name "_traced\\n"
#else
#error "a jump for this machine"
#endif
#define ENTRY(name)                                                                                \\
    __asm__(".text\\n.globl " #name "\\n.type " #name ", %function\\n" #name ":\\n" ENTRY_TEXT(name)  \\
            ".size " #name ", .-" #name "\\n");
"""
WRAPPER = """__attribute__((used)) static {result} {name}_traced({declared})
{{
    struct hip_trace trace;
    if (!hip_trace_open(&trace, {id}))
        return {do}{name}({given});
    if (trace.on_enter != NULL) {{
{fill}        hip_trace_enter(&trace, {id});
    }}
    {result} result = {do}{name}({given});
    hip_trace_close(&trace, {id});
    return result;
}}
ENTRY({name})
"""


def wrapper(name, number, prototype):
    result, parameters = prototype
    fill = ""
    if parameters:
        fill = ("        %s arguments = {%s};\n"
                "        _Static_assert(sizeof arguments <= HIP_TRACE_ARGUMENT_BYTES, \"union of arguments\");\n"
                "        memcpy(trace.arguments, &arguments, sizeof arguments);\n") % (
                    argument_struct(parameters), ", ".join(".%s = %s" % (n, n) for _, n in parameters))
    declared = ", ".join("%s%s%s" % (k, "" if k.endswith("*") else " ", n) for k, n in parameters) or "void"
    return "extern __typeof__(%s) %s%s;\n" % (name, PREFIX, name) + WRAPPER.format(
        result=result, name=name, declared=declared, do=PREFIX, given=", ".join(n for _, n in parameters), id=number,
        fill=fill)


def trace_source(table, headers):
    known = prototypes(headers, set(table.wrapped()))
    out = ["/* Made by gen/abi_hip.py: do not edit. */",
           "#include \"hip/trace.h\"\n\n#include \"hip/runtime.h\"\n\n#include <hip/hip_deprecated.h>\n#include <hip/hip_ext.h>\n#include <hip/hip_gl_interop.h>\n"
           "#include <string.h>\n",
           "#pragma clang diagnostic ignored \"-Wdeprecated-declarations\"\n" + ENTRY.replace("PREFIX", PREFIX)]
    missing = [name for name in table.wrapped() if name not in known]
    if missing:
        fail("no prototype in the headers: " + " ".join(missing))
    out += [wrapper(name, table.trace[name], known[name]) for name in table.wrapped()]
    out.append("const char *const hip_api_names[] = {")
    plain = {number: name for name, number in table.trace.items() if not name.endswith("_spt")}
    out += ["    [%d] = \"%s\"," % item for item in sorted(plain.items())]
    out.append("};\nconst unsigned hip_api_name_count = sizeof hip_api_names / sizeof hip_api_names[0];")
    return "\n".join(out) + "\n"


def main():
    if len(sys.argv) < 4 or sys.argv[2] not in ("map", "c", "names", "trace"):
        fail("usage: abi_hip.py TABLE map|c|names|trace OUT [HEADER...]")
    table = Table(sys.argv[1])
    make = {"map": version_script, "c": source, "names": names_header,
            "trace": lambda t: trace_source(t, sys.argv[4:])}[sys.argv[2]]
    with open(sys.argv[3], "w", encoding="ascii") as out:
        out.write(make(table))


if __name__ == "__main__":
    main()
