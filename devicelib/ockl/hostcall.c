/* SPDX-License-Identifier: MIT */
/* Calls from a wave to the host and back. The buffer belongs to the runtime, which hands its
 * address over in a hidden kernel argument; its layout is AMD's (CLR devhostcall.hpp): a lock-free
 * stack of free packets, one of ready packets, a header of 24 bytes and a payload of 64 x 8 values
 * for each packet. The runtime's side of this is src/hip. */
#include "ockl.h"

enum { SERVICE_PRINTF = 2, SERVICE_DEVMEM = 3 };
enum { CONTROL_READY = 1 };

struct header {
    u64 next;
    u64 active;
    u32 service;
    u32 control;
};

struct payload {
    u64 slot[64][8];
};

struct buffer {
    struct header GLOBAL *headers;
    struct payload GLOBAL *payloads;
    u64 doorbell;
    u64 free_stack;
    u64 ready_stack;
    u64 index_mask;
};
_Static_assert(sizeof(struct header) == 24, "hostcall header");
_Static_assert(__builtin_offsetof(struct buffer, index_mask) == 40, "hostcall buffer");

INLINE u64 first_lane_u64(u64 v)
{
    u32 lo = (u32)__builtin_amdgcn_readfirstlane((i32)(u32)v);
    u32 hi = (u32)__builtin_amdgcn_readfirstlane((i32)(u32)(v >> 32));
    return ((u64)hi << 32) | lo;
}

/* The pair that pops: takes the top packet; the tag in the upper bits makes a stale compare fail.
 */
INLINE u64 pop(struct buffer GLOBAL *b)
{
    u64 top = __scoped_atomic_load_n(&b->free_stack, __ATOMIC_ACQUIRE, SCOPE_SYSTEM);
    for (;;) {
        if (top == 0) {
            __builtin_amdgcn_s_sleep(1);
            top = __scoped_atomic_load_n(&b->free_stack, __ATOMIC_ACQUIRE, SCOPE_SYSTEM);
            continue;
        }
        u64 next = __scoped_atomic_load_n(&b->headers[top & b->index_mask].next, __ATOMIC_RELAXED,
                                          SCOPE_SYSTEM);
        if (__scoped_atomic_compare_exchange_n(&b->free_stack, &top, next, 0, __ATOMIC_ACQUIRE,
                                               __ATOMIC_ACQUIRE, SCOPE_SYSTEM))
            return top;
    }
}

INLINE void push(struct buffer GLOBAL *b, u64 GLOBAL *stack, u64 packet)
{
    struct header GLOBAL *h = &b->headers[packet & b->index_mask];
    u64 top = __scoped_atomic_load_n(stack, __ATOMIC_RELAXED, SCOPE_SYSTEM);
    do {
        __scoped_atomic_store_n(&h->next, top, __ATOMIC_RELAXED, SCOPE_SYSTEM);
    } while (!__scoped_atomic_compare_exchange_n(stack, &top, packet, 0, __ATOMIC_RELEASE,
                                                 __ATOMIC_RELAXED, SCOPE_SYSTEM));
}

/* Zero means "empty" on both stacks, so a tag that would make the value zero is skipped. */
INLINE u64 next_tag(u64 packet, u64 index_mask)
{
    u64 step = index_mask + 1;
    packet += step;
    return packet == 0 ? step : packet;
}

__attribute__((noinline)) u64x2 __ockl_hostcall_internal(void *address, u32 service, u64 a0, u64 a1,
                                                         u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
                                                         u64 a7)
{
    struct buffer GLOBAL *b = (struct buffer GLOBAL *)address;
    u32 lane = __ockl_lane_u32();
    u32 leader = (u32)__builtin_amdgcn_readfirstlane((i32)lane);
    u64 active = __builtin_amdgcn_ballot_w64(1);
    u64 packet = 0;
    if (lane == leader)
        packet = pop(b);
    packet = first_lane_u64(packet);
    struct header GLOBAL *h = &b->headers[packet & b->index_mask];
    u64 GLOBAL *slot = b->payloads[packet & b->index_mask].slot[lane];
    slot[0] = a0;
    slot[1] = a1;
    slot[2] = a2;
    slot[3] = a3;
    slot[4] = a4;
    slot[5] = a5;
    slot[6] = a6;
    slot[7] = a7;
    __scoped_atomic_thread_fence(__ATOMIC_RELEASE, SCOPE_SYSTEM);
    if (lane == leader) {
        h->active = active;
        h->service = service;
        __scoped_atomic_store_n(&h->control, CONTROL_READY, __ATOMIC_RELAXED, SCOPE_SYSTEM);
        push(b, &b->ready_stack, packet);
        __ockl_hsa_signal_add(b->doorbell, 1, __ATOMIC_RELEASE);
        while (__scoped_atomic_load_n(&h->control, __ATOMIC_ACQUIRE, SCOPE_SYSTEM) & CONTROL_READY)
            __builtin_amdgcn_s_sleep(1);
    }
    /* Every lane reads its slot after the leader has seen READY cleared. */
    __builtin_amdgcn_wave_barrier();
    __scoped_atomic_thread_fence(__ATOMIC_ACQUIRE, SCOPE_SYSTEM);
    u64x2 result = {__scoped_atomic_load_n(&slot[0], __ATOMIC_RELAXED, SCOPE_SYSTEM),
                    __scoped_atomic_load_n(&slot[1], __ATOMIC_RELAXED, SCOPE_SYSTEM)};
    __builtin_amdgcn_wave_barrier();
    if (lane == leader)
        push(b, &b->free_stack, next_tag(packet, b->index_mask));
    return result;
}

u64x2 __ockl_hostcall_preview(u32 service, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
                              u64 a7)
{
    const CONSTANT u64 *hidden = (const CONSTANT u64 *)__builtin_amdgcn_implicitarg_ptr();
    u64 buffer = __oclc_ABI_version >= 500 ? hidden[10] : hidden[3];
    return __ockl_hostcall_internal((void *)buffer, service, a0, a1, a2, a3, a4, a5, a6, a7);
}

u64x2 __ockl_call_host_function(u64 fn, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6)
{
    return __ockl_hostcall_preview(1, fn, a0, a1, a2, a3, a4, a5, a6);
}

/* Device memory: size != 0 asks for that many bytes and gives their address or 0; size == 0 gives
 * the address back. */
u64 __ockl_devmem_request(u64 address, u64 size)
{
    return __ockl_hostcall_preview(SERVICE_DEVMEM, address, size, 0, 0, 0, 0, 0, 0)[0];
}

u64 __ockl_dm_alloc(u64 size)
{
    return size == 0 ? 0 : __ockl_devmem_request(0, size);
}

void __ockl_dm_dealloc(u64 address)
{
    if (address != 0)
        __ockl_devmem_request(address, 0);
}

/* printf messages: the first value describes the packet. Bit 0 begins a message, bit 1 ends it,
 * bits 7:5 count the values that follow, the rest is the message's number, which the host hands
 * out. */
enum { MSG_BEGIN = 1, MSG_END = 2, MSG_COUNT_SHIFT = 5 };
#define MSG_COUNT_MASK ((u64)7 << MSG_COUNT_SHIFT)

INLINE u64 describe(u64 desc, u32 count, u32 is_last)
{
    desc = (desc & ~MSG_COUNT_MASK) | ((u64)count << MSG_COUNT_SHIFT);
    return is_last ? desc | MSG_END : desc;
}

INLINE u64 begin(u64 control)
{
    return __ockl_hostcall_preview(SERVICE_PRINTF, describe(MSG_BEGIN, 1, 0), control, 0, 0, 0, 0,
                                   0, 0)[0];
}

INLINE u64 append_args(u64 desc, u32 count, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
                       u32 is_last)
{
    desc = describe(desc, count, is_last);
    return __ockl_hostcall_preview(SERVICE_PRINTF, desc, a0, a1, a2, a3, a4, a5, a6)[0];
}

/* 56 bytes a packet, low byte first; the tail of the last value is zero. */
INLINE u64 append_string(u64 desc, const char *text, u64 length, u32 is_last)
{
    if (text == 0)
        return append_args(desc, 1, 0, 0, 0, 0, 0, 0, 0, is_last);
    do {
        u64 v[7];
        u32 take = length > sizeof v ? (u32)sizeof v : (u32)length;
        for (u32 i = 0; i < 7; i++) {
            v[i] = 0;
            for (u32 j = 0; j < 8; j++)
                if (8 * i + j < take)
                    v[i] |= (u64)(u8)text[8 * i + j] << (8 * j);
        }
        text += take;
        length -= take;
        desc = append_args(desc, (take + 7) / 8, v[0], v[1], v[2], v[3], v[4], v[5], v[6],
                           is_last && length == 0);
    } while (length != 0);
    return desc;
}

u64 __ockl_printf_begin(u64 version)
{
    return begin(0);
}

u64 __ockl_printf_append_args(u64 desc, u32 count, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5,
                              u64 a6, u32 is_last)
{
    return append_args(desc, count, a0, a1, a2, a3, a4, a5, a6, is_last);
}

u64 __ockl_printf_append_string_n(u64 desc, const char *text, u64 length, u32 is_last)
{
    return append_string(desc, text, length, is_last);
}

u64 __ockl_fprintf_stdout_begin(void)
{
    return begin(0);
}

u64 __ockl_fprintf_stderr_begin(void)
{
    return begin(1);
}

u64 __ockl_fprintf_append_args(u64 desc, u32 count, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5,
                               u64 a6, u32 is_last)
{
    return append_args(desc, count, a0, a1, a2, a3, a4, a5, a6, is_last);
}

u64 __ockl_fprintf_append_string_n(u64 desc, const char *text, u64 length, u32 is_last)
{
    return append_string(desc, text, length, is_last);
}
