/* SPDX-License-Identifier: MIT
 * Loads and stores of chunks that go in step, as one: where the lanes of several, or of the
 * whole wave, lie side by side and all are active, one check does for them. Else each chunk looks
 * for itself.
 *
 * Stores of a dispatch that touches more memory than the host's last cache holds go past the
 * caches there, which saves reading the lines first: behind the last wait of a program, where
 * nobody may see them before the wave has ended. Whoever calls the code then puts them in order.
 */
#include "finalizer/llvm/lift_memory.h"
#include "finalizer/llvm/lift_priv.h"
#include "finalizer/llvm/segment.h"

#include <string.h>

struct together {
    struct cairn_lift *lift;
    struct cairn_lift_region *const *regions;
    unsigned count, bytes;
    enum cairn_lift_form form;
    bool loads;
    struct cairn_lift_access access[CAIRN_SEGMENT_PARTS];
    struct cairn_lift_addresses addresses[CAIRN_SEGMENT_PARTS];
    /* What the access is if it is done as one. */
    struct cairn_lift_access block[CAIRN_SEGMENT_PARTS];
};

bool cairn_lift_together_knows(const struct cairn_lift *lift, const struct cairn_insn *insn)
{
    enum cairn_lift_form form;
    unsigned bytes;
    bool loads;
    return (insn->encoding == CAIRN_ENC_GLOBAL || insn->encoding == CAIRN_ENC_FLAT) &&
           lift->width > 1 && cairn_lift_plain_of(insn, &bytes, &form, &loads) && bytes >= 4;
}

static void begin(struct together *all)
{
    bool flat = all->lift->insn->encoding == CAIRN_ENC_FLAT;
    for (unsigned k = 0; k < all->count; k++) {
        all->lift->region = all->regions[k];
        cairn_lift_plain_begin(all->lift, &all->access[k],
                               flat ? CAIRN_PLACE_FLAT : CAIRN_PLACE_GLOBAL, all->bytes, all->form,
                               all->loads);
        cairn_lift_linear_operands(&all->access[k], &all->addresses[k]);
    }
}

static void end(struct together *all)
{
    for (unsigned k = 0; k < all->count; k++) {
        all->lift->region = all->regions[k];
        cairn_lift_plain_end(&all->access[k], all->form, all->loads);
    }
}

static void run_apart(struct together *all)
{
    for (unsigned k = 0; k < all->count; k++) {
        all->lift->region = all->regions[k];
        cairn_lift_linear_run(&all->access[k], &all->addresses[k], all->loads);
    }
}

static bool is_rows(const struct together *all)
{
    return cairn_lift_is_rows(&all->access[0], all->addresses[0].stride, all->loads);
}

/* How many chunks lie side by side, each time. */
static unsigned side_by_side(const struct together *all)
{
    bool good = all->addresses[0].stride == all->bytes || is_rows(all);
    unsigned run = CAIRN_SHAPE_RUN_ALL;
    for (unsigned k = 0; k < all->count; k++) {
        const struct cairn_lift_addresses *at = &all->addresses[k];
        good = good && at->regular && at->stride == all->addresses[0].stride;
        run = at->run < run ? at->run : run;
    }
    unsigned chunks = run / all->lift->width;
    chunks = chunks < all->count ? chunks : all->count;
    return good && chunks > 0 ? chunks : 1;
}

/* i1: all lanes of all chunks are active, and may be touched. */
static LLVMValueRef is_good(struct together *all)
{
    struct cairn_lift *lift = all->lift;
    LLVMBuilderRef b = lift->builder;
    const struct cairn_lift_addresses *first = &all->addresses[0];
    const struct cairn_lift_addresses *last = &all->addresses[all->count - 1];
    unsigned lanes = lift->width * all->count;
    uint64_t behind = (uint64_t)(lanes - 1) * (uint64_t)first->stride, span = behind + all->bytes;
    LLVMValueRef good = cairn_lift_span_in_window(lift, first->first, span), bits = NULL;
    if (first->last != NULL) {
        LLVMValueRef end = LLVMBuildAdd(b, first->first, cairn_lift_const64(lift, behind), "");
        good = LLVMBuildAnd(b, good, LLVMBuildICmp(b, LLVMIntEQ, last->last, end, ""), "");
    } else {
        good = cairn_lift_and(lift, good,
                              cairn_lift_no_wrap(lift, first->offset, first->stride, lanes));
    }
    for (unsigned k = 0; k < all->count; k++) {
        LLVMValueRef mask = all->access[k].mask;
        if (!all->access[k].full)
            bits = bits == NULL ? mask : LLVMBuildAnd(b, bits, mask, "");
    }
    if (bits == NULL)
        return good;
    bits = cairn_lift_access_bits(lift, bits);
    LLVMValueRef full = LLVMBuildICmp(b, LLVMIntEQ, bits, LLVMConstAllOnes(LLVMTypeOf(bits)), "");
    return LLVMBuildAnd(b, full, good, "");
}

/* ---- past the caches */

/* Bytes a work-item that the segment touches, or less: all its stores, and of its loads, which may
 * be of neighbours, a dword or two. */
static unsigned traffic_of(const struct together *all)
{
    const struct cairn_program *program = all->lift->program;
    const struct cairn_segment *segment = all->regions[0]->segment;
    enum cairn_lift_form form;
    unsigned stored = 0, loaded = 0, bytes;
    bool loads;
    for (uint32_t n = 0; n < segment->count; n++) {
        const struct cairn_program_block *at = &program->blocks[segment->block[n]];
        for (uint32_t i = at->first; i < at->first + at->count; i++) {
            const struct cairn_insn *insn = &program->insns[i].insn;
            if (!cairn_lift_together_knows(all->lift, insn) ||
                !cairn_lift_plain_of(insn, &bytes, &form, &loads))
                continue;
            if (loads)
                loaded = bytes % 8 == 0 ? 8 : loaded == 0 ? 4 : loaded;
            else
                stored += bytes;
        }
    }
    return stored + loaded;
}

/* Lines that were loaded before are in the caches: what is stored there takes no reading. */
static bool was_loaded(const struct together *all)
{
    const struct cairn_segment *segment = all->regions[0]->segment;
    const struct cairn_lift_addresses *at = &all->addresses[0];
    bool found = false;
    for (unsigned i = 0; i < segment->loaded_count && !found; i++)
        found = segment->loaded[i].from[0] == at->from[0] &&
                segment->loaded[i].from[1] == at->from[1] &&
                segment->loaded[i].imm == all->lift->insn->imm;
    return found;
}

static void note_loaded(struct together *all)
{
    struct cairn_segment *segment = all->regions[0]->segment;
    if (segment->loaded_count == CAIRN_SEGMENT_LOADED)
        return;
    struct cairn_segment_loaded *loaded = &segment->loaded[segment->loaded_count++];
    memcpy(loaded->from, all->addresses[0].from, sizeof loaded->from);
    loaded->imm = all->lift->insn->imm;
}

static unsigned line_bytes(const struct together *all)
{
    unsigned bytes = all->bytes * all->lift->width;
    return bytes < 64 ? bytes : 64;
}

static bool may_stream(const struct together *all)
{
    const struct cairn_lift *lift = all->lift;
    return !all->loads && all->count == lift->chunks && !was_loaded(all) &&
           !all->access[0].is_volatile && line_bytes(all) >= 32 &&
           !all->regions[0]->segment->loop && cairn_program_ends_behind(lift->program, lift->at);
}

/* i1 */
static LLVMValueRef streams(struct together *all)
{
    struct cairn_lift *lift = all->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef from = cairn_lift_frame_constant(lift, lift->i32,
                                                  offsetof(struct cairn_native_frame, stream_from));
    LLVMValueRef much =
        LLVMBuildICmp(b, LLVMIntULE, from, cairn_lift_const32(lift, traffic_of(all)), "");
    LLVMValueRef low =
        LLVMBuildAnd(b, all->addresses[0].first, cairn_lift_const64(lift, line_bytes(all) - 1), "");
    LLVMValueRef aligned = LLVMBuildICmp(b, LLVMIntEQ, low, cairn_lift_const64(lift, 0), "");
    return LLVMBuildAnd(b, much, aligned, "");
}

static void note_streamed(struct cairn_lift *lift)
{
    LLVMValueRef at = cairn_lift_frame_field(lift, offsetof(struct cairn_native_frame, streamed));
    LLVMValueRef store = LLVMBuildStore(lift->builder, cairn_lift_const32(lift, 1), at);
    cairn_lift_tag_state(lift, store);
}

/* ---- as one */

static void run_blocks(struct together *all, unsigned past)
{
    struct cairn_lift *lift = all->lift;
    for (unsigned k = 0; k < all->count; k++) {
        struct cairn_lift_access *block = &all->block[k];
        LLVMValueRef ahead = cairn_lift_const64(lift, (uint64_t)k * lift->width *
                                                          (uint64_t)all->addresses[0].stride);
        lift->region = all->regions[k];
        *block = all->access[k];
        block->mask = LLVMConstAllOnes(lift->v1);
        block->full = true;
        block->together = all->count == lift->chunks;
        block->near = !all->loads && was_loaded(all);
        block->past = past;
        LLVMValueRef at = LLVMBuildAdd(lift->builder, all->addresses[0].first, ahead, "");
        if (is_rows(all))
            cairn_lift_rows_load(block, LLVMBuildIntToPtr(lift->builder, at, lift->ptr, ""));
        else
            cairn_lift_linear_block(block, at, all->loads);
    }
    lift->region = all->regions[0];
}

static void run_as_one(struct together *all)
{
    struct cairn_lift *lift = all->lift;
    LLVMBuilderRef b = lift->builder;
    lift->region = all->regions[0];
    if (!may_stream(all)) {
        run_blocks(all, 0);
        return;
    }
    LLVMBasicBlockRef past = cairn_lift_block(lift, "past"), near = cairn_lift_block(lift, "near");
    LLVMBasicBlockRef stored = cairn_lift_block(lift, "stored");
    LLVMBuildCondBr(b, streams(all), past, near);
    LLVMPositionBuilderAtEnd(b, past);
    run_blocks(all, line_bytes(all));
    note_streamed(lift);
    LLVMBuildBr(b, stored);
    LLVMPositionBuilderAtEnd(b, near);
    run_blocks(all, 0);
    LLVMBuildBr(b, stored);
    LLVMPositionBuilderAtEnd(b, stored);
}

/* Values of two ways, which the blocks end. */
static LLVMValueRef merged(struct cairn_lift *lift, LLVMValueRef one, LLVMValueRef other,
                           LLVMBasicBlockRef *from)
{
    LLVMValueRef phi = LLVMBuildPhi(lift->builder, LLVMTypeOf(one), "");
    LLVMValueRef values[] = {one, other};
    LLVMAddIncoming(phi, values, from, 2);
    return phi;
}

/* What was loaded of either way. Pairs are merged as 64-bit values. */
static void merge(struct together *all, LLVMBasicBlockRef *from)
{
    struct cairn_lift *lift = all->lift;
    for (unsigned k = 0; k < all->count; k++) {
        struct cairn_lift_access *block = &all->block[k], *apart = &all->access[k];
        bool wide = block->dwords == 2;
        for (unsigned i = 0; i < block->dwords && !wide; i++)
            apart->data[i] = merged(lift, block->data[i], apart->data[i], from);
        if (wide)
            apart->wide = merged(lift, block->wide, apart->wide, from);
    }
    for (unsigned k = 0; k < all->count && all->access[k].dwords == 2; k++)
        for (unsigned i = 0; i < 2; i++)
            all->access[k].data[i] = cairn_lift_access_half(&all->access[k], i);
}

static void make_wide(struct cairn_lift *lift, struct cairn_lift_access *access, unsigned count)
{
    for (unsigned k = 0; k < count && access[k].dwords == 2; k++)
        cairn_lift_access_widen(lift, &access[k]);
}

static void run(struct together *all)
{
    struct cairn_lift *lift = all->lift;
    LLVMBuilderRef b = lift->builder;
    LLVMBasicBlockRef one = cairn_lift_block(lift, "together");
    LLVMBasicBlockRef apart = cairn_lift_block(lift, "apart"), from[2];
    LLVMBasicBlockRef join = cairn_lift_block(lift, "joined");
    cairn_lift_expect(lift, LLVMBuildCondBr(b, is_good(all), one, apart));
    LLVMPositionBuilderAtEnd(b, one);
    run_as_one(all);
    if (all->loads)
        make_wide(lift, all->block, all->count);
    from[0] = LLVMGetInsertBlock(b);
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, apart);
    run_apart(all);
    if (all->loads)
        make_wide(lift, all->access, all->count);
    from[1] = LLVMGetInsertBlock(b);
    LLVMBuildBr(b, join);
    LLVMPositionBuilderAtEnd(b, join);
    if (!all->loads)
        return;
    merge(all, from);
    note_loaded(all);
}

/* `count` of the chunks, from `first` on. */
static void run_some(struct together *all, unsigned first, unsigned count)
{
    struct together some = {.lift = all->lift,
                            .regions = all->regions + first,
                            .count = count,
                            .bytes = all->bytes,
                            .form = all->form,
                            .loads = all->loads};
    memcpy(some.access, all->access + first, count * sizeof *some.access);
    memcpy(some.addresses, all->addresses + first, count * sizeof *some.addresses);
    some.lift->region = some.regions[0];
    run(&some);
    memcpy(all->access + first, some.access, count * sizeof *some.access);
}

void cairn_lift_together(struct cairn_lift *lift, struct cairn_lift_region *const *regions,
                         unsigned count)
{
    struct together all = {.lift = lift, .regions = regions, .count = count};
    (void)cairn_lift_plain_of(lift->insn, &all.bytes, &all.form, &all.loads);
    begin(&all);
    unsigned chunks = side_by_side(&all);
    if (chunks == 1)
        run_apart(&all);
    for (unsigned first = 0; first < count && chunks > 1; first += chunks)
        run_some(&all, first, chunks);
    end(&all);
    lift->region = regions[0];
}
