/* SPDX-License-Identifier: MIT
 * Where shapes come from: constants, registers as they are in front of an instruction, and, at the
 * kernel's entry, the work-item ids and the workgroup's size.
 */
#include "finalizer/shapes_priv.h"
#include "machine/constant.h"

/* ---- operands */

bool cairn_shape_constant(const struct cairn_shape_pass *pass, unsigned slot, uint32_t *out)
{
    const struct cairn_operand *operand = &pass->insn->slot[slot];
    unsigned code = operand->code;
    if (code == CAIRN_CODE_LITERAL)
        *out = (uint32_t)cairn_literal_value(pass->insn->literal, operand->type);
    else if ((code >= CAIRN_CODE_INT_0 && code <= CAIRN_CODE_INT_LAST) ||
             (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST))
        *out = (uint32_t)cairn_inline_constant(code, operand->type);
    else
        return false;
    return true;
}

struct cairn_shape_value cairn_shape_source(const struct cairn_shape_pass *pass, unsigned slot,
                                            unsigned dword)
{
    const struct cairn_operand *operand = &pass->insn->slot[slot];
    struct cairn_shape_value value = cairn_shape_uniform(CAIRN_SHAPE_GROUP_UNIFORM);
    uint32_t constant;
    if (cairn_code_is_vector(operand->code))
        return pass->now.v[cairn_vreg_of_code(operand->code) + dword];
    if (dword == 0 && cairn_shape_constant(pass, slot, &constant)) {
        value.bits = cairn_shape_bits_of(constant);
        value.zeros = constant == 0 ? 32 : (uint8_t)__builtin_ctz(constant);
    } else if (operand->code + dword < CAIRN_SHAPE_SCALARS) {
        value.zeros = pass->now.zeros[operand->code + dword];
    }
    return value;
}

unsigned cairn_shape_vreg_of(const struct cairn_operand *operand)
{
    return cairn_code_is_vector(operand->code) ? cairn_vreg_of_code(operand->code)
                                               : CAIRN_SHAPE_NO_VREG;
}

/* ---- work-item ids */

static uint32_t size_of(const struct cairn_shape_pass *pass, unsigned dimension)
{
    return pass->geometry->workgroup[dimension];
}

static bool rows_fit_chunks(const struct cairn_shape_pass *pass)
{
    bool whole = pass->geometry->whole_groups;
    return (whole && size_of(pass, 0) % pass->geometry->width == 0) ||
           (uint64_t)size_of(pass, 1) * size_of(pass, 2) == 1;
}

/* Lanes that belong to one row of the workgroup, wherever they begin at a multiple of it. */
static uint8_t run_of_rows(const struct cairn_shape_pass *pass)
{
    uint32_t row = size_of(pass, 0), power = row & -row;
    if ((uint64_t)size_of(pass, 1) * size_of(pass, 2) == 1 || power >= CAIRN_SHAPE_RUN_ALL)
        return CAIRN_SHAPE_RUN_ALL;
    return (uint8_t)power;
}

static struct cairn_shape_value id_x(const struct cairn_shape_pass *pass)
{
    struct cairn_shape_value value = cairn_shape_varying;
    value.bits = cairn_shape_bits_of(size_of(pass, 0) - 1);
    if (rows_fit_chunks(pass)) {
        value.shape = cairn_shape_affine(1, run_of_rows(pass));
        value.zeros = (uint8_t)__builtin_ctz(pass->geometry->width);
        /* Lanes that do not exist count on. */
        value.bits = cairn_shape_bits_of((size_of(pass, 0) + 63) / 64 * 64 - 1);
    }
    return value;
}

static struct cairn_shape_value id_of_row(const struct cairn_shape_pass *pass, unsigned dimension)
{
    struct cairn_shape_value value = cairn_shape_varying;
    if (size_of(pass, dimension) == 1) {
        value = cairn_shape_uniform(CAIRN_SHAPE_GROUP_UNIFORM);
        value.zeros = 32;
        value.bits = 0;
    } else if (rows_fit_chunks(pass)) {
        value = cairn_shape_uniform(CAIRN_SHAPE_UNIFORM);
        value.shape.run = run_of_rows(pass);
        value.bits = cairn_shape_bits_of(size_of(pass, dimension) - 1);
    }
    return value;
}

void cairn_shape_set_entry(struct cairn_shape_pass *pass)
{
    struct cairn_shape_state *entry = &pass->in[pass->program->entry];
    unsigned dims = pass->geometry->rsrc2 >> 11 & 3;
    entry->reached = true;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        entry->v[i] = cairn_shape_varying;
    entry->v[0] = id_x(pass);
    if (!pass->program->gfx->packed_work_item_ids) {
        if (dims >= 1)
            entry->v[1] = id_of_row(pass, 1);
        if (dims >= 2)
            entry->v[2] = id_of_row(pass, 2);
    } else if (dims >= 1 && (uint64_t)size_of(pass, 1) * size_of(pass, 2) > 1) {
        entry->v[0].bits = 30;
        entry->v[0].packed = true;
    }
}

bool cairn_shape_packed_field(const struct cairn_shape_pass *pass, struct cairn_shape_value a,
                              uint32_t first, uint32_t count, struct cairn_shape_value *out)
{
    if (!a.packed || first % 10 != 0 || first > 20 || count < 10 || (first < 20 && count > 10))
        return false;
    *out = first == 0 ? id_x(pass) : id_of_row(pass, first / 10);
    return true;
}
