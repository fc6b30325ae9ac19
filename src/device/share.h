/* SPDX-License-Identifier: MIT
 * Device memory that lies in an anonymous file (memfd), so that it can be mapped at several
 * addresses and by several processes. A file has no name: it is gone with the last process that has
 * it, however that process ends. Thread safety as in device.h.
 */
#ifndef CAIRN_DEVICE_SHARE_H
#define CAIRN_DEVICE_SHARE_H

#include "device/device.h"

/* Counted. All but `user` is constant; `user` is the creator's. */
struct cairn_backing {
    struct cairn_device *device; /* NULL: host memory, or of a device that is not here */
    enum cairn_memory_kind kind;
    uint64_t size_bytes; /* a multiple of the page */
    uint64_t flags;
    int file;            /* owned */
    bool imported;       /* made elsewhere, so not counted against this process's VRAM */
    bool is_ours;        /* Cairn's own kind of file, of this or another process */
    bool charged;        /* `size_bytes` count against VRAM or machine */
    uint64_t references; /* guarded by the memory lock */
    void *user;
};

/* `size_bytes` is a multiple of the page. NO_MEMORY: VRAM, machine or file descriptors are used up.
 */
CAIRN_MUST_CHECK enum cairn_status cairn_backing_create(struct cairn_device *device,
                                                        enum cairn_memory_kind kind,
                                                        uint64_t size_bytes, uint64_t flags,
                                                        struct cairn_backing **out);
/* Memory behind a file descriptor, which stays the caller's. INVALID_ARGUMENT: it cannot be mapped
 * to read and write. */
CAIRN_MUST_CHECK enum cairn_status cairn_backing_import(int file, struct cairn_backing **out);
void cairn_backing_retain(struct cairn_backing *backing);
void cairn_backing_release(struct cairn_backing *backing);

/* Moves the allocation that starts at `address` into a file, unless it is in one already; its
 * address, contents and accounting stay, and whoever uses it meanwhile waits. Only a system call
 * that writes to it during the move may fail with EFAULT. *out is valid until the allocation is
 * freed; the caller retains it for longer. NOT_FOUND: no allocation starts there. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_share(void *address, struct cairn_backing **out);
/* The reverse, forgetting the contents: zeros of this process alone at the same address. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_unshare(void *address);
/* Maps `size_bytes` from the start of the file at an address of its own, as an allocation that is
 * `attached`; cairn_memory_free ends it. Takes a reference of its own. */
CAIRN_MUST_CHECK enum cairn_status cairn_memory_attach(struct cairn_backing *backing,
                                                       uint64_t size_bytes, void **out);

/* ---- handles for other processes of the same user and process-id namespace ----
 * 32 bytes that name a file of a living process. Opening fails once that process has closed it. */
struct cairn_share_handle {
    uint32_t magic;
    int32_t process, file;
    uint32_t use; /* caller's: what it is for */
    uint64_t size_bytes;
    uint64_t inode;
};
_Static_assert(sizeof(struct cairn_share_handle) == 32, "fits hsa_amd_ipc_memory_t");

CAIRN_MUST_CHECK enum cairn_status cairn_share_name(const struct cairn_backing *backing,
                                                    uint64_t size_bytes, uint32_t use,
                                                    struct cairn_share_handle *out);
/* INVALID_ARGUMENT: the handle is not one, or names nothing any more. */
CAIRN_MUST_CHECK enum cairn_status cairn_share_open(const struct cairn_share_handle *handle,
                                                    uint32_t use, struct cairn_backing **out);

/* ---- signals that several processes use ---- */
CAIRN_MUST_CHECK enum cairn_status cairn_signal_create_shared(int64_t initial,
                                                              struct cairn_signal **out);
/* INVALID_ARGUMENT: there is no signal in it. */
CAIRN_MUST_CHECK enum cairn_status cairn_signal_attach(struct cairn_backing *backing,
                                                       struct cairn_signal **out);
bool cairn_signal_is_shared(const struct cairn_signal *signal);

#endif
