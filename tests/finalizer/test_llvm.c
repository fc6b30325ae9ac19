/* SPDX-License-Identifier: MIT
 * The LLVM side of the finalizer: targets of every level, both tiers, what happens to bad IR and to
 * what LLVM cannot do, many threads at once, and that the module shows nothing but its one symbol.
 */
#include "finalizer/llvm/guard.h"
#include "finalizer/llvm/pipeline.h"
#include "finalizer/llvm/target.h"
#include "finalizer/native.h"
#include "machine/guard.h"

#include <dlfcn.h>
#include <elf.h>
#include <llvm-c/Core.h>
#include <llvm-c/IRReader.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* What LLVM had allocated when a compilation is cut short is lost on purpose. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CAIRN_TEST_SANITIZED /* they need address space of their own */
#endif
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define LEAKS_BEGIN() __lsan_disable()
#define LEAKS_END()   __lsan_enable()
#endif
#endif
#ifndef LEAKS_BEGIN
#define LEAKS_BEGIN() ((void)0)
#define LEAKS_END()   ((void)0)
#endif

/* IR text in, object out: what a compilation does, without the lifter. */
struct job {
    const char *ir;
    enum cairn_target_level level;
    enum cairn_tier tier;
    uint8_t *object;
    size_t object_bytes;
};

static enum cairn_status compile_module(struct job *job, LLVMModuleRef module)
{
    struct cairn_target *target;
    enum cairn_status status = cairn_target_take(job->level, job->tier, &target);
    if (status != CAIRN_OK)
        return status;
    static _Atomic(struct cairn_target *) taken[256]; /* if it is lost, it is still known here */
    static _Atomic unsigned count;
    taken[count++ % 256] = target;
    cairn_target_set_module(target, module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f != NULL; f = LLVMGetNextFunction(f))
        if (!LLVMIsDeclaration(f))
            cairn_target_set_function(target, f);
    status = cairn_pipeline_run(module, target->machine, job->tier);
    if (status == CAIRN_OK)
        status = cairn_target_emit(module, target->machine, &job->object, &job->object_bytes);
    cairn_target_give(target);
    return status;
}

static enum cairn_status compile(void *argument)
{
    struct job *job = argument;
    LLVMContextRef context = cairn_guard_context();
    LLVMContextSetDiscardValueNames(context, false); /* the parser needs them */
    LLVMMemoryBufferRef text =
        LLVMCreateMemoryBufferWithMemoryRangeCopy(job->ir, strlen(job->ir), "ir");
    LLVMModuleRef module;
    char *message = NULL;
    enum cairn_status status = CAIRN_ERR_INVALID_ARGUMENT;
    if (LLVMParseIRInContext(context, text, &module, &message)) {
        print_error("%s\n", message);
        LLVMDisposeMessage(message);
    } else {
        status = compile_module(job, module);
        LLVMDisposeModule(module);
    }
    LLVMContextDispose(context);
    return status;
}

static enum cairn_status run(struct job *job)
{
    return cairn_guard_run("test", compile, job);
}

static const char good_ir[] = "define void @cairn_kernel(ptr %p) {\n"
                              "  %a = alloca <16 x float>\n"
                              "  %v = load <16 x float>, ptr %p, align 4\n"
                              "  store <16 x float> %v, ptr %a\n"
                              "  %w = load <16 x float>, ptr %a\n"
                              "  %s = fmul <16 x float> %w, %w\n"
                              "  store <16 x float> %s, ptr %p, align 4\n"
                              "  ret void\n"
                              "}\n";

static void check_object(const struct job *job)
{
    assert_true(job->object_bytes > sizeof(Elf64_Ehdr));
    Elf64_Ehdr header;
    memcpy(&header, job->object, sizeof header);
    assert_memory_equal(header.e_ident, ELFMAG, SELFMAG);
    assert_int_equal(header.e_type, ET_REL);
    assert_int_equal(header.e_machine, EM_X86_64);
}

static void every_level_and_tier_uses_its_vectors(void **state)
{
    (void)state;
    static const struct {
        enum cairn_target_level level;
        const char *mulps; /* its first bytes */
        const char *wider; /* what must not be there */
    } rows[] = {
        {CAIRN_TARGET_V4, "\x62\xf1\x7c\x48\x59", NULL},           /* EVEX, 512 bits */
        {CAIRN_TARGET_V3, "\xc5\xfc\x59", "\x62\xf1\x7c\x48\x59"}, /* VEX, 256 bits */
        {CAIRN_TARGET_BASE, "\x0f\x59", "\xc5\xfc\x59"},           /* SSE */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (enum cairn_tier tier = CAIRN_TIER_QUICK; tier <= CAIRN_TIER_FULL; tier++) {
            struct job job = {.ir = good_ir, .level = rows[i].level, .tier = tier};
            assert_int_equal(run(&job), CAIRN_OK);
            check_object(&job);
            const char *mulps = rows[i].mulps, *wider = rows[i].wider;
            if (memmem(job.object, job.object_bytes, mulps, strlen(mulps)) == NULL)
                fail_msg("row %zu tier %u: no mulps of its width", i, tier);
            if (wider && memmem(job.object, job.object_bytes, wider, strlen(wider)) != NULL)
                fail_msg("row %zu tier %u: an instruction that the level lacks", i, tier);
            free(job.object);
        }
    }
}

static void native_has_the_lanes_of_the_host(void **state)
{
    (void)state;
    struct cairn_target *target;
    assert_int_equal(cairn_target_take(CAIRN_TARGET_NATIVE, CAIRN_TIER_FULL, &target), CAIRN_OK);
    __builtin_cpu_init();
    assert_int_equal(target->lanes, __builtin_cpu_supports("x86-64-v4") ? 16 : 8);
    cairn_target_give(target);
}

/* Each fails in another way: a fatal error in instruction selection, and an error of the context.
 */
static const char *const impossible_ir[] = {
    "define void @cairn_kernel(ptr %p) {\n"
    "  %v = call i32 @llvm.read_register.i32(metadata !0)\n"
    "  store i32 %v, ptr %p\n"
    "  ret void\n"
    "}\n"
    "declare i32 @llvm.read_register.i32(metadata)\n"
    "!0 = !{!\"no such register\"}\n",
    "define void @cairn_kernel() {\n"
    "  call void asm sideeffect \"no such instruction\", \"\"()\n"
    "  ret void\n"
    "}\n",
};

struct take {
    struct cairn_target *target;
    bool fatal;
};

static enum cairn_status take_and_give(void *argument)
{
    struct take *take = argument;
    enum cairn_status status = cairn_target_take(CAIRN_TARGET_V3, CAIRN_TIER_FULL, &take->target);
    if (status == CAIRN_OK && take->fatal) {
        struct job job = {.ir = impossible_ir[1], .level = CAIRN_TARGET_NATIVE};
        status = compile(&job); /* does not return */
    }
    if (status == CAIRN_OK)
        cairn_target_give(take->target);
    return status;
}

static void targets_are_used_again_unless_lost(void **state)
{
    (void)state;
    struct take first = {0}, again = {0}, lost = {.fatal = true}, fresh = {0};
    assert_int_equal(cairn_guard_run("test", take_and_give, &first), CAIRN_OK);
    assert_int_equal(cairn_guard_run("test", take_and_give, &again), CAIRN_OK);
    assert_ptr_equal(again.target, first.target);
    LEAKS_BEGIN();
    assert_int_equal(cairn_guard_run("test", take_and_give, &lost), CAIRN_ERR_UNSUPPORTED);
    LEAKS_END();
    assert_ptr_equal(lost.target, first.target);
    cairn_target_give(lost.target);
    assert_int_equal(cairn_guard_run("test", take_and_give, &fresh), CAIRN_OK);
    assert_ptr_not_equal(fresh.target, first.target);
}

static void what_llvm_cannot_do_is_a_status(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof impossible_ir / sizeof *impossible_ir; i++) {
        for (enum cairn_tier tier = CAIRN_TIER_QUICK; tier <= CAIRN_TIER_FULL; tier++) {
            struct job job = {.ir = impossible_ir[i], .level = CAIRN_TARGET_NATIVE, .tier = tier};
            LEAKS_BEGIN();
            assert_int_equal(run(&job), CAIRN_ERR_UNSUPPORTED);
            LEAKS_END();
            assert_null(job.object);
            job.ir = good_ir; /* and the next compilation works */
            assert_int_equal(run(&job), CAIRN_OK);
            check_object(&job);
            free(job.object);
        }
    }
}

static enum cairn_status touch_nothing(void *at)
{
    ++*(volatile char *)at;
    return CAIRN_OK;
}

/* Big frames: ThreadSanitizer counts frames and has room for 64 Ki of them; AddressSanitizer would
 * keep them elsewhere than on the stack. */
__attribute__((no_sanitize("address"))) static unsigned deepen(volatile unsigned *level)
{
    volatile unsigned next[4096];
    next[0] = *level + 1;
    return next[0] == 0 ? 0 : deepen(next) + next[0]; /* far more than any stack has room for */
}

static enum cairn_status recurse(void *level)
{
    return deepen(level) != 0 ? CAIRN_OK : CAIRN_ERR_FAULT;
}

static void *crash(void *unused)
{
    (void)unused;
    unsigned level = 0;
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(cairn_guard_run("none", touch_nothing, (void *)64), CAIRN_ERR_UNSUPPORTED);
        assert_int_equal(cairn_guard_run("deep", recurse, &level), CAIRN_ERR_UNSUPPORTED);
    }
    struct job job = {.ir = good_ir, .level = CAIRN_TARGET_NATIVE};
    assert_int_equal(run(&job), CAIRN_OK);
    free(job.object);
    return NULL;
}

static void a_crash_is_a_status(void **state)
{
    (void)state;
    assert_int_equal(cairn_guard_install(), CAIRN_OK); /* as the device does at its start */
    crash(NULL);
    pthread_t thread; /* its stack ends elsewhere */
    assert_int_equal(pthread_create(&thread, NULL, crash, NULL), 0);
    pthread_join(thread, NULL);
}

static bool limit_memory(size_t more)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1)
        return false;
    fclose(file);
    struct rlimit limit = {pages * (rlim_t)sysconf(_SC_PAGESIZE) + more, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &limit) == 0;
}

/* How a child that has no free memory but `bytes` ends: 0 compiled, 1 said that it cannot. */
static int compile_within(size_t bytes)
{
    pid_t child = fork();
    if (child == 0) {
        struct job job = {.ir = good_ir, .level = CAIRN_TARGET_NATIVE, .tier = CAIRN_TIER_FULL};
        if (!limit_memory(0))
            _exit(2);
        for (size_t size = 1 << 20; size >= 16; size /= 2)
            for (void *volatile taken = malloc(size); taken != NULL;)
                taken = malloc(size);
        struct rlimit limit;
        if (getrlimit(RLIMIT_AS, &limit) != 0)
            _exit(2);
        limit.rlim_cur += bytes;
        if (setrlimit(RLIMIT_AS, &limit) != 0)
            _exit(2);
        _exit(run(&job) == CAIRN_OK ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void a_lack_of_memory_is_a_status(void **state)
{
    (void)state;
    enum { STEPS = 48, STEP_BYTES = 192 << 10 };
    unsigned failed = 0;
#ifndef CAIRN_TEST_SANITIZED
    for (unsigned i = 0; i <= STEPS; i++) {
        int end = compile_within(i < STEPS ? (size_t)i * STEP_BYTES : (size_t)1 << 30);
        if (end > 1)
            print_error("with %u steps of memory: ended by %d\n", i, end);
        assert_true(end <= 1);
        assert_false(i == STEPS && end != 0);
        failed += end == 1;
    }
    assert_true(failed > 0);
#endif
}

static enum cairn_status run_without_terminator(void *unused)
{
    (void)unused;
    LLVMContextRef context = cairn_guard_context();
    LLVMModuleRef module = LLVMModuleCreateWithNameInContext("bad", context);
    LLVMTypeRef type = LLVMFunctionType(LLVMVoidTypeInContext(context), NULL, 0, false);
    LLVMAppendBasicBlockInContext(context, LLVMAddFunction(module, "f", type), "");
    struct job job = {.level = CAIRN_TARGET_NATIVE};
    enum cairn_status status = compile_module(&job, module);
    LLVMDisposeModule(module);
    LLVMContextDispose(context);
    return status;
}

static void bad_ir_is_refused(void **state)
{
    (void)state;
    assert_int_equal(cairn_guard_run("bad", run_without_terminator, NULL), CAIRN_ERR_BAD_FORMAT);
}

static void *compile_many(void *failures)
{
    for (unsigned i = 0; i < 10; i++) {
        struct job job = {.ir = good_ir, .level = CAIRN_TARGET_NATIVE, .tier = i & 1};
        if (run(&job) != CAIRN_OK)
            ++*(unsigned *)failures;
        free(job.object);
    }
    return NULL;
}

static void threads_compile_at_once(void **state)
{
    (void)state;
    enum { THREADS = 4 };
    pthread_t threads[THREADS];
    unsigned failures[THREADS] = {0};
    for (unsigned i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, compile_many, &failures[i]), 0);
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(failures[i], 0);
    }
}

static void module_shows_one_symbol(void **state)
{
    (void)state;
    void *module = dlopen(CAIRN_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (module == NULL)
        fail_msg("%s", dlerror());
    const struct cairn_finalizer_module *face = dlsym(module, "cairn_finalizer_module");
    assert_non_null(face);
    assert_int_equal(face->version, CAIRN_NATIVE_VERSION);
    static const char *const hidden[] = {"LLVMContextCreate", "cairn_target_take", "_Znwm"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        Dl_info where;
        void *found = dlsym(module, hidden[i]); /* a library below may have one */
        if (found != NULL && dladdr(found, &where) &&
            strstr(where.dli_fname, "libcairn_finalizer.so") != NULL)
            fail_msg("%s can be seen", hidden[i]);
    }
}

static void check_dump(const char *kind, const char *word)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/test.full.%s", getenv("CAIRN_DUMP_DIR"), kind);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is not there", path);
    char bytes[16384];
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (memmem(bytes, size, word, strlen(word)) == NULL)
        fail_msg("%s has no %s in it", path, word);
    remove(path);
}

/* Run with CAIRN_DUMP set. */
static void dumps_are_written(void **state)
{
    (void)state;
    struct job job = {.ir = good_ir, .level = CAIRN_TARGET_V4, .tier = CAIRN_TIER_FULL};
    assert_int_equal(run(&job), CAIRN_OK);
    free(job.object);
    check_dump("ir", "alloca");
    check_dump("opt", "fmul");
    check_dump("asm", "vmulps");
    check_dump("o", "cairn_kernel");
}

int main(int argc, char **argv)
{
    (void)argv;
    const struct CMUnitTest dump_tests[] = {cmocka_unit_test(dumps_are_written)};
    if (argc > 1)
        return cmocka_run_group_tests(dump_tests, NULL, NULL);
    setenv("CAIRN_VERIFY", "1", true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_and_tier_uses_its_vectors),
        cmocka_unit_test(native_has_the_lanes_of_the_host),
        cmocka_unit_test(targets_are_used_again_unless_lost),
        cmocka_unit_test(what_llvm_cannot_do_is_a_status),
        cmocka_unit_test(a_crash_is_a_status),
        cmocka_unit_test(a_lack_of_memory_is_a_status),
        cmocka_unit_test(bad_ir_is_refused),
        cmocka_unit_test(threads_compile_at_once),
        cmocka_unit_test(module_shows_one_symbol),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
