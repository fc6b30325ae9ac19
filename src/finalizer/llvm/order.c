/* SPDX-License-Identifier: MIT
 * Which accesses may share a loop over chunks.
 */
#include "finalizer/llvm/order.h"

#include "finalizer/llvm/lift_ds.h"

#include <string.h>

static unsigned spaces_of(const struct cairn_lift *lift, const struct cairn_insn *insn)
{
    switch (insn->encoding) {
    case CAIRN_ENC_DS:
        return CAIRN_SPACE_LDS;
    case CAIRN_ENC_FLAT:
        return CAIRN_SPACE_LDS | CAIRN_SPACE_GLOBAL;
    case CAIRN_ENC_GLOBAL:
    case CAIRN_ENC_MTBUF:
        return CAIRN_SPACE_GLOBAL | (insn->lds ? CAIRN_SPACE_LDS : 0);
    case CAIRN_ENC_MUBUF: /* scratch through s[0:3]: a lane's own memory */
        if (lift->geometry->has_scratch && insn->slot[CAIRN_SLOT_RSRC].code == 0 && !insn->idxen)
            return 0;
        return CAIRN_SPACE_GLOBAL | (insn->lds ? CAIRN_SPACE_LDS : 0);
    default:
        return 0;
    }
}

static int64_t access_bytes(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    const struct cairn_operand *data = &insn->slot[CAIRN_SLOT_DATA0];
    unsigned dwords = cairn_operand_present(dst) ? dst->dwords : 0;
    if (cairn_operand_present(data) && data->dwords > dwords)
        dwords = data->dwords;
    return 4 * (int64_t)dwords;
}

/* How far apart the addresses of neighbouring lanes are, all over the wave; 0: not known, or lanes
 * may meet. Of 64-bit addresses the low halves tell them apart. */
static int64_t stride_of(const struct cairn_shape shape[CAIRN_VREGS], const struct cairn_insn *insn)
{
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    if (!cairn_operand_present(address) || !cairn_code_is_vector(address->code))
        return 0;
    const struct cairn_shape *low = &shape[cairn_vreg_of_code(address->code)];
    int64_t stride = low->stride < 0 ? -(int64_t)low->stride : low->stride;
    bool apart = low->kind == CAIRN_SHAPE_AFFINE && low->run == CAIRN_SHAPE_RUN_ALL &&
                 stride <= UINT32_MAX / CAIRN_WAVE_LANES;
    return apart ? stride : 0;
}

static bool has_two_offsets(const struct cairn_insn *insn)
{
    return insn->encoding == CAIRN_ENC_DS && cairn_operand_present(&insn->slot[CAIRN_SLOT_DATA1]);
}

/* What the address registers held, and where that is so for all ways to the place: anywhere if they
 * have not been written, else within a block. */
static bool same_address(const struct cairn_order *order, const struct cairn_traffic *traffic,
                         const struct cairn_program_insn *at)
{
    const struct cairn_operand *address = &at->insn.slot[CAIRN_SLOT_ADDR];
    unsigned vreg = cairn_vreg_of_code(address->code);
    if (traffic->address != address->code || traffic->base != at->insn.slot[CAIRN_SLOT_SADDR].code)
        return false;
    for (unsigned i = 0; i < address->dwords && i < 2; i++)
        if (order->version[vreg + i] != traffic->version[i] ||
            (traffic->version[i] != 0 && traffic->block != at->block))
            return false;
    return true;
}

/* Joins the access to those before; false if it goes elsewhere. */
static bool joins(const struct cairn_order *order, const struct cairn_shape shape[CAIRN_VREGS],
                  struct cairn_traffic *traffic, const struct cairn_program_insn *at)
{
    const struct cairn_insn *insn = &at->insn;
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    int64_t stride = stride_of(shape, insn), low = insn->imm, high = low + access_bytes(insn);
    bool first = !traffic->loads && !traffic->stores;
    bool by_address = insn->encoding == CAIRN_ENC_DS || insn->encoding == CAIRN_ENC_GLOBAL;
    if (!by_address || stride == 0 || has_two_offsets(insn) ||
        (!first && (!traffic->shared || !same_address(order, traffic, at))))
        return false;
    traffic->address = address->code;
    traffic->base = insn->slot[CAIRN_SLOT_SADDR].code;
    traffic->block = at->block;
    for (unsigned i = 0; i < address->dwords && i < 2; i++)
        traffic->version[i] = order->version[cairn_vreg_of_code(address->code) + i];
    traffic->stride = stride;
    traffic->low = first || low < traffic->low ? low : traffic->low;
    traffic->high = first || high > traffic->high ? high : traffic->high;
    return traffic->high - traffic->low <= traffic->stride;
}

/* Atomics of LDS that return nothing. Aligned they are: others fault. */
bool cairn_order_commutes(const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_ds_add_u32:
    case CAIRN_OP_ds_sub_u32:
    case CAIRN_OP_ds_min_i32:
    case CAIRN_OP_ds_max_i32:
    case CAIRN_OP_ds_min_u32:
    case CAIRN_OP_ds_max_u32:
    case CAIRN_OP_ds_and_b32:
    case CAIRN_OP_ds_or_b32:
    case CAIRN_OP_ds_xor_b32:
    case CAIRN_OP_ds_add_u64:
    case CAIRN_OP_ds_sub_u64:
    case CAIRN_OP_ds_min_i64:
    case CAIRN_OP_ds_max_i64:
    case CAIRN_OP_ds_min_u64:
    case CAIRN_OP_ds_max_u64:
    case CAIRN_OP_ds_and_b64:
    case CAIRN_OP_ds_or_b64:
    case CAIRN_OP_ds_xor_b64:
        return true;
    default:
        return false;
    }
}

/* Notes the operation; true: it may come in any order with all those before. */
static bool commutes_with(struct cairn_traffic *traffic, const struct cairn_insn *insn)
{
    bool first = !traffic->loads && !traffic->stores;
    bool same = cairn_order_commutes(insn) && (first || traffic->commutes == insn->op);
    traffic->commutes = same ? insn->op : 0;
    return same;
}

/* ---- LDS whose addresses are known: what each chunk touches, dword by dword */

/* The dwords of one lane's access at `at`; none outside of LDS. */
static bool meets_later_chunk(struct cairn_order *order, const struct cairn_lift_ds_span *span,
                              uint32_t at, unsigned chunk)
{
    bool met = false;
    if (at > CAIRN_LDS_DWORDS * 4 - span->bytes)
        return false;
    for (uint32_t i = at / 4; i <= (at + span->bytes - 1) / 4; i++) {
        met = met || order->stored[i] > chunk + 1 || (span->stores && order->loaded[i] > chunk + 1);
        if (span->stores && order->stored[i] < chunk + 1)
            order->stored[i] = (uint8_t)(chunk + 1);
        if (span->loads && order->loaded[i] < chunk + 1)
            order->loaded[i] = (uint8_t)(chunk + 1);
    }
    return met;
}

static bool is_on(const uint32_t *exec, uint32_t lane)
{
    return exec == NULL || (exec[lane / 32] >> (lane % 32) & 1);
}

/* Chunk after chunk, would a lane come before one of an earlier instruction and a later chunk that
 * touches the same dword? *conflict: yes; false: it is not known. */
static bool known_conflict(struct cairn_order *order, const struct cairn_known_state *known_state,
                           const struct cairn_insn *insn, bool *conflict)
{
    const struct cairn_lift *lift = order->lift;
    struct cairn_known *known = lift->facts->known;
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    struct cairn_lift_ds_span span;
    if (!cairn_lift_ds_span_of(insn, &span) || !cairn_code_is_vector(address->code) ||
        !cairn_lift_knows(lift) || !order->lds_known)
        return false;
    uint32_t id = known_state->vector[cairn_vreg_of_code(address->code)];
    uint32_t mask = known_state->mask[CAIRN_CODE_EXEC_LO / 2];
    if (id == 0)
        return false;
    const uint32_t *lane = cairn_known_vector(known, id);
    const uint32_t *exec = mask != 0 ? cairn_known_mask(known, mask) : NULL;
    order->lds_used = true;
    *conflict = false;
    for (uint32_t i = 0; i < cairn_known_lanes(known); i++)
        for (unsigned j = 0; j < span.count && is_on(exec, i); j++)
            if (meets_later_chunk(order, &span, lane[i] + span.offset[j], i / lift->width))
                *conflict = true;
    return true;
}

/* ---- all of it */

bool cairn_order_scalar_conflicts(const struct cairn_order *order,
                                  const struct cairn_program_insn *at)
{
    const struct cairn_traffic *traffic = &order->traffic[CAIRN_SPACE_GLOBAL - 1];
    bool stores = at->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    return at->insn.encoding == CAIRN_ENC_SMEM && (traffic->stores || (stores && traffic->loads));
}

bool cairn_order_conflicts(struct cairn_order *order, const struct cairn_shape shape[CAIRN_VREGS],
                           const struct cairn_known_state *known_state,
                           const struct cairn_program_insn *at)
{
    unsigned spaces = spaces_of(order->lift, &at->insn);
    bool stores = at->flags & (CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC);
    bool conflict = false;
    for (unsigned i = 0; i < CAIRN_SPACES; i++) {
        struct cairn_traffic *traffic = &order->traffic[i];
        if (!(spaces >> i & 1))
            continue;
        bool met, known = spaces == CAIRN_SPACE_LDS &&
                          known_conflict(order, known_state, &at->insn, &met);
        bool together = !(at->flags & CAIRN_ISA_ATOMIC) && spaces == 1u << i &&
                        joins(order, shape, traffic, at);
        traffic->shared = together;
        bool commutes = commutes_with(traffic, &at->insn);
        if (known)
            conflict = conflict || met;
        else
            conflict = conflict ||
                       (!together && !commutes && (traffic->stores || (stores && traffic->loads)));
        if (spaces & CAIRN_SPACE_LDS && !known)
            order->lds_known = false;
        traffic->stores = traffic->stores || stores;
        traffic->loads = traffic->loads || !stores;
    }
    return conflict;
}

void cairn_order_wrote(struct cairn_order *order, const struct cairn_regs *writes)
{
    for (unsigned i = 0; i < CAIRN_SPACES; i++) {
        unsigned base = order->traffic[i].base;
        if (base < 128 && (cairn_regs_has_s(writes, base) || cairn_regs_has_s(writes, base + 1)))
            order->traffic[i].shared = false;
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        order->version[i] += cairn_regs_has_v(writes, i);
}

void cairn_order_start(struct cairn_order *order, const struct cairn_lift *lift)
{
    memset(order->traffic, 0, sizeof order->traffic);
    memset(order->version, 0, sizeof order->version);
    if (order->lds_used || order->lift == NULL) {
        memset(order->loaded, 0, sizeof order->loaded);
        memset(order->stored, 0, sizeof order->stored);
    }
    order->lds_used = false;
    order->lds_known = true;
    order->lift = lift;
}
