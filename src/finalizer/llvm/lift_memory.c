/* SPDX-License-Identifier: MIT
 * Memory instructions: which are lifted, and what registers get and give. GLOBAL and FLAT are in
 * lift_linear.c, private memory and buffers in lift_scratch.c, LDS in lift_ds.c, atomics in
 * lift_atomic.c.
 */
#include "finalizer/llvm/lift_memory.h"

/* X(name behind "load_" or "store_", bytes, form) */
#define LOADS(X)                                                                                   \
    X(ubyte, 1, PLAIN)                                                                             \
    X(sbyte, 1, SIGNED)                                                                            \
    X(ushort, 2, PLAIN)                                                                            \
    X(sshort, 2, SIGNED)                                                                           \
    X(dword, 4, PLAIN)                                                                             \
    X(dwordx2, 8, PLAIN)                                                                           \
    X(dwordx3, 12, PLAIN)                                                                          \
    X(dwordx4, 16, PLAIN)                                                                          \
    X(ubyte_d16, 1, PLAIN)                                                                         \
    X(ubyte_d16_hi, 1, D16_HI)                                                                     \
    X(sbyte_d16, 1, SIGNED_D16)                                                                    \
    X(sbyte_d16_hi, 1, SIGNED_D16_HI)                                                              \
    X(short_d16, 2, PLAIN)                                                                         \
    X(short_d16_hi, 2, D16_HI)
#define STORES(X)                                                                                  \
    X(byte, 1, PLAIN)                                                                              \
    X(byte_d16_hi, 1, D16_HI)                                                                      \
    X(short, 2, PLAIN)                                                                             \
    X(short_d16_hi, 2, D16_HI)                                                                     \
    X(dword, 4, PLAIN)                                                                             \
    X(dwordx2, 8, PLAIN)                                                                           \
    X(dwordx3, 12, PLAIN)                                                                          \
    X(dwordx4, 16, PLAIN)

struct plain {
    uint8_t bytes; /* 0: not one of these */
    uint8_t form;
    bool loads;
};
#define ROW(op, size, how, load) [CAIRN_OP_##op] = {size, CAIRN_FORM_##how, load},
#define LOAD_ROWS(name, size, how)                                                                 \
    ROW(flat_load_##name, size, how, true)                                                         \
    ROW(global_load_##name, size, how, true)                                                       \
    ROW(scratch_load_##name, size, how, true)                                                      \
    ROW(buffer_load_##name, size, how, true)
#define STORE_ROWS(name, size, how)                                                                \
    ROW(flat_store_##name, size, how, false)                                                       \
    ROW(global_store_##name, size, how, false)                                                     \
    ROW(scratch_store_##name, size, how, false)                                                    \
    ROW(buffer_store_##name, size, how, false)
static const struct plain plains[] = {LOADS(LOAD_ROWS) STORES(STORE_ROWS)};

static const struct plain *plain_of(const struct cairn_insn *insn)
{
    bool known = insn->op < sizeof plains / sizeof plains[0] && plains[insn->op].bytes != 0;
    return known ? &plains[insn->op] : NULL;
}

bool cairn_lift_plain_of(const struct cairn_insn *insn, unsigned *bytes, enum cairn_lift_form *form,
                         bool *loads)
{
    const struct plain *plain = plain_of(insn);
    if (plain == NULL)
        return false;
    *bytes = plain->bytes;
    *form = (enum cairn_lift_form)plain->form;
    *loads = plain->loads;
    return true;
}

/* ---- what is lifted */

/* Registers that exist and, if several, begin at an even one; the interpreter deals with others. */
static bool registers_good(const struct cairn_insn *insn, const struct cairn_geometry *geometry)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (!cairn_code_is_vector(operand->code))
            continue;
        unsigned vreg = cairn_vreg_of_code(operand->code), end = vreg + operand->dwords;
        if (operand->dwords > 1 && operand->code & 1)
            return false;
        if (vreg < 256 ? end > geometry->arch_rows || end > geometry->rows
                       : end - 256 + geometry->arch_rows > geometry->rows)
            return false;
    }
    return true;
}

static enum cairn_lift_kind kind_of(const struct cairn_insn *insn,
                                    const struct cairn_geometry *geometry, bool exact_nan)
{
    (void)exact_nan;
    if (insn->op == CAIRN_OP_ds_nop)
        return CAIRN_LIFT_NONE;
    if (insn->gds || insn->lds || insn->tfe || !registers_good(insn, geometry))
        return CAIRN_LIFT_STEP;
    if (geometry->width != 8 && geometry->width != 16)
        return CAIRN_LIFT_STEP;
    bool known =
        plain_of(insn) != NULL || cairn_lift_ds_knows(insn) || cairn_lift_atomic_knows(insn);
    return known ? CAIRN_LIFT_LANE : CAIRN_LIFT_STEP;
}

/* ---- registers */

/* A constant of the type of `like`. */
static LLVMValueRef constant_like(struct cairn_lift *lift, LLVMValueRef like, uint32_t value)
{
    LLVMValueRef scalar = cairn_lift_const32(lift, value);
    return LLVMTypeOf(like) == lift->i32 ? scalar : cairn_lift_splat(lift, scalar);
}

static LLVMValueRef extended(struct cairn_lift_access *access, LLVMValueRef value,
                             enum cairn_lift_form form)
{
    struct cairn_lift *lift = access->lift;
    LLVMBuilderRef b = lift->builder;
    if (form == CAIRN_FORM_SIGNED || form == CAIRN_FORM_SIGNED_D16 ||
        form == CAIRN_FORM_SIGNED_D16_HI) {
        LLVMValueRef shift = constant_like(lift, value, 32 - 8 * access->bytes);
        value = LLVMBuildAShr(b, LLVMBuildShl(b, value, shift, ""), shift, "");
    }
    if (form == CAIRN_FORM_D16_HI || form == CAIRN_FORM_SIGNED_D16_HI)
        return LLVMBuildShl(b, value, constant_like(lift, value, 16), "");
    if (form == CAIRN_FORM_SIGNED_D16)
        return LLVMBuildAnd(b, value, constant_like(lift, value, 0xffff), "");
    return value;
}

/* Does whoever reads the result count on lane 0's value alone? */
static bool wants_base(const struct cairn_lift *lift, unsigned dword)
{
    const struct cairn_insn_facts *facts = lift->insn_facts;
    const struct cairn_shape *shape = dword == 0 ? &facts->shape : &facts->shape_high;
    return facts->full_write && dword < 2 &&
           (shape->kind == CAIRN_SHAPE_UNIFORM || shape->kind == CAIRN_SHAPE_GROUP_UNIFORM);
}

void cairn_lift_access_take(struct cairn_lift_access *access, unsigned slot, unsigned dword,
                            enum cairn_lift_form form)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef value = extended(access, access->data[dword], form);
    if (wants_base(lift, dword)) {
        if (!access->uniform)
            value =
                LLVMBuildExtractElement(lift->builder, value, cairn_lift_access_first(access), "");
        cairn_lift_put_base(lift, slot, dword, value);
    } else {
        cairn_lift_put(lift, slot, dword, access->uniform ? cairn_lift_splat(lift, value) : value);
    }
}

void cairn_lift_access_give(struct cairn_lift_access *access, unsigned dword,
                            enum cairn_lift_form form)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef value = cairn_lift_source(lift, CAIRN_SLOT_DATA0, dword);
    if (form == CAIRN_FORM_D16_HI)
        value = LLVMBuildLShr(lift->builder, value, constant_like(lift, value, 16), "");
    access->data[dword] = value;
}

unsigned cairn_lift_size_of(unsigned bytes)
{
    switch (bytes) {
    case 1:
        return CAIRN_SIZE_1;
    case 2:
        return CAIRN_SIZE_2;
    case 4:
        return CAIRN_SIZE_4;
    case 8:
        return CAIRN_SIZE_8;
    case 12:
        return CAIRN_SIZE_12;
    default:
        return CAIRN_SIZE_16;
    }
}

void cairn_lift_plain_begin(struct cairn_lift *lift, struct cairn_lift_access *access,
                            enum cairn_access_place place, unsigned bytes,
                            enum cairn_lift_form form, bool loads)
{
    cairn_lift_access_init(lift, access, bytes);
    access->kind = (loads ? CAIRN_ACCESS_LOAD : CAIRN_ACCESS_STORE) + place * CAIRN_SIZE_COUNT +
                   cairn_lift_size_of(bytes);
    for (unsigned i = 0; i < access->dwords && !loads; i++)
        cairn_lift_access_give(access, i, form);
    bool vector = cairn_code_is_vector(lift->insn->slot[CAIRN_SLOT_DATA0].code);
    if (!loads && bytes == 8 && form == CAIRN_FORM_PLAIN && vector)
        access->wide = cairn_lift_source64(lift, CAIRN_SLOT_DATA0);
}

/* A load that nobody reads may fault all the same, which it does only if LLVM leaves it there. */
static void keep(struct cairn_lift_access *access)
{
    struct cairn_lift *lift = access->lift;
    LLVMValueRef slot = cairn_lift_slot(lift, LLVMTypeOf(access->data[0]));
    LLVMSetVolatile(LLVMBuildStore(lift->builder, access->data[0], slot), true);
}

void cairn_lift_plain_end(struct cairn_lift_access *access, enum cairn_lift_form form, bool loads)
{
    LLVMValueRef wide = access->wide;
    if (loads && access->lift->insn_facts->unread)
        keep(access);
    for (unsigned i = 0; i < access->dwords && loads; i++)
        cairn_lift_access_take(access, CAIRN_SLOT_DST, i, form);
    if (loads && wide != NULL && form == CAIRN_FORM_PLAIN)
        cairn_lift_note_pair(access->lift, CAIRN_SLOT_DST, wide, access->data[0], access->data[1]);
}

/* ---- emission */

static void emit(struct cairn_lift *lift)
{
    const struct cairn_insn *insn = lift->insn;
    const struct plain *plain = plain_of(insn);
    if (plain == NULL && insn->encoding == CAIRN_ENC_DS && cairn_lift_ds_knows(insn)) {
        cairn_lift_ds_emit(lift);
        return;
    }
    if (plain == NULL) {
        cairn_lift_atomic_emit(lift);
        return;
    }
    switch ((enum cairn_encoding)insn->encoding) {
    case CAIRN_ENC_SCRATCH:
        cairn_lift_scratch_emit(lift, plain->bytes, (enum cairn_lift_form)plain->form,
                                plain->loads);
        break;
    case CAIRN_ENC_MUBUF:
        cairn_lift_buffer_emit(lift, plain->bytes, (enum cairn_lift_form)plain->form, plain->loads);
        break;
    default:
        cairn_lift_linear_emit(lift, plain->bytes, (enum cairn_lift_form)plain->form, plain->loads);
    }
}

const struct cairn_lift_family cairn_lift_memory_family = {.kind = kind_of, .emit = emit};
