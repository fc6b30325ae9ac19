/* SPDX-License-Identifier: MIT */
/* Where buffered printf (-mprintf-kind=buffered, and OpenCL's) puts its messages: two counters,
 * bytes used and bytes there are, and the messages after them. The compiler writes a message
 * itself. Layout and hidden argument: AMDGPU usage, "Code Object V5 Kernel Argument Metadata Map";
 * ROCm's CLR, rocprintf. */
#include "ockl/ockl.h"

enum { HIDDEN_PRINTF_BUFFER_V4 = 24, HIDDEN_PRINTF_BUFFER = 72, HEADER_BYTES = 8 };

#ifndef PRINTF_ALLOC_IS
#define PRINTF_ALLOC_IS
#endif

PRINTF_ALLOC_IS u8 GLOBAL *__printf_alloc(u32 bytes)
{
    const CONSTANT u8 *implicit = (const CONSTANT u8 *)__builtin_amdgcn_implicitarg_ptr();
    u32 at = __oclc_ABI_version >= 500 ? HIDDEN_PRINTF_BUFFER : HIDDEN_PRINTF_BUFFER_V4;
    u32 GLOBAL *header = (u32 GLOBAL *)*(const CONSTANT u64 *)(implicit + at);
    if (header == 0)
        return 0;
    u32 room = header[1];
    u32 used = __scoped_atomic_load_n(&header[0], __ATOMIC_RELAXED, SCOPE_AGENT);
    do {
        if (used > room || bytes > room - used)
            return 0;
    } while (!__scoped_atomic_compare_exchange_n(&header[0], &used, used + bytes, 1,
                                                 __ATOMIC_RELAXED, __ATOMIC_RELAXED, SCOPE_AGENT));
    return (u8 GLOBAL *)header + HEADER_BYTES + used;
}
