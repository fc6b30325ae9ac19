/* SPDX-License-Identifier: MIT
 * Hardware registers: numbers and fields from AMD "CDNA2 ISA" 5.8 and 3.4-3.12.
 */
#include "interp/hwreg.h"

#include "interp/operand.h"

enum {
    HWREG_MODE = 1,
    HWREG_STATUS = 2,
    HWREG_TRAPSTS = 3,
    HWREG_HW_ID = 4,
    HWREG_GPR_ALLOC = 5,
    HWREG_LDS_ALLOC = 6,
    HWREG_IB_STS = 7,
    HWREG_MEM_BASES = 15,
};

/* MODE: float controls, exception enables, FP16_OVFL, GPR_IDX_EN, VSKIP, CSP. */
static const uint32_t mode_writable =
    0x3ff | 0x7f << 12 | 1u << 23 | 1u << 27 | 1u << 28 | 7u << 29;
static const uint32_t trapsts_writable = 0x7f;

static uint32_t status(const struct cairn_wave *wave)
{
    bool in_group = wave->group->wave_count > 1;
    return wave->scc | (uint32_t)(cairn_exec(wave) == 0) << 9 |
           (uint32_t)(cairn_wave_read64(wave, CAIRN_CODE_VCC_LO) == 0) << 10 |
           (uint32_t)in_group << 11 | 1u << 16;
}

/* Sizes in granules, less one for registers. */
static uint32_t gpr_alloc(const struct cairn_wave *wave)
{
    const struct cairn_launch *launch = wave->launch;
    uint32_t granules = launch->vgprs / launch->gfx->vgpr_granule;
    uint32_t sgpr_granules = launch->rsrc1 >> 6 & 15;
    return ((granules - 1) & 0x3f) << 8 | sgpr_granules / 2 << 24;
}

static uint32_t lds_alloc(const struct cairn_wave *wave)
{
    const struct cairn_launch *launch = wave->launch;
    return (launch->lds_bytes / launch->gfx->lds_granule_bytes & 0x1ff) << 12;
}

/* Bits 63:48 of the apertures: private in 15:0, shared in 31:16. */
static uint32_t mem_bases(void)
{
    return (uint32_t)(CAIRN_LEGACY_PRIVATE_APERTURE >> 48) |
           (uint32_t)(CAIRN_LEGACY_SHARED_APERTURE >> 48) << 16;
}

static bool read_whole(const struct cairn_wave *wave, unsigned id, uint32_t *out)
{
    switch (id) {
    case HWREG_MODE:
        *out = wave->mode;
        return true;
    case HWREG_STATUS:
        *out = status(wave);
        return true;
    case HWREG_TRAPSTS:
        *out = (uint32_t)wave->trap_state[CAIRN_TRAP_STATE_TRAPSTS];
        return true;
    case HWREG_HW_ID:
        *out = (uint32_t)wave->trap_state[CAIRN_TRAP_STATE_HW_ID];
        return true;
    case HWREG_GPR_ALLOC:
        *out = gpr_alloc(wave);
        return true;
    case HWREG_LDS_ALLOC:
        *out = lds_alloc(wave);
        return true;
    case HWREG_IB_STS: /* counters of outstanding work: there is none */
        *out = 0;
        return true;
    case HWREG_MEM_BASES:
        *out = mem_bases();
        return true;
    default:
        return false;
    }
}

static uint32_t field_mask(uint32_t field)
{
    unsigned size = (field >> 11 & 31) + 1;
    return size == 32 ? UINT32_MAX : (1u << size) - 1;
}

bool cairn_hwreg_read(const struct cairn_wave *wave, uint32_t field, uint32_t *out)
{
    uint32_t whole;
    if (!read_whole(wave, field & 63, &whole))
        return false;
    *out = whole >> (field >> 6 & 31) & field_mask(field);
    return true;
}

bool cairn_hwreg_write(struct cairn_wave *wave, uint32_t field, uint32_t value)
{
    unsigned offset = field >> 6 & 31;
    uint32_t mask = field_mask(field) << offset, bits = value << offset & mask, whole;
    uint64_t *trapsts = &wave->trap_state[CAIRN_TRAP_STATE_TRAPSTS];
    switch (field & 63) {
    case HWREG_MODE:
        mask &= mode_writable;
        wave->mode = (wave->mode & ~mask) | (bits & mask);
        return true;
    case HWREG_TRAPSTS:
        mask &= trapsts_writable;
        *trapsts = (*trapsts & ~(uint64_t)mask) | (bits & mask);
        return true;
    default: /* the others can be read, and a write without privilege does nothing */
        return read_whole(wave, field & 63, &whole);
    }
}
