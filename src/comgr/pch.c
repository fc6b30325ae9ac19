/* SPDX-License-Identifier: MIT
 * When the precompiled header serves: options that it was not made with may only be macros that no
 * file of it speaks of, and folders of headers that have none by the name of one of its files. All
 * others are part of its key. Whatever goes wrong here costs time and nothing else: the caller runs
 * the plain command then.
 */
#include "comgr/pch.h"

#include "comgr/cache_file.h"
#include "comgr/cache_priv.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1 };
static const char header[] = "hip/amd_detail/hiprtc_runtime.h";

struct plan {
    struct comgr_texts make;    /* the command that makes the header, without its output */
    struct comgr_texts macros;  /* that come after it, by name */
    struct comgr_texts folders; /* that come before those of the install tree */
    size_t at;                  /* of the pair "-include", header, in the plain command */
    uint8_t key[CAIRN_SHA256_BYTES];
};

static void plan_clear(struct plan *plan)
{
    comgr_texts_clear(&plan->make);
    comgr_texts_clear(&plan->macros);
    comgr_texts_clear(&plan->folders);
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- the plan: which part of the command the header is made with ---- */

/* Other headers before it, other places of it, or a result that tells how it was made: what is not
 * optimised, or not for one program, keeps unused functions of the header, in the order of their
 * reading. */
static bool is_foreign(const char *option)
{
    static const char *const beginnings[] = {
        "-include",   "-imacros",  "-isystem",   "-iquote",
        "-idirafter", "-iprefix",  "-iwith",     "-isysroot",
        "--sysroot",  "-nostdinc", "-nogpuinc",  "-Xclang",
        "-Xarch",     "-Xpre",     "-Wp,",       "-U",
        "-g",         "-x",        "-fcoverage", "-fprofile",
        "-E",         "-O0",       "-fgpu-rdc",  "-cxx-",
        "--include",  "--define",  "--undefine", "-fno-validate",
        "-fpch",      "-P"};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (begins(option, beginnings[i]))
            return true;
    return option[0] != '-';
}

static bool is_of_the_action(const char *option)
{
    return strcmp(option, "-c") == 0 || strcmp(option, "-emit-llvm") == 0 ||
           strcmp(option, "-fhip-emit-relocatable") == 0 || begins(option, "-cuid=");
}

/* Only what reserved names mean is the compiler's to ask; the others must be seen in a text. */
static bool add_macro(struct plan *plan, const char *definition)
{
    if (begins(definition, "__") ||
        (!isalpha((unsigned char)definition[0]) && definition[0] != '_'))
        return false;
    return comgr_texts_add(&plan->macros, definition, strcspn(definition, "=(")) ==
           AMD_COMGR_STATUS_SUCCESS;
}

/* The value of "-I", "-D" and the like, joined or as the next word; NULL: there is none. */
static const char *value_of(const struct comgr_texts *command, size_t *at)
{
    const char *option = command->items[*at];
    if (option[2] != '\0')
        return option + 2;
    if (*at + 1 >= command->count)
        return NULL;
    return command->items[++*at];
}

/* One option, with its value if that is a word of its own. */
static bool plan_option(struct plan *plan, const struct comgr_texts *command, size_t *at)
{
    const char *option = command->items[*at], *value;
    if (is_of_the_action(option))
        return true;
    if (begins(option, "-I")) {
        value = value_of(command, at);
        return value != NULL &&
               comgr_texts_add(&plan->folders, value, strlen(value)) == AMD_COMGR_STATUS_SUCCESS;
    }
    if (begins(option, "-D") && *at > plan->at) {
        value = value_of(command, at);
        return value != NULL && add_macro(plan, value);
    }
    if (is_foreign(option))
        return false;
    comgr_texts_push(&plan->make, option);
    if (strcmp(option, "-mllvm") == 0 && *at + 1 < command->count)
        comgr_texts_push(&plan->make, command->items[++*at]);
    return true;
}

static bool find_header(const struct comgr_texts *command, size_t *at)
{
    for (size_t i = 0; i + 1 < command->count; i++)
        if (strcmp(command->items[i], "-include") == 0) {
            *at = i;
            return strcmp(command->items[i + 1], header) == 0;
        }
    return false;
}

static bool make_plan(const struct comgr_work *work, const struct comgr_texts *command,
                      struct plan *plan)
{
    struct cairn_sha256 hash;
    if (!find_header(command, &plan->at) ||
        access(header, F_OK) == 0) /* where -include looks first */
        return false;
    for (size_t i = 0; i < command->count; i++) {
        bool is_program = i == 0, is_header = i == plan->at;
        if (is_program || is_header) {
            comgr_texts_push(&plan->make, command->items[i]);
            if (is_header)
                comgr_texts_push(&plan->make, command->items[++i]);
        } else if (!plan_option(plan, command, &i))
            return false;
    }
    cairn_sha256_start(&hash);
    comgr_cache_add_text(&hash, "precompiled header");
    cairn_sha256_add_u32(&hash, FORMAT);
    comgr_cache_add_surroundings(&hash, work);
    for (size_t i = 0; i < plan->make.count; i++)
        comgr_cache_add_text(&hash, plan->make.items[i]);
    cairn_sha256_finish(&hash, plan->key);
    return !plan->make.failed && !plan->folders.failed;
}

static bool environment_adds_folders(void)
{
    static const char *const variables[] = {"CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH",
                                            "CCC_OVERRIDE_OPTIONS"};
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        if (getenv(variables[i]) != NULL)
            return true;
    return false;
}

/* ---- does it serve this program? ---- */

struct check {
    const struct plan *plan;
    struct comgr_texts *files;
    bool refused; /* the header is good, but not for this program */
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (c & 0x80) != 0;
}

static bool speaks_of(struct cairn_bytes text, const char *name)
{
    size_t length = strlen(name);
    const char *at = (const char *)text.at, *end = at + text.left;
    while (at < end && (at = memmem(at, (size_t)(end - at), name, length)) != NULL) {
        bool begins_here = at == (const char *)text.at || !is_word(at[-1]);
        bool ends_here = at + length == end || !is_word(at[length]);
        if (begins_here && ends_here)
            return true;
        at++;
    }
    return false;
}

/* A file that an #include of any part of `path` could find there, and that is another one. */
static bool hides(const char *folder, const char *path)
{
    char other[PATH_MAX];
    struct stat here, there;
    if (stat(folder, &there) != 0 || stat(path, &here) != 0)
        return false;
    for (const char *part = strchr(path, '/'); part != NULL; part = strchr(part + 1, '/'))
        if (snprintf(other, sizeof other, "%s%s", folder, part) >= (int)sizeof other ||
            (stat(other, &there) == 0 &&
             (there.st_ino != here.st_ino || there.st_dev != here.st_dev)))
            return true;
    return false;
}

static bool accept_file(const char *path, struct cairn_bytes text, void *context)
{
    struct check *check = context;
    const struct plan *plan = check->plan;
    for (size_t i = 0; i < plan->macros.count && !check->refused; i++)
        check->refused = speaks_of(text, plan->macros.items[i]);
    for (size_t i = 0; i < plan->folders.count && !check->refused; i++)
        check->refused = hides(plan->folders.items[i], path);
    comgr_texts_push(check->files, path);
    return !check->refused;
}

/* ---- making it ---- */

static bool add_file(const char *path, struct comgr_buffer *out)
{
    uint8_t *bytes;
    size_t size;
    if (comgr_work_read_bytes(path, &bytes, &size) != AMD_COMGR_STATUS_SUCCESS)
        return false;
    comgr_buffer_add(out, (char *)bytes, size);
    free(bytes);
    return true;
}

static void finish_command(const struct comgr_work *work, const char *output,
                           struct comgr_texts *command)
{
    static const char *const arguments[] = {
        "-emit-ast", "-Xclang", "-sys-header-deps", "-Xclang",          "-MT",
        "-Xclang",   "result",  "-Xclang",          "-dependency-file", "-Xclang"};
    for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
        comgr_texts_push(command, arguments[i]);
    comgr_texts_pushf(command, "%s.d", output);
    comgr_texts_push(command, "-x");
    comgr_texts_push(command, "hip"); /* of itself nothing is left: it was included before */
    comgr_texts_pushf(command, "%s/include/%s", work->toolchain.prefix, header);
    comgr_texts_push(command, "-o");
    comgr_texts_push(command, output);
}

/* What is kept of it: the files that it was made of, then itself. */
static void make_header(struct comgr_work *work, struct plan *plan, struct comgr_buffer *out)
{
    char output[sizeof work->folder + 16], rule[sizeof output + 8];
    struct comgr_texts files = {0};
    size_t log_size = work->log.size;
    snprintf(output, sizeof output, "%s/made.pch", work->folder);
    snprintf(rule, sizeof rule, "%s.d", output);
    finish_command(work, output, &plan->make);
    if (plan->make.failed || comgr_work_run(work, &plan->make) != AMD_COMGR_STATUS_SUCCESS ||
        !comgr_cache_read_rule(work, rule, &files) || !comgr_cache_put_files(&files, out) ||
        !add_file(output, out))
        out->failed = true;
    if (work->log.text != NULL) /* the plain command will say what is wrong */
        work->log.text[work->log.size = log_size] = '\0';
    comgr_texts_clear(&files);
}

/* ---- using it ---- */

enum found { FOUND, FOUND_NONE, FOUND_WISH, FOUND_OLD, FOUND_NEVER };

/* The first program with these options leaves an empty entry, the second makes the header, or an
 * entry of one byte where that fails. */
static enum found look_up(struct comgr_work *work, const struct plan *plan, uint8_t **whole,
                          struct cairn_bytes *content)
{
    if (!comgr_cache_read(work->cache_folder, plan->key, whole, content))
        return FOUND_NONE;
    if (content->left == 1)
        return FOUND_NEVER;
    return content->left != 0 ? FOUND : FOUND_WISH;
}

/* `content` is a list of files and the header; writes it where clang can read it. */
static enum found put_in_place(struct comgr_work *work, const struct plan *plan,
                               struct cairn_bytes content, struct comgr_texts *files,
                               struct comgr_buffer *path)
{
    struct check check = {.plan = plan, .files = files};
    if (!comgr_cache_take_files(&content, accept_file, &check))
        return check.refused ? FOUND_NONE : FOUND_OLD;
    return comgr_work_write_bytes(work, "pch", "hiprtc.pch", content, path) ==
                   AMD_COMGR_STATUS_SUCCESS
               ? FOUND
               : FOUND_NONE;
}

static enum found provide(struct comgr_work *work, struct plan *plan, struct comgr_texts *files,
                          struct comgr_buffer *path)
{
    uint8_t *whole = NULL;
    struct cairn_bytes content;
    struct comgr_buffer made = {0};
    enum found found = look_up(work, plan, &whole, &content);
    if (found == FOUND)
        found = put_in_place(work, plan, content, files, path);
    else if (found == FOUND_NONE)
        comgr_cache_write(work->cache_folder, plan->key, cairn_bytes_of("", 0));
    if (found == FOUND_WISH || found == FOUND_OLD) {
        comgr_texts_clear(files);
        make_header(work, plan, &made);
        content = made.failed ? cairn_bytes_of("", 1) : cairn_bytes_of(made.text, made.size);
        comgr_cache_write(work->cache_folder, plan->key, content);
        found = made.failed ? FOUND_NEVER : put_in_place(work, plan, content, files, path);
    }
    free(made.text);
    free(whole);
    return found;
}

bool comgr_pch_use(struct comgr_work *work, const struct comgr_texts *command,
                   struct comgr_texts *out)
{
    struct plan plan = {0};
    struct comgr_texts files = {0};
    struct comgr_buffer path = {0};
    bool good = work->caches && work->kind == AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE &&
                !environment_adds_folders() && make_plan(work, command, &plan) &&
                provide(work, &plan, &files, &path) == FOUND;
    for (size_t i = 0; good && i < command->count; i++) {
        if (i != plan.at) {
            comgr_texts_push(out, command->items[i]);
            continue;
        }
        comgr_texts_push(out, "-Xclang");
        comgr_texts_push(out, "-include-pch");
        comgr_texts_push(out, "-Xclang");
        comgr_texts_push(out, path.text);
        i++;
    }
    for (size_t i = 0; good && i < files.count; i++)
        comgr_texts_push(&work->files_read, files.items[i]);
    good = good && !out->failed;
    plan_clear(&plan);
    comgr_texts_clear(&files);
    free(path.text);
    return good;
}
