/* SPDX-License-Identifier: MIT
 * The table of places where a wave that the interpreter has executed may enter code of single
 * waves, from the shapes that the analyses found at the starts of blocks. A place with a claim that
 * the table cannot hold is left out: no such wave enters there.
 */
#include "finalizer/llvm/claims.h"

#include "finalizer/native.h"

#include <stdlib.h>

enum { WORDS = sizeof(struct cairn_native_claim) / 4 };
_Static_assert(sizeof(struct cairn_native_claim) == 12, "three words of the table");

struct table {
    struct cairn_lift *lift;
    LLVMValueRef *words;
    size_t count, capacity; /* rows */
    bool failed;
};

static void add(struct table *table, const struct cairn_native_claim *claim)
{
    if (table->count == table->capacity) {
        size_t wanted = table->capacity == 0 ? 256 : 2 * table->capacity;
        LLVMValueRef *grown = reallocarray(table->words, wanted, WORDS * sizeof(LLVMValueRef));
        if (grown == NULL) {
            table->failed = true;
            return;
        }
        table->words = grown;
        table->capacity = wanted;
    }
    uint32_t what =
        claim->vreg | (uint32_t)claim->pair << 16 | (uint32_t)claim->run << 24; /* as in memory */
    LLVMValueRef *row = &table->words[WORDS * table->count++];
    row[0] = cairn_lift_const32(table->lift, claim->offset);
    row[1] = cairn_lift_const32(table->lift, what);
    row[2] = cairn_lift_const32(table->lift, (uint32_t)claim->stride);
}

/* False: a stride that is too long for the table. */
static bool add_register(struct table *table, uint32_t offset, unsigned vreg,
                         const struct cairn_shape *shape)
{
    struct cairn_native_claim claim = {.offset = offset, .vreg = (uint16_t)vreg};
    if (shape->kind != CAIRN_SHAPE_VARYING) {
        claim.stride = shape->kind == CAIRN_SHAPE_AFFINE ? shape->stride : 0;
        claim.run = shape->kind == CAIRN_SHAPE_GROUP_UNIFORM ? CAIRN_SHAPE_RUN_ALL : shape->run;
        add(table, &claim);
    }
    if (shape->pair) {
        claim.pair = 1;
        claim.stride = (int32_t)shape->pair_stride;
        claim.run = shape->pair_run;
        add(table, &claim);
    }
    return !shape->pair || shape->pair_stride == claim.stride;
}

static void add_block(struct table *table, uint32_t block)
{
    const struct cairn_program *program = table->lift->program;
    const struct cairn_shape *shapes = table->lift->facts->entry[block];
    uint32_t offset = program->insns[program->blocks[block].first].offset;
    const struct cairn_native_claim place = {.offset = offset, .vreg = CAIRN_NATIVE_NO_VREG};
    size_t before = table->count;
    bool fits = true;
    add(table, &place);
    for (unsigned i = 0; i < CAIRN_VREGS; i++)
        fits = add_register(table, offset, i, &shapes[i]) && fits;
    if (!fits)
        table->count = before;
}

enum cairn_status cairn_claims_emit(struct cairn_lift *lift)
{
    struct table table = {.lift = lift};
    for (uint32_t i = 0; i < lift->program->block_count; i++)
        if (lift->program->blocks[i].resumable && lift->program->blocks[i].count > 0)
            add_block(&table, i);
    if (!table.failed && table.count > 0) {
        LLVMValueRef all = LLVMConstArray2(lift->i32, table.words, WORDS * table.count);
        LLVMValueRef global =
            LLVMAddGlobal(lift->module, LLVMTypeOf(all), CAIRN_NATIVE_CLAIM_SYMBOL);
        LLVMSetInitializer(global, all);
        LLVMSetGlobalConstant(global, true);
        LLVMSetAlignment(global, 8);
    }
    free(table.words);
    return table.failed ? CAIRN_ERR_NO_MEMORY : CAIRN_OK;
}
