/* SPDX-License-Identifier: MIT
 * Actions that run clang once for each input: preprocess, compile, generate code, assemble.
 */
#include "comgr/action.h"

#include "comgr/cache.h"
#include "comgr/pch.h"

#include <stdio.h>
#include <stdlib.h>

enum { ARGUMENTS_MAX = 5 };
enum device_libs { LIBS_NEVER, LIBS_IF_ASKED, LIBS_ALWAYS };

/* How clang is called for an action. */
static const struct recipe {
    amd_comgr_action_kind_t action;
    amd_comgr_data_kind_t takes, gives;
    const char *suffix;
    bool from_source; /* in the action info's language */
    enum device_libs libs;
    const char *arguments[ARGUMENTS_MAX];
} recipes[] = {
    {AMD_COMGR_ACTION_SOURCE_TO_PREPROCESSOR,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_SOURCE,
     ".i",
     true,
     LIBS_NEVER,
     {"-E"}},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_BC,
     ".bc",
     true,
     LIBS_IF_ASKED,
     {"-c", "-emit-llvm"}},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_BC,
     ".bc",
     true,
     LIBS_ALWAYS,
     {"-c", "-emit-llvm"}},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_RELOCATABLE,
     ".o",
     true,
     LIBS_ALWAYS,
     {"-c", "-fhip-emit-relocatable", "-mllvm", "-amdgpu-internalize-symbols"}},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_EXECUTABLE,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_EXECUTABLE,
     ".so",
     true,
     LIBS_ALWAYS,
     {NULL}},
    {AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE,
     AMD_COMGR_DATA_KIND_BC,
     AMD_COMGR_DATA_KIND_RELOCATABLE,
     ".o",
     false,
     LIBS_IF_ASKED,
     {"-x", "ir", "-c", "-mllvm", "-amdgpu-internalize-symbols"}},
    {AMD_COMGR_ACTION_CODEGEN_BC_TO_ASSEMBLY,
     AMD_COMGR_DATA_KIND_BC,
     AMD_COMGR_DATA_KIND_SOURCE,
     ".s",
     false,
     LIBS_IF_ASKED,
     {"-x", "ir", "-S"}},
    {AMD_COMGR_ACTION_ASSEMBLE_SOURCE_TO_RELOCATABLE,
     AMD_COMGR_DATA_KIND_SOURCE,
     AMD_COMGR_DATA_KIND_RELOCATABLE,
     ".o",
     false,
     LIBS_NEVER,
     {"-x", "assembler", "-c"}},
};

static const struct recipe *find_recipe(amd_comgr_action_kind_t action)
{
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++)
        if (recipes[i].action == action)
            return &recipes[i];
    return NULL;
}

/* A name for what of this compilation must be unique, the same whenever its inputs are. */
static void add_unit_id(struct comgr_work *work, struct comgr_texts *command)
{
    struct cairn_sha256 hash;
    uint8_t digest[CAIRN_SHA256_BYTES];
    cairn_sha256_start(&hash);
    for (size_t i = 0; i < work->input->count; i++)
        cairn_sha256_add(&hash, work->input->items[i]->bytes, work->input->items[i]->size);
    cairn_sha256_finish(&hash, digest);
    uint64_t id;
    memcpy(&id, digest, sizeof id);
    comgr_texts_pushf(command, "-cuid=%016llx", (unsigned long long)id);
}

static void add_target(struct comgr_work *work, struct comgr_texts *command)
{
    comgr_texts_push(command, "--target=amdgcn-amd-amdhsa");
    comgr_texts_pushf(command, "-mcpu=%s", comgr_isa_target(work->info->isa_name));
}

/* clang 22 no longer defines these, code of ROCm 6 expects them: 64 up to gfx9, then 32 by default.
 */
static void add_wave_size(struct comgr_work *work, struct comgr_texts *command)
{
    bool wide = comgr_isa_target(work->info->isa_name)[strlen("gfx")] != '1';
    for (size_t i = 0; i < work->info->options.count; i++)
        wide |= strcmp(work->info->options.items[i], "-mwavefrontsize64") == 0;
    comgr_texts_pushf(command, "-D__AMDGCN_WAVEFRONT_SIZE=%d", wide ? 64 : 32);
    comgr_texts_pushf(command, "-D__AMDGCN_WAVEFRONT_SIZE__=%d", wide ? 64 : 32);
}

static void add_language(struct comgr_work *work, struct comgr_texts *command)
{
    amd_comgr_language_t language = work->info->language;
    comgr_texts_push(command, "-O3");
    if (language == AMD_COMGR_LANGUAGE_HIP) {
        comgr_texts_push(command, "--offload-device-only");
        comgr_texts_push(command, "--no-gpu-bundle-output");
        comgr_texts_pushf(command, "--offload-arch=%s", comgr_isa_target(work->info->isa_name));
        add_wave_size(work, command);
        add_unit_id(work, command);
        return;
    }
    if (language != AMD_COMGR_LANGUAGE_LLVM_IR)
        comgr_texts_push(command,
                         language == AMD_COMGR_LANGUAGE_OPENCL_1_2 ? "-std=cl1.2" : "-std=cl2.0");
    add_target(work, command);
}

/* HIP finds its headers by the same option as the device libraries. */
static void add_libraries(struct comgr_work *work, const struct recipe *recipe,
                          struct comgr_texts *command)
{
    bool links = recipe->libs == LIBS_ALWAYS ||
                 (recipe->libs == LIBS_IF_ASKED && work->info->links_device_libs);
    for (size_t i = 0; i < work->info->options.count; i++)
        if (strncmp(work->info->options.items[i], "--rocm-path", 11) == 0)
            return;
    if (!links)
        comgr_texts_push(command, "-nogpulib");
    comgr_texts_pushf(command, "--rocm-path=%s", work->toolchain.prefix);
}

static amd_comgr_status_t add_includes(struct comgr_work *work, struct comgr_texts *command)
{
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    if (work->info->path[0] != '\0')
        comgr_texts_pushf(command, "-I%s", work->info->path);
    comgr_texts_pushf(command, "-I%s/include", work->folder);
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++) {
        const struct comgr_data *data = work->input->items[i];
        struct comgr_buffer path = {0};
        bool precompiled = data->kind == AMD_COMGR_DATA_KIND_PRECOMPILED_HEADER;
        if (!precompiled && data->kind != AMD_COMGR_DATA_KIND_INCLUDE)
            continue;
        status = comgr_work_write(work, "include", "header", data, &path);
        if (precompiled && status == AMD_COMGR_STATUS_SUCCESS) {
            comgr_texts_push(command, "-include-pch");
            comgr_texts_push(command, path.text);
        }
        free(path.text);
    }
    return status;
}

/* What the preprocessor made is not preprocessed again; it is known by the name that it gives. */
static void add_language_of(struct comgr_work *work, const struct comgr_data *source,
                            struct comgr_texts *command)
{
    static const char *const names[] = {
        [AMD_COMGR_LANGUAGE_OPENCL_1_2] = "cl",
        [AMD_COMGR_LANGUAGE_OPENCL_2_0] = "cl",
        [AMD_COMGR_LANGUAGE_HIP] = "hip",
        [AMD_COMGR_LANGUAGE_LLVM_IR] = "ir",
    };
    const char *name = names[work->info->language], *dot = strrchr(source->name, '.');
    bool preprocessed =
        dot != NULL && strcmp(dot, ".i") == 0 && work->info->language != AMD_COMGR_LANGUAGE_LLVM_IR;
    comgr_texts_push(command, "-x");
    comgr_texts_pushf(command, "%s%s", name, preprocessed ? "-cpp-output" : "");
    if (preprocessed && strcmp(name, "cl") == 0)
        comgr_texts_push(command, "-cl-no-stdinc"); /* its built-ins' header is in there */
}

/* Everything but the names of input and output. */
static amd_comgr_status_t start_command(struct comgr_work *work, const struct recipe *recipe,
                                        struct comgr_texts *command)
{
    comgr_work_tool(work, "clang", command);
    if (recipe->from_source)
        add_language(work, command);
    else
        add_target(work, command);
    for (size_t i = 0; i < ARGUMENTS_MAX && recipe->arguments[i] != NULL; i++)
        comgr_texts_push(command, recipe->arguments[i]);
    add_libraries(work, recipe, command);
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    if (recipe->takes == AMD_COMGR_DATA_KIND_SOURCE)
        status = add_includes(work, command);
    for (size_t i = 0; i < work->info->options.count; i++)
        comgr_texts_push(command, work->info->options.items[i]);
    return status;
}

/* clang is asked which files it reads, the system's too: -MD is not for the device's side. */
static void add_rule(struct comgr_texts *command, const char *output)
{
    static const char *const arguments[] = {"-sys-header-deps", "-MT", "result",
                                            "-dependency-file"};
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
        comgr_texts_push(command, "-Xclang");
        comgr_texts_push(command, arguments[i]);
    }
    comgr_texts_push(command, "-Xclang");
    comgr_texts_pushf(command, "%s.d", output);
}

static void note_files(struct comgr_work *work, const char *output)
{
    struct comgr_buffer rule = {0};
    comgr_buffer_addf(&rule, "%s.d", output);
    if (rule.failed)
        work->caches = false;
    else
        comgr_cache_note_files(work, rule.text);
    free(rule.text);
}

static amd_comgr_status_t compile_one(struct comgr_work *work, const struct recipe *recipe,
                                      const struct comgr_data *source,
                                      const struct comgr_texts *start)
{
    struct comgr_texts command = {0};
    struct comgr_buffer input = {0}, output = {0}, name = {0};
    amd_comgr_status_t status =
        comgr_texts_set(&command, (const char *const *)start->items, start->count);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_write(work, "input", "source", source, &input);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        goto done;
    comgr_name_with(source->name[0] != '\0' ? source->name : "source", recipe->suffix, &name);
    comgr_buffer_addf(&output, "%s/output/%u%s", work->folder, work->files++, recipe->suffix);
    status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (name.failed || output.failed)
        goto done;
    if (recipe->from_source)
        add_language_of(work, source, &command);
    bool reads_files = recipe->takes == AMD_COMGR_DATA_KIND_SOURCE && work->caches;
    if (reads_files)
        add_rule(&command, output.text);
    comgr_texts_push(&command, input.text);
    comgr_texts_push(&command, "-o");
    comgr_texts_push(&command, output.text);
    status = comgr_work_run(work, &command);
    if (reads_files && status == AMD_COMGR_STATUS_SUCCESS)
        note_files(work, output.text);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_read(work, output.text, recipe->gives, name.text);
done:
    comgr_texts_clear(&command);
    free(input.text);
    free(output.text);
    free(name.text);
    return status;
}

/* With the precompiled header, if there is one; a program that fails so is compiled plainly, which
 * also says what is wrong with it. */
static amd_comgr_status_t compile_by(struct comgr_work *work, const struct recipe *recipe,
                                     const struct comgr_data *source,
                                     const struct comgr_texts *plain,
                                     const struct comgr_texts *quick)
{
    size_t log_size = work->log.size;
    if (quick->count != 0) {
        if (compile_one(work, recipe, source, quick) == AMD_COMGR_STATUS_SUCCESS)
            return AMD_COMGR_STATUS_SUCCESS;
        if (work->log.text != NULL)
            work->log.text[work->log.size = log_size] = '\0';
    }
    return compile_one(work, recipe, source, plain);
}

amd_comgr_status_t comgr_compile(struct comgr_work *work)
{
    const struct recipe *recipe = find_recipe(work->kind);
    struct comgr_texts command = {0}, quick = {0};
    if (work->kind == AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE &&
        work->info->language != AMD_COMGR_LANGUAGE_HIP)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    amd_comgr_status_t status = comgr_work_open(work);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = start_command(work, recipe, &command);
    if (status == AMD_COMGR_STATUS_SUCCESS && !comgr_pch_use(work, &command, &quick))
        comgr_texts_clear(&quick);
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        if (work->input->items[i]->kind == recipe->takes)
            status = compile_by(work, recipe, work->input->items[i], &command, &quick);
    comgr_texts_clear(&command);
    comgr_texts_clear(&quick);
    return status;
}

amd_comgr_status_t comgr_generate_plain(const struct comgr_data *data, struct comgr_data **out)
{
    struct comgr_action_info info = {.isa_name = "", .path = ""};
    struct comgr_data_set result = {0};
    struct comgr_work work = {.info = &info, .result = &result};
    struct comgr_texts command = {0};
    struct comgr_buffer input = {0}, output = {0};
    amd_comgr_status_t status = comgr_work_open(&work);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_write_bytes(&work, "input", "names.bc",
                                        cairn_bytes_of(data->bytes, data->size), &input);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        goto done;
    comgr_buffer_addf(&output, "%s/output/names.o", work.folder);
    status = AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    if (output.failed)
        goto done;
    comgr_work_tool(&work, "clang", &command);
    static const char *const arguments[] = {
        "--target=amdgcn-amd-amdhsa", "-nogpulib", "-O0", "-w", "-x", "ir", "-c"};
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        comgr_texts_push(&command, arguments[i]);
    comgr_texts_push(&command, input.text);
    comgr_texts_push(&command, "-o");
    comgr_texts_push(&command, output.text);
    status = comgr_work_run(&work, &command);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        status = comgr_work_read(&work, output.text, AMD_COMGR_DATA_KIND_RELOCATABLE, "names.o");
    if (status == AMD_COMGR_STATUS_SUCCESS) {
        *out = result.items[0]; /* with the set's reference */
        result.count = 0;
    }
done:
    comgr_data_set_clear(&result);
    free(result.items);
    comgr_texts_clear(&command);
    comgr_work_close(&work);
    free(work.log.text);
    free(input.text);
    free(output.text);
    return status;
}
