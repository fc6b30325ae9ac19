/* SPDX-License-Identifier: MIT
 * Runs a wave in finalized code, drop-in beside cairn_interp_run. What that code does not know, the
 * interpreter executes; where a fault happened, the interpreter finds out.
 */
#ifndef CAIRN_DEVICE_SOFT_ENGINE_RUN_H
#define CAIRN_DEVICE_SOFT_ENGINE_RUN_H

#include "finalizer/native.h"

struct cairn_object;

/* Finalized code of one kernel. */
struct cairn_native_code {
    cairn_native_entry entry;
    uint32_t width;                          /* lanes of a chunk */
    const struct cairn_native_own *own;      /* NULL: waves are not merged */
    const struct cairn_native_claim *claims; /* by offset; see there. NULL if there are none */
    size_t claim_count;
    struct cairn_object *object; /* owned; NULL: the entry is not of an object file */
    /* Places where the entry was asked to begin and could not: a bit a dword of the code object,
     * NULL until the first is met. Owned. */
    _Atomic uint64_t *_Atomic strange;
};

void cairn_native_code_destroy(struct cairn_native_code *code);

/* As cairn_interp_run, for code of waves that are not merged. `budget` is counted by finalized code
 * at the ends of loops only: it may be passed by far. *stepped: adds how many instructions the
 * interpreter executed for it one by one.
 */
enum cairn_wave_state cairn_native_run(struct cairn_native_code *code, struct cairn_wave *wave,
                                       uint64_t budget, uint64_t *stepped);

/* handover.c: May a wave that the interpreter has executed go on in the code from where it is? */
bool cairn_native_takes(const struct cairn_native_code *code, const struct cairn_wave *wave);

/* Where more workgroups come from. */
struct cairn_native_line {
    /* All waves of `group` have ended: sets up another workgroup in its place. False: not now. */
    bool (*next)(struct cairn_native_line *line, struct cairn_workgroup *group);
    /* How many finalized code may go on to by itself, in the memory of this mold. */
    uint64_t (*ahead)(struct cairn_native_line *line, const struct cairn_mold **mold);
    /* It has gone on so many times: `group` is the workgroup that runs now. */
    void (*went)(struct cairn_native_line *line, struct cairn_workgroup *group, uint64_t count);
};

/* Runs the ready waves of a workgroup in turn, over barriers at which all meet, until each has
 * ended, yielded or used its budget, or one has faulted. If all have ended, goes on with what
 * `line` (may be NULL) sets up. Returns how many barriers were met at. */
uint32_t cairn_native_run_group(struct cairn_native_code *code, struct cairn_workgroup *group,
                                uint64_t budget, struct cairn_native_line *line, uint64_t *stepped);

#endif
