/* SPDX-License-Identifier: MIT
 * What the passes and the code generator cost on code shaped like a lifted kernel's: regions that
 * loop over the chunks of a wave, load registers, compute on vectors under a mask, access memory
 * behind a guard, and store what is live. Prints milliseconds for both tiers and each level.
 *   bench_compile [INSTRUCTIONS | FILE...]   a file: IR as CAIRN_DUMP=ir writes it
 * BENCH_LLVM in the environment: an option for LLVM, such as -time-passes.
 */
#include "finalizer/llvm/guard.h"
#include "finalizer/llvm/pipeline.h"
#include "finalizer/llvm/target.h"

#include <llvm-c/Core.h>
#include <llvm-c/IRReader.h>
#include <llvm-c/Support.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { REGION = 24, ROWS = 32, ROW_BYTES = 256, RUNS = 9 };

struct text {
    FILE *out;
    unsigned lanes, next, region;
    unsigned value[ROWS]; /* name of the SSA value of each register, 0: not loaded */
    bool dirty[ROWS];
    unsigned random;
};

static unsigned pick(struct text *t, unsigned below)
{
    t->random = t->random * 1664525 + 1013904223;
    return (t->random >> 16) % below;
}

static unsigned load_register(struct text *t, unsigned row)
{
    if (t->value[row] == 0) {
        unsigned at = t->next++, value = t->next++;
        fprintf(t->out, "  %%p%u = getelementptr i8, ptr %%rows%u, i64 %u\n", at, t->region,
                row * ROW_BYTES);
        fprintf(t->out, "  %%v%u = load <%u x i32>, ptr %%p%u, align %u\n", value, t->lanes, at,
                t->lanes * 4);
        t->value[row] = value;
    }
    return t->value[row];
}

static void set_register(struct text *t, unsigned row, unsigned value)
{
    unsigned old = load_register(t, row), merged = t->next++;
    fprintf(t->out, "  %%v%u = select <%u x i1> %%exec%u, <%u x i32> %%v%u, <%u x i32> %%v%u\n",
            merged, t->lanes, t->region, t->lanes, value, t->lanes, old);
    t->value[row] = merged;
    t->dirty[row] = true;
}

static void emit_float(struct text *t, const char *op, unsigned a, unsigned b, unsigned c)
{
    unsigned n = t->lanes, id = t->next++;
    fprintf(t->out,
            "  %%a%u = bitcast <%u x i32> %%v%u to <%u x float>\n"
            "  %%b%u = bitcast <%u x i32> %%v%u to <%u x float>\n"
            "  %%c%u = bitcast <%u x i32> %%v%u to <%u x float>\n",
            id, n, a, n, id, n, b, n, id, n, c, n);
    if (op == NULL)
        fprintf(t->out,
                "  %%f%u = call <%u x float> @llvm.fma.v%uf32(<%u x float> %%a%u, <%u x float> "
                "%%b%u, <%u x float> %%c%u)\n",
                id, n, n, n, id, n, id, n, id);
    else
        fprintf(t->out, "  %%f%u = %s <%u x float> %%a%u, %%b%u\n", id, op, n, id, id);
    fprintf(t->out, "  %%v%u = bitcast <%u x float> %%f%u to <%u x i32>\n", id, n, id, n);
}

/* Lane 0's address: all lanes side by side, or a gather. */
static void emit_load(struct text *t, unsigned address)
{
    unsigned n = t->lanes, id = t->next++;
    fprintf(t->out,
            "  %%first%u = extractelement <%u x i32> %%v%u, i64 0\n"
            "  %%last%u = extractelement <%u x i32> %%v%u, i64 %u\n"
            "  %%want%u = add i32 %%first%u, %u\n"
            "  %%ok%u = icmp eq i32 %%last%u, %%want%u\n"
            "  br i1 %%ok%u, label %%fast%u, label %%slow%u\n"
            "fast%u:\n"
            "  %%off%u = zext i32 %%first%u to i64\n"
            "  %%at%u = getelementptr i8, ptr %%memory, i64 %%off%u\n"
            "  %%line%u = load <%u x i32>, ptr %%at%u, align 4\n"
            "  br label %%join%u\n"
            "slow%u:\n"
            "  %%offs%u = zext <%u x i32> %%v%u to <%u x i64>\n"
            "  %%ats%u = getelementptr i8, ptr %%memory, <%u x i64> %%offs%u\n"
            "  %%many%u = call <%u x i32> @llvm.masked.gather.v%ui32.v%up0(<%u x ptr> align 4 "
            "%%ats%u, <%u x i1> %%exec%u, <%u x i32> poison)\n"
            "  br label %%join%u\n"
            "join%u:\n"
            "  %%v%u = phi <%u x i32> [ %%line%u, %%fast%u ], [ %%many%u, %%slow%u ]\n",
            id, n, address, id, n, address, n - 1, id, id, 4 * (n - 1), id, id, id, id, id, id, id,
            id, id, id, id, id, n, id, id, id, id, n, address, n, id, n, id, id, n, n, n, n, id, n,
            t->region, n, id, id, id, n, id, id, id, id);
}

static void emit_insn(struct text *t, unsigned number)
{
    unsigned a = load_register(t, pick(t, ROWS)), b = load_register(t, pick(t, ROWS));
    unsigned c = load_register(t, pick(t, ROWS)), n = t->lanes;
    if (number % 12 == 11)
        emit_load(t, a);
    else if (number % 4 == 0)
        emit_float(t, NULL, a, b, c);
    else if (number % 4 == 1)
        emit_float(t, number & 4 ? "fadd" : "fmul", a, b, c);
    else if (number % 8 == 2)
        fprintf(t->out,
                "  %%m%u = icmp ult <%u x i32> %%v%u, %%v%u\n"
                "  %%v%u = select <%u x i1> %%m%u, <%u x i32> %%v%u, <%u x i32> %%v%u\n",
                t->next, n, a, b, t->next, n, t->next, n, b, n, c),
            t->next++;
    else if (number % 8 == 6)
        fprintf(t->out, "  %%v%u = lshr <%u x i32> %%v%u, splat (i32 3)\n", t->next++, n, a);
    else
        fprintf(t->out, "  %%v%u = %s <%u x i32> %%v%u, %%v%u\n", t->next++,
                number & 8 ? "add" : "xor", n, a, b);
    set_register(t, pick(t, ROWS), t->next - 1);
}

static void emit_region(struct text *t, unsigned first, unsigned count)
{
    unsigned r = t->region, n = t->lanes;
    memset(t->value, 0, sizeof t->value);
    memset(t->dirty, 0, sizeof t->dirty);
    fprintf(t->out,
            "pre%u:\n  br label %%body%u\n"
            "body%u:\n"
            "  %%chunk%u = phi i32 [ 0, %%pre%u ], [ %%next%u, %%latch%u ]\n"
            "  %%wide%u = zext i32 %%chunk%u to i64\n"
            "  %%o%u = mul i64 %%wide%u, %u\n"
            "  %%rows%u = getelementptr i8, ptr %%vgprs, i64 %%o%u\n"
            "  %%mo%u = mul i64 %%wide%u, %u\n"
            "  %%mp%u = getelementptr i8, ptr %%masks, i64 %%mo%u\n"
            "  %%bits%u = load i%u, ptr %%mp%u\n"
            "  %%exec%u = bitcast i%u %%bits%u to <%u x i1>\n",
            r, r, r, r, r, r, r, r, r, r, r, n * 4, r, r, r, r, n / 8, r, r, r, n, r, r, n, r, n);
    for (unsigned i = 0; i < count; i++)
        emit_insn(t, first + i);
    for (unsigned row = 0; row < ROWS; row++)
        if (t->dirty[row] && row % 2 == 0)
            fprintf(t->out,
                    "  %%s%u = getelementptr i8, ptr %%rows%u, i64 %u\n"
                    "  store <%u x i32> %%v%u, ptr %%s%u, align %u\n",
                    t->next, r, row * ROW_BYTES, n, t->value[row], t->next, n * 4),
                t->next++;
    fprintf(t->out,
            "  br label %%latch%u\nlatch%u:\n"
            "  %%next%u = add i32 %%chunk%u, 1\n"
            "  %%more%u = icmp ult i32 %%next%u, %u\n"
            "  br i1 %%more%u, label %%body%u, label %%pre%u, !llvm.loop !0\n",
            r, r, r, r, r, r, 64 / n, r, r, r + 1);
}

/* IR of a kernel of `count` vector instructions. The caller frees it. */
static char *make_ir(unsigned count, unsigned lanes)
{
    char *text = NULL;
    size_t size;
    struct text t = {.out = open_memstream(&text, &size), .lanes = lanes, .next = 1, .random = 7};
    if (t.out == NULL)
        exit(1);
    fprintf(t.out,
            "declare <%u x float> @llvm.fma.v%uf32(<%u x float>, <%u x float>, <%u x float>)\n"
            "declare <%u x i32> @llvm.masked.gather.v%ui32.v%up0(<%u x ptr>, <%u x i1>, <%u x "
            "i32>)\n"
            "define i32 @cairn_kernel(ptr noalias %%vgprs, ptr noalias %%masks, ptr noalias "
            "%%memory) {\n  br label %%pre0\n",
            lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes, lanes);
    for (unsigned done = 0; done < count; done += REGION, t.region++)
        emit_region(&t, done, count - done < REGION ? count - done : REGION);
    fprintf(t.out, "pre%u:\n  ret i32 0\n}\n!0 = distinct !{!0, !1}\n", t.region);
    fprintf(t.out, "!1 = !{!\"llvm.loop.unroll.disable\"}\n");
    fclose(t.out);
    return text;
}

struct job {
    const char *ir;
    enum cairn_target_level level;
    enum cairn_tier tier;
    double setup_ms, passes_ms, emit_ms;
    size_t bytes;
};

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static enum cairn_status compile(void *argument)
{
    struct job *job = argument;
    LLVMContextRef context = cairn_guard_context();
    LLVMContextSetDiscardValueNames(context, false);
    LLVMMemoryBufferRef text =
        LLVMCreateMemoryBufferWithMemoryRangeCopy(job->ir, strlen(job->ir), "ir");
    LLVMModuleRef module;
    char *message;
    if (LLVMParseIRInContext(context, text, &module, &message)) {
        fprintf(stderr, "%s\n", message);
        return CAIRN_ERR_BAD_FORMAT;
    }
    LLVMContextSetDiscardValueNames(context, true);
    double start = now_ms();
    struct cairn_target *target;
    enum cairn_status status = cairn_target_take(job->level, job->tier, &target);
    if (status != CAIRN_OK)
        return status;
    cairn_target_set_module(target, module);
    cairn_target_set_function(target, LLVMGetNamedFunction(module, "cairn_kernel"));
    double ready = now_ms();
    status = cairn_pipeline_run(module, target->machine, job->tier);
    double passed = now_ms();
    uint8_t *object = NULL;
    if (status == CAIRN_OK)
        status = cairn_target_emit(module, target->machine, &object, &job->bytes);
    job->setup_ms = ready - start, job->passes_ms = passed - ready;
    job->emit_ms = now_ms() - passed;
    free(object);
    cairn_target_give(target);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    return status;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Prints a line about `ir`; `what` names it, and `count` is how many instructions it has, or 0. */
static void measure(const char *ir, const char *what, unsigned count, enum cairn_target_level level,
                    enum cairn_tier tier)
{
    static const char *const levels[] = {"base", "v3", "v4", "native"};
    static const char *const tiers[] = {"quick", "full"};
    struct job job = {.ir = ir, .level = level, .tier = tier};
    double passes[RUNS], emit[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        if (cairn_guard_run("bench", compile, &job) != CAIRN_OK)
            exit(1);
        passes[i] = job.passes_ms, emit[i] = job.emit_ms;
    }
    qsort(passes, RUNS, sizeof *passes, compare);
    qsort(emit, RUNS, sizeof *emit, compare);
    double p = passes[RUNS / 2], e = emit[RUNS / 2];
    printf("%-24.24s %-6s %-5s passes %7.2f  code %7.2f  = %7.2f ms", what, levels[level],
           tiers[tier], p, e, p + e);
    if (count != 0)
        printf(", %.3f each", (p + e) / count);
    printf(", %zu bytes\n", job.bytes);
}

static void measure_synthetic(unsigned count, enum cairn_target_level level, enum cairn_tier tier)
{
    char what[64];
    snprintf(what, sizeof what, "%u instructions", count);
    char *ir = make_ir(count, level >= CAIRN_TARGET_V4 ? 16 : 8);
    measure(ir, what, count, level, tier);
    free(ir);
}

static int measure_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    char *ir = NULL;
    size_t room = 0;
    if (getdelim(&ir, &room, '\0', file) > 0) {
        const char *slash = strrchr(path, '/');
        for (enum cairn_tier tier = CAIRN_TIER_QUICK; tier <= CAIRN_TIER_FULL; tier++)
            measure(ir, slash != NULL ? slash + 1 : path, 0, CAIRN_TARGET_NATIVE, tier);
    }
    free(ir);
    fclose(file);
    return 0;
}

int main(int argc, char **argv)
{
    static const unsigned counts[] = {1, 100, 1000};
    const char *options[] = {argv[0], getenv("BENCH_LLVM")};
    if (options[1] != NULL)
        LLVMParseCommandLineOptions(2, options, "");
    unsigned only = argc > 1 ? (unsigned)atoi(argv[1]) : 0;
    if (argc > 1 && only == 0) {
        int bad = 0;
        for (int i = 1; i < argc; i++)
            bad |= measure_file(argv[i]);
        return bad;
    }
    for (unsigned i = 0; i < sizeof counts / sizeof *counts; i++)
        for (enum cairn_tier tier = CAIRN_TIER_QUICK; tier <= CAIRN_TIER_FULL; tier++)
            for (enum cairn_target_level l = CAIRN_TARGET_BASE; l <= CAIRN_TARGET_NATIVE; l++)
                if (only == 0 ? counts[i] == 100 || l == CAIRN_TARGET_NATIVE : counts[i] == only)
                    measure_synthetic(counts[i], l, tier);
    return 0;
}
