/* SPDX-License-Identifier: MIT
 * Which loops lanes may and should run one after another: loops of one block that go on while EXEC
 * has bits, made of arithmetic, loads at addresses of which nothing is known but that they do not
 * depend on earlier turns' loads, and masks that stay what they are in lanes that have left.
 */
#include "finalizer/llvm/serial.h"

#include "finalizer/llvm/lift_scalar.h"
#include "finalizer/llvm/lift_valu.h"

#include <stdio.h>
#include <string.h>

/* Beyond so many vector instructions a load, vectors are better. */
enum { INSNS_A_LOAD = 5, FIRST_SPECIAL = 106 };

struct survey {
    struct cairn_lift *lift;
    struct cairn_serial *out;
    struct cairn_shape shape[CAIRN_VREGS];
    struct cairn_regs numbers; /* s: read as numbers */
    uint8_t idle[128];         /* masks in lanes that are off: enum, or IDLE_FIRST + code */
    uint8_t vector_writes[CAIRN_VREGS];    /* how many */
    uint8_t mask_reads[128], leaving[128]; /* how often read; as what `leaving` is (bits) */
    unsigned arithmetic, loads;
    bool exec_written;
};

enum { IDLE_ZERO, IDLE_UNKNOWN, IDLE_FIRST };

/* ---- loads */

unsigned cairn_serial_load_bytes(const struct cairn_insn *insn, bool *is_signed)
{
    *is_signed = insn->op == CAIRN_OP_global_load_sbyte || insn->op == CAIRN_OP_global_load_sshort;
    switch (insn->op) {
    case CAIRN_OP_global_load_ubyte:
    case CAIRN_OP_global_load_sbyte:
        return 1;
    case CAIRN_OP_global_load_ushort:
    case CAIRN_OP_global_load_sshort:
        return 2;
    case CAIRN_OP_global_load_dword:
        return 4;
    case CAIRN_OP_global_load_dwordx2:
        return 8;
    case CAIRN_OP_global_load_dwordx3:
        return 12;
    case CAIRN_OP_global_load_dwordx4:
        return 16;
    default:
        return 0;
    }
}

static bool add_load(struct survey *survey, const struct cairn_insn *insn, uint32_t index)
{
    bool is_signed;
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    if (cairn_serial_load_bytes(insn, &is_signed) == 0 || insn->glc || insn->lds)
        return false;
    unsigned vreg = cairn_vreg_of_code(address->code);
    if (survey->shape[vreg].kind != CAIRN_SHAPE_VARYING ||
        (address->dwords == 2 && survey->shape[vreg + 1].pair))
        return false;
    if (survey->loads++ == 0)
        survey->out->first_load = index;
    return true;
}

/* ---- arithmetic */

static bool has_plain_type(unsigned type)
{
    switch (type) {
    case CAIRN_TYPE_NONE:
    case CAIRN_TYPE_B32:
    case CAIRN_TYPE_U32:
    case CAIRN_TYPE_I32:
    case CAIRN_TYPE_F32:
    case CAIRN_TYPE_B64:
    case CAIRN_TYPE_U64:
    case CAIRN_TYPE_I64:
    case CAIRN_TYPE_F64:
        return true;
    default:
        return false;
    }
}

static bool is_plain(const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i <= CAIRN_SLOT_SRC2; i++)
        if (insn->slot[i].abs || insn->slot[i].neg)
            return false;
    return insn->variant == CAIRN_VARIANT_PLAIN && !insn->clamp && !insn->op_sel;
}

static bool has_function(const struct cairn_lift *lift, const char *name, const char *suffix,
                         enum cairn_semantics_mode mode)
{
    char whole[64];
    snprintf(whole, sizeof whole, "%s%s", name, suffix);
    return cairn_semantics_find(lift->semantics, whole, true, mode) != NULL;
}

static bool add_arithmetic(struct survey *survey, const struct cairn_insn *insn)
{
    const struct cairn_lift *lift = survey->lift;
    const struct cairn_lift_valu_row *row = cairn_lift_valu_row_of(insn->op);
    enum {
        WELCOME = CAIRN_LIFT_VALU_ACC | CAIRN_LIFT_VALU_MASK_IN | CAIRN_LIFT_VALU_MASK_OUT |
                  CAIRN_LIFT_VALU_NO_DST | CAIRN_LIFT_VALU_FLOAT | CAIRN_LIFT_VALU_CLAMP
    };
    enum cairn_semantics_mode mode = CAIRN_SEMANTICS_DEFAULT;
    uint32_t bits;
    if (row == NULL || (row->flags & ~WELCOME) || !is_plain(insn) ||
        insn->op == CAIRN_OP_v_swap_b32 || insn->op == CAIRN_OP_v_rsq_f32 ||
        !has_plain_type(row->dst))
        return false;
    for (unsigned i = 0; i < row->sources; i++)
        if (!has_plain_type(row->src[i]))
            return false;
    if (row->flags & CAIRN_LIFT_VALU_FLOAT) {
        if (!cairn_lift_mode_known(survey->lift, &bits))
            return false;
        mode = cairn_semantics_mode_of(bits);
    }
    survey->arithmetic++;
    if (insn->op == CAIRN_OP_v_cndmask_b32)
        return true;
    bool flag_only = row->flags & CAIRN_LIFT_VALU_NO_DST;
    return has_function(lift, row->name, "", mode) &&
           (flag_only || !(row->flags & CAIRN_LIFT_VALU_MASK_OUT) ||
            has_function(lift, row->name, "_flag", mode));
}

static void note_mask_read(struct survey *survey, unsigned code)
{
    if (survey->mask_reads[code] < UINT8_MAX)
        survey->mask_reads[code]++;
}

/* What a vector instruction reads of scalar registers: masks, and numbers. */
static bool add_scalars_read(struct survey *survey, const struct cairn_insn *insn)
{
    for (unsigned i = CAIRN_SLOT_SRC0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (!cairn_operand_present(operand) || cairn_code_is_vector(operand->code))
            continue;
        bool mask = operand->type == CAIRN_TYPE_MASK;
        bool constant =
            (operand->code >= CAIRN_CODE_INT_0 && operand->code <= CAIRN_CODE_FLOAT_LAST) ||
            operand->code == CAIRN_CODE_LITERAL;
        if (i == CAIRN_SLOT_SDST || constant)
            continue;
        if (mask ? operand->code >= 128 : operand->code >= FIRST_SPECIAL)
            return false;
        for (unsigned d = 0; d < operand->dwords; d++)
            cairn_regs_add_s(mask ? &survey->out->reads : &survey->numbers, operand->code + d);
        if (mask)
            note_mask_read(survey, operand->code);
    }
    return true;
}

static bool add_lane(struct survey *survey, uint32_t index)
{
    const struct cairn_program_insn *at = &survey->lift->program->insns[index];
    const struct cairn_insn *insn = &at->insn;
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    bool load = insn->encoding == CAIRN_ENC_GLOBAL;
    if (any || survey->exec_written || !add_scalars_read(survey, insn) ||
        !(load ? add_load(survey, insn, index) : add_arithmetic(survey, insn)))
        return false;
    for (unsigned i = 0; i < 8; i++) {
        survey->out->reads.v[i] |= reads.v[i];
        survey->out->writes.v[i] |= writes.v[i];
    }
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        if (cairn_regs_has_v(&writes, i) && survey->vector_writes[i] < 2)
            survey->vector_writes[i]++;
    if (cairn_isa_flags(insn) & CAIRN_ISA_READS_VCC) {
        cairn_regs_add_s(&survey->out->reads, CAIRN_CODE_VCC_LO);
        note_mask_read(survey, CAIRN_CODE_VCC_LO);
    }
    for (unsigned code = 0; code < 128; code++)
        if (cairn_regs_has_s(&writes, code)) {
            cairn_regs_add_s(&survey->out->writes, code);
            survey->idle[code] = IDLE_ZERO;
        }
    return !cairn_regs_has_s(&writes, CAIRN_CODE_EXEC_LO);
}

/* ---- masks */

static bool is_mask_code(const struct cairn_operand *operand)
{
    return operand->code < 128 && operand->code % 2 == 0 && operand->dwords == 2;
}

static uint8_t idle_result(const struct survey *survey, const struct cairn_insn *insn)
{
    uint8_t a = survey->idle[insn->slot[CAIRN_SLOT_SRC0].code];
    uint8_t b = cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1])
                    ? survey->idle[insn->slot[CAIRN_SLOT_SRC1].code]
                    : a;
    switch (insn->op) {
    case CAIRN_OP_s_mov_b64:
        return a;
    case CAIRN_OP_s_or_b64:
        return a == IDLE_ZERO ? b : b == IDLE_ZERO || a == b ? a : IDLE_UNKNOWN;
    case CAIRN_OP_s_and_b64:
        return a == IDLE_ZERO || b == IDLE_ZERO ? IDLE_ZERO : a == b ? a : IDLE_UNKNOWN;
    case CAIRN_OP_s_andn2_b64:
        return a == IDLE_ZERO || a == b ? IDLE_ZERO : b == IDLE_ZERO ? a : IDLE_UNKNOWN;
    default:
        return IDLE_UNKNOWN;
    }
}

enum { LEAVING_MADE = 1, LEAVING_TAKEN = 2 };

/* s_or_b64 m, m, x; s_andn2_b64 exec, exec, m. */
static void note_leaving(struct survey *survey, const struct cairn_insn *insn)
{
    unsigned dst = insn->slot[CAIRN_SLOT_DST].code, s0 = insn->slot[CAIRN_SLOT_SRC0].code;
    unsigned s1 =
        cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1]) ? insn->slot[CAIRN_SLOT_SRC1].code : s0;
    note_mask_read(survey, s0);
    if (s1 != s0)
        note_mask_read(survey, s1);
    if (insn->op == CAIRN_OP_s_or_b64 && (dst == s0) != (dst == s1))
        survey->leaving[dst] |= LEAVING_MADE;
    if (insn->op == CAIRN_OP_s_andn2_b64 && dst == CAIRN_CODE_EXEC_LO && s0 == dst)
        survey->leaving[s1] |= LEAVING_TAKEN;
}

static void find_leaving(const struct survey *survey)
{
    for (unsigned i = 2; i < CAIRN_CODE_EXEC_LO; i += 2)
        if (survey->leaving[i] == (LEAVING_MADE | LEAVING_TAKEN) && survey->mask_reads[i] == 2)
            survey->out->leaving = i;
}

static bool add_mask(struct survey *survey, uint32_t index)
{
    const struct cairn_insn *insn = &survey->lift->program->insns[index].insn;
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    bool keeps_old;
    if (!cairn_scalar_is_logic(insn->op) || cairn_scalar_sets_exec(insn->op, &keeps_old) ||
        !is_mask_code(dst) || !is_mask_code(&insn->slot[CAIRN_SLOT_SRC0]) ||
        (cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1]) &&
         !is_mask_code(&insn->slot[CAIRN_SLOT_SRC1])))
        return false;
    uint8_t idle = idle_result(survey, insn);
    note_leaving(survey, insn);
    for (unsigned i = 0; i < 2; i++) {
        cairn_regs_add_s(&survey->out->reads, insn->slot[CAIRN_SLOT_SRC0].code + i);
        if (cairn_operand_present(&insn->slot[CAIRN_SLOT_SRC1]))
            cairn_regs_add_s(&survey->out->reads, insn->slot[CAIRN_SLOT_SRC1].code + i);
        cairn_regs_add_s(&survey->out->writes, dst->code + i);
        survey->idle[dst->code + i] =
            idle < IDLE_FIRST || i == 0 ? idle : (uint8_t)(idle + i); /* of the same pair */
    }
    survey->exec_written = survey->exec_written || dst->code == CAIRN_CODE_EXEC_LO;
    return true;
}

/* Lanes that have left have an empty EXEC for good, and no mask that is looked at changes in them.
 */
static bool rests_idle(const struct survey *survey)
{
    const struct cairn_liveness *live = survey->lift->live;
    uint32_t block = survey->out->block;
    for (unsigned i = 0; i < CAIRN_CODE_EXEC_LO; i++)
        if (cairn_regs_has_s(&survey->out->writes, i) && survey->idle[i] != IDLE_FIRST + i &&
            cairn_regs_has_s(&live->live_out[block], i))
            return false;
    return survey->exec_written && survey->idle[CAIRN_CODE_EXEC_LO] == IDLE_ZERO;
}

/* ---- pairs: what v_add_co_u32 and v_addc_co_u32 make of themselves */

static bool vector_of(const struct cairn_insn *insn, uint16_t *vreg)
{
    unsigned code = insn->slot[CAIRN_SLOT_DST].code;
    *vreg = (uint16_t)cairn_vreg_of_code(code);
    return cairn_code_is_vector((uint16_t)code);
}

static bool is_paired(const struct cairn_serial *out, unsigned vreg)
{
    for (unsigned i = 0; i < out->pair_count; i++)
        if (out->pair[i].low == vreg || out->pair[i].high == vreg)
            return true;
    return false;
}

/* Does it add a constant to itself, in one place? */
static void find_step(const struct survey *survey, const struct cairn_insn *low,
                      const struct cairn_insn *high, struct cairn_serial_pair *pair)
{
    enum { MOST = 1 << 16 };
    unsigned code = low->slot[CAIRN_SLOT_SRC0].code;
    pair->step = code == CAIRN_CODE_LITERAL ? low->literal : code - CAIRN_CODE_INT_0;
    bool constant =
        code == CAIRN_CODE_LITERAL || (code >= CAIRN_CODE_INT_0 && code < CAIRN_CODE_INT_MINUS_1);
    pair->steady = constant && pair->step <= MOST && survey->vector_writes[pair->low] == 1 &&
                   survey->vector_writes[pair->high] == 1 &&
                   low->slot[CAIRN_SLOT_SRC1].code == low->slot[CAIRN_SLOT_DST].code &&
                   high->slot[CAIRN_SLOT_SRC0].code == CAIRN_CODE_INT_0 &&
                   high->slot[CAIRN_SLOT_SRC1].code == high->slot[CAIRN_SLOT_DST].code;
}

static void add_pair(const struct survey *survey, const struct cairn_insn *low,
                     const struct cairn_insn *high)
{
    struct cairn_serial *out = survey->out;
    const struct cairn_regs *live = &survey->lift->live->live_in[out->block];
    struct cairn_serial_pair pair;
    if (vector_of(low, &pair.low) && vector_of(high, &pair.high) && pair.low != pair.high &&
        cairn_regs_has_v(live, pair.low) && cairn_regs_has_v(live, pair.high) &&
        !is_paired(out, pair.low) && !is_paired(out, pair.high) &&
        out->pair_count < CAIRN_SERIAL_PAIRS) {
        find_step(survey, low, high, &pair);
        out->pair[out->pair_count++] = pair;
    }
}

static unsigned carry_out(const struct cairn_insn *insn)
{
    unsigned code = insn->slot[CAIRN_SLOT_SDST].code;
    return code == CAIRN_CODE_NONE ? CAIRN_CODE_VCC_LO : code;
}

static void find_pairs(const struct survey *survey)
{
    const struct cairn_program *program = survey->lift->program;
    const struct cairn_program_block *at = &program->blocks[survey->out->block];
    for (uint32_t i = 0; i < at->count; i++) {
        const struct cairn_insn *high = &program->insns[at->first + i].insn;
        if (high->op != CAIRN_OP_v_addc_co_u32)
            continue;
        for (uint32_t j = i; j-- > 0;) {
            const struct cairn_insn *low = &program->insns[at->first + j].insn;
            if (low->op == CAIRN_OP_v_add_co_u32 &&
                carry_out(low) == high->slot[CAIRN_SLOT_SRC2].code) {
                add_pair(survey, low, high);
                break;
            }
        }
    }
}

/* ---- what depends on loads. A lane must be able to go on before its loads are done, or the misses
 * of lanes, which a gather makes together, come one after the other. */

enum { BY_THIS_TURN = 1, BY_TURNS_BEFORE = 2 };

struct taint {
    uint8_t v[CAIRN_VREGS], mask[128];
};

static uint8_t taint_read(const struct taint *taint, const struct cairn_regs *reads)
{
    uint8_t bits = 0;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        bits |= cairn_regs_has_v(reads, i) ? taint->v[i] : 0;
    for (unsigned i = 0; i < CAIRN_CODE_EXEC_LO; i++)
        bits |= cairn_regs_has_s(reads, i) ? taint->mask[i] : 0;
    return bits;
}

/* One instruction; false: a lane would wait for a load. */
static bool taint_insn(const struct cairn_insn *insn, struct taint *taint)
{
    struct cairn_regs reads, writes;
    bool any, load = insn->encoding == CAIRN_ENC_GLOBAL;
    cairn_insn_registers(insn, &reads, &writes, &any);
    uint8_t bits = taint_read(taint, &reads);
    if (load && (bits & BY_TURNS_BEFORE))
        return false;
    bits |= load ? BY_THIS_TURN : 0;
    if (cairn_regs_has_s(&writes, CAIRN_CODE_EXEC_LO) && bits != 0)
        return false;
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        taint->v[i] = cairn_regs_has_v(&writes, i) ? bits : taint->v[i];
    for (unsigned i = 0; i < CAIRN_CODE_EXEC_LO; i++)
        taint->mask[i] = cairn_regs_has_s(&writes, i) ? bits : taint->mask[i];
    return true;
}

/* What the last turn left; true: more than was known. */
static bool carry_over(uint8_t *start, const uint8_t *end, unsigned count)
{
    bool more = false;
    for (unsigned i = 0; i < count; i++) {
        more = more || (end[i] != 0 && start[i] == 0);
        start[i] = end[i] != 0 || start[i] != 0 ? BY_TURNS_BEFORE : 0;
    }
    return more;
}

static bool waits_for_loads(const struct cairn_program *program, uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    struct taint start, now;
    bool more = true;
    memset(&start, 0, sizeof start);
    while (more) {
        now = start;
        for (uint32_t i = 0; i + 1 < at->count; i++)
            if (!taint_insn(&program->insns[at->first + i].insn, &now))
                return true;
        bool vectors = carry_over(start.v, now.v, CAIRN_VREGS);
        more = carry_over(start.mask, now.mask, CAIRN_CODE_EXEC_LO) || vectors;
    }
    return false;
}

/* ---- the loop */

static bool has_form(const struct cairn_lift *lift, uint32_t block)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    if (at->end != CAIRN_END_COND || at->count < 2 || at->taken == at->next)
        return false;
    unsigned op = lift->program->insns[at->first + at->count - 1].insn.op;
    return (op == CAIRN_OP_s_cbranch_execnz && at->taken == block) ||
           (op == CAIRN_OP_s_cbranch_execz && at->next == block);
}

static bool add_insn(struct survey *survey, uint32_t index)
{
    const struct cairn_lift_family *family;
    switch (cairn_lift_kind_of(survey->lift, index, &family)) {
    case CAIRN_LIFT_NONE:
        return !cairn_lift_is_order(&survey->lift->program->insns[index].insn);
    case CAIRN_LIFT_LANE:
        return add_lane(survey, index);
    case CAIRN_LIFT_MASK:
        return add_mask(survey, index);
    default:
        return false;
    }
}

static bool meet(const struct cairn_regs *a, const struct cairn_regs *b)
{
    return (a->s[0] & b->s[0]) | (a->s[1] & b->s[1]);
}

bool cairn_serial_find(struct cairn_lift *lift, uint32_t block, struct cairn_serial *out)
{
    const struct cairn_program_block *at = &lift->program->blocks[block];
    struct survey survey = {.lift = lift, .out = out};
    if ((lift->width != 8 && lift->width != 16) || !has_form(lift, block))
        return false;
    *out = (struct cairn_serial){.block = block};
    memcpy(survey.shape, lift->facts->entry[block], sizeof survey.shape);
    for (unsigned i = 0; i < 128; i++)
        survey.idle[i] = (uint8_t)(IDLE_FIRST + i);
    survey.idle[CAIRN_CODE_EXEC_LO] = survey.idle[CAIRN_CODE_EXEC_HI] = IDLE_ZERO;
    for (uint32_t i = 0; i + 1 < at->count; i++) {
        if (!add_insn(&survey, at->first + i))
            return false;
        cairn_region_advance(survey.shape, lift, at->first + i);
    }
    bool scc = cairn_regs_has_s(&lift->live->live_in[block], CAIRN_SREG_SCC) ||
               cairn_regs_has_s(&lift->live->live_out[block], CAIRN_SREG_SCC);
    if (survey.loads == 0 || survey.arithmetic > INSNS_A_LOAD * survey.loads || scc ||
        meet(&survey.numbers, &out->writes) || !rests_idle(&survey) ||
        waits_for_loads(lift->program, block))
        return false;
    find_pairs(&survey);
    find_leaving(&survey);
    return true;
}
