/* SPDX-License-Identifier: MIT
 * Which engine executes a kernel: finalized code where there is some, made at the first launch or
 * found on disk, else the interpreter. Finalized code belongs to a code object and to a launch
 * geometry. Thread-safe.
 */
#ifndef CAIRN_DEVICE_SOFT_ENGINE_H
#define CAIRN_DEVICE_SOFT_ENGINE_H

#include "machine/wave.h"

/* Finalized code for a kernel in one geometry. */
struct cairn_engine_kernel;
struct cairn_native_code;
struct cairn_native_line;

/* What executes waves of `launch`; NULL: the interpreter. The first call for a kernel and geometry
 * compiles, which takes milliseconds. Valid until cairn_engine_forget. `name_of` (may be NULL)
 * gives the name of the kernel at a pc. */
struct cairn_engine_kernel *cairn_engine_find(const struct cairn_launch *launch,
                                              const char *(*name_of)(const struct cairn_code *code,
                                                                     uint64_t pc));

/* Whether cairn_engine_find would come back at once. */
bool cairn_engine_is_ready(const struct cairn_launch *launch);

/* The code to run a workgroup of `kernel` (may be NULL) with now; NULL: the interpreter. A
 * workgroup that has `begun` goes on in code that treats its waves alike: side by side if `merged`.
 */
struct cairn_native_code *cairn_engine_code(const struct cairn_engine_kernel *kernel, bool begun,
                                            bool merged);
bool cairn_engine_merges(const struct cairn_native_code *code); /* code may be NULL */
/* See cairn_native_run_group. */
uint32_t cairn_engine_run_group(struct cairn_native_code *code, struct cairn_workgroup *group,
                                uint64_t budget, struct cairn_native_line *line);

/* Tells that waves of `kernel` (may be NULL) have executed so many instructions: where much time
 * goes, better code is made in the background, and taken from the next turn of a wave on. */
void cairn_engine_spend(struct cairn_engine_kernel *kernel, uint64_t instructions);

/* Frees all finalized code of `code`; no wave of it may be running or run again. */
void cairn_engine_forget(struct cairn_code *code);

/* Compilations in progress end before a fork. */
void cairn_engine_fork_prepare(void);
void cairn_engine_fork_parent(void);
void cairn_engine_fork_child(void);

#endif
