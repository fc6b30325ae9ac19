/* SPDX-License-Identifier: MIT
 * Values and masks that follow from the shape of the workgroup (finalizer/known.h) in place of what
 * registers hold: constants, or simple functions of the chunk's number. Where EXEC is such, a
 * region's loop goes over the chunks that have active lanes. Masks are made for all chunks at once,
 * behind the region that is open.
 */
#include "finalizer/known.h"
#include "finalizer/llvm/lanes.h"
#include "finalizer/llvm/lift_ds.h"

#include <string.h>

bool cairn_lift_knows(const struct cairn_lift *lift)
{
    return cairn_known_lanes(lift->facts->known) == cairn_region_chunks(lift) * lift->width;
}

void cairn_lift_known_before(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    region->known_next = region->known;
    cairn_known_step(lift->facts->known, lift->at, &region->known_next);
}

/* ---- masks */

/* The bits of one chunk. */
static uint32_t bits_of(const struct cairn_lift *lift, uint32_t id, unsigned chunk)
{
    uint32_t lane = chunk * lift->width;
    uint32_t word = cairn_known_mask(lift->facts->known, id)[lane / 32];
    return word >> (lane % 32) & ((UINT32_C(1) << lift->width) - 1);
}

static uint64_t bits_of_wave(const struct cairn_lift *lift, uint32_t id, unsigned wave)
{
    const uint32_t *words = cairn_known_mask(lift->facts->known, id) + (size_t)2 * wave;
    return words[0] | (uint64_t)words[1] << 32;
}

static bool is_empty(const struct cairn_lift *lift, uint32_t id)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < cairn_region_chunks(lift) / lift->chunks; i++)
        any |= bits_of_wave(lift, id, i);
    return any == 0;
}

static uint32_t mask_id(struct cairn_lift *lift, unsigned code)
{
    if (!cairn_lift_knows(lift))
        return 0;
    return cairn_known_mask_of(lift->facts->known, &lift->region->known, code);
}

/* iW: the bits of the current chunk, from a table. */
static LLVMValueRef bits_from_table(struct cairn_lift *lift, uint32_t id)
{
    LLVMTypeRef type = cairn_lift_mask_type(lift);
    LLVMValueRef rows[CAIRN_LIFT_MOST_CHUNKS];
    unsigned count = cairn_region_chunks(lift);
    for (unsigned i = 0; i < count; i++)
        rows[i] = LLVMConstInt(type, bits_of(lift, id, i), false);
    LLVMValueRef all = LLVMConstArray2(type, rows, count);
    LLVMValueRef table = LLVMAddGlobal(lift->module, LLVMTypeOf(all), "");
    LLVMSetInitializer(table, all);
    LLVMSetGlobalConstant(table, true);
    LLVMSetLinkage(table, LLVMPrivateLinkage);
    LLVMValueRef index = LLVMBuildZExt(lift->builder, lift->region->chunk, lift->i64, "");
    LLVMValueRef at = LLVMBuildInBoundsGEP2(lift->builder, type, table, &index, 1, "");
    return LLVMBuildLoad2(lift->builder, type, at, "");
}

LLVMValueRef cairn_lift_known_mask(struct cairn_lift *lift, unsigned code)
{
    const struct cairn_lift_region *region = lift->region;
    uint32_t id = mask_id(lift, code);
    if (id == 0)
        return NULL;
    uint32_t bits = bits_of(lift, id, region->chunk_first);
    for (unsigned i = region->chunk_first; i < region->chunk_end; i++)
        if (bits_of(lift, id, i) != bits)
            return LLVMBuildBitCast(lift->builder, bits_from_table(lift, id), lift->v1, "");
    LLVMValueRef lanes[64];
    for (unsigned i = 0; i < lift->width; i++)
        lanes[i] = LLVMConstInt(lift->i1, bits >> i & 1, false);
    LLVMValueRef all = LLVMConstVector(lanes, lift->width);
    return bits == (UINT32_C(1) << lift->width) - 1 ? LLVMConstAllOnes(lift->v1) : all;
}

LLVMValueRef cairn_lift_known_any(struct cairn_lift *lift, unsigned code)
{
    uint32_t id = mask_id(lift, code);
    return id == 0 ? NULL : LLVMConstInt(lift->i1, !is_empty(lift, id), false);
}

/* ---- instructions that make known masks and nothing else */

/* The even codes of the masks that an instruction writes; 0: it is none of these. */
static unsigned masks_written(const struct cairn_insn *insn, unsigned codes[2])
{
    struct cairn_regs reads, writes;
    unsigned count = 0;
    bool any;
    cairn_insn_registers(insn, &reads, &writes, &any);
    for (unsigned i = 0; i < 8; i++)
        any = any || writes.v[i] != 0;
    for (unsigned code = 0; code < 128 && !any; code += 2) {
        bool low = cairn_regs_has_s(&writes, code), high = cairn_regs_has_s(&writes, code + 1);
        if (!low && !high)
            continue;
        if (!low || !high || count == 2)
            return 0;
        codes[count++] = code;
    }
    return any ? 0 : count;
}

bool cairn_lift_makes_known(const struct cairn_lift *lift, uint32_t index,
                            const struct cairn_known_state *next)
{
    const struct cairn_insn *insn = &lift->program->insns[index].insn;
    uint32_t block = lift->program->insns[index].block;
    const struct cairn_lift_family *family;
    unsigned codes[2], count = masks_written(insn, codes);
    for (unsigned i = 0; i < count; i++)
        if (next->mask[codes[i] / 2] == 0)
            return false;
    if (count == 0 || !cairn_lift_knows(lift) ||
        (codes[0] >= CAIRN_CODE_TTMP0 && codes[0] < CAIRN_CODE_M0))
        return false;
    bool loops = lift->program->blocks[block].taken == block ||
                 lift->program->blocks[block].next == block; /* by chunk perhaps: segment.c */
    enum cairn_lift_kind kind = cairn_lift_kind_of(lift, index, &family);
    const struct cairn_lanes *lanes = ((const struct cairn_lifter *)lift)->lanes;
    return !loops &&
           (kind == CAIRN_LIFT_LANE || (kind == CAIRN_LIFT_MASK && lanes->in_lanes[index]));
}

static void store_mask(struct cairn_lift *lift, unsigned code, uint32_t id)
{
    LLVMBuilderRef before = lift->builder;
    lift->builder = lift->region->scalar;
    for (unsigned i = 0; i < cairn_region_chunks(lift) / lift->chunks; i++) {
        size_t offset = i * sizeof(struct cairn_wave) + offsetof(struct cairn_wave, sgpr);
        LLVMValueRef at = cairn_lift_wave_field(lift, lift->wave, offset + 4 * (size_t)code);
        cairn_lift_state_store(lift, cairn_lift_const64(lift, bits_of_wave(lift, id, i)), at, 4);
    }
    lift->builder = before;
}

void cairn_lift_flush_known(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    for (unsigned i = 0; i < CAIRN_KNOWN_PAIRS; i++)
        if (region->known_pending[i])
            store_mask(lift, 2 * i, region->known.mask[i]);
    memset(region->known_pending, 0, sizeof region->known_pending);
}

/* SCC of merged waves differs from wave to wave, and is looked at by nobody. */
static void put_scc(struct cairn_lift *lift, uint32_t id)
{
    if (lift->geometry->merged) {
        lift->region->scc_of = -1;
        lift->region->scc = NULL;
        return;
    }
    cairn_lift_put_scc(lift, LLVMConstInt(lift->i1, !is_empty(lift, id), false));
}

void cairn_lift_known_emit(struct cairn_lift *lift)
{
    struct cairn_lift_region *region = lift->region;
    unsigned codes[2], count = masks_written(lift->insn, codes);
    bool sets_exec = cairn_isa_flags(lift->insn) & CAIRN_ISA_WRITES_EXEC;
    for (unsigned i = 0; i < count; i++) {
        uint32_t id = region->known_next.mask[codes[i] / 2];
        cairn_lift_forget_mask(lift, codes[i]);
        if (region->open)
            region->known_pending[codes[i] / 2] = true;
        else
            store_mask(lift, codes[i], id);
        if ((cairn_isa_flags(lift->insn) & CAIRN_ISA_WRITES_SCC) &&
            (!sets_exec || codes[i] == CAIRN_CODE_EXEC_LO))
            put_scc(lift, id);
    }
}

/* ---- LDS */

static bool is_inside(const struct cairn_lift *lift, const struct cairn_insn *insn,
                      const struct cairn_lift_ds_span *span, const struct cairn_known_state *state)
{
    const struct cairn_operand *address = &insn->slot[CAIRN_SLOT_ADDR];
    if (!cairn_code_is_vector(address->code) || !cairn_lift_knows(lift))
        return false;
    uint32_t id = state->vector[cairn_vreg_of_code(address->code)];
    const uint32_t *lane = id != 0 ? cairn_known_vector(lift->facts->known, id) : NULL;
    uint32_t furthest = span->offset[0] > span->offset[1] ? span->offset[0] : span->offset[1];
    for (uint32_t i = 0; lane != NULL && i < cairn_known_lanes(lift->facts->known); i++)
        if ((uint64_t)lane[i] + furthest + span->bytes > lift->geometry->lds_bytes)
            return false;
    return lane != NULL;
}

bool cairn_lift_is_inside(struct cairn_lift *lift)
{
    struct cairn_lift_ds_span span;
    return cairn_lift_ds_span_of(lift->insn, &span) &&
           is_inside(lift, lift->insn, &span, &lift->region->known);
}

bool cairn_lift_may_fault(const struct cairn_lift *lift, uint32_t index,
                          const struct cairn_known_state *state)
{
    const struct cairn_program_insn *at = &lift->program->insns[index];
    struct cairn_lift_ds_span span;
    if (!(at->flags & (CAIRN_ISA_LOADS | CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC)))
        return false;
    if (!cairn_lift_ds_span_of(&at->insn, &span) || (span.loads && span.stores))
        return true;
    return span.stores && !is_inside(lift, &at->insn, &span, state);
}

/* ---- which chunks a region is for */

/* Do lanes that are off do anything? They make zeros of masks. */
static bool makes_masks(const struct cairn_lift *lift, uint32_t index,
                        const struct cairn_known_state *next)
{
    const struct cairn_insn *insn = &lift->program->insns[index].insn;
    const struct cairn_lift_family *family;
    struct cairn_regs reads, writes;
    bool any;
    enum cairn_lift_kind kind = cairn_lift_kind_of(lift, index, &family);
    cairn_insn_registers(insn, &reads, &writes, &any);
    bool masks = kind == CAIRN_LIFT_MASK ||
                 (kind == CAIRN_LIFT_LANE && (writes.s[0] | writes.s[1] | writes.s[2]));
    return masks && !cairn_lift_makes_known(lift, index, next);
}

void cairn_lift_known_range(struct cairn_lift *lift, uint32_t first, uint32_t last)
{
    struct cairn_lift_region *region = lift->region;
    struct cairn_known_state state = region->known;
    unsigned count = cairn_region_chunks(lift), low = count, high = 0;
    region->chunk_first = 0;
    region->chunk_end = count;
    if (!cairn_lift_knows(lift))
        return;
    for (uint32_t i = first; i <= last; i++) {
        const struct cairn_lift_family *family;
        uint32_t exec = state.mask[CAIRN_CODE_EXEC_LO / 2];
        cairn_known_step(lift->facts->known, i, &state);
        if (makes_masks(lift, i, &state))
            return;
        if (cairn_lift_kind_of(lift, i, &family) != CAIRN_LIFT_LANE)
            continue;
        if (exec == 0)
            return;
        for (unsigned j = 0; j < count; j++)
            if (bits_of(lift, exec, j) != 0) {
                low = j < low ? j : low;
                high = j >= high ? j + 1 : high;
            }
    }
    region->chunk_first = low < high ? low : 0;
    region->chunk_end = low < high ? high : 1;
}

/* ---- vectors */

/* Lane 0 of chunk c is first + sum over i of digit[i] * step[i], digits of c being the chunk in its
 * row of work-items, the row and the plane; lane i of a chunk is its lane 0 plus apart[i]. */
enum { DIGITS = 3 };
struct pattern {
    uint32_t first, step[DIGITS], apart[64];
    unsigned bits[DIGITS]; /* of each digit, from below */
    bool positive;         /* all values, as signed ones */
};

static uint32_t base_at(const struct pattern *pattern, uint32_t chunk)
{
    uint32_t base = pattern->first;
    for (unsigned i = 0; i < DIGITS; i++) {
        base += (chunk & ((UINT32_C(1) << pattern->bits[i]) - 1)) * pattern->step[i];
        chunk >>= pattern->bits[i];
    }
    return base;
}

/* 2^result is `count`; false: none is. */
static bool log_of(uint32_t count, unsigned *result)
{
    *result = count > 0 ? (unsigned)__builtin_ctz(count) : 0;
    return count > 0 && (count & (count - 1)) == 0;
}

/* Digits of rows and planes; false: they are no powers of two. */
static bool set_digits(const struct cairn_lift *lift, struct pattern *pattern)
{
    const uint32_t *size = lift->geometry->workgroup;
    uint32_t row = size[0] < lift->width ? 1 : size[0] / lift->width;
    uint32_t plane = size[0] * size[1] / lift->width / row;
    pattern->bits[2] = 16;
    return size[0] * size[1] % lift->width == 0 && (row == 1 || size[0] % lift->width == 0) &&
           log_of(row, &pattern->bits[0]) && log_of(plane, &pattern->bits[1]);
}

/* Of the first chunks in which each digit is 1. */
static void set_steps(const struct cairn_lift *lift, const uint32_t *lane, struct pattern *pattern)
{
    unsigned begin = lift->region->chunk_first, end = lift->region->chunk_end, below = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        uint32_t at = begin + (UINT32_C(1) << below);
        bool there = pattern->bits[i] > 0 && at < end;
        pattern->step[i] = there ? lane[at * lift->width] - lane[begin * lift->width] : 0;
        below += pattern->bits[i];
    }
    pattern->first = lane[begin * lift->width] - begin * pattern->step[0];
}

static bool fits(const struct cairn_lift *lift, const uint32_t *lane, struct pattern *out)
{
    uint32_t width = lift->width, begin = lift->region->chunk_first;
    set_steps(lift, lane, out);
    out->positive = out->first <= INT32_MAX;
    for (uint32_t i = 0; i < width; i++)
        out->apart[i] = lane[begin * width + i] - lane[begin * width];
    for (uint32_t i = begin * width; i < lift->region->chunk_end * width; i++) {
        if (lane[i] - lane[i / width * width] != out->apart[i % width] ||
            lane[i / width * width] != base_at(out, i / width))
            return false;
        out->positive = out->positive && lane[i] <= INT32_MAX;
    }
    for (unsigned i = 0; i < DIGITS; i++)
        out->positive = out->positive && out->step[i] <= INT32_MAX;
    return true;
}

static bool pattern_of(const struct cairn_lift *lift, unsigned vreg, struct pattern *out)
{
    const struct cairn_lift_region *region = lift->region;
    uint32_t id = region->known.vector[vreg];
    if (id == 0 || !cairn_lift_knows(lift))
        return false;
    const uint32_t *lane = cairn_known_vector(lift->facts->known, id);
    *out = (struct pattern){.bits = {16, 0, 0}};
    return fits(lift, lane, out) ||
           (region->chunk_first == 0 && set_digits(lift, out) && fits(lift, lane, out));
}

static bool is_affine(const struct cairn_lift *lift, const struct pattern *pattern)
{
    for (unsigned i = 1; i < lift->width; i++)
        if (pattern->apart[i] != i * pattern->apart[1])
            return false;
    return true;
}

static bool is_constant(const struct pattern *pattern)
{
    return (pattern->step[0] | pattern->step[1] | pattern->step[2]) == 0;
}

static LLVMValueRef plus(struct cairn_lift *lift, const struct pattern *pattern, LLVMValueRef sum,
                         LLVMValueRef digit, uint32_t step)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef by = cairn_lift_const32(lift, step);
    if (!pattern->positive)
        return LLVMBuildAdd(b, LLVMBuildMul(b, digit, by, ""), sum, "");
    return LLVMBuildNSWAdd(b, LLVMBuildNSWMul(b, digit, by, ""), sum, "");
}

static LLVMValueRef base_of(struct cairn_lift *lift, const struct pattern *pattern)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef sum = cairn_lift_const32(lift, pattern->first), rest = lift->region->chunk;
    unsigned left = cairn_region_chunks(lift); /* values of `rest` */
    for (unsigned i = 0; i < DIGITS && !is_constant(pattern); i++) {
        unsigned values = 1u << pattern->bits[i];
        LLVMValueRef digit = rest;
        if (values < left)
            digit = LLVMBuildAnd(b, rest, cairn_lift_const32(lift, values - 1), "");
        if (pattern->step[i] != 0)
            sum = plus(lift, pattern, sum, digit, pattern->step[i]);
        rest = LLVMBuildLShr(b, rest, cairn_lift_const32(lift, pattern->bits[i]), "");
        left = (left + values - 1) / values;
    }
    return sum;
}

/* Vectors are not made so: LLVM would carry their constants through addresses in 64 bits, and
 * gather in halves (radix_sort 1.7 times, bitonic 1.6 times the time). */
LLVMValueRef cairn_lift_known_base(struct cairn_lift *lift, unsigned vreg)
{
    struct pattern pattern;
    return pattern_of(lift, vreg, &pattern) ? base_of(lift, &pattern) : NULL;
}

bool cairn_lift_known_apart(struct cairn_lift *lift, unsigned slot, LLVMValueRef *first,
                            uint32_t apart[64])
{
    const struct cairn_operand *operand = &lift->insn->slot[slot];
    struct pattern pattern;
    int32_t least = 0;
    if (!cairn_code_is_vector(operand->code) ||
        !pattern_of(lift, cairn_vreg_of_code(operand->code), &pattern) || !pattern.positive)
        return false;
    for (unsigned i = 0; i < lift->width; i++)
        least = (int32_t)pattern.apart[i] < least ? (int32_t)pattern.apart[i] : least;
    for (unsigned i = 0; i < lift->width; i++)
        apart[i] = pattern.apart[i] - (uint32_t)least;
    *first = LLVMBuildAdd(lift->builder, base_of(lift, &pattern),
                          cairn_lift_const32(lift, (uint32_t)least), "");
    return true;
}

bool cairn_lift_known_shape(const struct cairn_lift *lift, unsigned vreg, struct cairn_shape *out)
{
    struct pattern pattern;
    if (!pattern_of(lift, vreg, &pattern) || !is_affine(lift, &pattern))
        return false;
    *out = (struct cairn_shape){.kind = CAIRN_SHAPE_AFFINE, .stride = (int32_t)pattern.apart[1]};
    if (pattern.apart[1] == 0)
        out->kind = is_constant(&pattern) && lift->region->chunk_first == 0 &&
                            lift->region->chunk_end == cairn_region_chunks(lift)
                        ? CAIRN_SHAPE_GROUP_UNIFORM
                        : CAIRN_SHAPE_UNIFORM;
    return true;
}

void cairn_lift_known_after(struct cairn_lift *lift)
{
    lift->region->known = lift->region->known_next;
}
