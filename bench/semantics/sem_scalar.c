/* SPDX-License-Identifier: MIT
 * The same semantics as scalar functions, for the variant of run.py in which the finalizer
 * vectorises a loop over lanes itself.
 */
#include "fp/arith.h"

#define MODE CAIRN_FP_MODE_DEFAULT

uint32_t scalar_add(uint32_t a, uint32_t b)
{
    return cairn_fp_add_f32(MODE, a, b);
}

uint32_t scalar_fma(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_fp_fma_f32(MODE, a, b, c);
}

uint32_t scalar_ds_read(const uint8_t *lds, uint32_t bytes, uint32_t address)
{
    uint32_t value = 0;
    if (address < bytes - 3)
        memcpy(&value, lds + address, 4);
    return value;
}
