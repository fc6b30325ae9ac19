/* SPDX-License-Identifier: MIT
 * The semantics library against the C that it is made from: every function, spliced and compiled,
 * gives the same bits, at every width, instruction set and set of float controls. Also: what the
 * usual operations are spliced to, and what opening and splicing costs.
 */
#include "base/bytes.h"
#include "finalizer/llvm/guard.h"
#include "finalizer/llvm/pipeline.h"
#include "finalizer/llvm/semantics.h"
#include "finalizer/llvm/target.h"
#include "finalizer/native_symbols.h"
#include "fp/mode.h"
#include "sem_rows.h"

#include <llvm-c/Analysis.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

enum { MOST_LANES = 16, BATCHES = 96, MOST_ROWS = 512, OPERANDS = 4 };

/* Which library is tested, and against what. */
struct setting {
    const char *title;
    enum cairn_target_level level;
    unsigned lanes;
    bool scalar, exact, flush;
};

struct job {
    struct setting setting;
    const struct sem_row *row[MOST_ROWS];
    unsigned rows;
    uint8_t *object;
    size_t object_bytes;
};

/* ---- compiling: function rN(operands, result) for row N, one chunk a call */

static LLVMTypeRef vector(LLVMTypeRef element, unsigned lanes)
{
    return lanes == 1 ? element : LLVMVectorType(element, lanes);
}

static LLVMTypeRef type_of(LLVMContextRef context, char kind, unsigned lanes)
{
    LLVMTypeRef element =
        kind == 'w' ? LLVMInt32TypeInContext(context) : LLVMInt64TypeInContext(context);
    return vector(element, lanes);
}

/* Operands lie in memory as `lanes` elements; bits as dwords. */
static LLVMValueRef load(LLVMBuilderRef builder, LLVMContextRef context, char kind, unsigned lanes,
                         LLVMValueRef from)
{
    LLVMTypeRef type = type_of(context, kind == 'b' ? 'w' : kind, lanes);
    LLVMValueRef value = LLVMBuildLoad2(builder, type, from, "");
    return kind != 'b' ? value : LLVMBuildICmp(builder, LLVMIntNE, value, LLVMConstNull(type), "");
}

static void store(LLVMBuilderRef builder, LLVMContextRef context, char kind, unsigned lanes,
                  LLVMValueRef value, LLVMValueRef to)
{
    if (kind == 'b')
        value = LLVMBuildZExt(builder, value, type_of(context, 'w', lanes), "");
    LLVMBuildStore(builder, value, to);
}

static void build_row(struct job *job, unsigned number, struct cairn_semantics *semantics,
                      struct cairn_target *target, LLVMModuleRef module)
{
    const struct sem_row *row = job->row[number];
    LLVMContextRef context = LLVMGetModuleContext(module);
    unsigned lanes = job->setting.scalar ? 1 : job->setting.lanes;
    LLVMTypeRef pointer = LLVMPointerTypeInContext(context, 0);
    LLVMTypeRef params[OPERANDS + 1] = {pointer, pointer, pointer, pointer, pointer};
    LLVMTypeRef type =
        LLVMFunctionType(LLVMVoidTypeInContext(context), params, OPERANDS + 1, false);
    char name[16];
    snprintf(name, sizeof name, "r%u", number);
    LLVMValueRef function = LLVMAddFunction(module, name, type);
    cairn_target_set_function(target, function);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(context, function, ""));
    LLVMValueRef args[OPERANDS];
    for (unsigned i = 0; row->kinds[i + 1] != 0; i++)
        args[i] = load(builder, context, row->kinds[i + 1], lanes, LLVMGetParam(function, i + 1));
    enum cairn_semantics_mode mode =
        job->setting.flush ? CAIRN_SEMANTICS_FLUSH_32 : CAIRN_SEMANTICS_DEFAULT;
    LLVMValueRef result = cairn_semantics_emit(semantics, row->name, job->setting.scalar, mode,
                                               builder, module, args);
    if (result == NULL)
        job->row[number] = NULL;
    else
        store(builder, context, row->kinds[0], lanes, result, LLVMGetParam(function, 0));
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
}

static enum cairn_status compile(void *argument)
{
    struct job *job = argument;
    LLVMContextRef context = cairn_guard_context();
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("semantics", context);
    struct cairn_semantics *semantics;
    struct cairn_target *target;
    assert_int_equal(cairn_semantics_open(context, job->setting.lanes, job->setting.level,
                                          job->setting.exact, &semantics),
                     CAIRN_OK);
    assert_int_equal(cairn_target_take(job->setting.level, CAIRN_TIER_QUICK, &target), CAIRN_OK);
    cairn_target_set_module(target, module);
    for (unsigned i = 0; i < job->rows; i++)
        build_row(job, i, semantics, target, module);
    assert_false(LLVMVerifyModule(module, LLVMPrintMessageAction, NULL));
    enum cairn_status status =
        cairn_target_emit(module, target->machine, &job->object, &job->object_bytes);
    cairn_target_give(target);
    LLVMDisposeModule(module);
    cairn_semantics_close(semantics);
    LLVMContextDispose(context);
    return status;
}

/* ---- operands */

static const uint64_t edges[] = {
    0,
    1,
    2,
    3,
    7,
    8,
    15,
    16,
    24,
    31,
    32,
    63,
    64,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x10000,
    0xffffff,
    0x1000000,
    0x7fffffff,
    0x80000000,
    0xfffffffe,
    0xffffffff,
    /* f16 */
    0x3c00,
    0xbc00,
    0x7bff,
    0x7c00,
    0xfc00,
    0x7e01,
    0x7d00,
    0x03ff,
    0x0400,
    0x8001,
    0x3c003c00,
    0xfc007c00,
    0x7e007d01,
    0x83ff0001,
    /* f32 */
    0x3f800000,
    0xbf800000,
    0x7f7fffff,
    0x7f800000,
    0xff800000,
    0x7fc12345,
    0xffc00001,
    0x7f800001,
    0xff923456,
    0x007fffff,
    0x00800000,
    0x80000001,
    0x4f000000,
    0x4f800000,
    0xcf000000,
    0x3f000000,
    0x3effffff,
    0x42fe0000,
    0xc3000000,
    0x47800000,
    0x477ff000,
    0x33000000,
    0x387fc000,
    /* f64 */
    0x3ff0000000000000,
    0xbff0000000000000,
    0x7fefffffffffffff,
    0x7ff0000000000000,
    0xfff0000000000000,
    0x7ff8000000012345,
    0xfff8000000000001,
    0x7ff0000000000001,
    0xfff4000000000000,
    0x000fffffffffffff,
    0x0010000000000000,
    0x8000000000000001,
    0x41dfffffffc00000,
    0x41e0000000000000,
    0xc1e0000000000000,
    0x41efffffffe00000,
    0x4330000000000000,
    0x3fe0000000000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    0xffffffffffffffff,
    0x00000000ffffffff,
    0x0000000100000000,
    0xffff0000ffff0000,
};

static uint64_t random_bits(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t x = *state ^ *state >> 29;
    return x * UINT64_C(0xbf58476d1ce4e5b9) ^ x >> 32;
}

static uint64_t operand_of(char kind, uint64_t *state)
{
    uint64_t choice = random_bits(state), bits = random_bits(state);
    if (kind == 'b')
        return bits & 1;
    if (choice & 1)
        bits = edges[bits % (sizeof edges / sizeof edges[0])];
    else if ((choice & 6) == 2) /* near 1, as f32 or f64 */
        bits = kind == 'w' ? 0x3f000000 + (bits & 0x83ffffff)
                           : UINT64_C(0x3fe0000000000000) + (bits & UINT64_C(0x803fffffffffffff));
    else if ((choice & 6) == 4) /* f16 near 1 */
        bits = (bits & 0x83ff83ff) + 0x3c003800;
    return kind == 'w' ? (uint32_t)bits : bits;
}

/* ---- comparing */

static bool is_nan(const char *name, char kind, uint64_t bits)
{
    if (kind == 'q')
        return (bits & INT64_MAX) > UINT64_C(0x7ff0000000000000);
    if (strstr(name, "f16") != NULL && strstr(name, "f32") == NULL)
        return (bits & 0x7fff) > 0x7c00;
    if (strstr(name, "mix") != NULL && strstr(name, "f16") != NULL)
        return (bits & 0x7fff) > 0x7c00;
    return (bits & INT32_MAX) > 0x7f800000;
}

/* The host's min and max do not look at whether a NaN signals, its rsq not at -0 and -infinity. */
static bool is_excused(const struct setting *setting, const struct sem_row *row,
                       const uint64_t *operand)
{
    bool ordered = strstr(row->name, "min") != NULL || strstr(row->name, "max") != NULL ||
                   strstr(row->name, "med3") != NULL;
    bool any = false;
    if (!setting->exact && strcmp(row->name, "v_rsq_f32") == 0)
        return operand[0] - 0x80000000u < 0x00800000 || operand[0] == 0xff800000;
    for (unsigned i = 0; row->kinds[i + 1] != 0; i++) {
        char kind = row->kinds[i + 1];
        uint64_t quiet = kind == 'q'                        ? UINT64_C(1) << 51
                         : strstr(row->name, "f16") != NULL ? 0x200
                                                            : 0x400000;
        any = any || (is_nan(row->name, kind, operand[i]) && !(operand[i] & quiet));
    }
    return !setting->exact && ordered && any;
}

typedef void (*compiled)(void *result, const void *s0, const void *s1, const void *s2,
                         const void *s3);

static void put(void *to, char kind, unsigned lane, uint64_t value)
{
    if (kind == 'q')
        ((uint64_t *)to)[lane] = value;
    else
        ((uint32_t *)to)[lane] = (uint32_t)value;
}

static uint64_t get(const void *from, char kind, unsigned lane)
{
    return kind == 'q' ? ((const uint64_t *)from)[lane] : ((const uint32_t *)from)[lane];
}

static unsigned run_row(const struct setting *setting, const struct sem_row *row, compiled code)
{
    _Alignas(128) uint64_t memory[OPERANDS + 1][MOST_LANES];
    unsigned lanes = setting->scalar ? 1 : setting->lanes, wrong = 0;
    uint64_t state = 1;
    for (unsigned batch = 0; batch < BATCHES * MOST_LANES / lanes && wrong < 3; batch++) {
        uint64_t operand[MOST_LANES][OPERANDS];
        for (unsigned l = 0; l < lanes; l++)
            for (unsigned i = 0; row->kinds[i + 1] != 0; i++) {
                operand[l][i] = operand_of(row->kinds[i + 1], &state);
                put(memory[i + 1], row->kinds[i + 1], l, operand[l][i]);
            }
        code(memory[0], memory[1], memory[2], memory[3], memory[4]);
        for (unsigned l = 0; l < lanes; l++) {
            uint64_t got = get(memory[0], row->kinds[0], l), want = row->call(operand[l]);
            bool nan = !setting->exact && is_nan(row->name, row->kinds[0], got) &&
                       is_nan(row->name, row->kinds[0], want);
            if (got == want || nan || is_excused(setting, row, operand[l]))
                continue;
            print_error("%s: %s(%#lx, %#lx, %#lx) gives %#lx, not %#lx\n", setting->title,
                        row->name, (unsigned long)operand[l][0], (unsigned long)operand[l][1],
                        (unsigned long)operand[l][2], (unsigned long)got, (unsigned long)want);
            wrong++;
        }
    }
    return wrong;
}

static bool host_runs(enum cairn_target_level level)
{
    return level == CAIRN_TARGET_BASE ||
           (level == CAIRN_TARGET_V3 && __builtin_cpu_supports("x86-64-v3")) ||
           (level == CAIRN_TARGET_V4 && __builtin_cpu_supports("x86-64-v4"));
}

static void check(struct setting setting)
{
    struct job job = {.setting = setting};
    unsigned wrong = 0, tested = 0;
    if (!host_runs(setting.level))
        return;
    for (const struct sem_row *row = setting.flush ? sem_rows_flush() : sem_rows_default();
         row != NULL && job.rows < MOST_ROWS; row = row->next)
        job.row[job.rows++] = row;
    assert_int_equal(cairn_guard_run("semantics", compile, &job), CAIRN_OK);
    struct cairn_object *object;
    assert_int_equal(cairn_object_load((struct cairn_bytes){job.object, job.object_bytes},
                                       &cairn_native_symbols, &object),
                     CAIRN_OK);
    for (unsigned i = 0; i < job.rows; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%u", i);
        if (job.row[i] == NULL)
            continue;
        wrong += run_row(&setting, job.row[i], (compiled)cairn_object_symbol(object, name));
        tested++;
    }
    cairn_object_destroy(object);
    free(job.object);
    print_message("%s: %u functions\n", setting.title, tested);
    assert_true(tested > 400);
    assert_int_equal(tested + 1, job.rows); /* v_trig_preop_f64 is no straight code */
    assert_int_equal(wrong, 0);
}

static void all_functions_at(enum cairn_target_level level, unsigned lanes, const char *title)
{
    for (unsigned i = 0; i < 8; i++) {
        char text[64];
        struct setting setting = {text, level, lanes, i & 1, i & 2, i & 4};
        snprintf(text, sizeof text, "%s%s%s%s", title, i & 1 ? " scalar" : "",
                 i & 2 ? " exact" : "", i & 4 ? " flush" : "");
        check(setting);
    }
}

static void avx512_gives_the_same_bits_as_c(void **state)
{
    all_functions_at(CAIRN_TARGET_V4, 16, "v4");
}

static void avx2_gives_the_same_bits_as_c(void **state)
{
    all_functions_at(CAIRN_TARGET_V3, 8, "v3");
}

static void baseline_gives_the_same_bits_as_c(void **state)
{
    all_functions_at(CAIRN_TARGET_BASE, 8, "base");
}

/* ---- what is spliced */

struct frugal {
    const char *name;
    unsigned instructions; /* but for bitcasts */
};

static const struct frugal frugal[] = {
    {"v_mov_b32", 0},    {"v_add_u32", 1},    {"v_sub_u32", 1},   {"v_and_b32", 1},
    {"v_or_b32", 1},     {"v_xor_b32", 1},    {"v_add_f32", 1},   {"v_mul_f32", 1},
    {"v_fma_f32", 1},    {"v_fmac_f32", 1},   {"v_add_f64", 1},   {"v_fma_f64", 1},
    {"v_mul_lo_u32", 1}, {"v_max_i32", 1},    {"v_add3_u32", 2},  {"v_lshlrev_b32", 2},
    {"v_cmp_lt_f32", 1}, {"v_cmp_eq_u32", 1}, {"v_sqrt_f64", 12}, {"v_cvt_f32_u32", 1},
};

static unsigned instructions_in(LLVMBasicBlockRef block)
{
    unsigned count = 0;
    for (LLVMValueRef i = LLVMGetFirstInstruction(block); i != NULL; i = LLVMGetNextInstruction(i))
        count += LLVMGetInstructionOpcode(i) != LLVMBitCast;
    return count;
}

/* A function of the kinds of `row`, and a builder in it. */
static LLVMBasicBlockRef start(LLVMModuleRef module, const struct sem_row *row, unsigned lanes,
                               LLVMBuilderRef builder, LLVMValueRef args[OPERANDS])
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef params[OPERANDS];
    unsigned count = 0;
    for (; row->kinds[count + 1] != 0; count++)
        params[count] = type_of(context, row->kinds[count + 1], lanes);
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), params, count, false);
    LLVMValueRef function = LLVMAddFunction(module, "", type);
    LLVMBasicBlockRef block = LLVMAppendBasicBlockInContext(context, function, "");
    LLVMPositionBuilderAtEnd(builder, block);
    for (unsigned i = 0; i < count; i++)
        args[i] = LLVMGetParam(function, i);
    return block;
}

static const struct sem_row *row_named(const char *name)
{
    const struct sem_row *row = sem_rows_default();
    while (row != NULL && strcmp(row->name, name) != 0)
        row = row->next;
    assert_non_null(row);
    return row;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static enum cairn_status splice_frugally(void *argument)
{
    enum { TIMES = 1000 };
    LLVMContextRef context = cairn_guard_context();
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("frugal", context);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    struct cairn_semantics *semantics;
    double begin = now_us();
    assert_int_equal(cairn_semantics_open(context, 16, CAIRN_TARGET_V4, false, &semantics),
                     CAIRN_OK);
    cairn_semantics_find(semantics, "v_nop", false, CAIRN_SEMANTICS_DEFAULT);
    double opened = now_us();
    LLVMValueRef args[OPERANDS];
    unsigned count = sizeof frugal / sizeof frugal[0];
    for (unsigned i = 0; i < count; i++)
        cairn_semantics_find(semantics, frugal[i].name, false, CAIRN_SEMANTICS_DEFAULT);
    double found = now_us();
    for (unsigned i = 0; i < count; i++) {
        const struct sem_row *row = row_named(frugal[i].name);
        LLVMBasicBlockRef block = start(module, row, 16, builder, args);
        cairn_semantics_emit(semantics, row->name, false, CAIRN_SEMANTICS_DEFAULT, builder, module,
                             args);
        if (instructions_in(block) > frugal[i].instructions)
            fail_msg("%s: %u instructions", row->name, instructions_in(block));
    }
    start(module, row_named("v_fma_f32"), 16, builder, args);
    double before = now_us();
    for (unsigned i = 0; i < TIMES; i++)
        args[2] = cairn_semantics_emit(semantics, "v_fma_f32", false, CAIRN_SEMANTICS_DEFAULT,
                                       builder, module, args);
    double after = now_us();
    print_message("open %.0f us, a new function %.1f us, splice of v_fma_f32 %.2f us\n",
                  opened - begin, (found - opened) / count, (after - before) / TIMES);
    LLVMDisposeBuilder(builder);
    LLVMDisposeModule(module);
    cairn_semantics_close(semantics);
    LLVMContextDispose(context);
    return CAIRN_OK;
}

static void usual_operations_splice_to_one_instruction(void **state)
{
    assert_int_equal(cairn_guard_run("frugal", splice_frugally, NULL), CAIRN_OK);
}

static void there_is_a_library_for_each_usual_mode(void **state)
{
    assert_int_equal(cairn_semantics_mode_of(CAIRN_FP_MODE_DEFAULT), CAIRN_SEMANTICS_DEFAULT);
    assert_int_equal(cairn_semantics_mode_of(CAIRN_FP_MODE_DEFAULT | 1u << 12),
                     CAIRN_SEMANTICS_DEFAULT);
    assert_int_equal(cairn_semantics_mode_of(0x3c0), CAIRN_SEMANTICS_FLUSH_32);
    assert_int_equal(cairn_semantics_mode_of(0x3f1), CAIRN_SEMANTICS_MODES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_is_a_library_for_each_usual_mode),
        cmocka_unit_test(usual_operations_splice_to_one_instruction),
        cmocka_unit_test(avx512_gives_the_same_bits_as_c),
        cmocka_unit_test(avx2_gives_the_same_bits_as_c),
        cmocka_unit_test(baseline_gives_the_same_bits_as_c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
