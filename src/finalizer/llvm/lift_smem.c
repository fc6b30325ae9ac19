/* SPDX-License-Identifier: MIT
 * Scalar loads (AMD "CDNA2 ISA" 8). A load that is not wholly inside of the window of guest memory
 * or of its buffer is left to the interpreter, one instruction: it knows registered memory, bounds
 * and faults. Volatile, so that a fault finds the pc that was stored in front.
 */
#include "finalizer/llvm/lift_scalar.h"
#include "finalizer/llvm/segment.h"

#include <string.h>

/* Dwords of a lifted load; 0: it is none. */
static unsigned load_dwords(unsigned op, bool *buffer)
{
    *buffer = op == CAIRN_OP_s_buffer_load_dword || op == CAIRN_OP_s_buffer_load_dwordx2 ||
              op == CAIRN_OP_s_buffer_load_dwordx4 || op == CAIRN_OP_s_buffer_load_dwordx8 ||
              op == CAIRN_OP_s_buffer_load_dwordx16;
    switch (op) {
    case CAIRN_OP_s_load_dword:
    case CAIRN_OP_s_buffer_load_dword:
        return 1;
    case CAIRN_OP_s_load_dwordx2:
    case CAIRN_OP_s_buffer_load_dwordx2:
        return 2;
    case CAIRN_OP_s_load_dwordx4:
    case CAIRN_OP_s_buffer_load_dwordx4:
        return 4;
    case CAIRN_OP_s_load_dwordx8:
    case CAIRN_OP_s_buffer_load_dwordx8:
        return 8;
    case CAIRN_OP_s_load_dwordx16:
    case CAIRN_OP_s_buffer_load_dwordx16:
        return 16;
    default:
        return 0;
    }
}

bool cairn_scalar_is_load(const struct cairn_insn *insn)
{
    bool buffer;
    return insn->encoding == CAIRN_ENC_SMEM && load_dwords(insn->op, &buffer) > 0;
}

/* ---- where it goes */

struct place {
    LLVMValueRef address; /* i64 */
    LLVMValueRef inside;  /* i1, NULL: nothing to be inside of but the window */
};

static LLVMValueRef offset_of(struct cairn_lift *lift)
{
    const struct cairn_operand *soffset = &lift->insn->slot[CAIRN_SLOT_SOFFSET];
    LLVMValueRef imm = cairn_lift_const64(lift, (uint64_t)(int64_t)lift->insn->imm);
    if (!cairn_operand_present(soffset))
        return imm;
    LLVMValueRef reg = cairn_lift_sgpr(lift, soffset->code);
    return LLVMBuildAdd(lift->builder, LLVMBuildZExt(lift->builder, reg, lift->i64, ""), imm, "");
}

static LLVMValueRef aligned(struct cairn_lift *lift, LLVMValueRef address)
{
    return LLVMBuildAnd(lift->builder, address, cairn_lift_const64(lift, ~UINT64_C(3)), "");
}

static struct place plain_place(struct cairn_lift *lift)
{
    LLVMValueRef base = cairn_lift_sgpr64(lift, lift->insn->slot[CAIRN_SLOT_ADDR].code);
    LLVMValueRef address = LLVMBuildAdd(lift->builder, base, offset_of(lift), "");
    return (struct place){.address = aligned(lift, address)};
}

/* The stride takes part in the bound only; 0 counts as 1. */
static LLVMValueRef buffer_bytes(struct cairn_lift *lift, unsigned rsrc)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef word1 = cairn_lift_sgpr(lift, rsrc + 1), records = cairn_lift_sgpr(lift, rsrc + 2);
    LLVMValueRef stride = LLVMBuildLShr(b, word1, cairn_lift_const32(lift, 16), "");
    stride = LLVMBuildAnd(b, stride, cairn_lift_const32(lift, 0x3fff), "");
    LLVMValueRef none = LLVMBuildICmp(b, LLVMIntEQ, stride, cairn_lift_const32(lift, 0), "");
    stride = LLVMBuildSelect(b, none, cairn_lift_const32(lift, 1), stride, "");
    return LLVMBuildMul(b, LLVMBuildZExt(b, records, lift->i64, ""),
                        LLVMBuildZExt(b, stride, lift->i64, ""), "");
}

static struct place buffer_place(struct cairn_lift *lift, unsigned dwords)
{
    LLVMBuilderRef b = lift->builder;
    unsigned rsrc = lift->insn->slot[CAIRN_SLOT_ADDR].code;
    LLVMValueRef bytes = buffer_bytes(lift, rsrc), offset = aligned(lift, offset_of(lift));
    LLVMValueRef base = cairn_lift_sgpr64(lift, rsrc);
    base = LLVMBuildAnd(b, base, cairn_lift_const64(lift, UINT64_C(0xffffffffffff)), "");
    LLVMValueRef end = LLVMBuildAdd(b, offset, cairn_lift_const64(lift, 4 * dwords), "");
    LLVMValueRef starts = LLVMBuildICmp(b, LLVMIntULT, offset, bytes, "");
    LLVMValueRef ends = LLVMBuildICmp(b, LLVMIntULE, end, bytes, "");
    return (struct place){.address = LLVMBuildAdd(b, base, offset, ""),
                          .inside = LLVMBuildAnd(b, starts, ends, "")};
}

static LLVMValueRef is_covered(struct cairn_lift *lift, const struct place *place, unsigned dwords)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef in = LLVMBuildSub(b, place->address, lift->window_base, "");
    LLVMValueRef most =
        LLVMBuildSub(b, lift->window_size, cairn_lift_const64(lift, 4 * dwords), "");
    LLVMValueRef covered = LLVMBuildICmp(b, LLVMIntULE, in, most, "");
    return place->inside == NULL ? covered : LLVMBuildAnd(b, covered, place->inside, "");
}

/* ---- either way: the destination in pieces of 64 bits, or one of 32 */

struct pieces {
    unsigned count;
    LLVMTypeRef type;
    LLVMValueRef fast[8], slow[8], both[8];
    LLVMBasicBlockRef fast_end, slow_end;
};

static LLVMValueRef pointer_to(struct cairn_lift *lift, LLVMValueRef address, uint64_t offset)
{
    LLVMValueRef at = LLVMBuildAdd(lift->builder, address, cairn_lift_const64(lift, offset), "");
    return LLVMBuildIntToPtr(lift->builder, at, lift->ptr, "");
}

static unsigned piece_bytes(const struct pieces *pieces, const struct cairn_lift *lift)
{
    return pieces->type == lift->i32 ? 4 : 8;
}

static void build_fast(struct cairn_lift *lift, const struct place *place, struct pieces *pieces)
{
    for (unsigned i = 0; i < pieces->count; i++) {
        LLVMValueRef at = pointer_to(lift, place->address, i * piece_bytes(pieces, lift));
        LLVMValueRef load = LLVMBuildLoad2(lift->builder, pieces->type, at, "");
        LLVMSetAlignment(load, 4);
        LLVMSetVolatile(load, true);
        cairn_lift_tag_guest(lift, load);
        pieces->fast[i] = load;
    }
    pieces->fast_end = LLVMGetInsertBlock(lift->builder);
}

/* Scalar registers in memory are as they were in front of the region or segment, if that may fault:
 * whoever looks at the load itself gets its operands there, and all is put back behind it. */
struct lent {
    unsigned code[4 + 1 + 16], count;
    LLVMValueRef old[4 + 1 + 16];
};

static bool in_segment(const struct cairn_lift *lift)
{
    const struct cairn_segment *segment = lift->region->segment;
    return segment != NULL && !segment->in_front;
}

static bool is_in_memory(const struct cairn_lift *lift, unsigned code)
{
    const struct cairn_lift_region *region = lift->region;
    return !region->deferred[code] && !(in_segment(lift) && region->segment->inside[code]);
}

static unsigned list_operands(const struct cairn_lift *lift, unsigned code[5])
{
    const struct cairn_operand *address = &lift->insn->slot[CAIRN_SLOT_ADDR];
    const struct cairn_operand *offset = &lift->insn->slot[CAIRN_SLOT_SOFFSET];
    unsigned count = 0;
    for (unsigned i = 0; i < address->dwords; i++)
        code[count++] = address->code + i;
    if (cairn_operand_present(offset) && offset->code < 128)
        code[count++] = offset->code;
    return count;
}

static LLVMValueRef outer_sgpr(struct cairn_lift *lift, unsigned code)
{
    return cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, sgpr) + 4 * code);
}

static void keep(struct cairn_lift *lift, struct lent *lent, unsigned code)
{
    lent->code[lent->count] = code;
    lent->old[lent->count++] = cairn_lift_state_load(lift, lift->i32, outer_sgpr(lift, code), 4);
}

static void lend_operands(struct cairn_lift *lift, struct lent *lent)
{
    unsigned code[5], count = list_operands(lift, code);
    lent->count = 0;
    for (unsigned i = 0; i < count; i++) {
        if (is_in_memory(lift, code[i]))
            continue;
        LLVMValueRef value = cairn_lift_sgpr(lift, code[i]);
        keep(lift, lent, code[i]);
        cairn_lift_state_store(lift, value, outer_sgpr(lift, code[i]), 4);
    }
}

static void take_back(struct cairn_lift *lift, const struct lent *lent)
{
    for (unsigned i = 0; i < lent->count; i++)
        cairn_lift_state_store(lift, lent->old[i], outer_sgpr(lift, lent->code[i]), 4);
}

static void build_slow(struct cairn_lift *lift, struct pieces *pieces)
{
    const struct cairn_operand *dst = &lift->insn->slot[CAIRN_SLOT_DST];
    struct lent lent = {.count = 0};
    for (unsigned i = 0; i < dst->dwords && (in_segment(lift) || lift->region->defers); i++)
        keep(lift, &lent, dst->code + i);
    cairn_control_call_step(lift);
    for (unsigned i = 0; i < pieces->count; i++) {
        LLVMValueRef at = outer_sgpr(lift, dst->code + i * piece_bytes(pieces, lift) / 4);
        pieces->slow[i] = cairn_lift_state_load(lift, pieces->type, at, 4);
    }
    take_back(lift, &lent);
    pieces->slow_end = LLVMGetInsertBlock(lift->builder);
}

/* What came either way. */
static void join_pieces(struct cairn_lift *lift, struct pieces *pieces)
{
    LLVMBasicBlockRef from[] = {pieces->fast_end, pieces->slow_end};
    for (unsigned i = 0; i < pieces->count; i++) {
        LLVMValueRef values[] = {pieces->fast[i], pieces->slow[i]};
        pieces->both[i] = LLVMBuildPhi(lift->builder, pieces->type, "");
        LLVMAddIncoming(pieces->both[i], values, from, 2);
    }
}

static void put_pieces(struct cairn_lift *lift, const struct pieces *pieces)
{
    unsigned code = lift->insn->slot[CAIRN_SLOT_DST].code;
    for (unsigned i = 0; i < pieces->count; i++) {
        if (pieces->type == lift->i32)
            cairn_lift_put_sgpr(lift, code, pieces->both[i]);
        else
            cairn_lift_put_sgpr64(lift, code + 2 * i, pieces->both[i]);
    }
}

/* The pc of this instruction is in memory while it loads; behind it, that of the region whose loop
 * follows or that it is in. */
static void load(struct cairn_lift *lift, struct pieces *pieces)
{
    bool buffer;
    unsigned dwords = load_dwords(lift->insn->op, &buffer);
    struct place place = buffer ? buffer_place(lift, dwords) : plain_place(lift);
    struct lent lent;
    LLVMBasicBlockRef fast = cairn_lift_block(lift, "smem_fast"),
                      slow = cairn_lift_block(lift, "smem_slow"),
                      done = cairn_lift_block(lift, "smem_done");
    lend_operands(lift, &lent);
    cairn_lift_store_pc(lift, lift->program->insns[lift->at].offset);
    cairn_lift_expect(lift,
                      LLVMBuildCondBr(lift->builder, is_covered(lift, &place, dwords), fast, slow));
    LLVMPositionBuilderAtEnd(lift->builder, fast);
    build_fast(lift, &place, pieces);
    LLVMBuildBr(lift->builder, done);
    LLVMPositionBuilderAtEnd(lift->builder, slow);
    build_slow(lift, pieces);
    LLVMBuildBr(lift->builder, done);
    LLVMPositionBuilderAtEnd(lift->builder, done);
    join_pieces(lift, pieces);
    take_back(lift, &lent);
    if (lift->region->open || lift->region->segment != NULL)
        cairn_lift_store_pc(lift, lift->program->insns[lift->region->first].offset);
}

/* In a segment, from a place that is the same for all chunks: the first that comes here loads. */
static bool is_the_same_for_all(const struct cairn_lift *lift)
{
    unsigned code[5], count = list_operands(lift, code);
    for (unsigned i = 0; i < count; i++)
        if (in_segment(lift) && lift->region->segment->inside[code[i]])
            return false;
    return in_segment(lift);
}

static void load_once(struct cairn_lift *lift, struct pieces *pieces)
{
    LLVMValueRef slot[8], done = cairn_lift_slot(lift, lift->i1);
    LLVMBasicBlockRef fetch = cairn_lift_block(lift, "fetch"),
                      have = cairn_lift_block(lift, "have");
    for (unsigned i = 0; i < pieces->count; i++)
        slot[i] = cairn_lift_slot(lift, pieces->type);
    LLVMBuildStore(lift->region->scalar, LLVMConstNull(lift->i1), done);
    LLVMValueRef is_done = LLVMBuildLoad2(lift->builder, lift->i1, done, "");
    LLVMBuildCondBr(lift->builder, is_done, have, fetch);
    LLVMPositionBuilderAtEnd(lift->builder, fetch);
    load(lift, pieces);
    for (unsigned i = 0; i < pieces->count; i++)
        LLVMBuildStore(lift->builder, pieces->both[i], slot[i]);
    LLVMBuildStore(lift->builder, LLVMConstAllOnes(lift->i1), done);
    LLVMBuildBr(lift->builder, have);
    LLVMPositionBuilderAtEnd(lift->builder, have);
    for (unsigned i = 0; i < pieces->count; i++)
        pieces->both[i] = LLVMBuildLoad2(lift->builder, pieces->type, slot[i], "");
}

void cairn_scalar_load(struct cairn_lift *lift)
{
    bool buffer;
    unsigned dwords = load_dwords(lift->insn->op, &buffer);
    struct pieces pieces = {.count = dwords == 1 ? 1 : dwords / 2,
                            .type = dwords == 1 ? lift->i32 : lift->i64};
    if (is_the_same_for_all(lift))
        load_once(lift, &pieces);
    else
        load(lift, &pieces);
    put_pieces(lift, &pieces);
}
