/* SPDX-License-Identifier: MIT
 * Facts per chip, one row each (gfx.def). Code asks the row; it never compares chip names.
 */
#ifndef CAIRN_GFX_GFX_H
#define CAIRN_GFX_GFX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cairn_gfx_id {
#define GFX(id, ...) CAIRN_GFX_##id,
#include "gfx/gfx.def"
#undef GFX
    CAIRN_GFX_COUNT
};

/* How a wave finds its scratch (AMDGPUUsage, "Flat Scratch"). */
enum cairn_scratch_kind {
    CAIRN_SCRATCH_ABSOLUTE,    /* flat_scratch written by the kernel, V# in user SGPRs */
    CAIRN_SCRATCH_ARCHITECTED, /* set up by hardware, scratch_* instructions only */
};

struct cairn_gfx {
    enum cairn_gfx_id id;
    const char *name;      /* "gfx90a" */
    uint32_t mach;         /* ELF e_flags[7:0] */
    uint32_t wave_size;    /* lanes of a native wave */
    uint32_t arch_vgprs;   /* per lane */
    uint32_t accum_vgprs;  /* AGPRs per lane; unified with arch_vgprs in one file */
    uint32_t vgpr_granule; /* registers per granule of rsrc1.vgprs */
    uint32_t sgprs;        /* addressable */
    uint32_t lds_bytes;    /* per workgroup */
    uint32_t lds_granule_bytes;
    bool packed_work_item_ids; /* x,y,z in v0 */
    enum cairn_scratch_kind scratch;
    bool has_xnack, has_sramecc;
    uint32_t compute_units, simds_per_cu, waves_per_simd, clock_mhz;
    const char *product;
};

/* NULL if there is no such chip. The rows are static. */
const struct cairn_gfx *cairn_gfx_by_name(const char *name, size_t length);
const struct cairn_gfx *cairn_gfx_by_mach(uint32_t mach);
const struct cairn_gfx *cairn_gfx_at(enum cairn_gfx_id id);

#endif
