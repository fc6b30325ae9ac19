/* SPDX-License-Identifier: MIT
 * Programs: source, headers, options and name expressions in; code, log and lowered names out.
 */
#include "hiprtc/hiprtc_priv.h"

#include "hip/hip_version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_OF(number)  TEXT_OF_(number)
#define TEXT_OF_(number) #number

enum { ISA_BYTES = 320 };

struct _hiprtcProgram {
    char *name;
    struct hiprtc_bytes source;
    struct hiprtc_texts headers, header_names;
    struct hiprtc_texts expressions; /* without & and parentheses */
    struct hiprtc_texts lowered;     /* of each expression, once compiled */
    struct hiprtc_bytes code, bitcode, log;
};

static struct _hiprtcProgram *find(hiprtcProgram program)
{
    return hiprtc_handle_is_live(program) ? program : NULL;
}

/* ---- making ---- */

static void destroy(struct _hiprtcProgram *program)
{
    free(program->name);
    hiprtc_bytes_free(&program->source);
    hiprtc_texts_free(&program->headers);
    hiprtc_texts_free(&program->header_names);
    hiprtc_texts_free(&program->expressions);
    hiprtc_texts_free(&program->lowered);
    hiprtc_bytes_free(&program->code);
    hiprtc_bytes_free(&program->bitcode);
    hiprtc_bytes_free(&program->log);
    free(program);
}

static bool headers_are_good(int count, const char *const *texts, const char *const *names)
{
    if (count < 0 || (count > 0 && (texts == NULL || names == NULL)))
        return false;
    for (int i = 0; i < count; i++)
        if (texts[i] == NULL || names[i] == NULL || texts[i][0] == '\0' || names[i][0] == '\0')
            return false;
    return true;
}

hiprtcResult hiprtcCreateProgram(hiprtcProgram *out, const char *source, const char *name,
                                 int header_count, const char *const *headers,
                                 const char *const *header_names)
{
    if (out == NULL)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    if (source == NULL || source[0] == '\0' ||
        !headers_are_good(header_count, headers, header_names))
        return HIPRTC_ERROR_INVALID_INPUT;
    struct _hiprtcProgram *program = calloc(1, sizeof *program);
    if (program == NULL)
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    program->name = strdup(name != NULL && name[0] != '\0' ? name : "CompileSource");
    hiprtc_bytes_add_text(&program->source, source);
    for (int i = 0; i < header_count; i++) {
        hiprtc_texts_add(&program->headers, headers[i]);
        hiprtc_texts_add(&program->header_names, header_names[i]);
    }
    if (program->name == NULL || program->source.failed || program->headers.failed ||
        program->header_names.failed || !hiprtc_handle_add(program)) {
        destroy(program);
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    }
    *out = program;
    return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcDestroyProgram(hiprtcProgram *handle)
{
    if (handle == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    struct _hiprtcProgram *program = find(*handle);
    if (program == NULL)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    hiprtc_handle_remove(program);
    destroy(program);
    *handle = NULL;
    return HIPRTC_SUCCESS;
}

/* ---- name expressions ---- */

/* "(&name)", "&name" and "name" are the same. The caller frees the result. */
static char *strip_expression(const char *text)
{
    size_t length = strlen(text);
    while (length != 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    while (length != 0 && strchr(" \t\n", text[0]) != NULL)
        text++, length--;
    if (length >= 2 && text[0] == '(' && text[length - 1] == ')')
        text++, length -= 2;
    if (length != 0 && text[0] == '&')
        text++, length--;
    return strndup(text, length);
}

static size_t find_expression(const struct _hiprtcProgram *program, const char *stripped)
{
    size_t i = 0;
    while (i < program->expressions.count && strcmp(program->expressions.items[i], stripped) != 0)
        i++;
    return i;
}

hiprtcResult hiprtcAddNameExpression(hiprtcProgram handle, const char *name_expression)
{
    struct _hiprtcProgram *program = find(handle);
    if (name_expression == NULL || name_expression[0] == '\0')
        return HIPRTC_ERROR_INVALID_INPUT;
    if (program == NULL)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    char *stripped = strip_expression(name_expression);
    if (stripped != NULL && find_expression(program, stripped) == program->expressions.count)
        hiprtc_texts_add(&program->expressions, stripped);
    free(stripped);
    return stripped == NULL || program->expressions.failed ? HIPRTC_ERROR_OUT_OF_MEMORY
                                                           : HIPRTC_SUCCESS;
}

hiprtcResult hiprtcGetLoweredName(hiprtcProgram handle, const char *name_expression,
                                  const char **lowered_name)
{
    const struct _hiprtcProgram *program = find(handle);
    if (name_expression == NULL || lowered_name == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    if (program == NULL)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    char *stripped = strip_expression(name_expression);
    if (stripped == NULL)
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    size_t i = find_expression(program, stripped);
    free(stripped);
    if (i >= program->lowered.count)
        return HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID;
    *lowered_name = program->lowered.items[i];
    return HIPRTC_SUCCESS;
}

static void add_quoted(struct hiprtc_bytes *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            hiprtc_bytes_add(out, "\\", 1);
        hiprtc_bytes_add(out, text, 1);
    }
}

/* The source, and after it a variable for each expression that holds its text and its address:
 * amd_comgr_populate_name_expression_map finds them in the code. That host code uses the variable
 * keeps clang from dropping it. */
static void write_source(const struct _hiprtcProgram *program, struct hiprtc_bytes *out)
{
    char line[128];
    hiprtc_bytes_add(out, program->source.at, program->source.size);
    for (size_t i = 0; i < program->expressions.count; i++) {
        const char *expression = program->expressions.items[i];
        snprintf(line, sizeof line,
                 "\nstatic __device__ const void *__amdgcn_name_expr_%zu[] = {\"", i + 1);
        hiprtc_bytes_add_text(out, line);
        add_quoted(out, expression);
        hiprtc_bytes_add_text(out, "\", (void *)&");
        hiprtc_bytes_add_text(out, expression);
        snprintf(line, sizeof line,
                 "};\nstatic auto __amdgcn_name_expr_stub_%zu = __amdgcn_name_expr_%zu;\n", i + 1,
                 i + 1);
        hiprtc_bytes_add_text(out, line);
    }
}

static hiprtcResult read_lowered(struct _hiprtcProgram *program, const struct hiprtc_comgr *comgr,
                                 amd_comgr_data_t data)
{
    size_t count;
    if (comgr->populate_name_expression_map(data, &count) != AMD_COMGR_STATUS_SUCCESS)
        return HIPRTC_ERROR_COMPILATION;
    for (size_t i = 0; i < program->expressions.count; i++) {
        const char *expression = program->expressions.items[i];
        size_t size = 0;
        if (comgr->map_name_expression_to_symbol_name(data, &size, expression, NULL) !=
            AMD_COMGR_STATUS_SUCCESS)
            return HIPRTC_ERROR_COMPILATION;
        char *name = calloc(1, size + 1);
        if (name == NULL)
            return HIPRTC_ERROR_OUT_OF_MEMORY;
        (void)comgr->map_name_expression_to_symbol_name(data, &size, expression, name);
        hiprtc_texts_add(&program->lowered, name);
        free(name);
    }
    return program->lowered.failed ? HIPRTC_ERROR_OUT_OF_MEMORY : HIPRTC_SUCCESS;
}

static hiprtcResult lower_expressions(struct _hiprtcProgram *program,
                                      const struct hiprtc_comgr *comgr, bool bitcode)
{
    const struct hiprtc_bytes *bytes = bitcode ? &program->bitcode : &program->code;
    amd_comgr_data_t data;
    if (program->expressions.count == 0)
        return HIPRTC_SUCCESS;
    if (comgr->create_data(bitcode ? AMD_COMGR_DATA_KIND_BC : AMD_COMGR_DATA_KIND_EXECUTABLE,
                           &data) != AMD_COMGR_STATUS_SUCCESS)
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    hiprtcResult result = HIPRTC_ERROR_OUT_OF_MEMORY;
    if (comgr->set_data(data, bytes->size, bytes->at) == AMD_COMGR_STATUS_SUCCESS)
        result = read_lowered(program, comgr, data);
    comgr->release_data(data);
    return result;
}

/* ---- compiling ---- */

struct plan {
    struct hiprtc_texts options;
    char isa[ISA_BYTES];
    bool has_isa, bitcode, no_builtin_header;
};

/* Options of hiprtc itself; true: nothing for clang. */
static bool take_option(struct plan *plan, const char *option)
{
    static const char *const arch[] = {"--offload-arch=", "--gpu-architecture="};
    for (size_t i = 0; i < sizeof arch / sizeof arch[0]; i++) {
        size_t length = strlen(arch[i]);
        if (strncmp(option, arch[i], length) != 0)
            continue;
        plan->has_isa = snprintf(plan->isa, sizeof plan->isa, "amdgcn-amd-amdhsa--%s",
                                 option + length) < (int)sizeof plan->isa;
        return true;
    }
    if (strcmp(option, "-fgpu-rdc") == 0)
        plan->bitcode = true; /* clang wants it, too */
    bool no_header = strcmp(option, "--hiprtc-no-builtin-header") == 0;
    plan->no_builtin_header |= no_header;
    return no_header || strcmp(option, "-hip-pch") == 0;
}

static void add_defaults(struct plan *plan)
{
    static const char *const always[] = {
        "--hip-version=" TEXT_OF(HIP_VERSION_MAJOR) "." TEXT_OF(HIP_VERSION_MINOR) "." TEXT_OF(
            HIP_VERSION_PATCH),
        "-DHIP_VERSION_MAJOR=" TEXT_OF(HIP_VERSION_MAJOR),
        "-DHIP_VERSION_MINOR=" TEXT_OF(HIP_VERSION_MINOR),
        "-DHIP_VERSION_PATCH=" TEXT_OF(HIP_VERSION_PATCH),
        "-std=c++14",
        "-Wno-gnu-line-marker",
        "-Wno-missing-prototypes",
    };
    static const char *const builtin[] = {"-D__HIPCC_RTC__", "-include",
                                          "hip/amd_detail/hiprtc_runtime.h"};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        hiprtc_texts_add(&plan->options, always[i]);
    for (size_t i = 0; !plan->no_builtin_header && i < sizeof builtin / sizeof builtin[0]; i++)
        hiprtc_texts_add(&plan->options, builtin[i]);
}

static hiprtcResult make_plan(struct plan *plan, int count, const char *const *options)
{
    struct hiprtc_texts given = {0};
    hiprtcResult result = HIPRTC_ERROR_INVALID_INPUT;
    if (count < 0 || (count > 0 && options == NULL))
        return result;
    for (int i = 0; i < count; i++) {
        if (options[i] == NULL)
            goto free_given;
        if (!take_option(plan, options[i]))
            hiprtc_texts_add(&given, options[i]);
    }
    add_defaults(plan); /* first, so that what is given wins */
    for (size_t i = 0; i < given.count; i++)
        hiprtc_texts_add(&plan->options, given.items[i]);
    result = given.failed || plan->options.failed ? HIPRTC_ERROR_OUT_OF_MEMORY : HIPRTC_SUCCESS;
free_given:
    hiprtc_texts_free(&given);
    return result;
}

static amd_comgr_status_t add_inputs(const struct _hiprtcProgram *program,
                                     const struct hiprtc_comgr *comgr, amd_comgr_data_set_t set)
{
    struct hiprtc_bytes source = {0};
    write_source(program, &source);
    amd_comgr_status_t status = source.failed
                                    ? AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES
                                    : hiprtc_add_data(comgr, set, AMD_COMGR_DATA_KIND_SOURCE,
                                                      program->name, source.at, source.size);
    hiprtc_bytes_free(&source);
    for (size_t i = 0; i < program->headers.count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        status =
            hiprtc_add_data(comgr, set, AMD_COMGR_DATA_KIND_INCLUDE, program->header_names.items[i],
                            program->headers.items[i], strlen(program->headers.items[i]));
    return status;
}

static hiprtcResult run(struct _hiprtcProgram *program, const struct hiprtc_comgr *comgr,
                        const struct plan *plan)
{
    const struct hiprtc_step to_bitcode[] = {
        {AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC, AMD_COMGR_LANGUAGE_HIP,
         &plan->options}};
    const struct hiprtc_step to_code[] = {
        {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_HIP, &plan->options},
        {AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_HIP, NULL}};
    amd_comgr_data_set_t input;
    if (comgr->create_data_set(&input) != AMD_COMGR_STATUS_SUCCESS)
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    amd_comgr_status_t status = add_inputs(program, comgr, input);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status =
            plan->bitcode
                ? hiprtc_perform(comgr, plan->isa, to_bitcode, 1, input, AMD_COMGR_DATA_KIND_BC,
                                 &program->bitcode, &program->log)
                : hiprtc_perform(comgr, plan->isa, to_code, 2, input,
                                 AMD_COMGR_DATA_KIND_EXECUTABLE, &program->code, &program->log);
    comgr->destroy_data_set(input);
    return hiprtc_result_of(status);
}

hiprtcResult hiprtcCompileProgram(hiprtcProgram handle, int option_count,
                                  const char *const *options)
{
    struct _hiprtcProgram *program = find(handle);
    struct plan plan = {0};
    if (program == NULL)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    hiprtc_bytes_free(&program->code);
    hiprtc_bytes_free(&program->bitcode);
    hiprtc_bytes_free(&program->log);
    hiprtc_texts_free(&program->lowered);
    const struct hiprtc_comgr *comgr = hiprtc_comgr();
    hiprtcResult result =
        comgr == NULL ? HIPRTC_ERROR_INTERNAL_ERROR : make_plan(&plan, option_count, options);
    if (result == HIPRTC_SUCCESS && !plan.has_isa &&
        !hiprtc_device_isa(plan.isa, sizeof plan.isa)) {
        hiprtc_bytes_add_text(&program->log,
                              "error: no device to compile for: give --offload-arch\n");
        result = HIPRTC_ERROR_COMPILATION;
    }
    if (result == HIPRTC_SUCCESS)
        result = run(program, comgr, &plan);
    if (result == HIPRTC_SUCCESS)
        result = lower_expressions(program, comgr, plan.bitcode);
    hiprtc_texts_free(&plan.options);
    return result;
}

/* ---- results ---- */

static hiprtcResult give_size(const struct hiprtc_bytes *bytes, size_t *size)
{
    *size = bytes->size;
    return HIPRTC_SUCCESS;
}

static hiprtcResult give_bytes(const struct hiprtc_bytes *bytes, char *out)
{
    if (bytes->size != 0)
        memcpy(out, bytes->at, bytes->size);
    return HIPRTC_SUCCESS;
}

hiprtcResult hiprtcGetProgramLogSize(hiprtcProgram handle, size_t *size)
{
    const struct _hiprtcProgram *program = find(handle);
    if (size == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    return program == NULL ? HIPRTC_ERROR_INVALID_PROGRAM : give_size(&program->log, size);
}

hiprtcResult hiprtcGetProgramLog(hiprtcProgram handle, char *log)
{
    const struct _hiprtcProgram *program = find(handle);
    if (log == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    return program == NULL ? HIPRTC_ERROR_INVALID_PROGRAM : give_bytes(&program->log, log);
}

hiprtcResult hiprtcGetCodeSize(hiprtcProgram handle, size_t *size)
{
    const struct _hiprtcProgram *program = find(handle);
    if (size == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    return program == NULL ? HIPRTC_ERROR_INVALID_PROGRAM : give_size(&program->code, size);
}

hiprtcResult hiprtcGetCode(hiprtcProgram handle, char *code)
{
    const struct _hiprtcProgram *program = find(handle);
    if (code == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    return program == NULL ? HIPRTC_ERROR_INVALID_PROGRAM : give_bytes(&program->code, code);
}

hiprtcResult hiprtcGetBitcodeSize(hiprtcProgram handle, size_t *size)
{
    const struct _hiprtcProgram *program = find(handle);
    if (size == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    if (program == NULL || program->bitcode.size == 0)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    return give_size(&program->bitcode, size);
}

hiprtcResult hiprtcGetBitcode(hiprtcProgram handle, char *bitcode)
{
    const struct _hiprtcProgram *program = find(handle);
    if (bitcode == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    if (program == NULL || program->bitcode.size == 0)
        return HIPRTC_ERROR_INVALID_PROGRAM;
    return give_bytes(&program->bitcode, bitcode);
}
