/* SPDX-License-Identifier: MIT
 * Memory: what was allocated or registered, and where an address belongs.
 */
#ifndef CAIRN_HIP_MEMORY_H
#define CAIRN_HIP_MEMORY_H

#include "hip/runtime.h"

enum hip_memory_kind {
    HIP_MEMORY_DEVICE,
    HIP_MEMORY_HOST, /* hipHostMalloc */
    HIP_MEMORY_MANAGED,
    HIP_MEMORY_REGISTERED, /* the program's own, hipHostRegister */
};

/* How the memory came to be, and so who may free it. */
enum hip_memory_origin {
    HIP_ORIGIN_OWN,      /* allocated here, or the program's own: hipFree and its relatives */
    HIP_ORIGIN_MAPPED,   /* hipMemMap: hipMemUnmap */
    HIP_ORIGIN_IPC,      /* hipIpcOpenMemHandle: hipIpcCloseMemHandle */
    HIP_ORIGIN_IMPORTED, /* hipMemPoolImportPointer: hipFree, hipFreeAsync */
    HIP_ORIGIN_GRAPH,    /* a node's: a free node, hipFree, hipFreeAsync */
    HIP_ORIGIN_KEPT,     /* hipMallocAsync, and given back: nobody, until its pool does */
    HIP_ORIGIN_VARIABLE, /* of loaded code, once asked for by name: nobody */
    HIP_ORIGIN_EXTERNAL, /* hipExternalMemoryGetMappedBuffer: hipFree */
};

/* What hipMemAdvise and hipMemPrefetchAsync said of managed memory. */
struct hip_advice {
    int16_t preferred, prefetched; /* devices; hipInvalidDeviceId: none */
    uint32_t accessed_by;          /* bit per device */
    bool accessed_by_cpu, read_mostly, coarse_grain;
};

struct hip_code;
struct hip_external;
struct hip_graph_memory;
struct hip_physical;

struct hip_allocation {
    uint64_t base, size; /* host address */
    enum hip_memory_kind kind;
    enum hip_memory_origin origin;
    unsigned flags;
    int device;        /* ordinal; of managed and host memory, the device current then */
    void *device_base; /* as kernels address it */
    struct ihipMemPoolHandle_t *pool; /* NULL: hipMalloc */
    union {
        struct hip_physical *physical;  /* MAPPED; else NULL */
        struct hip_external *external;  /* EXTERNAL: a reference */
        struct hip_graph_memory *graph; /* GRAPH */
        const struct hip_code *code;    /* VARIABLE */
    };
    struct hip_advice advice;   /* of all of it, until pages differ */
    struct hip_advice *advised; /* of each page; owned by the table's row. NULL: `advice` holds */
    bool sync_ops;
    bool is_internal; /* hip_device_alloc_internal */
    uint64_t id;
};

hipError_t hip_device_alloc(struct hip_device *device, size_t size, void **out);
/* Not for the program to free: of arrays, of malloc in kernels. */
hipError_t hip_device_alloc_internal(struct hip_device *device, size_t size, void **out);
/* hipDeviceReset: all device memory that the program has on a device. */
void hip_memory_release_all(int device);
hipError_t hip_managed_alloc(size_t size, void **out);
/* Frees what hipMalloc, hipHostMalloc or hipMallocManaged gave, without waiting. */
hipError_t hip_memory_release(void *address);
/* May hipFree and hipFreeAsync free it? */
bool hip_memory_is_freeable(const struct hip_allocation *row);
/* The program gives memory of a graph back. InvalidValue: it did so before. */
hipError_t hip_graph_memory_free(const struct hip_allocation *row);
/* The same for hipFreeAsync, at once: while a node has the memory it stays where it is, and what
 * launches the node again follows the free. False: no node has it, so the free must wait its turn.
 */
bool hip_graph_memory_free_early(const struct hip_allocation *row, hipError_t *error);
void hip_external_release(struct hip_external *external);

/* Copies out what contains `address`. False: not known to HIP. */
bool hip_memory_find(const void *address, struct hip_allocation *out);
/* Copies out one that shares bytes with the range. */
bool hip_memory_overlap(const void *address, size_t size, struct hip_allocation *out);
/* False: no memory is mapped. */
bool hip_memory_has_mappings(void);
/* Also true for variables of loaded code, which HSA knows. */
bool hip_memory_is_known(const void *address);
/* Changes the row that contains `address` under the table's lock. */
bool hip_memory_update(const void *address, void (*change)(struct hip_allocation *, void *),
                       void *data);
/* InvalidValue if the range leaves an allocation that it begins in. */
hipError_t hip_memory_check(const void *address, size_t size);
/* hipErrorUnknown, as in ROCm: mapped memory that the current device may not read, or write. */
hipError_t hip_memory_may_read(const void *address);
hipError_t hip_memory_may_write(const void *address);
/* A row for the table: allocated here, kernels use the same address, no advice. */
struct hip_allocation hip_memory_row(const void *address, size_t size, enum hip_memory_kind kind,
                                     int device);
bool hip_memory_add(const struct hip_allocation *row);
/* Copies out the first one above `address`. */
bool hip_memory_next(uint64_t address, struct hip_allocation *out);
bool hip_memory_remove(uint64_t base, struct hip_allocation *out);

#endif
