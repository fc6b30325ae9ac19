/* SPDX-License-Identifier: MIT
 * A region in IR: straight code in front, then a loop over the chunks of the wave (or of all waves
 * of the workgroup) with the lane instructions in it. Vector registers that are live behind the
 * region go to memory at the end of each turn.
 */
#include "finalizer/llvm/segment.h"

#include <llvm-c/DebugInfo.h>
#include <string.h>

void cairn_region_start_block(struct cairn_lift *lift, uint32_t block)
{
    struct cairn_lift_region *region = lift->region;
    memcpy(region->shape, lift->facts->entry[block], sizeof region->shape);
    region->known = *cairn_known_entry(lift->facts->known, block);
    region->chunk_first = 0;
    region->chunk_end = cairn_region_chunks(lift);
    region->chunk_step = 1;
    cairn_region_forget_scalars(lift);
}

void cairn_region_forget_scalars(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    memset(region->sgpr, 0, sizeof region->sgpr);
    memset(region->sgpr64, 0, sizeof region->sgpr64);
    memset(region->any, 0, sizeof region->any);
    region->scc = NULL;
    region->scc_of = -1;
}

void cairn_region_lane(struct cairn_lift *lift, bool lane)
{
    const struct cairn_segment *segment = lift->region->segment;
    bool inside = segment != NULL && !segment->in_front;
    lift->builder = lane || inside ? lift->region->lane : lift->region->scalar;
}

unsigned cairn_region_chunks(const struct cairn_lift *lift)
{
    unsigned waves = lift->geometry->merged ? (unsigned)cairn_geometry_waves(lift->geometry) : 1;
    return waves * lift->chunks;
}

bool cairn_region_may_fault(const struct cairn_lift *lift, uint32_t first, uint32_t last)
{
    struct cairn_known_state state = lift->region->known;
    for (uint32_t i = first; i <= last; i++) {
        if (cairn_lift_may_fault(lift, i, &state))
            return true;
        cairn_known_step(lift->facts->known, i, &state);
    }
    return false;
}

static void volatile_store(struct cairn_lift *lift, LLVMValueRef value, LLVMValueRef at,
                           unsigned align)
{
    cairn_lift_state_store(lift, value, at, align);
    LLVMSetVolatile(LLVMGetLastInstruction(LLVMGetInsertBlock(lift->builder)), true);
}

static LLVMValueRef pc_value(struct cairn_lift *lift, uint32_t offset)
{
    LLVMValueRef at = cairn_lift_frame_field(lift, offsetof(struct cairn_native_frame, code_base));
    LLVMValueRef base = cairn_lift_state_load(lift, lift->i64, at, 8);
    return LLVMBuildAdd(lift->builder, base, cairn_lift_const64(lift, offset), "");
}

void cairn_lift_store_pc(struct cairn_lift *lift, uint32_t offset)
{
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, pc));
    volatile_store(lift, pc_value(lift, offset), at, 8);
}

static void note_memory(struct cairn_lift *lift, uint32_t first)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    function->regions[function->region_count++] = first;
    LLVMValueRef at = cairn_lift_frame_field(lift, offsetof(struct cairn_native_frame, chunk));
    volatile_store(lift, lift->region->chunk, at, 4);
}

/* May a chunk without active lanes be left out? If the region makes no masks, and EXEC is not known
 * to be full. */
static bool may_skip(const struct cairn_lift *lift, uint32_t first, uint32_t last)
{
    bool worth = false;
    for (uint32_t i = first; i <= last; i++) {
        const struct cairn_insn *insn = &lift->program->insns[i].insn;
        struct cairn_regs reads, writes;
        const struct cairn_lift_family *family;
        bool any;
        enum cairn_lift_kind kind = cairn_lift_kind_of(lift, i, &family);
        cairn_insn_registers(insn, &reads, &writes, &any);
        if (kind == CAIRN_LIFT_MASK ||
            (kind == CAIRN_LIFT_LANE && (writes.s[0] | writes.s[1] | writes.s[2])))
            return false;
        worth = worth || (lift->program->insns[i].flags &
                          (CAIRN_ISA_LOADS | CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC));
    }
    return worth && !lift->facts->insn[first].exec_full;
}

static void open_skip(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    LLVMValueRef at = cairn_lift_mask_pointer(lift, CAIRN_CODE_EXEC_LO);
    LLVMValueRef bits = cairn_lift_state_load(lift, type, at, lift->width / 8);
    LLVMValueRef idle = LLVMBuildICmp(lift->builder, LLVMIntEQ, bits, LLVMConstNull(type), "");
    LLVMBasicBlockRef busy = cairn_lift_block(lift, "busy");
    region->skip = cairn_lift_block(lift, "next");
    LLVMBuildCondBr(lift->builder, idle, region->skip, busy);
    LLVMPositionBuilderAtEnd(lift->builder, busy);
    region->mask[CAIRN_CODE_EXEC_LO] = LLVMBuildBitCast(lift->builder, bits, lift->v1, "");
}

void cairn_region_forget_lanes(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    memset(region->vector, 0, sizeof region->vector);
    memset(region->base, 0, sizeof region->base);
    memset(region->known_base, 0, sizeof region->known_base);
    memset(region->dirty, 0, sizeof region->dirty);
    memset(region->pair, 0, sizeof region->pair);
    memset(region->ends, 0, sizeof region->ends);
    region->carry.valid = false;
    region->bit_mask = NULL;
    memset(region->mask, 0, sizeof region->mask);
    cairn_nan_forget(lift);
    memset(&lift->recent, 0, sizeof lift->recent); /* values of other loops are none here */
    memset(&lift->wides, 0, sizeof lift->wides);
}

/* No loop then. */
static bool is_one_chunk(const struct cairn_lift_region *region)
{
    return region->chunk_first + region->chunk_step == region->chunk_end;
}

void cairn_region_begin_chunks(struct cairn_lift *lift, uint32_t first, bool memory)
{
    struct cairn_lift_region *region = lift->region;
    region->body = cairn_lift_block(lift, "chunks");
    LLVMPositionBuilderAtEnd(region->lane, region->body);
    cairn_region_lane(lift, true);
    region->chunk = is_one_chunk(region) ? cairn_lift_const32(lift, region->chunk_first)
                                         : LLVMBuildPhi(lift->builder, lift->i32, "chunk");
    cairn_lift_chunk_pointers(lift);
    if (memory)
        note_memory(lift, first);
}

LLVMBasicBlockRef cairn_region_end_chunks(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    LLVMBuilderRef b = region->lane;
    LLVMBasicBlockRef behind = cairn_lift_block(lift, "behind");
    LLVMBasicBlockRef latch = LLVMGetInsertBlock(b), before = LLVMGetInsertBlock(region->scalar);
    LLVMBuildBr(region->scalar, region->body);
    LLVMPositionBuilderAtEnd(region->scalar, behind);
    if (is_one_chunk(region)) {
        LLVMBuildBr(b, behind);
        return before;
    }
    LLVMValueRef next =
        LLVMBuildAdd(b, region->chunk, cairn_lift_const32(lift, region->chunk_step), "");
    LLVMValueRef more =
        LLVMBuildICmp(b, LLVMIntULT, next, cairn_lift_const32(lift, region->chunk_end), "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, region->body, behind));
    LLVMValueRef values[] = {cairn_lift_const32(lift, region->chunk_first), next};
    LLVMBasicBlockRef from[] = {before, latch};
    LLVMAddIncoming(region->chunk, values, from, 2);
    return before;
}

void cairn_region_open(struct cairn_lift *lift, uint32_t first, uint32_t last)
{
    struct cairn_lift_region *region = lift->region;
    cairn_region_forget_lanes(lift);
    memset(region->put, 0, sizeof region->put);
    region->first = first;
    region->last = last;
    region->open = true;
    region->rows_taken = 0;
    bool memory = cairn_region_may_fault(lift, first, last);
    cairn_region_lane(lift, false);
    if (memory)
        cairn_lift_store_pc(lift, lift->program->insns[first].offset);
    region->defers = memory;
    cairn_lift_known_range(lift, first, last);
    cairn_region_begin_chunks(lift, first, memory);
    region->skip = NULL;
    if (cairn_lift_known_any(lift, CAIRN_CODE_EXEC_LO) == NULL && may_skip(lift, first, last))
        open_skip(lift);
}

static void store_live_registers(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    struct cairn_regs after;
    cairn_liveness_after(lift->program, lift->live, cairn_lifter_of(lift)->full, region->last,
                         &after);
    for (unsigned vreg = 0; vreg < CAIRN_VREGS; vreg++) {
        if (!region->dirty[vreg] || !cairn_regs_has_v(&after, vreg))
            continue;
        LLVMValueRef value = cairn_lift_register(lift, vreg);
        cairn_lift_state_store(lift, value, cairn_lift_register_place(lift, vreg), 4 * lift->width);
    }
    for (unsigned code = 0; code < CAIRN_CODE_EXEC_HI; code++) {
        bool wanted = code == CAIRN_CODE_EXEC_LO || region->scc_of == (int)code ||
                      cairn_regs_has_s(&after, code) || cairn_regs_has_s(&after, code + 1);
        if (region->put[code] && region->mask[code] != NULL && wanted)
            cairn_lift_store_mask(lift, code);
    }
}

/* LLVM is not to unroll or vectorise the loop again. */
void cairn_region_mark_loop(struct cairn_lift *lift, LLVMValueRef branch)
{
    static const char word[] = "llvm.loop.unroll.disable";
    LLVMMetadataRef text = LLVMMDStringInContext2(lift->context, word, strlen(word));
    LLVMMetadataRef no_unroll = LLVMMDNodeInContext2(lift->context, &text, 1);
    LLVMMetadataRef temporary = LLVMTemporaryMDNode(lift->context, NULL, 0);
    LLVMMetadataRef parts[] = {temporary, no_unroll};
    LLVMMetadataRef node = LLVMMDNodeInContext2(lift->context, parts, 2);
    LLVMMetadataReplaceAllUsesWith(temporary, node);
    LLVMSetMetadata(branch, LLVMGetMDKindIDInContext(lift->context, "llvm.loop", 9),
                    LLVMMetadataAsValue(lift->context, node));
}

/* SCC of a MASK instruction in lane form: any bit of the result, now complete in memory. */
static void settle_scc(struct cairn_lift *lift)
{
    int code = lift->region->scc_of;
    if (code < 0)
        return;
    LLVMValueRef mask = cairn_lift_any_of(lift, (unsigned)code);
    cairn_lift_put_scc(lift, mask);
}

/* Masks of this region that are asked for as a whole behind it: their bits are ORed on the way, for
 * reading them together from memory right after storing the parts would stall. */
static void gather_any(struct cairn_lift *lift, unsigned code, LLVMValueRef gathered[2])
{
    struct cairn_lift_region *region = lift->region;
    LLVMBuilderRef b = region->lane;
    LLVMBasicBlockRef here = LLVMGetInsertBlock(b);
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    LLVMPositionBuilder(b, region->body, LLVMGetFirstInstruction(region->body));
    gathered[0] = LLVMBuildPhi(b, type, "any");
    LLVMPositionBuilderAtEnd(b, here);
    LLVMValueRef bits = LLVMBuildBitCast(b, region->mask[code], type, "");
    gathered[1] = LLVMBuildOr(b, gathered[0], bits, "");
}

static void finish_any(struct cairn_lift *lift, unsigned code, LLVMValueRef gathered[2],
                       LLVMBasicBlockRef before, LLVMBasicBlockRef latch)
{
    LLVMValueRef zero = LLVMConstNull(cairn_lift_mask_type(lift));
    LLVMValueRef values[] = {zero, gathered[1]};
    LLVMBasicBlockRef from[] = {before, latch};
    LLVMAddIncoming(gathered[0], values, from, is_one_chunk(lift->region) ? 1 : 2);
    lift->region->any[code] = LLVMBuildICmp(lift->region->scalar, LLVMIntNE, gathered[1], zero, "");
}

enum { GATHERED = 3 };

/* Codes of masks whose OR may be asked for: EXEC, VCC, and what SCC stands for. */
static unsigned gathered_codes(const struct cairn_lift_region *region, unsigned codes[GATHERED])
{
    unsigned count = 0;
    if (region->put[CAIRN_CODE_EXEC_LO] && region->mask[CAIRN_CODE_EXEC_LO] != NULL)
        codes[count++] = CAIRN_CODE_EXEC_LO;
    if (region->put[CAIRN_CODE_VCC_LO] && region->mask[CAIRN_CODE_VCC_LO] != NULL)
        codes[count++] = CAIRN_CODE_VCC_LO;
    if (region->scc_of >= 0 && region->scc_of != CAIRN_CODE_EXEC_LO &&
        region->scc_of != CAIRN_CODE_VCC_LO && region->put[region->scc_of] &&
        region->mask[region->scc_of] != NULL)
        codes[count++] = (unsigned)region->scc_of;
    return count;
}

void cairn_region_close(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    if (!region->open)
        return;
    cairn_region_lane(lift, true);
    cairn_nan_settle(lift);
    store_live_registers(lift);
    LLVMBuilderRef b = region->lane;
    if (region->skip != NULL) {
        LLVMBuildBr(b, region->skip);
        LLVMPositionBuilderAtEnd(b, region->skip);
    }
    unsigned codes[GATHERED], count = gathered_codes(region, codes);
    LLVMValueRef gathered[GATHERED][2];
    for (unsigned i = 0; i < count; i++)
        gather_any(lift, codes[i], gathered[i]);
    LLVMBasicBlockRef latch = LLVMGetInsertBlock(b), before = cairn_region_end_chunks(lift);
    for (unsigned i = 0; i < count; i++)
        finish_any(lift, codes[i], gathered[i], before, latch);
    region->open = false;
    region->chunk_first = 0;
    region->chunk_end = cairn_region_chunks(lift);
    cairn_region_lane(lift, false);
    cairn_lift_flush_scalars(lift);
    cairn_lift_flush_known(lift);
    settle_scc(lift);
}

static struct cairn_shape shape_of_result(const struct cairn_insn_facts *facts, unsigned dword)
{
    if (dword == 0)
        return facts->shape;
    return dword == 1 ? facts->shape_high : (struct cairn_shape){.kind = CAIRN_SHAPE_VARYING};
}

/* The first destination gets the shapes of the facts; whatever else is written is VARYING. */
void cairn_region_advance(struct cairn_shape shape[CAIRN_VREGS], const struct cairn_lift *lift,
                          uint32_t index)
{
    const struct cairn_insn *insn = &lift->program->insns[index].insn;
    const struct cairn_insn_facts *facts = &lift->facts->insn[index];
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    for (unsigned vreg = 0; vreg < CAIRN_VREGS; vreg++) {
        if (!any && !cairn_regs_has_v(&writes, vreg))
            continue;
        shape[vreg] = (struct cairn_shape){.kind = CAIRN_SHAPE_VARYING};
        if (vreg + 1 < CAIRN_VREGS)
            shape[vreg + 1].pair = false;
    }
    if (!any && cairn_operand_present(dst) && cairn_code_is_vector(dst->code))
        for (unsigned i = 0; i < dst->dwords; i++)
            shape[cairn_vreg_of_code(dst->code) + i] = shape_of_result(facts, i);
}
