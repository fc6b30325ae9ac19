/* SPDX-License-Identifier: MIT
 * Finalized code that fits every kernel: it leaves each instruction to the interpreter. Compiled to
 * an object file, which stepper_module.c hands out.
 */
#include "finalizer/native.h"

/* Now and then it knows no place for a while, and is out of fuel as code with loops is. */
uint32_t cairn_kernel(struct cairn_native_frame *frame)
{
    struct cairn_wave *wave = frame->wave;
    if (wave->pc % 256 == 0 && wave->pc != wave->launch->entry_pc)
        return CAIRN_NATIVE_LEAVE;
    for (;;) {
        uint64_t pc = wave->pc;
        bool next = frame->step(frame, wave);
        wave->fuel--;
        if (!next)
            return CAIRN_NATIVE_STATE;
        if (wave->fuel <= 0)
            return CAIRN_NATIVE_YIELD;
        if (pc % 512 == 0)
            return CAIRN_NATIVE_LEAVE;
    }
}
