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

/* What executes waves of `launch`; NULL: the interpreter. The first call for a kernel and geometry
 * compiles, which takes milliseconds. Valid until cairn_engine_forget. `name_of` (may be NULL)
 * gives the name of the kernel at a pc. */
struct cairn_engine_kernel *cairn_engine_find(const struct cairn_launch *launch,
                                              const char *(*name_of)(const struct cairn_code *code,
                                                                     uint64_t pc));

/* Whether cairn_engine_find would come back at once. */
bool cairn_engine_is_ready(const struct cairn_launch *launch);

/* Runs the ready waves of a workgroup in turn, over barriers at which all meet, until each has
 * ended, yielded or used its budget, or one has faulted. Returns how many barriers were met at.
 * `kernel` is not NULL. */
uint32_t cairn_engine_run_group(struct cairn_engine_kernel *kernel, struct cairn_workgroup *group,
                                uint64_t budget);

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
