/* SPDX-License-Identifier: MIT
 * The parts of the engine: kernels and their life (engine.c), making finalized code
 * (engine_build.c), the compiler's module (engine_module.c), better code in the background
 * (engine_tier.c).
 */
#ifndef CAIRN_DEVICE_SOFT_ENGINE_PRIV_H
#define CAIRN_DEVICE_SOFT_ENGINE_PRIV_H

#include "device/soft/engine.h"
#include "device/soft/engine_run.h"
#include "finalizer/cache.h"
#include "finalizer/finalizer.h"

#include <pthread.h>

/* What finalized code depends on, beside the instructions. Compared byte by byte: made from zeroed
 * memory, field by field. */
struct cairn_engine_key {
    uint64_t entry_offset;
    struct cairn_geometry geometry;
    uint32_t target; /* enum cairn_target_level */
    uint32_t exact_nan;
};

/* How far a kernel is. */
enum {
    CAIRN_ENGINE_BUILDING, /* who wants it waits */
    CAIRN_ENGINE_COLD,     /* interpreted; code is made when it pays */
    CAIRN_ENGINE_READY,
    CAIRN_ENGINE_FAILED,
};

struct cairn_engine_kernel {
    struct cairn_engine_kernel *next; /* in its bucket; constant */
    struct cairn_engine_key key;      /* constant */
    const struct cairn_gfx *gfx;
    char *name; /* owned */
    _Atomic uint32_t progress;
    struct cairn_native_code *_Atomic native; /* owned; set from READY on */
    struct cairn_native_code *before;         /* owned; waves may still be in it */
    _Atomic uint64_t spent;                   /* instructions */
    _Atomic uint64_t hot; /* better code is made when so many were spent; UINT64_MAX: never */
    /* Guarded by the engine's lock. */
    struct cairn_code *code; /* NULL: forgotten */
    struct cairn_engine_kernel *next_job;
    bool queued; /* or being compiled in the background: who does that frees what is forgotten */
};

struct cairn_engine {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a kernel is no longer BUILDING, or `compiling` is less */
    pthread_cond_t work;    /* there is a job */
    uint32_t compiling;     /* threads that are in the compiler */
    bool has_thread;        /* for jobs */
    struct cairn_engine_kernel *jobs, *last_job;
};
extern struct cairn_engine cairn_engine;

/* ---- engine.c */
/* When `kernel` has code of `tier` for a program of `insns`: when better code pays. */
void cairn_engine_set_hot(struct cairn_engine_kernel *kernel, enum cairn_tier tier, uint32_t insns);
void cairn_engine_note_failed(struct cairn_engine_kernel *kernel);
void cairn_engine_kernel_free(struct cairn_engine_kernel *kernel);

/* ---- engine_build.c */

/* What the options ask for, as far as this machine can do it. */
enum cairn_target_level cairn_engine_target(void);
unsigned cairn_engine_width(enum cairn_target_level target);

/* The code for `request`, from the disk cache if there is some of its tier or a better one.
 * UNSUPPORTED: it cannot be had. *tier: what it is. *insns: of the program. */
CAIRN_MUST_CHECK enum cairn_status cairn_engine_build(const struct cairn_finalize_request *request,
                                                      struct cairn_native_code **out,
                                                      enum cairn_tier *tier, uint32_t *insns);

/* The same, from the disk cache only. NOT_FOUND: it is not there. */
CAIRN_MUST_CHECK enum cairn_status cairn_engine_fetch(const struct cairn_finalize_request *request,
                                                      struct cairn_native_code **out,
                                                      enum cairn_tier *tier, uint32_t *insns);

/* ---- engine_cache.c */

/* The process's disk cache; NULL: it has none. Opened at the first call. */
struct cairn_cache *cairn_engine_cache(void);

/* ---- engine_module.c */

/* The compiler; NULL: there is none (logged once). Loaded at the first call. */
const struct cairn_finalizer_module *cairn_engine_module(void);
/* The file that it is or would be in; "" if there is none. */
const char *cairn_engine_module_path(void);

/* ---- engine_tier.c */

/* Has code made in the background: quickly if there is none yet, else of the full tier. */
void cairn_engine_improve(struct cairn_engine_kernel *kernel);
/* Takes `kernel` off the jobs. False: it is being compiled. */
bool cairn_engine_unqueue_locked(struct cairn_engine_kernel *kernel);

#endif
