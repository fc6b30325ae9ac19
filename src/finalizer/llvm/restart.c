/* SPDX-License-Identifier: MIT
 * At s_endpgm the code goes on with the next workgroup that the driver has claimed, if there is
 * one: it makes again what its entry reads and the program may have changed. What the driver must
 * know when the code comes back, it finds in the frame.
 */
#include "finalizer/llvm/restart.h"

#include "isa/insn.h"

#include <string.h>

static uint32_t items(const struct cairn_lift *lift)
{
    const struct cairn_geometry *geometry = lift->geometry;
    return geometry->workgroup[0] * geometry->workgroup[1] * geometry->workgroup[2];
}

static uint32_t waves(const struct cairn_lift *lift)
{
    return (items(lift) + lift->geometry->wave_size - 1) / lift->geometry->wave_size;
}

bool cairn_restart_is_legal(const struct cairn_lift *lift)
{
    const struct cairn_program *program = lift->program;
    bool known = !program->indirect;
    for (uint32_t i = 0; i < program->block_count; i++)
        known = known && program->blocks[i].end != CAIRN_END_STOP;
    return known && lift->geometry->whole_groups && (lift->geometry->merged || waves(lift) == 1);
}

static LLVMValueRef load_frame(struct cairn_lift *lift, LLVMTypeRef type, size_t offset,
                               unsigned align)
{
    return cairn_lift_state_load(lift, type, cairn_lift_frame_field(lift, offset), align);
}

static void store_frame(struct cairn_lift *lift, LLVMValueRef value, size_t offset, unsigned align)
{
    cairn_lift_state_store(lift, value, cairn_lift_frame_field(lift, offset), align);
}

/* i1: there is another workgroup, fuel for it, and nobody has stopped the dispatch. */
static LLVMValueRef may_go_on(struct cairn_lift *lift, LLVMValueRef left)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, fuel));
    LLVMValueRef fuel = cairn_lift_state_load(lift, lift->i64, at, 8);
    at = load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, stop), 8);
    LLVMValueRef stop = LLVMBuildLoad2(b, lift->i32, at, "");
    LLVMSetVolatile(stop, true);
    LLVMValueRef zero = cairn_lift_const64(lift, 0);
    LLVMValueRef go = LLVMBuildAnd(b, LLVMBuildICmp(b, LLVMIntNE, left, zero, ""),
                                   LLVMBuildICmp(b, LLVMIntSGT, fuel, zero, ""), "");
    return LLVMBuildAnd(b, go, LLVMBuildICmp(b, LLVMIntEQ, stop, cairn_lift_const32(lift, 0), ""),
                        "");
}

/* The coordinates of the next workgroup, x first. */
static void next_id(struct cairn_lift *lift, LLVMValueRef id[3])
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef carry = cairn_lift_const32(lift, 1), zero = cairn_lift_const32(lift, 0);
    for (unsigned i = 0; i < 3; i++) {
        size_t at = offsetof(struct cairn_native_frame, id) + i * sizeof(uint32_t);
        id[i] = LLVMBuildAdd(b, load_frame(lift, lift->i32, at, 4), carry, "");
        if (i < 2) {
            size_t limit = offsetof(struct cairn_native_frame, workgroups) + i * sizeof(uint32_t);
            LLVMValueRef over =
                LLVMBuildICmp(b, LLVMIntEQ, id[i], load_frame(lift, lift->i32, limit, 4), "");
            id[i] = LLVMBuildSelect(b, over, zero, id[i], "");
            carry = LLVMBuildZExt(b, over, lift->i32, "");
        }
        store_frame(lift, id[i], at, 4);
    }
}

/* All that some instruction of the program writes. */
static void find_written(const struct cairn_program *program, struct cairn_regs *written)
{
    memset(written, 0, sizeof *written);
    for (uint32_t i = 0; i < program->insn_count; i++) {
        struct cairn_regs reads, writes;
        bool any;
        cairn_insn_registers(&program->insns[i].insn, &reads, &writes, &any);
        if (any || program->insns[i].indexed)
            cairn_regs_all(&writes);
        for (unsigned j = 0; j < sizeof writes.s / sizeof writes.s[0]; j++)
            written->s[j] |= writes.s[j];
        for (unsigned j = 0; j < sizeof writes.v / sizeof writes.v[0]; j++)
            written->v[j] |= writes.v[j];
    }
}

static void make_scalars(struct cairn_lift *lift, const struct cairn_regs *wanted,
                         const struct cairn_regs *written, LLVMValueRef id[3])
{
    LLVMValueRef entry =
        load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, entry_waves), 8);
    for (unsigned code = 0; code < CAIRN_CODE_EXEC_LO; code++) {
        LLVMValueRef value = NULL;
        for (unsigned i = 0; i < 3; i++)
            if (cairn_launch_id_sgpr(lift->geometry->rsrc2, i) == (int)code)
                value = id[i];
        if (!cairn_regs_has_s(wanted, code) || (value == NULL && !cairn_regs_has_s(written, code)))
            continue;
        size_t offset = offsetof(struct cairn_wave, sgpr) + 4 * (size_t)code;
        if (value == NULL)
            value = cairn_lift_state_load(lift, lift->i32,
                                          cairn_lift_wave_field(lift, entry, offset), 4);
        cairn_lift_store_sgpr(lift, code, 1, value);
    }
}

/* What each wave has its own of. */
static void make_wave(struct cairn_lift *lift, uint32_t index, const struct cairn_regs *wanted,
                      const struct cairn_regs *written)
{
    const struct cairn_geometry *geometry = lift->geometry;
    size_t wave = index * sizeof(struct cairn_wave);
    uint32_t left = items(lift) - index * geometry->wave_size;
    uint32_t lanes = left < geometry->wave_size ? left : geometry->wave_size;
    uint64_t exec = lanes < 64 ? (UINT64_C(1) << lanes) - 1 : ~UINT64_C(0);
    size_t at = wave + offsetof(struct cairn_wave, sgpr) + 4 * (size_t)CAIRN_CODE_EXEC_LO;
    if (cairn_regs_has_s(written, CAIRN_CODE_EXEC_LO) ||
        cairn_regs_has_s(written, CAIRN_CODE_EXEC_HI))
        cairn_lift_state_store(lift, cairn_lift_const64(lift, exec),
                               cairn_lift_wave_field(lift, lift->wave, at), 4);
    if (cairn_regs_has_s(wanted, CAIRN_SREG_SCC))
        cairn_lift_state_store(
            lift, cairn_lift_const32(lift, 0),
            cairn_lift_wave_field(lift, lift->wave, wave + offsetof(struct cairn_wave, scc)), 4);
    if (cairn_lifter_of(lift)->function.mode_written)
        cairn_lift_state_store(
            lift, cairn_lift_const32(lift, geometry->mode),
            cairn_lift_wave_field(lift, lift->wave, wave + offsetof(struct cairn_wave, mode)), 4);
}

/* Rows of work-item ids. */
static void make_rows(struct cairn_lift *lift, const struct cairn_regs *wanted,
                      const struct cairn_regs *written)
{
    const struct cairn_geometry *geometry = lift->geometry;
    unsigned rows = lift->program->gfx->packed_work_item_ids ? 1 : 1 + (geometry->rsrc2 >> 11 & 3);
    size_t row_bytes = CAIRN_WAVE_LANES * sizeof(uint32_t);
    rows = rows > 3 ? 3 : rows;
    rows = rows > geometry->rows ? geometry->rows : rows;
    LLVMValueRef entry =
        load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, entry_ids), 8);
    for (uint32_t wave = 0; wave < waves(lift); wave++)
        for (unsigned row = 0; row < rows; row++)
            for (unsigned c = 0; c < lift->chunks; c++) {
                size_t chunk = c * lift->width * sizeof(uint32_t);
                size_t from = (wave * rows + row) * row_bytes + chunk;
                size_t to = ((size_t)wave * geometry->rows + row) * row_bytes + chunk;
                if (!cairn_regs_has_v(wanted, row) || !cairn_regs_has_v(written, row))
                    continue;
                LLVMValueRef ids = cairn_lift_state_load(
                    lift, lift->v32, cairn_lift_wave_field(lift, entry, from), 4 * lift->width);
                cairn_lift_state_store(lift, ids, cairn_lift_wave_field(lift, lift->vgprs, to),
                                       4 * lift->width);
            }
}

static void make_group(struct cairn_lift *lift)
{
    const struct cairn_program *program = lift->program;
    const struct cairn_regs *wanted = &lift->live->live_in[program->entry];
    struct cairn_regs written;
    LLVMValueRef id[3];
    find_written(program, &written);
    next_id(lift, id);
    make_scalars(lift, wanted, &written, id);
    for (uint32_t i = 0; i < waves(lift); i++)
        make_wave(lift, i, wanted, &written);
    make_rows(lift, wanted, &written);
    cairn_lift_store_pc(lift, program->blocks[program->entry].offset);
}

void cairn_restart_emit(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    LLVMBasicBlockRef on = cairn_lift_block(lift, "next_group"),
                      out = cairn_lift_block(lift, "done");
    cairn_region_lane(lift, false);
    LLVMBuilderRef b = lift->builder;
    LLVMPositionBuilderAtEnd(b, function->ended);
    size_t at = offsetof(struct cairn_native_frame, groups_left);
    LLVMValueRef left = load_frame(lift, lift->i64, at, 8);
    LLVMBuildCondBr(b, may_go_on(lift, left), on, out);
    LLVMPositionBuilderAtEnd(b, on);
    store_frame(lift, LLVMBuildSub(b, left, cairn_lift_const64(lift, 1), ""), at, 8);
    make_group(lift);
    LLVMBuildBr(b, function->blocks[lift->program->entry]);
    LLVMPositionBuilderAtEnd(b, out);
    LLVMBuildRet(b, cairn_lift_const32(lift, CAIRN_NATIVE_DONE));
}
