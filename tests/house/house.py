#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tests of the house: house.py CHECK ROOT. Prints each offence with its place; exit status 1 if any.

layers   every #include "x/y.h" of a folder of src/ follows an arrow of the file LAYERS
format   clang-format agrees with every C file
headers  every public header compiles alone, as C11 (where it is C) and as C++17
spdx     every source file opens with an SPDX line
"""
import concurrent.futures
import os
import re
import subprocess
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def tracked(root, *patterns):
    command = ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "--"] + list(patterns)
    return [f for f in subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
            if os.path.exists(os.path.join(root, f))]


def read_layers(root):
    layers = {}
    for line in open(os.path.join(root, "LAYERS")):
        line = line.split("#")[0].strip()
        if line:
            folder, _, allowed = line.partition(":")
            layers[folder.strip()] = set(allowed.split())
    return layers


def folder_of(path, layers):
    parts = path.split("/")
    for count in range(len(parts) - 1, 0, -1):
        folder = "/".join(parts[:count])
        if folder in layers or folder.startswith("include/") and count == 2:
            return folder
    return None


def target_of(root, name, layers):
    """The folder that an included name belongs to; src/ wins, generated headers count to their folder."""
    if not os.path.exists(os.path.join(root, "src", name)) and os.path.exists(os.path.join(root, "include", name)):
        return "include/" + name.split("/")[0]
    return folder_of("src/" + name, layers) or "include/" + name.split("/")[0]


def check_layers(root):
    layers = read_layers(root)
    bad = []
    for path in tracked(root, "src/*.c", "src/*.h", "src/*.def", "src/*.inc"):
        own = folder_of(path, layers)
        if own is None:
            bad.append(f"{path}: its folder has no row in LAYERS")
            continue
        for name in INCLUDE.findall(open(os.path.join(root, path)).read()):
            local = os.path.join(os.path.dirname(path), name)
            if "/" not in name or os.path.exists(os.path.join(root, local)):
                continue  # a neighbour
            target = target_of(root, name, layers)
            if target != own and target not in layers[own]:
                bad.append(f"{path}: includes {name}, but {own} may not include {target}")
            if name.endswith("_priv.h") and target != own:
                bad.append(f"{path}: includes {name}, which is private to {target}")
    return bad


def check_format(root):
    files = tracked(root, "*.c", "*.h")
    def one(path):
        result = subprocess.run(["clang-format-22", "--dry-run", "-Werror", path], cwd=root, capture_output=True)
        return None if result.returncode == 0 else f"{path}: clang-format disagrees (make format)"
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [b for b in pool.map(one, files) if b]


def compile_alone(root, path, mode):
    name = path[len("include/"):]
    compiler, standard, language = {"c": ("clang-22", "-std=c11", "c"), "c++": ("clang++-22", "-std=c++17", "c++"),
                                    "hip": ("clang++-22", "-std=c++17", "hip")}[mode]
    command = [compiler, standard, "-x", language, "-fsyntax-only", "-Wall", "-Werror", "-Wno-error=#warnings", "-I" + root + "/include",
               "-D__HIP_PLATFORM_AMD__=1", "-"]
    if mode == "hip":
        command[4:4] = ["--offload-arch=gfx90a", "-nogpulib", "--rocm-path=" + os.environ.get("CAIRN_STAGE", "/nonexistent")]
    result = subprocess.run(command, input=f"#include <{name}>\n", capture_output=True, text=True)
    return None if result.returncode == 0 else f"{path} does not compile alone as {mode}:\n{result.stderr[:600]}"


def check_headers(root):
    """C headers say so by guarding C++ parts with __cplusplus; headers of the device side are C++ only."""
    jobs = []
    for path in tracked(root, "include/*.h"):
        text = open(os.path.join(root, path)).read()
        cxx_only = "header: C++" in text
        jobs += [(path, "c++")] + ([] if cxx_only else [(path, "c")])
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return [b for b in pool.map(lambda job: compile_alone(root, *job), jobs) if b]


def check_spdx(root):
    bad = []
    for path in tracked(root, "*.c", "*.h", "*.def", "*.py", "*.hip", "*.cmake", "CMakeLists.txt", "*/CMakeLists.txt", "*.sh"):
        with open(os.path.join(root, path)) as file:
            head = "".join(file.readline() for _ in range(3))
        if "SPDX-License-Identifier: MIT" not in head:
            bad.append(f"{path}: no SPDX line")
    return bad


def main():
    check, root = sys.argv[1:3]
    bad = {"layers": check_layers, "format": check_format, "headers": check_headers, "spdx": check_spdx}[check](root)
    for line in bad:
        print(line)
    print(f"{check}: {len(bad)} offences")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
