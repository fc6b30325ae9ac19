/* SPDX-License-Identifier: MIT
 * Atomics of GLOBAL, FLAT and buffers: all by calls, the host's own atomics take most of the time.
 */
#include "finalizer/llvm/lift_memory.h"

/* The operation + 1, by instruction. */
#define ROW_OF(prefix, name) [CAIRN_OP_##prefix##_atomic_##name] = CAIRN_ATOMIC_##name + 1,
#define GLOBAL_ROW(name)     ROW_OF(global, name) ROW_OF(buffer, name)
#define ALL_ROW(name)        ROW_OF(flat, name) GLOBAL_ROW(name)
#define ALL_ROW_X2(name)     ALL_ROW(name##_x2)
static const uint8_t operations[] = {CAIRN_ACCESS_INTEGERS(ALL_ROW) CAIRN_ACCESS_INTEGERS(
    ALL_ROW_X2) CAIRN_ACCESS_FLOATS32(GLOBAL_ROW) CAIRN_ACCESS_FLOATS64(ALL_ROW)};

bool cairn_lift_atomic_knows(const struct cairn_insn *insn)
{
    return insn->op < sizeof operations / sizeof operations[0] && operations[insn->op] != 0;
}

/* New values, then compare values; an instruction without them has them all the same. */
static void take_data(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    unsigned present = lift->insn->slot[CAIRN_SLOT_DATA0].dwords;
    for (unsigned i = 0; i < 2 * access->dwords; i++)
        access->data[i] = i < present ? cairn_lift_source(lift, CAIRN_SLOT_DATA0, i) : NULL;
}

static unsigned kinds_of(const struct cairn_insn *insn)
{
    if (insn->encoding == CAIRN_ENC_MUBUF)
        return CAIRN_ACCESS_BUFFER_ATOMIC;
    return insn->encoding == CAIRN_ENC_FLAT ? CAIRN_ACCESS_FLAT_ATOMIC : CAIRN_ACCESS_GLOBAL_ATOMIC;
}

void cairn_lift_atomic_emit(struct cairn_lift *lift)
{
    const struct cairn_insn *insn = lift->insn;
    unsigned operation = operations[insn->op] - 1u;
    bool returns = cairn_operand_present(&insn->slot[CAIRN_SLOT_DST]);
    struct cairn_lift_access access;
    struct cairn_lift_addresses addresses;
    cairn_lift_access_init(lift, &access, operation < CAIRN_ATOMIC_FIRST_64 ? 4 : 8);
    access.kind = kinds_of(insn) + operation;
    if (insn->encoding == CAIRN_ENC_MUBUF)
        cairn_lift_buffer_operands(&access);
    else
        cairn_lift_linear_operands(&access, &addresses);
    take_data(&access);
    cairn_lift_access_call(&access, 2 * access.dwords, returns ? access.dwords : 0);
    for (unsigned i = 0; i < access.dwords && returns; i++)
        cairn_lift_access_take(&access, CAIRN_SLOT_DST, i, CAIRN_FORM_PLAIN);
}
