/* SPDX-License-Identifier: MIT
 * The rendezvous with debuggers: an exported object laid out as the dynamic linker's struct r_debug
 * (System V ABI, "Dynamic Linking"), whose list names every loaded code object by its URI and where
 * it lies. A debugger stops at break_function, which is called before and after each change.
 * ROCm 6.4's library sets version 10 in hsa_init and lists code when its executable is frozen
 * (measured).
 */
#include "loader_priv.h"

enum { RENDEZVOUS_VERSION = 10 };
enum { STATE_CONSISTENT, STATE_ADDING, STATE_DELETING };

struct debug_rendezvous {
    int32_t version, padding0;
    struct debug_entry *first;
    uint64_t break_function;
    int32_t state, padding1;
    uint64_t load_base;
};
_Static_assert(sizeof(struct debug_rendezvous) == 40, "size of the exported object in ROCm 6.4");
_Static_assert(sizeof(struct debug_entry) == 40, "the dynamic linker's struct link_map");

extern struct debug_rendezvous _amdgpu_r_debug;
__attribute__((visibility("default"))) struct debug_rendezvous _amdgpu_r_debug;

/* Nothing to do here: debuggers put a breakpoint on it. */
__attribute__((noinline)) static void breakpoint(void)
{
    __asm__ volatile("" ::: "memory");
}

static void announce(int32_t state)
{
    __atomic_store_n(&_amdgpu_r_debug.state, state, __ATOMIC_RELEASE);
    breakpoint();
}

void cairn_hsa_debug_open(void)
{
    _amdgpu_r_debug = (struct debug_rendezvous){.version = RENDEZVOUS_VERSION,
                                                .break_function = (uintptr_t)breakpoint};
}

/* At the end of the list, as a linker does. */
static void enter_locked(struct loaded *loaded)
{
    struct debug_entry *entry = &loaded->debug, *last = _amdgpu_r_debug.first;
    *entry = (struct debug_entry){.load_delta = (uintptr_t)loaded->base - loaded->lowest_vaddr,
                                  .name = loaded->uri};
    while (last != NULL && last->next != NULL)
        last = last->next;
    entry->previous = last;
    if (last != NULL)
        last->next = entry;
    else
        _amdgpu_r_debug.first = entry;
}

void cairn_hsa_debug_add(struct loaded *first)
{
    if (first == NULL)
        return;
    pthread_mutex_lock(&cairn_hsa_process.list_lock);
    announce(STATE_ADDING);
    for (struct loaded *loaded = first; loaded != NULL; loaded = loaded->next)
        enter_locked(loaded);
    announce(STATE_CONSISTENT);
    pthread_mutex_unlock(&cairn_hsa_process.list_lock);
}

void cairn_hsa_debug_remove(struct loaded *loaded)
{
    struct debug_entry *entry = &loaded->debug;
    if (entry->name == NULL) /* was never frozen */
        return;
    pthread_mutex_lock(&cairn_hsa_process.list_lock);
    announce(STATE_DELETING);
    if (entry->previous != NULL)
        entry->previous->next = entry->next;
    else
        _amdgpu_r_debug.first = entry->next;
    if (entry->next != NULL)
        entry->next->previous = entry->previous;
    announce(STATE_CONSISTENT);
    pthread_mutex_unlock(&cairn_hsa_process.list_lock);
}
