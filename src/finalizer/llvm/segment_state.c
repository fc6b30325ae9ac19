/* SPDX-License-Identifier: MIT
 * What registers hold in a segment, where blocks meet: stack slots, which LLVM makes SSA values of.
 * Of a vector register there are two, the lanes or lane 0's value; the shapes at a block's start
 * say which is meant. A pair of scalar registers is a number or a mask, as the segment's own masks
 * at a block's start say.
 */
#include "finalizer/llvm/segment_priv.h"

#include <string.h>

enum { SEGMENT_SCALARS = CAIRN_SREGS + 2 };

void cairn_parts_use(struct cairn_lift *lift, const struct cairn_parts *parts, unsigned i)
{
    lift->region = parts->region[i];
}

/* ---- slots */

LLVMValueRef cairn_lift_loop_slot(struct cairn_lift *lift, LLVMTypeRef type)
{
    if (lift->region->segment == NULL || !lift->region->segment->loop)
        return NULL;
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(lift->function);
    LLVMBasicBlockRef here = LLVMGetInsertBlock(lift->builder);
    LLVMValueRef slot = cairn_lift_slot(lift, type);
    LLVMPositionBuilderBefore(lift->builder, LLVMGetBasicBlockTerminator(entry));
    LLVMBuildStore(lift->builder, LLVMConstNull(type), slot);
    LLVMPositionBuilderAtEnd(lift->builder, here);
    return slot;
}

bool cairn_lift_in_step(const struct cairn_lift *lift)
{
    return lift->region->segment != NULL && lift->region->segment->parts > 1;
}

static LLVMValueRef dword_of(struct cairn_lift *lift, LLVMValueRef slots, unsigned code)
{
    LLVMValueRef index = cairn_lift_const64(lift, 4 * (uint64_t)code);
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, slots, &index, 1, "");
}

LLVMValueRef cairn_segment_sgpr_pointer(struct cairn_lift *lift, unsigned code)
{
    return dword_of(lift, lift->region->segment->scalars, code);
}

/* Those that each part has its own of. */
void cairn_parts_make_slots(struct cairn_lift *lift, struct cairn_segment *segment)
{
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&segment->reads, i) || cairn_regs_has_v(&segment->writes, i)) {
            segment->row[i] = cairn_lift_slot(lift, lift->v32);
            segment->base[i] = cairn_lift_slot(lift, lift->i32);
        }
    for (unsigned i = 0; i < 128; i += 2)
        if (cairn_regs_has_pair(&segment->reads, i) || cairn_regs_has_pair(&segment->writes, i))
            segment->mask[i] = cairn_lift_slot(lift, lift->v1);
}

void cairn_segment_make_slots(struct cairn_lift *lift, struct cairn_segment *segment)
{
    LLVMTypeRef scalars = LLVMArrayType2(lift->i32, SEGMENT_SCALARS);
    cairn_parts_make_slots(lift, segment);
    for (unsigned i = 0; i < 128; i += 2)
        segment->inside[i] = segment->inside[i + 1] =
            cairn_regs_has_pair(&segment->scalar_writes, i);
    segment->inside[CAIRN_SREG_SCC] = cairn_regs_has_s(&segment->scalar_writes, CAIRN_SREG_SCC);
    segment->scalars = cairn_lift_slot(lift, scalars);
    segment->best = cairn_lift_slot(lift, scalars);
    segment->left = cairn_lift_slot(lift, lift->i32);
    segment->least = cairn_lift_slot(lift, lift->i32);
    segment->again = cairn_lift_slot(lift, lift->i1);
    segment->any = cairn_lift_slot(lift, cairn_lift_mask_type(lift));
}

static bool is_varying(const struct cairn_shape *shape)
{
    return shape->kind == CAIRN_SHAPE_VARYING;
}

/* ---- what is known where a block begins */

void cairn_segment_forget(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_segment *segment = region->segment;
    for (unsigned i = 0; i < 128; i++) {
        if (segment->inside[i])
            region->sgpr[i] = region->sgpr64[i] = NULL;
        if (segment->mask[i & ~1u] != NULL)
            region->any[i] = NULL;
    }
    if (segment->inside[CAIRN_SREG_SCC])
        region->scc = NULL;
    region->scc_of = -1;
}

void cairn_segment_start_block(struct cairn_lift *lift, uint32_t n, uint32_t from)
{
    struct cairn_lift_region *region = lift->region;
    struct cairn_segment *segment = region->segment;
    uint32_t block = segment->block[n];
    memcpy(region->shape, lift->facts->entry[block], sizeof region->shape);
    region->known = *cairn_known_entry(lift->facts->known, block);
    for (uint32_t i = lift->program->blocks[block].first; i < from; i++) {
        cairn_region_advance(region->shape, lift, i);
        cairn_known_step(lift->facts->known, i, &region->known);
    }
    memcpy(segment->own, segment->masks[n], sizeof segment->own);
    cairn_region_forget_lanes(lift);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        segment->as_base[i] = !is_varying(&region->shape[i]);
}

/* ---- from memory to slots */

static LLVMValueRef outer_pointer(struct cairn_lift *lift, unsigned code)
{
    size_t offset = code == CAIRN_SREG_SCC ? offsetof(struct cairn_wave, scc)
                                           : offsetof(struct cairn_wave, sgpr) + 4 * code;
    return cairn_lift_wave_field(lift, lift->wave, offset);
}

void cairn_parts_enter(struct cairn_lift *lift)
{
    const struct cairn_segment *segment = lift->region->segment;
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (segment->row[i] == NULL)
            continue;
        LLVMValueRef at = cairn_lift_register_pointer(lift, i);
        if (segment->as_base[i])
            cairn_lift_slot_store(lift, cairn_lift_state_load(lift, lift->i32, at, 4),
                                  segment->base[i]);
        else
            cairn_lift_slot_store(lift, cairn_lift_state_load(lift, lift->v32, at, 4 * lift->width),
                                  segment->row[i]);
    }
    for (unsigned i = 0; i < 128; i += 2) {
        if (segment->mask[i] == NULL)
            continue;
        LLVMValueRef bits = cairn_lift_state_load(
            lift, cairn_lift_mask_type(lift), cairn_lift_mask_pointer(lift, i), lift->width / 8);
        cairn_lift_slot_store(lift, LLVMBuildBitCast(lift->builder, bits, lift->v1, ""),
                              segment->mask[i]);
    }
}

/* Scalar registers that each chunk has its own of, as they are in front of the chunks. */
void cairn_parts_enter_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                               const LLVMValueRef *start)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++)
        if (segment->inside[i])
            cairn_lift_slot_store(lift, start[i], dword_of(lift, segment->scalars, i));
}

void cairn_segment_load_start(struct cairn_lift *lift, const struct cairn_segment *segment,
                              LLVMValueRef *start)
{
    for (unsigned i = 0; i < CAIRN_SREG_SCC; i++)
        if (segment->inside[i])
            start[i] = cairn_lift_sgpr(lift, i);
    if (segment->inside[CAIRN_SREG_SCC])
        start[CAIRN_SREG_SCC] = LLVMBuildZExt(lift->builder, cairn_lift_scc(lift), lift->i32, "");
}

/* Behind the scalar instructions that were done in front: what they wrote, to the slots. */
void cairn_parts_leave_front(struct cairn_lift *lift, const struct cairn_parts *parts)
{
    LLVMValueRef start[CAIRN_SREGS] = {NULL};
    cairn_parts_use(lift, parts, 0);
    cairn_region_lane(lift, false);
    cairn_segment_load_start(lift, parts->segment[0], start);
    cairn_region_lane(lift, true);
    cairn_parts_enter_scalars(lift, parts->segment[0], start);
    for (unsigned k = 0; k < parts->count; k++) {
        const struct cairn_lift_region *region = parts->region[k];
        cairn_parts_use(lift, parts, k);
        for (unsigned i = 0; i < 128; i += 2)
            if (parts->segment[k]->mask[i] != NULL &&
                (region->deferred[i] || region->deferred[i + 1]))
                cairn_lift_slot_store(lift, cairn_lift_mask_code(lift, i),
                                      parts->segment[k]->mask[i]);
    }
    for (unsigned k = 0; k < parts->count; k++)
        parts->segment[k]->in_front = false;
}

/* ---- where a block ends */

static const uint64_t *masks_of(const struct cairn_segment *segment, uint32_t block)
{
    uint32_t n = 0;
    while (segment->block[n] != block)
        n++;
    return segment->masks[n];
}

/* Registers, where those who come next look for them. */
static void hand_on_part(struct cairn_lift *lift, uint32_t to)
{
    struct cairn_lift_region *region = lift->region;
    const struct cairn_segment *segment = region->segment;
    const struct cairn_regs *live = &lift->live->live_in[to];
    const uint64_t *masks = masks_of(segment, to);
    for (unsigned i = 0; i < CAIRN_VREGS; i++) {
        if (segment->row[i] == NULL || !cairn_regs_has_v(live, i))
            continue;
        bool varying = is_varying(&lift->facts->entry[to][i]);
        if (!region->dirty[i] && segment->as_base[i] == !varying)
            continue;
        if (varying)
            cairn_lift_slot_store(lift, cairn_lift_register(lift, i), segment->row[i]);
        else
            cairn_lift_slot_store(lift, cairn_lift_register_base(lift, i), segment->base[i]);
    }
    for (unsigned i = 0; i < 128; i += 2)
        if (segment->mask[i] != NULL && cairn_regs_has_pair(live, i) &&
            !cairn_lanes_has(segment->own, i) && cairn_lanes_has(masks, i) && segment->inside[i])
            cairn_lift_slot_store(lift, cairn_lift_mask_code(lift, i), segment->mask[i]);
}

void cairn_parts_hand_on(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t to)
{
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        hand_on_part(lift, to);
    }
}

/* iW: EXEC of all parts. */
LLVMValueRef cairn_parts_exec(struct cairn_lift *lift, const struct cairn_parts *parts)
{
    LLVMValueRef all = NULL;
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        LLVMValueRef bits = cairn_lift_mask_code(lift, CAIRN_CODE_EXEC_LO);
        all = all == NULL ? bits : LLVMBuildOr(lift->builder, all, bits, "");
    }
    cairn_parts_use(lift, parts, 0);
    return LLVMBuildBitCast(lift->builder, all, cairn_lift_mask_type(lift), "");
}

/* ---- from slots to memory */

void cairn_segment_live_behind(const struct cairn_lift *lift, uint32_t block, uint32_t end,
                               struct cairn_regs *live)
{
    if (end == lift->program->blocks[block].first)
        *live = lift->live->live_in[block];
    else
        cairn_liveness_after(lift->program, lift->live,
                             cairn_lifter_of((struct cairn_lift *)lift)->full, end - 1, live);
}

static void leave_masks(struct cairn_lift *lift, const struct cairn_regs *live)
{
    const struct cairn_segment *segment = lift->region->segment;
    for (unsigned i = 0; i < 128; i += 2) {
        bool written = cairn_regs_has_pair(&segment->writes, i) ||
                       cairn_regs_has_pair(&segment->scalar_writes, i);
        if (segment->mask[i] == NULL || !written || !cairn_lanes_has(segment->own, i) ||
            !cairn_regs_has_pair(live, i))
            continue;
        cairn_lift_store_mask(lift, i);
    }
}

/* Numbers go to `best` if the chunk has made the most turns. */
static void leave_scalars(struct cairn_lift *lift, const struct cairn_segment *segment)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef more = NULL;
    if (segment->loop) {
        LLVMValueRef left = cairn_lift_slot_load(lift, lift->i32, segment->left);
        LLVMValueRef least = cairn_lift_slot_load(lift, lift->i32, segment->least);
        more = LLVMBuildICmp(b, LLVMIntULT, left, least, "");
        cairn_lift_slot_store(lift, LLVMBuildSelect(b, more, left, least, ""), segment->least);
    }
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        if (!segment->inside[i])
            continue;
        LLVMValueRef mine =
            cairn_lift_slot_load(lift, lift->i32, dword_of(lift, segment->scalars, i));
        LLVMValueRef at = dword_of(lift, segment->best, i);
        if (more != NULL)
            mine = LLVMBuildSelect(b, more, mine, cairn_lift_slot_load(lift, lift->i32, at), "");
        cairn_lift_slot_store(lift, mine, at);
    }
}

void cairn_parts_leave(struct cairn_lift *lift, const struct cairn_parts *parts,
                       const struct cairn_regs *live)
{
    const struct cairn_segment *segment = parts->segment[0];
    if (segment->in_front)
        cairn_parts_leave_front(lift, parts);
    for (unsigned k = 0; k < parts->count; k++) {
        cairn_parts_use(lift, parts, k);
        for (unsigned i = 0; i < CAIRN_VREGS; i++)
            if (cairn_regs_has_v(&segment->writes, i) && cairn_regs_has_v(live, i))
                cairn_lift_state_store(lift, cairn_lift_register(lift, i),
                                       cairn_lift_register_place(lift, i), 4 * lift->width);
        leave_masks(lift, live);
    }
    cairn_parts_use(lift, parts, 0);
    leave_scalars(lift, segment);
    if (cairn_regs_has_s(&segment->writes, CAIRN_CODE_EXEC_LO)) {
        LLVMValueRef any = cairn_lift_slot_load(lift, cairn_lift_mask_type(lift), segment->any);
        cairn_lift_slot_store(
            lift, LLVMBuildOr(lift->builder, any, cairn_parts_exec(lift, parts), ""), segment->any);
    }
}

/* Numbers that the segment leaves behind. */
void cairn_segment_store_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                                 const struct cairn_regs *live)
{
    for (unsigned i = 0; i < CAIRN_SREGS; i++) {
        bool pair_is_mask = i < 128 && cairn_lanes_has(segment->own, i & ~1u);
        if (!segment->inside[i] || pair_is_mask ||
            (segment->count > 1 && !cairn_regs_has_s(live, i)))
            continue;
        LLVMValueRef value =
            cairn_lift_slot_load(lift, lift->i32, dword_of(lift, segment->best, i));
        if (i < CAIRN_SREG_SCC && cairn_regs_has_s(&segment->scalar_writes, i))
            cairn_lift_store_sgpr(lift, i, 1, value);
        else
            cairn_lift_state_store(lift, value, outer_pointer(lift, i), 4);
    }
}
