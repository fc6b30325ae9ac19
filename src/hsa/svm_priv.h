/* SPDX-License-Identifier: MIT
 * Attributes of shared virtual memory as they are kept: ranges of pages. All of it is guarded by
 * the process's vmem_lock.
 */
#ifndef CAIRN_HSA_SVM_PRIV_H
#define CAIRN_HSA_SVM_PRIV_H

#include "hsa_priv.h"

enum { MAX_AGENTS = 65, DEFAULT_GRANULARITY = 9 /* log2 of pages: 2 MiB, as the kernel driver */ };

enum access { ACCESS_DEFAULT, ACCESS_NONE, ACCESS_MIGRATES, ACCESS_IN_PLACE };

struct attributes {
    uint8_t coarse, read_only, hive_local, read_mostly, gpu_exec;
    uint64_t granularity;
    uint64_t preferred, prefetched; /* agent handles */
    uint8_t access[MAX_AGENTS];     /* enum access, by the agent's index */
};

struct svm_range {
    uint64_t start, end; /* whole pages */
    bool registered;     /* with the device, in just this size */
    struct attributes attributes;
};

/* Ascending, apart; what is in none has the default attributes. Ranges are cut where attributes
 * begin to differ and stay cut. */
struct svm_ranges {
    size_t count, capacity;
    struct svm_range *list;
};

extern const struct attributes cairn_hsa_svm_defaults;

/* The process's ranges, made at first use; NULL: no memory. */
struct svm_ranges *cairn_hsa_svm_ranges_locked(void);
/* Index of the first range that ends after `address`. */
size_t cairn_hsa_svm_first_after(const struct svm_ranges *ranges, uint64_t address);
/* Makes [start, end) a row of ranges without gaps, from index *first on. */
CAIRN_MUST_CHECK enum cairn_status
cairn_hsa_svm_carve_locked(struct svm_ranges *ranges, uint64_t start, uint64_t end, size_t *first);
/* Makes the range reachable for kernels, or ends that. */
CAIRN_MUST_CHECK enum cairn_status cairn_hsa_svm_register_locked(struct svm_range *range, bool on);

#endif
