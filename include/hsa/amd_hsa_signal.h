/* SPDX-License-Identifier: MIT
 * The signal object whose address is the hsa_signal_t handle: 64 bytes, 64-byte aligned (LLVM,
 * AMDGPUUsage, "Memory model"; device libraries read it to wake the host).
 */
#ifndef AMD_HSA_SIGNAL_H
#define AMD_HSA_SIGNAL_H

#include "amd_hsa_common.h"
#include "amd_hsa_queue.h"

#define AMD_SIGNAL_ALIGN_BYTES 64

typedef int64_t amd_signal_kind64_t;
enum amd_signal_kind_t {
    AMD_SIGNAL_KIND_LEGACY_DOORBELL = -2,
    AMD_SIGNAL_KIND_DOORBELL = -1,
    AMD_SIGNAL_KIND_INVALID = 0,
    AMD_SIGNAL_KIND_USER = 1
};

typedef struct __attribute__((aligned(64))) amd_signal_s {
    amd_signal_kind64_t kind;
    union {
        volatile int64_t value;
        volatile uint32_t *legacy_hardware_doorbell_ptr;
        volatile uint64_t *hardware_doorbell_ptr;
    };
    uint64_t event_mailbox_ptr;
    uint32_t event_id;
    uint32_t reserved1;
    uint64_t start_ts;
    uint64_t end_ts;
    union {
        amd_queue_t *queue_ptr;
        uint64_t reserved2;
    };
    uint32_t reserved3[2];
} amd_signal_t;

#endif
