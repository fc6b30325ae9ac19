/* SPDX-License-Identifier: MIT
 * Look-up in the chip table.
 */
#include "gfx/gfx.h"

#include <string.h>

static const struct cairn_gfx rows[] = {
#define GFX(id_, mach_, wave, arch, accum, granule, sgprs_, lds_kib, lds_granule, packed,          \
            scratch_, xnack, sramecc, cus, simds, waves, clock, product_)                          \
    {.id = CAIRN_GFX_##id_,                                                                        \
     .name = #id_,                                                                                 \
     .mach = mach_,                                                                                \
     .wave_size = wave,                                                                            \
     .arch_vgprs = arch,                                                                           \
     .accum_vgprs = accum,                                                                         \
     .vgpr_granule = granule,                                                                      \
     .sgprs = sgprs_,                                                                              \
     .lds_bytes = (lds_kib) * 1024,                                                                \
     .lds_granule_bytes = lds_granule,                                                             \
     .packed_work_item_ids = packed,                                                               \
     .scratch = CAIRN_##scratch_,                                                                  \
     .has_xnack = xnack,                                                                           \
     .has_sramecc = sramecc,                                                                       \
     .compute_units = cus,                                                                         \
     .simds_per_cu = simds,                                                                        \
     .waves_per_simd = waves,                                                                      \
     .clock_mhz = clock,                                                                           \
     .product = product_},
#include "gfx/gfx.def"
#undef GFX
};

const struct cairn_gfx *cairn_gfx_by_name(const char *name, size_t length)
{
    for (size_t i = 0; i < CAIRN_GFX_COUNT; i++)
        if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

const struct cairn_gfx *cairn_gfx_by_mach(uint32_t mach)
{
    for (size_t i = 0; i < CAIRN_GFX_COUNT; i++)
        if (rows[i].mach == mach)
            return &rows[i];
    return NULL;
}

const struct cairn_gfx *cairn_gfx_at(enum cairn_gfx_id id)
{
    return (unsigned)id < CAIRN_GFX_COUNT ? &rows[id] : NULL;
}
