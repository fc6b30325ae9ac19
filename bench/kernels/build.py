# SPDX-License-Identifier: MIT
"""Builds the bench's programs into the build directory: `native` (plain C), `cairn` (HIP, with the staged hipcc and
libamdhip64) and `pocl` (OpenCL), and the code objects of the device files. Only what is older than its sources is made
again. Used by run.py."""
import concurrent.futures
import glob
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
CC = "clang-22"
# The C baseline as a programmer who wants speed would build it; 512-bit vectors and vector maths functions included.
CFLAGS = ["-O3", "-march=native", "-mprefer-vector-width=512", "-ffast-math", "-fveclib=libmvec", "-fopenmp", "-std=gnu17",
          "-Wall", "-Wextra", "-D_GNU_SOURCE"]


class BuildError(Exception):
    pass


def run(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(" ".join(command) + "\n" + done.stdout + done.stderr)


def stale(target, sources):
    if not os.path.exists(target):
        return True
    made = os.path.getmtime(target)
    return any(os.path.getmtime(source) > made for source in sources)


def make(target, sources, command):
    if stale(target, sources):
        run(command)


class Builder:
    def __init__(self, out, stage):
        self.out, self.stage = out, stage
        os.makedirs(out, exist_ok=True)
        # What hipcc reads besides the source: headers and device library of the stage.
        self.toolchain = [os.path.join(stage, "bin", "hipcc")]
        for part in ("include", "amdgcn"):
            self.toolchain += [os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(stage, part)) for name in names]

    def object_of(self, source, extra=()):
        path = os.path.join(HERE, source)
        target = os.path.join(self.out, os.path.basename(source) + ".o")
        common = [os.path.join(HERE, name) for name in ("bench.h", "table.def", "build.py")]
        make(target, [path] + common, [CC, *CFLAGS, "-I" + HERE, *extra, "-c", path, "-o", target])
        return target

    def shared_objects(self):
        sources = ["main.c", "memory.c", "table.c"]
        sources += ["cases/" + os.path.basename(p) for p in sorted(glob.glob(HERE + "/cases/*.c"))]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(self.object_of, sources))

    def link(self, name, objects, libraries):
        target = os.path.join(self.out, name)
        make(target, objects, [CC, "-fopenmp", *objects, "-o", target, *libraries, "-lm"])
        return target

    def native(self):
        return self.link("native", self.shared_objects() + [self.object_of("backend_native.c")], [])

    def cairn(self):
        include, lib = os.path.join(self.stage, "include"), os.path.join(self.stage, "lib")
        if not os.path.exists(os.path.join(lib, "libamdhip64.so")) or not os.path.exists(self.toolchain[0]):
            raise BuildError(f"no hipcc and libamdhip64 in {self.stage}: build them with `make stage`")
        backend = self.object_of("backend_hip.c", ["-D__HIP_PLATFORM_AMD__", "-I" + include])
        return self.link("cairn", self.shared_objects() + [backend], ["-L" + lib, "-lamdhip64", "-Wl,-rpath," + lib])

    def pocl(self):
        return self.link("pocl", self.shared_objects() + [self.object_of("backend_opencl.c")], ["-lOpenCL"])

    def code_object(self, source):
        path, target = os.path.join(HERE, "device", source), os.path.join(self.out, source + ".hsaco")
        headers = [os.path.join(HERE, "device", name) for name in ("dialect_hip.h", "common.h")]
        hipcc = os.path.join(self.stage, "bin", "hipcc")
        includes = [word for header in headers for word in ("-include", header)]
        make(target, [path, *headers, *self.toolchain], [hipcc, "--genco", "-O3", *includes, "-x", "hip", path, "-o", target])

    def code_objects(self, sources):
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self.code_object, sources))

    def micro(self):
        path, target = os.path.join(HERE, "micro", "micro.hip"), os.path.join(self.out, "micro")
        make(target, [path, *self.toolchain], [os.path.join(self.stage, "bin", "hipcc"), "-O3", path, "-o", target])
        return target
