/* SPDX-License-Identifier: MIT
 * The device as the files of this folder see it, and the parts of process life (close, fork) that
 * each of them takes care of.
 */
#ifndef CAIRN_DEVICE_DEVICE_PRIV_H
#define CAIRN_DEVICE_DEVICE_PRIV_H

#include "device/device.h"

#include <stdatomic.h>

struct cairn_soft;

struct cairn_device {
    struct cairn_device_info info; /* constant */
    bool xnack;                    /* constant: kernels reach all memory of the process */
    _Atomic uint64_t vram_used;    /* changed under the memory lock */
    struct cairn_soft *soft;       /* owned: workers and dispatches */
};

/* Signals: the pool, and waking sleepers whose signals a kernel has changed. */
void cairn_signals_look(void);
void cairn_signals_close(void);
void cairn_signals_fork_prepare(void);
void cairn_signals_fork_parent(void);
void cairn_signals_fork_child(void);

/* Signals of several processes, signal_shared.c; told apart by their `reserved1`. */
enum { CAIRN_SIGNAL_SHARED = 0x53485244 };
/* In a piece of memory that signals are made of; a few of the many later ones are not known. */
bool cairn_signal_is_pooled(uint64_t handle);
void cairn_signal_leave_shared(struct cairn_signal *signal);
void cairn_signals_close_shared(void);
void cairn_signals_fork_child_shared(void);

/* Queues: destroys those that are left; in a forked child, forgets the parent's. */
void cairn_queues_close(void);
void cairn_queues_fork_prepare(void);
void cairn_queues_fork_parent(void);
void cairn_queues_fork_child(void);

/* Code: the loaded code object that contains `pc`, NULL if none does. */
struct cairn_code *cairn_code_find(uint64_t pc);
/* Name of the kernel or function at `pc`, or NULL; valid while the code is registered. */
const char *cairn_code_name(const struct cairn_code *code, uint64_t pc);
/* "file:line" of the source at `pc` into `text`; false: not known. */
bool cairn_code_line(const struct cairn_code *code, uint64_t pc, char *text, size_t size);
void cairn_codes_fork_prepare(void);
void cairn_codes_fork_parent(void);
void cairn_codes_fork_child(void);

#endif
