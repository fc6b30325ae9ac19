/* SPDX-License-Identifier: MIT
 * Vector instructions that are not lane by lane: moves between lanes and scalars.
 * AMD "CDNA2 ISA" 12.8-12.11.
 */
#include "interp/block.h"

/* A vector register's row, whichever file it is in; not for scalars. */
static uint32_t *row_of(const struct cairn_wave *wave, const struct cairn_interp_source *source)
{
    unsigned row = source->index;
    if (source->kind == CAIRN_SOURCE_AGPR)
        row += cairn_arch_rows(wave->launch);
    return wave->vgpr[row];
}

static void write_scalar(struct cairn_wave *wave, const struct cairn_interp_op *op, uint32_t value)
{
    if (op->dst < CAIRN_CODE_TTMP0 || op->dst >= CAIRN_CODE_M0)
        wave->sgpr[op->dst] = value;
}

static uint32_t lane_value(const struct cairn_wave *wave, const struct cairn_interp_op *op,
                           unsigned lane)
{
    const struct cairn_interp_source *source = &op->src[0];
    if (source->kind == CAIRN_SOURCE_VGPR || source->kind == CAIRN_SOURCE_AGPR)
        return row_of(wave, source)[lane];
    return cairn_source32(wave, op, 0);
}

/* The lowest active lane; lane 0 if none is active. */
static void run_readfirstlane(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    uint64_t exec = cairn_exec(wave);
    unsigned lane = exec == 0 ? 0 : (unsigned)__builtin_ctzll(exec);
    write_scalar(wave, op, lane_value(wave, op, lane));
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_readlane(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned lane = cairn_source32(wave, op, 1) & (CAIRN_WAVE_LANES - 1);
    write_scalar(wave, op, lane_value(wave, op, lane));
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_writelane(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned lane = cairn_source32(wave, op, 1) & (CAIRN_WAVE_LANES - 1);
    wave->vgpr[op->dst][lane] = cairn_source32(wave, op, 0);
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

bool cairn_lane_prepare(struct cairn_interp_op *op)
{
    switch (op->insn.op) {
    case CAIRN_OP_v_readfirstlane_b32:
        op->run = run_readfirstlane;
        return true;
    case CAIRN_OP_v_readlane_b32:
        op->run = run_readlane;
        return true;
    case CAIRN_OP_v_writelane_b32:
        op->run = run_writelane;
        return true;
    case CAIRN_OP_v_nop:
    case CAIRN_OP_v_clrexcp:
        op->run = cairn_op_nop;
        return true;
    default:
        return false;
    }
}
