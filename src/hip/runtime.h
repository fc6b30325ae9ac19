/* SPDX-License-Identifier: MIT
 * What every file of the HIP runtime shares: the process, its devices, the calling thread, errors.
 * The runtime stands on the public HSA API alone, so it also runs on AMD's.
 */
#ifndef CAIRN_HIP_RUNTIME_H
#define CAIRN_HIP_RUNTIME_H

#include "base/log.h"
#include "hip/map.h"
#include "hip/recent.h"
#include "obj/obj.h"

#include <hip/hip_runtime_api.h>
#include <hsa/hsa.h>
#include <hsa/hsa_ext_amd.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum {
    HIP_MAX_DEVICES = 16,
    HIP_CALL_DEPTH = 32,    /* <<<>>> inside argument evaluation of <<<>>> */
    HIP_CONTEXT_DEPTH = 32, /* hipCtxPushCurrent */
};

struct hip_hostcall;
struct hip_op;

struct hip_device {
    int ordinal;
    hsa_agent_t agent;
    hsa_amd_memory_pool_t pool; /* the device's own memory */
    uint32_t pool_granule;
    char target_text[64]; /* "gfx90a:sramecc+:xnack-" */
    struct cairn_target_id target;
    const struct cairn_gfx *gfx; /* NULL for a chip without a row */
    hipDeviceProp_t props;       /* constant after start */
    uint32_t queue_size_max;

    /* lock guards what follows: streams, their queues and pending ops, free lists. Never held while
     * waiting for an op. Order: process lists before device before stream worker. */
    pthread_mutex_t lock;
    struct ihipStream_t *streams; /* all streams of the device, linked by next */
    struct ihipStream_t *null_stream;
    struct hip_op *free_ops;
    struct hip_kernarg *free_kernargs;
    struct hip_dead_queue *dead_queues;
    struct hip_hostcall *hostcall; /* made at the first launch that needs it */

    _Atomic uint32_t flags;      /* hipSetDeviceFlags */
    _Atomic uint32_t peers;      /* bit n: peer access to device n enabled */
    _Atomic int primary_retains; /* hipDevicePrimaryCtxRetain */
    _Atomic unsigned resets;     /* hipDeviceReset: streams from before are gone */
    _Atomic bool active;         /* memory or a stream was asked for */
    _Atomic size_t limits[3];    /* hipLimit_t */
    _Atomic bool assert_seen;    /* an assertion was printed; the trap that follows is it */
    struct ihipMemPoolHandle_t *default_mem_pool;
    struct ihipMemPoolHandle_t *_Atomic mem_pool; /* current */
    _Atomic bool pools_changed;                   /* a pool keeps more than before */
};

struct hip_process {
    pthread_once_t once;
    hipError_t state; /* of the start: hipSuccess, hipErrorNoDevice, ... */
    int device_count;
    struct hip_device devices[HIP_MAX_DEVICES];
    hsa_agent_t cpu;
    hsa_amd_memory_pool_t host_pool;    /* fine-grained system memory */
    hsa_amd_memory_pool_t kernarg_pool; /* system memory for kernel arguments */
    uint64_t ticks_per_second;          /* of HSA timestamps */
};

extern struct hip_process hip_process;

struct hip_call {
    dim3 grid, block;
    size_t lds_bytes;
    hipStream_t stream;
};

struct hip_thread {
    hipError_t last; /* result of the thread's last API call, as ROCm 6 defines hipGetLastError */
    hipError_t failure; /* of the last call that failed, as ROCm 7 does */
    int device;
    int contexts[HIP_CONTEXT_DEPTH];
    int context_depth;
    struct hip_call calls[HIP_CALL_DEPTH];
    int call_depth;
    struct ihipStream_t *streams[HIP_MAX_DEVICES]; /* hipStreamPerThread */
    unsigned stream_resets[HIP_MAX_DEVICES];       /* the device's `resets` when it was made */
    hipStreamCaptureMode capture_mode;
    unsigned char *legacy_args; /* hipSetupArgument */
    size_t legacy_bytes;
    struct hip_recent recent;
};

struct hip_thread *hip_thread(void);

/* Starts the runtime if needed. Not hipSuccess: no device, or it did not start. */
hipError_t hip_start(void);
static inline hipError_t hip_ready(void)
{
    /* acquire pairs with the release at the end of the start */
    hipError_t state = __atomic_load_n(&hip_process.state, __ATOMIC_ACQUIRE);
    return __builtin_expect(state == hipSuccess, 1) ? hipSuccess : hip_start();
}
/* Every API function returns through this: records the thread's last error. */
hipError_t hip_return(hipError_t error);
/* hipGetLastError and hipPeekAtLastError of ROCm 7. */
hipError_t hip_last_failure(void);
hipError_t hip_peek_failure(void);

/* The calling thread's device. Only after hip_ready() succeeded. */
struct hip_device *hip_current_device(void);
/* NULL if there is no such device. */
struct hip_device *hip_device_at(int ordinal);

hipError_t hip_error_of_hsa(hsa_status_t status, hipError_t otherwise);
const char *hip_error_name(hipError_t error);

/* Allocates with HSA and makes it reachable for every device; NULL on failure. */
void *hip_host_pool_alloc(hsa_amd_memory_pool_t pool, size_t size);
uint64_t hip_now(void); /* HSA ticks */

void hip_device_fill_properties(struct hip_device *device);

#endif
