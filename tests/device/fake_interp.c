/* SPDX-License-Identifier: MIT
 * The fake interpreter. It keeps a wave's step count where the scheduler does not look.
 */
#include "fake_interp.h"

#include "interp/interp.h"

#include <stdlib.h>
#include <string.h>

/* Addresses of C functions are no code that could be finalized. */
__attribute__((constructor)) static void keep_to_the_interpreter(void)
{
    setenv("CAIRN_ENGINE", "interpreter", 1);
}

enum cairn_wave_state cairn_interp_run(struct cairn_wave *wave, uint64_t budget)
{
    fake_kernel kernel;
    memcpy(&kernel, (const void *)wave->pc, sizeof kernel);
    uint64_t step = wave->trap_state[3];
    wave->trap_state[3] = step + 1;
    if (atomic_load_explicit(&wave->launch->stop, memory_order_relaxed) != 0) {
        cairn_wave_raise(wave, CAIRN_FAULT_CANCELLED, 0, -1);
        return wave->state;
    }
    wave->instructions++;
    enum cairn_wave_state state = kernel(wave, budget, step);
    if (state != CAIRN_WAVE_FAULTED)
        wave->state = state;
    return state;
}

void cairn_interp_forget(struct cairn_code *code)
{
    (void)code;
}

enum cairn_status cairn_interp_install_handler(void)
{
    return CAIRN_OK;
}

/* Fake kernels are not finalized: what the driver of finalized code needs is never called. */

void cairn_interp_block(struct cairn_wave *wave)
{
    cairn_wave_raise(wave, CAIRN_FAULT_UNIMPLEMENTED, 0, -1);
}

bool cairn_interp_step(struct cairn_wave *wave, bool *yielded)
{
    *yielded = false;
    cairn_interp_block(wave);
    return false;
}

void cairn_interp_caught(const struct cairn_guard *guard)
{
    (void)guard;
}

void cairn_interp_name_fault(struct cairn_wave *wave)
{
    (void)wave;
}
