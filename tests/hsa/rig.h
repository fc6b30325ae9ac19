/* SPDX-License-Identifier: MIT
 * What the HSA tests share: a runtime that is open, its CPU and first GPU agent, their pools, a
 * loaded code object, and one dispatch. Everything here uses the public API alone.
 */
#ifndef HSA_TEST_RIG_H
#define HSA_TEST_RIG_H

#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

struct rig {
    hsa_agent_t cpu, gpu;
    hsa_amd_memory_pool_t fine, kernarg, vram, group;
};

extern struct rig rig;

/* cmocka group set-up and tear-down. */
int rig_open(void **state);
int rig_close(void **state);

/* Asserts success and names the call if it fails. */
#define OK(call)          rig_expect((call), HSA_STATUS_SUCCESS, #call, __LINE__)
#define FAILS(call, code) rig_expect((call), (hsa_status_t)(code), #call, __LINE__)
void rig_expect(hsa_status_t got, hsa_status_t wanted, const char *call, int line);

/* A file of the build folder: "basic.co". Caller frees. */
void *rig_read(const char *name, size_t *size);

struct program {
    hsa_executable_t executable;
    void *bytes;
};
/* Loads a code object for the GPU and freezes it. */
struct program program_load(const char *name);
void program_unload(struct program *program);
hsa_executable_symbol_t program_symbol(const struct program *program, const char *name);

void *rig_alloc(hsa_amd_memory_pool_t pool, size_t size);
hsa_signal_t rig_signal(hsa_signal_value_t value);

/* One-dimensional dispatch with 64 lanes a group; the barrier bit is set. `completion` may be 0. */
void rig_dispatch(hsa_queue_t *queue, const struct program *program, const char *kernel,
                  const void *arguments, size_t arguments_size, uint32_t lanes,
                  hsa_signal_t completion);
/* Waits up to 20 s for the value 0; fails the test otherwise. */
void rig_wait_zero(hsa_signal_t signal);

#endif
