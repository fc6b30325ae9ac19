/* SPDX-License-Identifier: MIT
 * Chooses handlers of memory instructions, and finds the lane behind a SIGSEGV.
 */
#include "interp/memory_buffer.h"

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

static const struct mem_handler *find(const struct cairn_insn *insn)
{
    const struct mem_handler *found = cairn_memory_handler_of(insn->op);
    if (found != NULL)
        return found;
    switch ((enum cairn_encoding)insn->encoding) {
    case CAIRN_ENC_DS:
        return cairn_interp_ds_atomic_find(insn->op);
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
        return cairn_interp_atomic_find(insn->op);
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        found = cairn_interp_buffer_other_find(insn->op);
        return found != NULL ? found : cairn_interp_format_find(insn->op);
    case CAIRN_ENC_MIMG:
        return cairn_interp_image_find(insn->op);
    default:
        return NULL;
    }
}

void (*cairn_interp_memory_select(const struct cairn_insn *insn))(struct cairn_wave *wave,
                                                                  const struct cairn_insn *insn)
{
    const struct mem_handler *found = find(insn);
    if (found == NULL || insn->gds)
        return NULL;
    return has_odd_tuple(insn) ? run_bad_register : found->run;
}

/* ---- after a SIGSEGV */

static unsigned access_bytes(const struct cairn_insn *insn)
{
    const struct mem_atomic *atomic = cairn_interp_atomic_of(insn->op);
    const struct mem_handler *found = find(insn);
    return atomic != NULL ? 4 * atomic->dwords : found != NULL ? found->bytes : 0;
}

static int flat_lane(const struct cairn_wave *wave, const struct cairn_insn *insn, unsigned bytes,
                     uint64_t address)
{
    uint64_t at[CAIRN_WAVE_LANES];
    mem_flat_addresses(wave, insn, at);
    MEM_FOR_LANES(lane, cairn_exec(wave))
    if (address - at[lane] < bytes)
        return (int)lane;
    return -1;
}

/* Byte by byte, because of swizzles. */
static int buffer_lane(const struct cairn_wave *wave, const struct cairn_insn *insn, unsigned bytes,
                       uint64_t address)
{
    struct mem_buffer b = mem_buffer_of(wave, insn);
    MEM_FOR_LANES(lane, cairn_exec(wave))
    for (unsigned i = 0; i < bytes; i++)
        if (mem_buffer_in_range(&b, lane, i, 1) && address == mem_buffer_address(&b, lane, i))
            return (int)lane;
    return -1;
}

int cairn_interp_memory_lane(const struct cairn_wave *wave, const struct cairn_insn *insn,
                             uint64_t address)
{
    unsigned bytes = access_bytes(insn);
    switch ((enum cairn_encoding)insn->encoding) {
    case CAIRN_ENC_FLAT:
    case CAIRN_ENC_GLOBAL:
        return flat_lane(wave, insn, bytes, address);
    case CAIRN_ENC_MUBUF:
    case CAIRN_ENC_MTBUF:
        return buffer_lane(wave, insn, bytes != 0 ? bytes : 4 * MEM_MAX_DWORDS, address);
    default:
        return -1;
    }
}
