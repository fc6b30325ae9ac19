/* SPDX-License-Identifier: MIT
 * Run-time compilation as programs use it: source to running kernel, names, headers, logs, errors,
 * bitcode and its linking, several threads.
 */
#include "hip/hip_runtime_api.h"
#include "hip/hiprtc.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define EXPECT(call, result)                                                                       \
    do {                                                                                           \
        hiprtcResult got_ = (call);                                                                \
        if (got_ != (result))                                                                      \
            fail_msg("%s: %s, want %s", #call, hiprtcGetErrorString(got_),                         \
                     hiprtcGetErrorString(result));                                                \
    } while (0)
#define OK(call) EXPECT(call, HIPRTC_SUCCESS)
#define HIP(call)                                                                                  \
    do {                                                                                           \
        hipError_t got_ = (call);                                                                  \
        if (got_ != hipSuccess)                                                                    \
            fail_msg("%s: %s", #call, hipGetErrorName(got_));                                      \
    } while (0)

static const char *const gfx90a[] = {"--offload-arch=gfx90a", "-fgpu-rdc"};

static hiprtcProgram make(const char *source)
{
    hiprtcProgram program;
    OK(hiprtcCreateProgram(&program, source, "test.hip", 0, NULL, NULL));
    return program;
}

static char *log_of(hiprtcProgram program)
{
    size_t size;
    OK(hiprtcGetProgramLogSize(program, &size));
    char *text = calloc(1, size + 1);
    assert_non_null(text);
    OK(hiprtcGetProgramLog(program, text));
    return text;
}

static void compile(hiprtcProgram program, int count, const char *const *options)
{
    hiprtcResult result = hiprtcCompileProgram(program, count, options);
    if (result != HIPRTC_SUCCESS)
        fail_msg("%s: %s", hiprtcGetErrorString(result), log_of(program));
}

static char *code_of(hiprtcProgram program, size_t *size)
{
    OK(hiprtcGetCodeSize(program, size));
    char *code = malloc(*size);
    assert_non_null(code);
    OK(hiprtcGetCode(program, code));
    return code;
}

static char *bitcode_of(hiprtcProgram program, size_t *size)
{
    OK(hiprtcGetBitcodeSize(program, size));
    char *code = malloc(*size);
    assert_non_null(code);
    OK(hiprtcGetBitcode(program, code));
    return code;
}

/* Runs one workgroup of 64 on an array of 64 ints that begin as 0, 1, 2, ...; returns element 5. */
static int run(hipModule_t module, const char *kernel)
{
    int values[64], *memory;
    hipFunction_t function;
    for (int i = 0; i < 64; i++)
        values[i] = i;
    HIP(hipModuleGetFunction(&function, module, kernel));
    HIP(hipMalloc((void **)&memory, sizeof values));
    HIP(hipMemcpy(memory, values, sizeof values, hipMemcpyHostToDevice));
    void *arguments[] = {&memory};
    HIP(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, NULL, arguments, NULL));
    HIP(hipMemcpy(values, memory, sizeof values, hipMemcpyDeviceToHost));
    HIP(hipFree(memory));
    return values[5];
}

static int load_and_run(const void *code, const char *kernel)
{
    hipModule_t module;
    HIP(hipModuleLoadData(&module, code));
    int result = run(module, kernel);
    HIP(hipModuleUnload(module));
    return result;
}

static void source_runs_without_include_paths(void **state)
{
    size_t size;
    hiprtcProgram program =
        make("extern \"C\" __global__ void go(int *p) {\n"
             "    size_t i = blockIdx.x * blockDim.x + threadIdx.x;\n"
             "    float4 v = make_float4(1, 2, 3, 4);\n"
             "    atomicAdd(&p[i], (int)sqrtf(v.w * 4.0f) + __popc(7) + min(1, 2));\n"
             "}\n");
    compile(program, 0, NULL); /* for the device that is there */
    char *log = log_of(program);
    assert_string_equal(log, "");
    free(log);
    char *code = code_of(program, &size);
    assert_int_equal(load_and_run(code, "go"), 5 + 4 + 3 + 1);
    free(code);
    OK(hiprtcDestroyProgram(&program));
    assert_null(program);
}

static void ptrdiff_is_as_long_as_asked_for(void **state)
{
    static const char *const wide[] = {"-D__HIPRTC_PTRDIFF_T_IS_LONG_LONG__=1", "-DTYPE=long long"};
    static const char *const plain[] = {"-D__HIPRTC_PTRDIFF_T_IS_LONG_LONG__=0", "-DTYPE=long"};
    for (int i = 0; i < 2; i++) {
        hiprtcProgram program = make(
            "static_assert(__hip_internal::is_same<ptrdiff_t, TYPE>::value, \"\");\n"
            "static_assert(__hip_internal::is_same<decltype((char *)0 - (char *)0), long>::value,"
            " \"the compiler's own stays\");\n");
        compile(program, 2, i == 0 ? wide : plain);
        OK(hiprtcDestroyProgram(&program));
    }
}

static void headers_are_found_by_name(void **state)
{
    const char *const texts[] = {"#include \"deep/two.h\"\n", "#define ADD 7\n"};
    const char *const names[] = {"one.h", "deep/two.h"};
    const char *const bad[] = {"", NULL};
    hiprtcProgram program;
    size_t size;
    OK(hiprtcCreateProgram(&program,
                           "#include <one.h>\n"
                           "extern \"C\" __global__ void go(int *p) { p[threadIdx.x] += ADD; }\n",
                           NULL, 2, texts, names));
    compile(program, 1, gfx90a);
    char *code = code_of(program, &size);
    assert_int_equal(load_and_run(code, "go"), 12);
    free(code);
    OK(hiprtcDestroyProgram(&program));
    EXPECT(hiprtcCreateProgram(&program, "x", "x", 1, NULL, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCreateProgram(&program, "x", "x", -1, texts, names), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCreateProgram(&program, "x", "x", 1, bad, names), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCreateProgram(&program, "x", "x", 2, texts, bad), HIPRTC_ERROR_INVALID_INPUT);
}

static const char templates[] =
    "template <class T, int N> __global__ void go(T *p) { p[threadIdx.x] = T(N) + K; }\n"
    "namespace space { __constant__ int table[4]; __device__ float number; }\n";

static void name_expressions_have_lowered_names(void **state)
{
    static const char *const rows[][2] = {
        {"go<int, 3>", "_Z2goIiLi3EEvPT_"},
        {"&go<float, 1 + 1>", "_Z2goIfLi2EEvPT_"},
        {"(&space::table)", "_ZN5space5tableE"},
        {" space::number ", "_ZN5space6numberE"},
    };
    static const char *const options[] = {"--gpu-architecture=gfx90a", "-DK=1"};
    for (int bitcode = 0; bitcode < 2; bitcode++) {
        hiprtcProgram program = make(templates);
        const char *name;
        size_t size;
        const char *all[] = {options[0], options[1], "-fgpu-rdc"};
        for (size_t i = 0; i < 4; i++)
            OK(hiprtcAddNameExpression(program, rows[i][0]));
        OK(hiprtcAddNameExpression(program, rows[0][0])); /* twice is once */
        EXPECT(hiprtcGetLoweredName(program, rows[0][0], &name),
               HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID); /* not compiled */
        compile(program, 2 + bitcode, all);
        for (size_t i = 0; i < 4; i++) {
            OK(hiprtcGetLoweredName(program, rows[i][0], &name));
            assert_string_equal(name, rows[i][1]);
        }
        EXPECT(hiprtcGetLoweredName(program, "other", &name),
               HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID);
        EXPECT(hiprtcGetLoweredName(program, NULL, &name), HIPRTC_ERROR_INVALID_INPUT);
        EXPECT(hiprtcGetLoweredName(program, "x", NULL), HIPRTC_ERROR_INVALID_INPUT);
        EXPECT(hiprtcAddNameExpression(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
        if (!bitcode) {
            char *code = code_of(program, &size);
            assert_int_equal(load_and_run(code, "_Z2goIiLi3EEvPT_"), 4);
            free(code);
        }
        OK(hiprtcDestroyProgram(&program));
    }
}

static void mistakes_are_in_the_log(void **state)
{
    hiprtcProgram program = make("__global__ void go(int *p) {\n    *p = nonsense;\n}\n");
    size_t size;
    EXPECT(hiprtcCompileProgram(program, 1, gfx90a), HIPRTC_ERROR_COMPILATION);
    char *log = log_of(program);
    if (strncmp(log, "test.hip:2:10: error:", 21) != 0)
        fail_msg("%s", log);
    free(log);
    OK(hiprtcGetCodeSize(program, &size));
    assert_int_equal(size, 0);
    OK(hiprtcDestroyProgram(&program));
    program = make("__global__ void go(int *p) { *p = VALUE; }\n");
    static const char *const options[] = {"--offload-arch=gfx90a", "-DVALUE=1", "--no-such-option"};
    EXPECT(hiprtcCompileProgram(program, 3, options), HIPRTC_ERROR_COMPILATION);
    compile(program, 2, options); /* the program may be compiled again */
    static const char *const chip[] = {"--offload-arch=gfx0"};
    EXPECT(hiprtcCompileProgram(program, 1, chip), HIPRTC_ERROR_COMPILATION);
    OK(hiprtcAddNameExpression(program, "missing<int>"));
    EXPECT(hiprtcCompileProgram(program, 2, options), HIPRTC_ERROR_COMPILATION);
    OK(hiprtcDestroyProgram(&program));
}

static void calls_without_sense_are_refused(void **state)
{
    hiprtcProgram program, gone = make("int x;"), none = NULL, stale;
    size_t size;
    char byte;
    const char *name;
    int number;
    stale = gone;
    OK(hiprtcDestroyProgram(&gone));
    EXPECT(hiprtcCreateProgram(NULL, "x", "x", 0, NULL, NULL), HIPRTC_ERROR_INVALID_PROGRAM);
    EXPECT(hiprtcCreateProgram(&program, NULL, "x", 0, NULL, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCreateProgram(&program, "", "x", 0, NULL, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcDestroyProgram(NULL), HIPRTC_ERROR_INVALID_INPUT);
    const hiprtcProgram bad[] = {none, stale};
    for (size_t i = 0; i < 2; i++) {
        hiprtcProgram copy = bad[i];
        EXPECT(hiprtcDestroyProgram(&copy), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcCompileProgram(bad[i], 0, NULL), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcAddNameExpression(bad[i], "x"), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetLoweredName(bad[i], "x", &name), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetCodeSize(bad[i], &size), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetCode(bad[i], &byte), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetBitcodeSize(bad[i], &size), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetBitcode(bad[i], &byte), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetProgramLogSize(bad[i], &size), HIPRTC_ERROR_INVALID_PROGRAM);
        EXPECT(hiprtcGetProgramLog(bad[i], &byte), HIPRTC_ERROR_INVALID_PROGRAM);
    }
    program = make("int x;");
    const char *const null_option[] = {NULL};
    EXPECT(hiprtcCompileProgram(program, 1, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCompileProgram(program, -1, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcCompileProgram(program, 1, null_option), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetCodeSize(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetCode(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetBitcodeSize(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetBitcode(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetProgramLogSize(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetProgramLog(program, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcGetBitcodeSize(program, &size), HIPRTC_ERROR_INVALID_PROGRAM); /* no bitcode */
    OK(hiprtcDestroyProgram(&program));
    EXPECT(hiprtcVersion(NULL, &number), HIPRTC_ERROR_INVALID_INPUT);
    OK(hiprtcVersion(&number, &number));
    assert_string_equal(hiprtcGetErrorString(HIPRTC_ERROR_LINKING), "HIPRTC_ERROR_LINKING");
    assert_null(hiprtcGetErrorString((hiprtcResult)42));
}

/* ---- bitcode ---- */

static char *make_bitcode(const char *source, size_t *size)
{
    hiprtcProgram program = make(source);
    compile(program, 2, gfx90a);
    char *bitcode = bitcode_of(program, size);
    OK(hiprtcDestroyProgram(&program));
    return bitcode;
}

static const char caller[] = "__device__ int helper(int);\n"
                             "extern \"C\" __global__ void go(int *p)\n"
                             "{ p[threadIdx.x] = helper(p[threadIdx.x]); }\n";
static const char callee[] = "__device__ int helper(int x) { return x * 11; }\n";

static void bitcode_is_linked(void **state)
{
    size_t sizes[2], size;
    char *bitcodes[] = {make_bitcode(caller, &sizes[0]), make_bitcode(callee, &sizes[1])};
    char info[256] = "x", error[256] = "x";
    hiprtcJIT_option options[] = {HIPRTC_JIT_OPTIMIZATION_LEVEL, HIPRTC_JIT_INFO_LOG_BUFFER,
                                  HIPRTC_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
                                  HIPRTC_JIT_ERROR_LOG_BUFFER,
                                  HIPRTC_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {(void *)2, info, (void *)sizeof info, error, (void *)sizeof error};
    hiprtcLinkState link;
    void *code;
    OK(hiprtcLinkCreate(5, options, values, &link));
    OK(hiprtcLinkAddData(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, bitcodes[0], sizes[0], "caller", 0,
                         NULL, NULL));
    EXPECT(hiprtcLinkComplete(link, &code, &size), HIPRTC_ERROR_LINKING);
    assert_non_null(strstr(error, "helper")); /* undefined */
    char name[] = "/tmp/hiprtc-test-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0 && write(fd, bitcodes[1], sizes[1]) == (ssize_t)sizes[1]);
    close(fd);
    OK(hiprtcLinkAddFile(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, name, 0, NULL, NULL));
    unlink(name);
    OK(hiprtcLinkComplete(link, &code, &size));
    assert_int_equal(load_and_run(code, "go"), 55);
    OK(hiprtcLinkDestroy(link));
    EXPECT(hiprtcLinkDestroy(link), HIPRTC_ERROR_INVALID_INPUT);
    free(bitcodes[0]);
    free(bitcodes[1]);
}

static void linking_refuses_what_it_cannot_use(void **state)
{
    hiprtcLinkState link;
    hiprtcJIT_option option = HIPRTC_JIT_ERROR_LOG_BUFFER;
    void *value = NULL, *code;
    char byte = 0;
    size_t size;
    EXPECT(hiprtcLinkCreate(0, NULL, NULL, NULL), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkCreate(1, NULL, NULL, &link), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkCreate(1, &option, &value, &link), HIPRTC_ERROR_INVALID_OPTION);
    OK(hiprtcLinkCreate(0, NULL, NULL, &link));
    for (int type = HIPRTC_JIT_INPUT_CUBIN; type <= HIPRTC_JIT_INPUT_NVVM; type++) {
        EXPECT(hiprtcLinkAddData(link, (hiprtcJITInputType)type, &byte, 1, "x", 0, NULL, NULL),
               HIPRTC_ERROR_INVALID_INPUT);
        EXPECT(hiprtcLinkAddFile(link, (hiprtcJITInputType)type, "/dev/null", 0, NULL, NULL),
               HIPRTC_ERROR_INVALID_INPUT);
    }
    EXPECT(hiprtcLinkAddData(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, NULL, 1, "x", 0, NULL, NULL),
           HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkAddData(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, &byte, 0, "x", 0, NULL, NULL),
           HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkAddData(NULL, HIPRTC_JIT_INPUT_LLVM_BITCODE, &byte, 1, "x", 0, NULL, NULL),
           HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkAddFile(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, "/no/such/file", 0, NULL, NULL),
           HIPRTC_ERROR_PROGRAM_CREATION_FAILURE);
    EXPECT(hiprtcLinkAddFile(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, NULL, 0, NULL, NULL),
           HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkComplete(link, NULL, &size), HIPRTC_ERROR_INVALID_INPUT);
    EXPECT(hiprtcLinkComplete(NULL, &code, &size), HIPRTC_ERROR_INVALID_INPUT);
    OK(hiprtcLinkAddData(link, HIPRTC_JIT_INPUT_LLVM_BITCODE, &byte, 1, NULL, 0, NULL, NULL));
    EXPECT(hiprtcLinkComplete(link, &code, &size), HIPRTC_ERROR_LINKING); /* no bitcode */
    OK(hiprtcLinkDestroy(link));
}

static void hip_links_and_loads_bitcode(void **state)
{
    size_t size, code_size;
    char *bitcode =
        make_bitcode("extern \"C\" __global__ void go(int *p) { p[threadIdx.x] += 2; }", &size);
    hipLinkState_t link;
    hipModule_t module;
    void *code;
    hipJitOption option = hipJitOptionOptimizationLevel;
    void *value = (void *)1;
    HIP(hipLinkCreate(0, NULL, NULL, &link));
    HIP(hipLinkAddData(link, hipJitInputLLVMBitcode, bitcode, size, "go", 0, NULL, NULL));
    assert_int_equal(hipLinkAddFile(link, hipJitInputLLVMBitcode, "/no/file", 0, NULL, NULL),
                     hipErrorInvalidConfiguration);
    assert_int_equal(hipLinkAddData(link, hipJitInputPtx, bitcode, size, "", 0, NULL, NULL),
                     hipErrorInvalidValue);
    HIP(hipLinkComplete(link, &code, &code_size));
    assert_int_equal(load_and_run(code, "go"), 7);
    HIP(hipLinkDestroy(link));
    assert_int_equal(hipLinkDestroy(link), hipErrorInvalidValue);
    assert_int_equal(load_and_run(bitcode, "go"), 7); /* hipModuleLoadData */
    HIP(hipModuleLoadDataEx(&module, bitcode, 1, &option, &value));
    assert_int_equal(run(module, "go"), 7);
    HIP(hipModuleUnload(module));
    memset(bitcode + size / 2, 0xff, 64);
    assert_int_equal(hipModuleLoadData(&module, bitcode), hipErrorInvalidImage);
    free(bitcode);
}

static void *compile_in_thread(void *user)
{
    char source[160];
    size_t size, number = (size_t)user;
    snprintf(source, sizeof source,
             "extern \"C\" __global__ void go(int *p) { p[threadIdx.x] += %zu; }\n", number);
    hiprtcProgram program = make(source);
    compile(program, 1, gfx90a);
    char *code = code_of(program, &size);
    int got = load_and_run(code, "go");
    free(code);
    OK(hiprtcDestroyProgram(&program));
    return (void *)(size_t)(got == 5 + (int)number);
}

static void threads_compile_at_once(void **state)
{
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, compile_in_thread, (void *)i), 0);
    for (size_t i = 0; i < 4; i++) {
        void *good;
        pthread_join(threads[i], &good);
        assert_non_null(good);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(source_runs_without_include_paths),
        cmocka_unit_test(ptrdiff_is_as_long_as_asked_for),
        cmocka_unit_test(headers_are_found_by_name),
        cmocka_unit_test(name_expressions_have_lowered_names),
        cmocka_unit_test(mistakes_are_in_the_log),
        cmocka_unit_test(calls_without_sense_are_refused),
        cmocka_unit_test(bitcode_is_linked),
        cmocka_unit_test(linking_refuses_what_it_cannot_use),
        cmocka_unit_test(hip_links_and_loads_bitcode),
        cmocka_unit_test(threads_compile_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
