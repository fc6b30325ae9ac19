/* SPDX-License-Identifier: MIT */
/* Clocks, address spaces, and the atomic addition that HIP's atomicAddNoRet uses. */
#include "ockl.h"

u64 __ockl_memtime_u64(void)
{
    return __builtin_readcyclecounter();
}

/* Constant-rate clock; the rate is what hipDeviceAttributeWallClockRate says. */
u64 __ockl_steadyctr_u64(void)
{
    return __builtin_readsteadycounter();
}

u64 __ockl_memrealtime_u64(void)
{
    return __builtin_readsteadycounter();
}

u64 __ockl_cyclectr_u64(void)
{
    return __builtin_readcyclecounter();
}

void __ockl_rtcwait_u32(u32 ticks)
{
    u64 end = __builtin_readsteadycounter() + ticks;
    while ((i64)(end - __builtin_readsteadycounter()) > 0)
        __builtin_amdgcn_s_sleep(1);
}

CONST_FN _Bool __ockl_is_local_addr(const void *p)
{
    return __builtin_amdgcn_is_shared((const CONSTANT void *)(u64)p);
}

CONST_FN _Bool __ockl_is_private_addr(const void *p)
{
    return __builtin_amdgcn_is_private((const CONSTANT void *)(u64)p);
}

CONST_FN GLOBAL void *__ockl_to_global(void *p)
{
    return (GLOBAL void *)p;
}

CONST_FN LOCAL void *__ockl_to_local(void *p)
{
    return (LOCAL void *)p;
}

CONST_FN PRIVATE void *__ockl_to_private(void *p)
{
    return (PRIVATE void *)p;
}

void __ockl_atomic_add_noret_f32(float *p, float v)
{
    __scoped_atomic_fetch_add(p, v, __ATOMIC_RELAXED, SCOPE_AGENT);
}
