/* SPDX-License-Identifier: MIT
 * The rendezvous object that AMD's debugger interface looks for: the layout of the dynamic linker's
 * struct r_debug. Loaded code objects are not listed in it yet, so its list is empty.
 */
#include <stdint.h>

struct debug_rendezvous {
    int32_t version, padding0;
    void *first_object;
    uint64_t break_function;
    int32_t state, padding1;
    uint64_t load_base;
};
_Static_assert(sizeof(struct debug_rendezvous) == 40, "size of the exported object in ROCm 6.4");

extern struct debug_rendezvous _amdgpu_r_debug;
__attribute__((visibility("default"))) struct debug_rendezvous _amdgpu_r_debug;
