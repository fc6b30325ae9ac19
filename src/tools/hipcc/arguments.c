/* SPDX-License-Identifier: MIT
 * hipcc's options to clang's. Sources are compiled as HIP unless they are C, objects are left
 * alone, and the defaults that users of ROCm's hipcc rely on are added: optimisation, chips, the
 * wave size macro, the runtime library and where it lies.
 */
#include "arguments.h"

#include "words.h"

#include "chips.h"
#include "gfx/gfx.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
    const struct cairn_toolchain *toolchain;
    struct arguments *out;
    bool compiles_hip, compiles_other, has_input, links;
    bool has_chip, has_optimisation, has_rocm_path, is_host_only, is_relocatable;
    const char *language;       /* of the last -x written here: "hip", "c" or "none" */
    const char *given_language; /* of the user's last -x; NULL: none is in force */
    unsigned wave_size;         /* 0: chips of both sizes, or none known */
};

void arguments_add(struct arguments *list, const char *format, ...)
{
    if (list->count + 2 > list->room) {
        size_t room = list->room != 0 ? 2 * list->room : 64;
        char **items = realloc(list->items, room * sizeof *items);
        if (items == NULL)
            goto out_of_memory;
        list->items = items;
        list->room = room;
    }
    va_list args;
    va_start(args, format);
    int length = vasprintf(&list->items[list->count], format, args);
    va_end(args);
    if (length < 0)
        goto out_of_memory;
    list->items[++list->count] = NULL;
    return;
out_of_memory:
    fputs("error: out of memory\n", stderr);
    exit(1);
}

void arguments_destroy(struct arguments *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct arguments){0};
}

/* clang options whose value is the next word, which must not be taken for an input. */
static bool takes_value(const char *arg)
{
    static const char *const options[] = {
        "-o",
        "-x",
        "-I",
        "-L",
        "-D",
        "-U",
        "-include",
        "-isystem",
        "-iquote",
        "-idirafter",
        "-imacros",
        "-iprefix",
        "-MF",
        "-MT",
        "-MQ",
        "-Xclang",
        "-Xlinker",
        "-Xassembler",
        "-Xpreprocessor",
        "-mllvm",
        "-target",
        "-T",
        "-u",
        "-z",
        "-arch",
        "--param",
        "-l",
        "-B",
        "-isysroot",
        "--sysroot",
        "-Xarch_host",
        "-Xarch_device",
        "-Xcuda-ptxas",
        "-F",
        "-rpath",
        "-Xoffload-linker",
        "-Xopenmp-target",
        "-dumpdir",
        "-current_version",
        "-framework",
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(arg, options[i]) == 0)
            return true;
    return false;
}

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* "hip" or "c" for sources, NULL for what clang or the linker knows better (objects, libraries,
 * ...). */
static const char *language_of(const char *path)
{
    static const char *const hip[] = {".hip", ".cu", ".cpp", ".cc", ".cxx", ".c++", ".C", ".CPP"};
    const char *dot = strrchr(path, '.');
    const char *slash = strrchr(path, '/');
    if (dot == NULL || (slash != NULL && dot < slash))
        return NULL;
    if (is_one_of(dot, hip, sizeof hip / sizeof hip[0]))
        return "hip";
    return strcmp(dot, ".c") == 0 ? "c" : NULL;
}

static void note_chip(struct plan *plan, const char *name)
{
    const struct cairn_gfx *gfx = cairn_gfx_by_name(name, strcspn(name, ":"));
    /* Chips without a row: the gfx9 family has waves of 64, later ones default to 32. */
    unsigned size = gfx != NULL                     ? gfx->wave_size
                    : strncmp(name, "gfx9", 4) == 0 ? 64
                    : strncmp(name, "gfx1", 4) == 0 ? 32
                                                    : 0;
    plan->wave_size = !plan->has_chip || plan->wave_size == size ? size : 0;
    plan->has_chip = true;
}

static void note_chips(struct plan *plan, const char *list)
{
    char name[64];
    while (*list != '\0') {
        size_t length = strcspn(list, ",;");
        if (length > 0 && length < sizeof name) {
            memcpy(name, list, length);
            name[length] = '\0';
            note_chip(plan, name);
            arguments_add(plan->out, "--offload-arch=%s", name);
        }
        list += length + (list[length] != '\0');
    }
}

static void add_default_chip(const char *chip, void *user)
{
    struct plan *plan = user;
    note_chips(plan, chip);
}

/* The devices that are configured, unless the environment names others as ROCm's hipcc has it. */
static void add_default_chips(struct plan *plan)
{
    const char *list = getenv("HCC_AMDGPU_TARGET");
    if (list != NULL && list[0] != '\0')
        note_chips(plan, list);
    else
        each_default_chip(add_default_chip, plan);
}

/* Options that only hipcc has, or that it must see. True: the word is dealt with. */
static bool translate_option(struct plan *plan, const char *arg)
{
    static const char *const ignored[] = {"--hipcc-func-supp", "--hipcc-no-func-supp",
                                          "--shared-lib", "-use-sharedlib"};
    static const char *const no_link[] = {"-c",
                                          "-S",
                                          "-E",
                                          "-M",
                                          "-MM",
                                          "-fsyntax-only",
                                          "--emit-static-lib",
                                          "-emit-llvm",
                                          "--cuda-device-only",
                                          "--offload-device-only"};
    const char *value = strchr(arg, '=');
    if (is_one_of(arg, ignored, sizeof ignored / sizeof ignored[0]))
        return true;
    if (strcmp(arg, "--genco") == 0) {
        arguments_add(plan->out, "--cuda-device-only");
        plan->links = false;
        return true;
    }
    if (strcmp(arg, "-use_fast_math") == 0 || strcmp(arg, "--use_fast_math") == 0) {
        arguments_add(plan->out, "-ffast-math");
        return true;
    }
    if (strncmp(arg, "--offload-arch=", 15) == 0 || strncmp(arg, "--amdgpu-target=", 16) == 0 ||
        strncmp(arg, "--cuda-gpu-arch=", 16) == 0) {
        if (strcmp(value + 1, "native") == 0)
            return true; /* the configured devices, which are the default */
        note_chips(plan, value + 1);
        return true;
    }
    if (is_one_of(arg, no_link, sizeof no_link / sizeof no_link[0]))
        plan->links = false;
    if (strcmp(arg, "--cuda-host-only") == 0 || strcmp(arg, "--offload-host-only") == 0)
        plan->is_host_only = true;
    if (strcmp(arg, "-fgpu-rdc") == 0)
        plan->is_relocatable = true;
    if (strncmp(arg, "-O", 2) == 0)
        plan->has_optimisation = true;
    if (strncmp(arg, "-parallel-jobs=", 15) == 0)
        return true; /* of AMD's clang; a hint */
    if (strncmp(arg, "--hip-path=", 11) == 0) {
        arguments_add(plan->out, "--rocm-path=%s", value + 1);
        plan->has_rocm_path = true;
        return true;
    }
    if (strncmp(arg, "--rocm-path=", 12) == 0)
        plan->has_rocm_path = true;
    return false;
}

static void set_language(struct plan *plan, const char *language)
{
    if (strcmp(plan->language, language) == 0)
        return;
    arguments_add(plan->out, "-x");
    arguments_add(plan->out, "%s", language);
    plan->language = language;
}

static void add_input(struct plan *plan, const char *path)
{
    const char *language = plan->given_language;
    if (language == NULL) {
        language = language_of(path);
        set_language(plan, language != NULL ? language : "none");
    }
    if (language != NULL && strcmp(language, "hip") == 0)
        plan->compiles_hip = true;
    else if (language != NULL)
        plan->compiles_other = true;
    plan->has_input = true;
    arguments_add(plan->out, "%s", path);
}

static void note_language(struct plan *plan, const char *language)
{
    plan->given_language = strcmp(language, "none") != 0 ? language : NULL;
    plan->language = plan->given_language != NULL ? "" : "none";
}

static void translate_words(struct plan *plan, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const char *arg = argv[i];
        if (arg[0] != '-' || arg[1] == '\0') {
            add_input(plan, arg);
        } else if (takes_value(arg)) {
            if (strcmp(arg, "-x") == 0 && i + 1 < argc)
                note_language(plan, argv[i + 1]);
            arguments_add(plan->out, "%s", arg);
            if (i + 1 < argc)
                arguments_add(plan->out, "%s", argv[++i]);
        } else if (!translate_option(plan, arg)) {
            if (strncmp(arg, "-x", 2) == 0)
                note_language(plan, arg + 2);
            arguments_add(plan->out, "%s", arg);
        }
    }
}

static void append_words(struct plan *plan, const char *variable)
{
    const char *value = getenv(variable);
    if (value == NULL)
        return;
    struct arguments words = {0};
    words_split(value, &words);
    for (size_t i = 0; i < words.count; i++)
        if (!translate_option(plan, words.items[i]))
            arguments_add(plan->out, "%s", words.items[i]);
    arguments_destroy(&words);
}

static void add_compile_defaults(struct plan *plan)
{
    if (!plan->has_chip)
        add_default_chips(plan);
    if (!plan->has_optimisation)
        arguments_add(plan->out, "-O3");
    /* The device code comes from elsewhere, under the name that has no hash of this source in it.
     */
    if (plan->is_host_only && !plan->is_relocatable)
        arguments_add(plan->out, "-fuse-cuid=none");
    if (plan->wave_size != 0) /* clang 22 no longer defines these, code of ROCm 6 expects them */
        for (int i = 0; i < 2; i++)
            arguments_add(plan->out, "-D__AMDGCN_WAVEFRONT_SIZE%s=%u", i == 0 ? "" : "__",
                          plan->wave_size);
}

/* Host sources find the headers, and those know which platform they are for. */
static void add_other_defaults(struct plan *plan)
{
    arguments_add(plan->out, "-isystem");
    arguments_add(plan->out, "%s/include", plan->toolchain->prefix);
    arguments_add(plan->out, "-D__HIP_PLATFORM_AMD__=1");
}

static void add_link_defaults(struct plan *plan)
{
    const char *prefix = plan->toolchain->prefix;
    arguments_add(plan->out, "--hip-link");
    arguments_add(plan->out, "-no-hip-rt"); /* named here, so that the path is this tree's */
    if (!plan->has_chip)
        add_default_chips(plan);
    arguments_add(plan->out, "-L%s/lib", prefix);
    arguments_add(plan->out, "-Wl,-rpath,%s/lib", prefix);
    arguments_add(plan->out, "-lamdhip64");
}

void arguments_translate(const struct cairn_toolchain *toolchain, int argc, char **argv,
                         struct arguments *out)
{
    struct plan plan = {.toolchain = toolchain, .out = out, .links = true, .language = "none"};
    arguments_add(out, "%s/clang++", toolchain->llvm_bin);
    translate_words(&plan, argc, argv);
    append_words(&plan, "HIPCC_COMPILE_FLAGS_APPEND");
    if (!plan.has_rocm_path && (plan.compiles_hip || plan.links))
        arguments_add(out, "--rocm-path=%s", toolchain->prefix);
    if (plan.compiles_hip)
        add_compile_defaults(&plan);
    if (plan.compiles_other)
        add_other_defaults(&plan);
    if (plan.links && plan.has_input) {
        append_words(&plan, "HIPCC_LINK_FLAGS_APPEND");
        add_link_defaults(&plan);
    }
}

void arguments_compile_flags(const struct cairn_toolchain *toolchain, FILE *out)
{
    fprintf(out, "-isystem \"%s/include\" -O3 -D__HIP_PLATFORM_AMD__=1", toolchain->prefix);
}

void arguments_link_flags(const struct cairn_toolchain *toolchain, FILE *out)
{
    fprintf(out, "--hip-link --rocm-path=\"%s\" -L\"%s/lib\" -Wl,-rpath,\"%s/lib\" -lamdhip64",
            toolchain->prefix, toolchain->prefix, toolchain->prefix);
}
