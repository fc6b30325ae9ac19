/* SPDX-License-Identifier: MIT
 * At s_endpgm the code goes on with the next workgroup that the driver has claimed, if there is
 * one: it makes again what its entry reads and the program may have changed. Code of single waves
 * goes on with the workgroup's next wave before, and at s_barrier, too. What the driver must know
 * when the code comes back, it finds in the frame and in the states of the waves.
 */
#include "finalizer/llvm/restart.h"

#include "isa/insn.h"

#include <string.h>

/* Loops of barriers come back to the driver. */
enum { BARRIER_FUEL = 4 };

static uint32_t waves(const struct cairn_lift *lift)
{
    return (uint32_t)cairn_geometry_waves(lift->geometry);
}

/* May what a workgroup begins with be made again? Only of whole workgroups, and if it is known what
 * the program reads and writes. */
static bool groups_follow(const struct cairn_lift *lift)
{
    const struct cairn_program *program = lift->program;
    bool known = !program->indirect;
    for (uint32_t i = 0; i < program->block_count; i++)
        known = known && program->blocks[i].end != CAIRN_END_STOP;
    return known && lift->geometry->whole_groups;
}

static bool takes_turns(const struct cairn_lift *lift)
{
    return lift->geometry->whole_groups && !lift->geometry->merged && waves(lift) > 1;
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

static LLVMValueRef wave_at(struct cairn_lift *lift, LLVMValueRef first, uint32_t index)
{
    return cairn_lift_wave_field(lift, first, index * sizeof(struct cairn_wave));
}

/* ---- loops over the waves of a workgroup */

enum { CARRIED = 2 };

/* Emitted once, however many waves there are: what is unrolled costs time to compile. */
struct by_wave {
    LLVMBasicBlockRef before, body;
    LLVMValueRef index;                        /* i64 */
    LLVMValueRef phi[CARRIED], start[CARRIED]; /* values that go round; NULL: none */
};

static void open_waves(struct cairn_lift *lift, struct by_wave *loop)
{
    LLVMBuilderRef b = lift->builder;
    loop->before = LLVMGetInsertBlock(b);
    loop->body = cairn_lift_block(lift, "waves");
    LLVMBuildBr(b, loop->body);
    LLVMPositionBuilderAtEnd(b, loop->body);
    loop->index = LLVMBuildPhi(b, lift->i64, "");
    for (unsigned i = 0; i < CARRIED; i++)
        if (loop->start[i] != NULL)
            loop->phi[i] = LLVMBuildPhi(b, LLVMTypeOf(loop->start[i]), "");
}

/* `next`: the carried values behind the turn. */
static void close_waves(struct cairn_lift *lift, struct by_wave *loop, LLVMValueRef next[CARRIED])
{
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef behind = cairn_lift_block(lift, "behind");
    LLVMBasicBlockRef from[] = {loop->before, LLVMGetInsertBlock(b)};
    LLVMValueRef index = LLVMBuildAdd(b, loop->index, cairn_lift_const64(lift, 1), "");
    LLVMValueRef more =
        LLVMBuildICmp(b, LLVMIntNE, index, cairn_lift_const64(lift, waves(lift)), "");
    cairn_region_mark_loop(lift, LLVMBuildCondBr(b, more, loop->body, behind));
    LLVMValueRef values[] = {cairn_lift_const64(lift, 0), index};
    LLVMAddIncoming(loop->index, values, from, 2);
    for (unsigned i = 0; i < CARRIED; i++)
        if (loop->start[i] != NULL)
            LLVMAddIncoming(loop->phi[i], (LLVMValueRef[]){loop->start[i], next[i]}, from, 2);
    LLVMPositionBuilderAtEnd(b, behind);
}

/* `bytes` for each wave before this turn's, behind `base`. */
static LLVMValueRef of_wave(struct cairn_lift *lift, const struct by_wave *loop, LLVMValueRef base,
                            uint64_t bytes)
{
    LLVMValueRef offset =
        LLVMBuildMul(lift->builder, loop->index, cairn_lift_const64(lift, bytes), "");
    return LLVMBuildInBoundsGEP2(lift->builder, lift->i8, base, &offset, 1, "");
}

/* ---- what a workgroup begins with */

/* Of lift->wave, which begins as `entry`. */
static void make_scalars(struct cairn_lift *lift, LLVMValueRef entry,
                         const struct cairn_regs *wanted, const struct cairn_regs *written,
                         LLVMValueRef id[3])
{
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
    cairn_lift_store_pc(lift, lift->program->blocks[lift->program->entry].offset);
}

static void store_field(struct cairn_lift *lift, LLVMValueRef value, size_t offset)
{
    cairn_lift_state_store(lift, value, cairn_lift_wave_field(lift, lift->wave, offset), 4);
}

/* The lanes that there are: all, but of the last wave perhaps. */
static LLVMValueRef entry_exec(struct cairn_lift *lift, const struct by_wave *loop)
{
    LLVMBuilderRef b = lift->builder;
    uint32_t size = lift->geometry->wave_size,
             rest = (uint32_t)cairn_geometry_items(lift->geometry) % size;
    uint64_t all = size < 64 ? (UINT64_C(1) << size) - 1 : ~UINT64_C(0);
    LLVMValueRef full = cairn_lift_const64(lift, all);
    if (rest == 0)
        return full;
    LLVMValueRef last =
        LLVMBuildICmp(b, LLVMIntEQ, loop->index, cairn_lift_const64(lift, waves(lift) - 1), "");
    return LLVMBuildSelect(b, last, cairn_lift_const64(lift, (UINT64_C(1) << rest) - 1), full, "");
}

/* What each wave has its own of, merged or not. */
static void make_wave(struct cairn_lift *lift, const struct by_wave *loop,
                      const struct cairn_regs *wanted, const struct cairn_regs *written)
{
    if (cairn_regs_has_s(written, CAIRN_CODE_EXEC_LO) ||
        cairn_regs_has_s(written, CAIRN_CODE_EXEC_HI))
        store_field(lift, entry_exec(lift, loop),
                    offsetof(struct cairn_wave, sgpr) + 4 * (size_t)CAIRN_CODE_EXEC_LO);
    if (cairn_regs_has_s(wanted, CAIRN_SREG_SCC))
        store_field(lift, cairn_lift_const32(lift, 0), offsetof(struct cairn_wave, scc));
    if (cairn_lifter_of(lift)->function.mode_written)
        store_field(lift, cairn_lift_const32(lift, lift->geometry->mode),
                    offsetof(struct cairn_wave, mode));
    if (takes_turns(lift))
        store_field(lift, cairn_lift_const32(lift, CAIRN_WAVE_READY),
                    offsetof(struct cairn_wave, state));
}

/* Rows of work-item ids that there are. */
static unsigned id_rows(const struct cairn_lift *lift)
{
    const struct cairn_geometry *geometry = lift->geometry;
    unsigned rows = lift->program->gfx->packed_work_item_ids ? 1 : 1 + (geometry->rsrc2 >> 11 & 3);
    rows = rows > 3 ? 3 : rows;
    return rows > geometry->rows ? geometry->rows : rows;
}

/* Those of them that are in `which`, of one wave. */
static void make_rows(struct cairn_lift *lift, const struct by_wave *loop,
                      const struct cairn_regs *which)
{
    const struct cairn_geometry *geometry = lift->geometry;
    size_t row_bytes = CAIRN_WAVE_LANES * sizeof(uint32_t), bytes = lift->width * sizeof(uint32_t);
    LLVMValueRef from =
        load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, entry_ids), 8);
    from = of_wave(lift, loop, from, id_rows(lift) * row_bytes);
    LLVMValueRef to = of_wave(lift, loop, lift->vgprs, geometry->rows * row_bytes);
    for (unsigned row = 0; row < id_rows(lift); row++)
        for (unsigned c = 0; c < lift->chunks; c++) {
            size_t at = row * row_bytes + c * bytes;
            if (!cairn_regs_has_v(which, row))
                continue;
            LLVMValueRef ids = cairn_lift_state_load(
                lift, lift->v32, cairn_lift_wave_field(lift, from, at), (unsigned)bytes);
            cairn_lift_state_store(lift, ids, cairn_lift_wave_field(lift, to, at), (unsigned)bytes);
        }
}

/* Rows that this code keeps in registers: only where somebody else has executed a part of it. */
static void make_rows_of_others(struct cairn_lift *lift, const struct cairn_regs *which)
{
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef as_ever = cairn_lift_block(lift, "own"),
                      others = cairn_lift_block(lift, "others");
    size_t at = offsetof(struct cairn_native_frame, foreign);
    LLVMValueRef zero = cairn_lift_const32(lift, 0);
    LLVMValueRef own = LLVMBuildICmp(b, LLVMIntEQ, load_frame(lift, lift->i32, at, 4), zero, "");
    cairn_lift_expect(lift, LLVMBuildCondBr(b, own, as_ever, others));
    LLVMPositionBuilderAtEnd(b, others);
    struct by_wave loop = {0};
    open_waves(lift, &loop);
    make_rows(lift, &loop, which);
    close_waves(lift, &loop, NULL);
    store_frame(lift, zero, at, 4);
    LLVMBuildBr(b, as_ever);
    LLVMPositionBuilderAtEnd(b, as_ever);
}

/* lift->wave: the first wave. */
static void make_group(struct cairn_lift *lift)
{
    const struct cairn_regs *wanted = &lift->live->live_in[lift->program->entry];
    const struct cairn_regs *stored = &cairn_lifter_of(lift)->function.stored;
    struct cairn_regs written, own = {0}, others = {0};
    struct by_wave loop = {0};
    bool any = false;
    LLVMValueRef id[3], first = lift->wave;
    LLVMValueRef entry =
        load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, entry_waves), 8);
    find_written(lift->program, &written);
    for (unsigned row = 0; row < id_rows(lift); row++)
        if (cairn_regs_has_v(wanted, row) && cairn_regs_has_v(&written, row)) {
            bool mine = cairn_regs_has_v(stored, row);
            cairn_regs_add_v(mine ? &own : &others, row);
            any = any || !mine;
        }
    next_id(lift, id);
    if (!takes_turns(lift))
        make_scalars(lift, entry, wanted, &written, id);
    open_waves(lift, &loop);
    lift->wave = of_wave(lift, &loop, first, sizeof(struct cairn_wave));
    make_wave(lift, &loop, wanted, &written);
    if (takes_turns(lift))
        make_scalars(lift, of_wave(lift, &loop, entry, sizeof(struct cairn_wave)), wanted, &written,
                     id);
    make_rows(lift, &loop, &own);
    close_waves(lift, &loop, NULL);
    lift->wave = first;
    if (any)
        make_rows_of_others(lift, &others);
}

/* All waves have ended. */
static void emit_group(struct cairn_lift *lift, LLVMBasicBlockRef entry)
{
    LLVMBasicBlockRef out = cairn_lift_block(lift, "done");
    LLVMBuilderRef b = lift->builder;
    if (groups_follow(lift)) {
        LLVMBasicBlockRef on = cairn_lift_block(lift, "next_group");
        size_t at = offsetof(struct cairn_native_frame, groups_left);
        LLVMValueRef left = load_frame(lift, lift->i64, at, 8);
        LLVMBuildCondBr(b, may_go_on(lift, left), on, out);
        LLVMPositionBuilderAtEnd(b, on);
        store_frame(lift, LLVMBuildSub(b, left, cairn_lift_const64(lift, 1), ""), at, 8);
        make_group(lift);
        LLVMBuildBr(b, entry);
    } else {
        LLVMBuildBr(b, out);
    }
    LLVMPositionBuilderAtEnd(b, out);
    LLVMBuildRet(b, cairn_lift_const32(lift, CAIRN_NATIVE_DONE));
}

/* ---- turns of waves that are not merged */

static LLVMValueRef state_field(struct cairn_lift *lift, LLVMValueRef wave)
{
    return cairn_lift_wave_field(lift, wave, offsetof(struct cairn_wave, state));
}

static LLVMValueRef load_state(struct cairn_lift *lift, LLVMValueRef wave)
{
    return cairn_lift_state_load(lift, lift->i32, state_field(lift, wave), 4);
}

static LLVMValueRef is_state(struct cairn_lift *lift, LLVMValueRef state, enum cairn_wave_state is)
{
    return LLVMBuildICmp(lift->builder, LLVMIntEQ, state, cairn_lift_const32(lift, is), "");
}

static void go_on_with(struct cairn_lift *lift, LLVMValueRef wave)
{
    store_frame(lift, wave, offsetof(struct cairn_native_frame, wave), 8);
    LLVMBuildBr(lift->builder, cairn_lifter_of(lift)->function.start);
}

static void branch_if(struct cairn_lift *lift, LLVMValueRef condition, LLVMBasicBlockRef to,
                      const char *otherwise)
{
    LLVMBasicBlockRef on = cairn_lift_block(lift, otherwise);
    LLVMBuildCondBr(lift->builder, condition, to, on);
    LLVMPositionBuilderAtEnd(lift->builder, on);
}

static LLVMValueRef first_wave(struct cairn_lift *lift)
{
    return load_frame(lift, lift->ptr, offsetof(struct cairn_native_frame, first), 8);
}

/* lift->wave has come to `state`: the next one that is ready has its turn; behind the last one,
 * jumps to `round`. */
static void emit_turn(struct cairn_lift *lift, LLVMBasicBlockRef from, enum cairn_wave_state state,
                      LLVMBasicBlockRef round)
{
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef out = cairn_lift_block(lift, "out"), look = cairn_lift_block(lift, "look");
    bool barrier = state == CAIRN_WAVE_BARRIER;
    LLVMPositionBuilderAtEnd(b, from);
    LLVMValueRef first = first_wave(lift);
    branch_if(lift, LLVMBuildIsNull(b, first, ""), out, "turns");
    store_field(lift, cairn_lift_const32(lift, state), offsetof(struct cairn_wave, state));
    LLVMValueRef end = wave_at(lift, first, waves(lift)), before[2] = {lift->wave, NULL};
    LLVMBasicBlockRef come_from[2] = {LLVMGetInsertBlock(b), NULL};
    LLVMBuildBr(b, look);
    LLVMPositionBuilderAtEnd(b, look);
    LLVMValueRef last = LLVMBuildPhi(b, lift->ptr, "");
    LLVMValueRef next = before[1] = wave_at(lift, last, 1);
    branch_if(lift, LLVMBuildICmp(b, LLVMIntEQ, next, end, ""), round, "not_last");
    come_from[1] = LLVMGetInsertBlock(b);
    LLVMAddIncoming(last, before, come_from, 2);
    LLVMValueRef ready = is_state(lift, load_state(lift, next), CAIRN_WAVE_READY);
    branch_if(lift, LLVMBuildNot(b, ready, ""), look, "next_wave");
    go_on_with(lift, next);
    LLVMPositionBuilderAtEnd(b, out);
    LLVMBuildRet(b, cairn_lift_const32(lift, barrier ? CAIRN_NATIVE_BARRIER : CAIRN_NATIVE_DONE));
}

/* All that have not ended wait at the barrier: the first one of them goes on. */
static void emit_release(struct cairn_lift *lift, LLVMValueRef first, LLVMBasicBlockRef out)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef one = cairn_lift_const64(lift, 1);
    branch_if(lift, LLVMBuildNot(b, may_go_on(lift, one), ""), out, "met");
    size_t at = offsetof(struct cairn_native_frame, barriers);
    store_frame(lift, LLVMBuildAdd(b, load_frame(lift, lift->i64, at, 8), one, ""), at, 8);
    (void)cairn_control_burn(lift, cairn_lift_const64(lift, BARRIER_FUEL));
    struct by_wave loop = {.start = {LLVMConstNull(lift->ptr)}};
    open_waves(lift, &loop);
    LLVMValueRef wave = of_wave(lift, &loop, first, sizeof(struct cairn_wave));
    LLVMValueRef state = load_state(lift, wave), none = LLVMBuildIsNull(b, loop.phi[0], "");
    LLVMValueRef waits = is_state(lift, state, CAIRN_WAVE_BARRIER);
    LLVMValueRef turn = LLVMBuildSelect(b, LLVMBuildAnd(b, waits, none, ""), wave, loop.phi[0], "");
    LLVMValueRef ready = cairn_lift_const32(lift, CAIRN_WAVE_READY);
    state = LLVMBuildSelect(b, waits, ready, state, "");
    cairn_lift_state_store(lift, state, state_field(lift, wave), 4);
    close_waves(lift, &loop, (LLVMValueRef[CARRIED]){turn, NULL});
    go_on_with(lift, turn);
}

/* Back to the driver, as lift->wave is. */
static void emit_return(struct cairn_lift *lift)
{
    LLVMValueRef waits = is_state(lift, load_state(lift, lift->wave), CAIRN_WAVE_BARRIER);
    LLVMBuildRet(lift->builder, LLVMBuildSelect(lift->builder, waits,
                                                cairn_lift_const32(lift, CAIRN_NATIVE_BARRIER),
                                                cairn_lift_const32(lift, CAIRN_NATIVE_DONE), ""));
}

/* The last wave has ended, or met the barrier. Where one is ready nevertheless, its turn ended
 * otherwise: the driver knows. */
static void emit_round(struct cairn_lift *lift, LLVMBasicBlockRef round)
{
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef out = cairn_lift_block(lift, "out"), group = cairn_lift_block(lift, "group");
    struct by_wave loop = {.start = {LLVMConstNull(lift->i1), LLVMConstNull(lift->i1)}};
    LLVMPositionBuilderAtEnd(b, round);
    LLVMValueRef first = first_wave(lift);
    open_waves(lift, &loop);
    LLVMValueRef state = load_state(lift, of_wave(lift, &loop, first, sizeof(struct cairn_wave)));
    LLVMValueRef ready = LLVMBuildOr(b, loop.phi[0], is_state(lift, state, CAIRN_WAVE_READY), "");
    LLVMValueRef waiting =
        LLVMBuildOr(b, loop.phi[1], is_state(lift, state, CAIRN_WAVE_BARRIER), "");
    close_waves(lift, &loop, (LLVMValueRef[CARRIED]){ready, waiting});
    branch_if(lift, ready, out, "none_ready");
    branch_if(lift, LLVMBuildNot(b, waiting, ""), group, "waiting");
    emit_release(lift, first, out);
    LLVMPositionBuilderAtEnd(b, out);
    emit_return(lift);
    LLVMPositionBuilderAtEnd(b, group);
    LLVMValueRef wave = lift->wave, vgprs = lift->vgprs;
    LLVMValueRef at = cairn_lift_wave_field(lift, first, offsetof(struct cairn_wave, vgpr));
    store_frame(lift, first, offsetof(struct cairn_native_frame, wave), 8);
    lift->wave = first;
    lift->vgprs = cairn_lift_state_load(lift, lift->ptr, at, 8);
    emit_group(lift, cairn_lifter_of(lift)->function.start);
    lift->wave = wave;
    lift->vgprs = vgprs;
}

/* ---- the whole */

static bool has_barrier(const struct cairn_program *program)
{
    for (uint32_t i = 0; i < program->insn_count; i++)
        if (program->insns[i].insn.op == CAIRN_OP_s_barrier)
            return true;
    return false;
}

void cairn_restart_begin(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    bool one = lift->geometry->merged || waves(lift) == 1;
    if (takes_turns(lift) || (one && groups_follow(lift)))
        function->ended = cairn_lift_block(lift, "ended");
    if (takes_turns(lift) && has_barrier(lift->program))
        function->arrived = cairn_lift_block(lift, "arrived");
}

void cairn_restart_emit(struct cairn_lift *lift)
{
    struct cairn_lift_function *function = &cairn_lifter_of(lift)->function;
    if (function->ended == NULL)
        return;
    cairn_region_lane(lift, false);
    if (!takes_turns(lift)) {
        LLVMPositionBuilderAtEnd(lift->builder, function->ended);
        emit_group(lift, function->blocks[lift->program->entry]);
        return;
    }
    LLVMBasicBlockRef round = cairn_lift_block(lift, "round");
    emit_turn(lift, function->ended, CAIRN_WAVE_DONE, round);
    if (function->arrived != NULL)
        emit_turn(lift, function->arrived, CAIRN_WAVE_BARRIER, round);
    emit_round(lift, round);
}
