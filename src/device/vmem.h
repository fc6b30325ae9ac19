/* SPDX-License-Identifier: MIT
 * Addresses apart from memory: ranges of the device's window are reserved, and memory in files
 * (device/share.h) is mapped into them, at several places if wanted, with rights. All agents see
 * one address space, so a page has the rights of that agent which has most; rights to write include
 * rights to read. Thread safety as in device.h.
 */
#ifndef CAIRN_DEVICE_VMEM_H
#define CAIRN_DEVICE_VMEM_H

#include "device/share.h"

enum cairn_right {
    CAIRN_RIGHT_UNSET, /* never given; no access */
    CAIRN_RIGHT_NONE,
    CAIRN_RIGHT_READ,
    CAIRN_RIGHT_WRITE, /* without reading, if the agent could; pages are readable all the same */
    CAIRN_RIGHT_READ_WRITE,
};

/* Whose rights: the host, or a device. */
enum { CAIRN_RIGHTS_HOST = 0, CAIRN_RIGHTS_DEVICE = 1, CAIRN_RIGHTS_COUNT = 65 };

struct cairn_right_change {
    uint32_t agent; /* CAIRN_RIGHTS_HOST, or CAIRN_RIGHTS_DEVICE + ordinal */
    enum cairn_right right;
};

/* Reserves inaccessible addresses, at `wanted` if that is free. Sizes and `alignment` (0: the page)
 * are multiples of the page, `alignment` a power of two. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_reserve(uint64_t size, uint64_t alignment,
                                                      uint64_t wanted, void **out);
/* NOT_FOUND: no reservation starts there; OUT_OF_RANGE: it has another size; BUSY: something is
 * mapped in it. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_unreserve(void *address, uint64_t size);

/* Maps part of a file, which stays as long as it is mapped, without rights. NOT_FOUND: not inside
 * of one reservation; OUT_OF_RANGE: not inside of the file; BUSY: something is mapped there. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_map(void *address, uint64_t size, uint64_t offset,
                                                  struct cairn_backing *backing);
/* One or more whole mappings side by side. NOT_FOUND: no mapping starts there; OUT_OF_RANGE: the
 * range does not end with one, or has gaps. The same for set_rights. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_unmap(void *address, uint64_t size);
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_set_rights(void *address, uint64_t size,
                                                         const struct cairn_right_change *changes,
                                                         size_t count);
/* Of the mapping that contains `address`. NOT_FOUND: there is none. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_right(const void *address, uint32_t agent,
                                                    enum cairn_right *out);
/* Its memory, with a reference that the caller releases. NOT_FOUND: nothing is mapped there. */
CAIRN_MUST_CHECK enum cairn_status cairn_vmem_backing(const void *address,
                                                      struct cairn_backing **out);

#endif
