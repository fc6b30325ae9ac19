/* SPDX-License-Identifier: MIT
 * Global wave sync instructions. A wave that has to wait yields at the instruction and looks again;
 * what it waits for is in its trap state. AMD "Vega ISA" 11.3 (DS_GWS_*): the resource is
 * M0[21:16] + offset, the operand comes from the first active lane.
 */
#include "interp/block.h"

#include "interp/memory_priv.h"
#include "machine/gws.h"

/* trap_state[CAIRN_TRAP_STATE_GWS]: 0, or the releases seen on arrival in the high half, and 1. */
static uint64_t waiting_since(uint64_t state)
{
    return (state & ~UINT64_C(0xffffffff)) | 1;
}

static _Atomic uint64_t *resource_of(const struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint32_t index = (wave->sgpr[CAIRN_CODE_M0] >> 16) + (uint32_t)insn->imm;
    return &wave->launch->gws->resource[index % CAIRN_GWS_RESOURCES];
}

static uint32_t operand_of(const struct cairn_wave *wave, const struct cairn_insn *insn)
{
    uint64_t exec = cairn_exec(wave);
    unsigned lane = exec != 0 ? (unsigned)__builtin_ctzll(exec) : 0;
    return mem_source(wave, insn->slot[CAIRN_SLOT_DATA0].code)[lane];
}

static void go_on(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    wave->trap_state[CAIRN_TRAP_STATE_GWS] = 0;
    wave->pc = op->pc + op->insn.size_bytes;
}

static void look_again(struct cairn_wave *wave, const struct cairn_interp_op *op, uint64_t since)
{
    wave->trap_state[CAIRN_TRAP_STATE_GWS] = since;
    wave->pc = op->pc;
    wave->fuel = 0;
}

/* A wave that waits here: true when all that waited with it were released. */
static bool was_released(const struct cairn_wave *wave, uint64_t state)
{
    uint64_t since = wave->trap_state[CAIRN_TRAP_STATE_GWS];
    return since != 0 && since != waiting_since(state);
}

static void run_init(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Atomic uint64_t *resource = resource_of(wave, &op->insn);
    uint64_t state = atomic_load(resource), fresh;
    do
        fresh = (state & ~UINT64_C(0xffffffff)) | operand_of(wave, &op->insn);
    while (!atomic_compare_exchange_weak(resource, &state, fresh));
    go_on(wave, op);
}

/* Counts down; who finds the counter at zero releases all and sets it for the next time. */
static void run_barrier(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Atomic uint64_t *resource = resource_of(wave, &op->insn);
    uint64_t state = atomic_load(resource), next;
    if (wave->trap_state[CAIRN_TRAP_STATE_GWS] != 0) {
        if (was_released(wave, state))
            go_on(wave, op);
        else
            look_again(wave, op, waiting_since(state));
        return;
    }
    do {
        bool last = (uint32_t)state == 0;
        next = last ? waiting_since(state) - 1 + (UINT64_C(1) << 32) + operand_of(wave, &op->insn)
                    : state - 1;
    } while (!atomic_compare_exchange_weak(resource, &state, next));
    if ((uint32_t)state == 0)
        go_on(wave, op);
    else
        look_again(wave, op, waiting_since(state));
}

static void add(struct cairn_wave *wave, const struct cairn_interp_op *op, uint32_t count)
{
    _Atomic uint64_t *resource = resource_of(wave, &op->insn);
    uint64_t state = atomic_load(resource);
    while (!atomic_compare_exchange_weak(
        resource, &state, (state & ~UINT64_C(0xffffffff)) | (uint32_t)((uint32_t)state + count)))
        ;
    go_on(wave, op);
}

static void run_sema_v(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    add(wave, op, 1);
}

static void run_sema_br(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    add(wave, op, operand_of(wave, &op->insn));
}

static void run_sema_p(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Atomic uint64_t *resource = resource_of(wave, &op->insn);
    uint64_t state = atomic_load(resource);
    bool taken = was_released(wave, state);
    while (!taken && (uint32_t)state != 0)
        taken = atomic_compare_exchange_weak(resource, &state, state - 1);
    if (taken)
        go_on(wave, op);
    else
        look_again(wave, op, waiting_since(state));
}

static void run_release_all(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    _Atomic uint64_t *resource = resource_of(wave, &op->insn);
    uint64_t state = atomic_load(resource);
    while (!atomic_compare_exchange_weak(resource, &state,
                                         waiting_since(state) - 1 + (UINT64_C(1) << 32)))
        ;
    go_on(wave, op);
}

/* As if absent, where there is no queue. */
static void run(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    if (wave->launch->gws != NULL)
        op->inner(wave, op);
    else
        cairn_op_unimplemented(wave, op);
}

static cairn_op_run handler_of(unsigned op)
{
    switch (op) {
    case CAIRN_OP_ds_gws_init:
        return run_init;
    case CAIRN_OP_ds_gws_barrier:
        return run_barrier;
    case CAIRN_OP_ds_gws_sema_v:
        return run_sema_v;
    case CAIRN_OP_ds_gws_sema_br:
        return run_sema_br;
    case CAIRN_OP_ds_gws_sema_p:
        return run_sema_p;
    case CAIRN_OP_ds_gws_sema_release_all:
        return run_release_all;
    default:
        return NULL;
    }
}

bool cairn_gws_prepare(struct cairn_interp_op *op)
{
    op->inner = handler_of(op->insn.op);
    op->run = run;
    return op->inner != NULL;
}
