/* SPDX-License-Identifier: MIT
 * Scalar ALU: a handler for each row of scalar.def, and the moves through M0. Operands are fetched
 * and written here; meanings are in machine/sem_scalar.h.
 */
#include "interp/block.h"
#include "machine/sem_scalar.h"

static inline void write32(struct cairn_wave *wave, unsigned code, uint64_t value)
{
    wave->sgpr[code] = (uint32_t)value;
}

static inline void write64(struct cairn_wave *wave, unsigned code, uint64_t value)
{
    cairn_wave_write64(wave, code, value);
}

static inline uint32_t read32(const struct cairn_wave *wave, unsigned code)
{
    return wave->sgpr[code];
}

static inline uint64_t read64(const struct cairn_wave *wave, unsigned code)
{
    return cairn_wave_read64(wave, code);
}

#define HANDLER(op_name, ...)                                                                      \
    static void run_##op_name(struct cairn_wave *wave, const struct cairn_interp_op *op)           \
    {                                                                                              \
        __VA_ARGS__                                                                                \
        CAIRN_TAIL return op[1].run(wave, op + 1);                                                 \
    }
#define FINISH(D, result)                                                                          \
    struct cairn_sem_scalar r = result;                                                            \
    write##D(wave, op->dst, r.value);                                                              \
    wave->scc = r.scc;

#define SALU1(name, D, S0)                                                                         \
    HANDLER(name, FINISH(D, cairn_sem_##name(cairn_source##S0(wave, op, 0), wave->scc)))
#define SALU2(name, D, S0, S1)                                                                     \
    HANDLER(name, FINISH(D, cairn_sem_##name(cairn_source##S0(wave, op, 0),                        \
                                             cairn_source##S1(wave, op, 1), wave->scc)))
#define SALUOLD(name, D, S0)                                                                       \
    HANDLER(name, FINISH(D, cairn_sem_##name(cairn_source##S0(wave, op, 0),                        \
                                             read##D(wave, op->dst), wave->scc)))
#define SALUK(name)                                                                                \
    HANDLER(name,                                                                                  \
            FINISH(32, cairn_sem_##name(wave->sgpr[op->dst], (uint32_t)op->insn.imm, wave->scc)))
#define SCMP(name, S0, S1, test)                                                                   \
    HANDLER(name, uint##S0##_t a = cairn_source##S0(wave, op, 0);                                  \
            uint##S1##_t b = cairn_source##S1(wave, op, 1); wave->scc = (test);)
#define SCMPK(name, test)                                                                          \
    HANDLER(name, uint32_t a = cairn_source32(wave, op, 0); int32_t b = op->insn.imm;              \
            wave->scc = (test);)
enum { OLD, NEW };
#define SEXEC(name, what, kept)                                                                    \
    HANDLER(name, uint64_t old = cairn_exec(wave);                                                 \
            uint64_t exec = cairn_sem_exec_##what(cairn_source64(wave, op, 0), old);               \
            write64(wave, op->dst, (kept) == OLD ? old : exec);                                    \
            write64(wave, CAIRN_CODE_EXEC_LO, exec); wave->scc = exec != 0;)
#include "machine/scalar.def"
#undef SALU1
#undef SALU2
#undef SALUOLD
#undef SALUK
#undef SCMP
#undef SCMPK
#undef SEXEC

/* s_movrels, s_movreld: the register number is the encoded one + M0, for pairs too. Outside of the
 * SGPRs a source is s0 and a destination is dropped. */
enum { LAST_SGPR = 101 };

static bool relative(const struct cairn_wave *wave, unsigned code, unsigned dwords, unsigned *out)
{
    uint64_t number = (uint64_t)code + wave->sgpr[CAIRN_CODE_M0];
    *out = (unsigned)number;
    return number + dwords - 1 <= LAST_SGPR && (dwords == 1 || number % 2 == 0);
}

static void run_movrels(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned from, dwords = op->insn.slot[CAIRN_SLOT_DST].dwords;
    if (!relative(wave, op->src[0].index, dwords, &from))
        from = 0;
    uint32_t low = wave->sgpr[from], high = wave->sgpr[from + 1];
    wave->sgpr[op->dst] = low;
    if (dwords == 2)
        wave->sgpr[op->dst + 1] = high;
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static void run_movreld(struct cairn_wave *wave, const struct cairn_interp_op *op)
{
    unsigned to, dwords = op->insn.slot[CAIRN_SLOT_DST].dwords;
    uint64_t value = dwords == 2 ? cairn_source64(wave, op, 0) : cairn_source32(wave, op, 0);
    if (relative(wave, op->dst, dwords, &to)) {
        wave->sgpr[to] = (uint32_t)value;
        if (dwords == 2)
            wave->sgpr[to + 1] = (uint32_t)(value >> 32);
    }
    CAIRN_TAIL return op[1].run(wave, op + 1);
}

static const cairn_op_run handlers[CAIRN_OP_COUNT] = {
#define SALU1(name, ...)   [CAIRN_OP_##name] = run_##name,
#define SALU2(name, ...)   [CAIRN_OP_##name] = run_##name,
#define SALUOLD(name, ...) [CAIRN_OP_##name] = run_##name,
#define SALUK(name)        [CAIRN_OP_##name] = run_##name,
#define SCMP(name, ...)    [CAIRN_OP_##name] = run_##name,
#define SCMPK(name, ...)   [CAIRN_OP_##name] = run_##name,
#define SEXEC(name, ...)   [CAIRN_OP_##name] = run_##name,
#include "machine/scalar.def"
    [CAIRN_OP_s_movrels_b32] = run_movrels,
    [CAIRN_OP_s_movrels_b64] = run_movrels,
    [CAIRN_OP_s_movreld_b32] = run_movreld,
    [CAIRN_OP_s_movreld_b64] = run_movreld,
};

bool cairn_scalar_prepare(struct cairn_interp_op *op)
{
    op->run = handlers[op->insn.op];
    return op->run != NULL;
}
