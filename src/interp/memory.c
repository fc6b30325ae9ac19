/* SPDX-License-Identifier: MIT
 * Chooses handlers of memory instructions, and finds the lane behind a SIGSEGV.
 */
#include "interp/memory_priv.h"

static void run_bad_register(struct cairn_wave *wave, const struct cairn_insn *insn)
{
    (void)insn;
    cairn_wave_raise(wave, CAIRN_FAULT_BAD_REGISTER, 0, -1);
}

/* Tuples of vector registers begin at an even one on gfx90a (AMD "CDNA2 ISA" 3.6). */
static bool has_odd_tuple(const struct cairn_insn *insn)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (cairn_code_is_vector(operand->code) && operand->dwords > 1 && operand->code & 1)
            return true;
    }
    return false;
}

static MEM_SELECT(select_ds)
{
    if (insn->gds)
        return NULL;
    void (*run)(struct cairn_wave *, const struct cairn_insn *) = cairn_interp_ds_select(insn);
    if (run == NULL)
        run = cairn_interp_ds_atomic_select(insn);
    return run != NULL ? run : cairn_interp_ds_lane_select(insn);
}

static MEM_SELECT(select_any)
{
    void (*run)(struct cairn_wave *, const struct cairn_insn *);
    switch ((enum cairn_encoding)insn->encoding) {
    case CAIRN_ENC_DS:
        return select_ds(insn);
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
        run = cairn_interp_flat_select(insn);
        return run != NULL ? run : cairn_interp_atomic_select(insn);
    case CAIRN_ENC_SCRATCH:
        return cairn_interp_scratch_select(insn);
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        return cairn_interp_buffer_select(insn);
    default:
        return NULL;
    }
}

MEM_SELECT(cairn_interp_memory_select)
{
    void (*run)(struct cairn_wave *, const struct cairn_insn *) = select_any(insn);
    return run != NULL && has_odd_tuple(insn) ? run_bad_register : run;
}

int cairn_interp_memory_lane(const struct cairn_wave *wave, const struct cairn_insn *insn,
                             uint64_t address)
{
    switch ((enum cairn_encoding)insn->encoding) {
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL: {
        uint64_t at[CAIRN_WAVE_LANES];
        unsigned bytes = cairn_interp_flat_bytes(insn);
        mem_flat_addresses(wave, insn, at);
        MEM_FOR_LANES(lane, cairn_exec(wave))
        if (address - at[lane] < bytes)
            return (int)lane;
        return -1;
    }
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        return cairn_interp_buffer_lane(wave, insn, address);
    default:
        return -1;
    }
}
