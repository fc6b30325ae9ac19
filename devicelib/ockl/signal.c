/* SPDX-License-Identifier: MIT */
/* HSA signals from a kernel (amd_signal_t: value at 8, mailbox pointer at 16, event id at 24). A
 * change is followed by the event id in the mailbox and an interrupt message, so that a host thread
 * that sleeps on the signal wakes. */
#include "ockl.h"

struct amd_signal {
    i64 kind;
    i64 value;
    u64 mailbox;
    u32 event_id;
};
_Static_assert(__builtin_offsetof(struct amd_signal, event_id) == 24, "HSA signal ABI");

enum { MSG_INTERRUPT = 1, EVENT_ID_MASK = 0xffffff };

INLINE void wake(struct amd_signal GLOBAL *s)
{
    u64 GLOBAL *mailbox = (u64 GLOBAL *)s->mailbox;
    if (mailbox == 0)
        return;
    u32 id = s->event_id;
    __scoped_atomic_store_n(mailbox, id, __ATOMIC_RELEASE, SCOPE_SYSTEM);
    __builtin_amdgcn_s_sendmsg(MSG_INTERRUPT,
                               (u32)__builtin_amdgcn_readfirstlane((i32)id) & EVENT_ID_MASK);
}

#define SIGNAL_OP(NAME, BUILTIN)                                                                   \
    void __ockl_hsa_signal_##NAME(u64 signal, i64 value, i32 order)                                \
    {                                                                                              \
        struct amd_signal GLOBAL *s = (struct amd_signal GLOBAL *)signal;                          \
        BUILTIN(&s->value, value, __ATOMIC_SEQ_CST, SCOPE_SYSTEM);                                 \
        wake(s);                                                                                   \
    }

SIGNAL_OP(add, __scoped_atomic_fetch_add)
SIGNAL_OP(subtract, __scoped_atomic_fetch_sub)
SIGNAL_OP(and, __scoped_atomic_fetch_and)
SIGNAL_OP(or, __scoped_atomic_fetch_or)
SIGNAL_OP(xor, __scoped_atomic_fetch_xor)
SIGNAL_OP(store, __scoped_atomic_store_n)

i64 __ockl_hsa_signal_load(u64 signal, i32 order)
{
    struct amd_signal GLOBAL *s = (struct amd_signal GLOBAL *)signal;
    return __scoped_atomic_load_n(&s->value, __ATOMIC_SEQ_CST, SCOPE_SYSTEM);
}

i64 __ockl_hsa_signal_exchange(u64 signal, i64 value, i32 order)
{
    struct amd_signal GLOBAL *s = (struct amd_signal GLOBAL *)signal;
    i64 old = __scoped_atomic_exchange_n(&s->value, value, __ATOMIC_SEQ_CST, SCOPE_SYSTEM);
    wake(s);
    return old;
}

i64 __ockl_hsa_signal_cas(u64 signal, i64 expected, i64 value, i32 order)
{
    struct amd_signal GLOBAL *s = (struct amd_signal GLOBAL *)signal;
    i64 old = expected;
    if (__scoped_atomic_compare_exchange_n(&s->value, &old, value, 0, __ATOMIC_SEQ_CST,
                                           __ATOMIC_SEQ_CST, SCOPE_SYSTEM))
        wake(s);
    return old;
}
