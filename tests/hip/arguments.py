# SPDX-License-Identifier: MIT
"""Every function of libamdhip64 with arguments that are null, stale or out of range: none may end the process, and what
each answers is a row of arguments.txt.

    arguments.py make SYMBOLS OUT HEADER...    writes the C program that makes the calls
    arguments.py check TABLE PROGRAM           runs it and compares; --write writes the table instead

A row is the function and its answers without "hipError", in this order:
  zero     everything is 0
  given    pointers are of zeroed memory, handles too; numbers are 0
  ones     as given, but numbers have all bits set
  stale    as given, but handles are of memory that is not there
  no N     as given, but pointer or handle N is null
An answer that is repeated has the count behind it: "InvalidValue*5"."""
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "gen"))
import abi_hip  # noqa: E402

HANDLES = {"hipStream_t", "hipEvent_t", "hipModule_t", "hipFunction_t", "hipGraph_t", "hipGraphNode_t", "hipGraphExec_t",
           "hipUserObject_t", "hipArray_t", "hipArray_const_t", "hipMipmappedArray_t", "hipMipmappedArray_const_t",
           "hipTextureObject_t", "hipSurfaceObject_t", "hipMemPool_t", "hipExternalMemory_t", "hipExternalSemaphore_t",
           "hipLinkState_t", "hipCtx_t", "hipGraphicsResource_t", "hipMemGenericAllocationHandle_t"}
FUNCTIONS = {"hipStreamCallback_t": "on_stream", "hipHostFn_t": "on_host"}
HEAD = r"""/* Made by tests/hip/arguments.py: do not edit. */
#include <hip/hip_runtime_api.h>
#include <hip/hip_deprecated.h>
#include <hip/hip_ext.h>
#include <hip/hip_gl_interop.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static void on_stream(hipStream_t stream, hipError_t error, void *data)
{
}

static void on_host(void *data)
{
}

/* Of each argument its own; large enough for whatever is written there. */
static char room[24][1 << 16] __attribute__((aligned(4096)));
"""
TAIL = r"""
struct row {
    const char *name;
    hipError_t (*call)(int variant);
    int variants;
};

static const struct row rows[] = {
%s
};

/* A stream may still be waiting for a value in it. */
static void clear(void)
{
    for (size_t i = 0; i < sizeof room / 8; i++)
        __atomic_store_n((unsigned long long *)room + i, 0, __ATOMIC_RELAXED);
}

static void child(const struct row *row, int out)
{
    alarm(60);
    for (int v = 0; v < row->variants; v++) {
        clear();
        int error = (int)row->call(v);
        if (write(out, &error, sizeof error) != sizeof error)
            _exit(1);
    }
    _exit(0);
}

static void run(const struct row *row)
{
    int ends[2], error, status;
    if (pipe(ends) != 0)
        return;
    pid_t pid = fork();
    if (pid == 0)
        child(row, ends[1]);
    close(ends[1]);
    printf("%%s", row->name);
    for (int v = 0; v < row->variants; v++)
        printf(" %%s", read(ends[0], &error, sizeof error) == sizeof error
                          ? hipGetErrorName((hipError_t)error)
                          : "ended-the-process");
    printf("\n");
    close(ends[0]);
    waitpid(pid, &status, 0);
}

int main(int count, char **names)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (count < 2 || strcmp(names[1], rows[i].name) == 0)
            run(&rows[i]);
    return 0;
}
"""


def kind_of(text):
    """p: pointer, f: function, h: handle, n: number or struct."""
    base = " ".join(word for word in text.split() if word not in ("const", "struct"))
    if base in FUNCTIONS:
        return "f"
    if "*" in text or base == "hipDeviceptr_t":
        return "p"
    return "h" if base in HANDLES else "n"


def call(name, parameters, variant):
    lines = []
    for i, (text, _) in enumerate(parameters):
        kind = kind_of(text)
        value = None
        if kind == "n":
            value = "memset(&a%d, 0xff, sizeof a%d);" % (i, i) if variant == "ones" else None
        elif variant == "stale" and kind == "h":
            value = "memcpy(&a%d, &(void *){(void *)0x1230}, sizeof a%d);" % (i, i)
        elif kind == "f" and variant not in ("zero", i):
            value = "a%d = %s;" % (i, FUNCTIONS[text])
        elif variant not in ("zero", i):
            value = "memcpy(&a%d, &(void *){room[%d]}, sizeof a%d);" % (i, i, i)
        # a variable of the type without its const
        lines.append("%s a%d;" % (re.sub(r"^const (?!.*\*)", "", text), i))
        lines.append("memset((void *)&a%d, 0, sizeof a%d);" % (i, i))
        if value:
            lines.append(value.replace("(&", "((void *)&"))
    arguments = ", ".join("a%d" % i for i in range(len(parameters)))
    return "{ %s return %s(%s); }" % (" ".join(lines), name, arguments)


def make(symbols, out, headers):
    rows = [line.split() for line in open(symbols, encoding="utf-8") if line.startswith("hip_")]
    wanted = {row[1] for row in rows if row[2] == "yes"}
    functions, table = [], []
    for name, (result, parameters) in sorted(abi_hip.prototypes(headers, wanted).items()):
        if result != "hipError_t":
            continue
        variants = ["zero", "given", "ones", "stale"]
        variants += [i for i, (text, _) in enumerate(parameters) if kind_of(text) != "n"]
        cases = ["    case %d: %s" % (i, call(name, parameters, v)) for i, v in enumerate(variants)]
        functions.append("static hipError_t do_%s(int v)\n{\n    switch (v) {\n%s\n    }\n    return hipErrorUnknown;\n}\n" %
                         (name, "\n".join(cases)))
        table.append('    {"%s", do_%s, %d},' % (name, name, len(variants)))
    with open(out, "w", encoding="utf-8") as file:
        file.write(HEAD + "\n".join(functions) + TAIL % "\n".join(table))


def shorten(line):
    name, *answers = line.split()
    out = []
    for answer in answers:
        answer = re.sub("^hip(Error)?", "", answer)
        if out and out[-1][0] == answer:
            out[-1][1] += 1
        else:
            out.append([answer, 1])
    return " ".join([name] + ["%s*%d" % (a, n) if n > 1 else a for a, n in out])


def check(table, program, write):
    result = subprocess.run([program], stdout=subprocess.PIPE, check=True)
    got = [shorten(line) for line in result.stdout.decode().splitlines()]
    if write:
        with open(table, "w", encoding="utf-8") as file:
            file.write("# SPDX-License-Identifier: MIT\n# What functions answer to arguments that are no good; "
                       "tests/hip/arguments.py says how to read and write this.\n")
            file.write("\n".join(got) + "\n")
        return 0
    want = [line.rstrip("\n") for line in open(table, encoding="utf-8") if not line.startswith("#")]
    known = {line.split()[0]: line for line in want}
    wrong = [line for line in got if known.pop(line.split()[0], None) != line]
    for line in wrong:
        name = line.split()[0]
        print("%s\n    want %s" % (line, " ".join(next((w for w in want if w.split()[0] == name), "no row").split()[1:])))
    for name in known:
        print("no such function any more: " + name)
    print("%d functions, %d rows differ" % (len(got), len(wrong) + len(known)))
    return 1 if wrong or known or not got else 0


def main():
    if len(sys.argv) > 4 and sys.argv[1] == "make":
        make(sys.argv[2], sys.argv[3], sys.argv[4:])
        return 0
    if len(sys.argv) >= 4 and sys.argv[1] == "check":
        return check(sys.argv[2], sys.argv[3], "--write" in sys.argv)
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
