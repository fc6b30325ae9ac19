/* SPDX-License-Identifier: MIT
 * clang-offload-bundler: joins the host's and the devices' results of one compilation in one file
 * and takes them apart again (clang's "Clang Offload Bundler"). It has the options and file forms
 * that clang 22 itself uses; what else LLVM's program can do is left to that.
 */
#include "bundler.h"

#include "obj/obj.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: clang-offload-bundler -type=TYPE -targets=ID,... -input=FILE... -output=FILE "
    "[options]\n"
    "  -type=TYPE            o, lo, bc, gch, ast (binary), a (archive), i, ii, cui, hipi, d, ll, "
    "s\n"
    "  -targets=ID,...       kind-triple-chip of each input, or of each output with -unbundle\n"
    "  -input=FILE           in the order of the targets; -inputs=FILE,...\n"
    "  -output=FILE          \"-\" is the standard output; -outputs=FILE,...\n"
    "  -unbundle             take apart\n"
    "  -list                 print the targets of -input\n"
    "  -allow-missing-bundles  an entry that is not there is an empty file\n"
    "  -bundle-align=BYTES   entries of binary bundles begin at multiples\n"
    "  -compress             compress with zstd; -compression-level=N\n";

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("clang-offload-bundler: error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

/* ---- buffers and files ---- */

void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size > buffer->room - buffer->size) {
        size_t room = 2 * buffer->room + size + 4096;
        uint8_t *at = realloc(buffer->at, room);
        if (at == NULL || room < size)
            fail("out of memory");
        buffer->at = at;
        buffer->room = room;
    }
    if (size != 0)
        memcpy(buffer->at + buffer->size, bytes, size);
    buffer->size += size;
}

void buffer_text(struct buffer *buffer, const char *format, ...)
{
    char text[2 * ID_BYTES];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buffer_add(buffer, text,
               length < 0                     ? 0
               : (size_t)length < sizeof text ? (size_t)length
                                              : sizeof text - 1);
}

void buffer_pad(struct buffer *buffer, uint64_t align)
{
    static const uint8_t zeros[4096];
    uint64_t left = align > 1 ? (align - buffer->size % align) % align : 0;
    for (; left != 0; left -= left < sizeof zeros ? left : sizeof zeros)
        buffer_add(buffer, zeros, left < sizeof zeros ? left : sizeof zeros);
}

void keep(void *memory)
{
    static struct kept {
        struct kept *next;
        void *memory;
    } *all;
    struct kept *kept = malloc(sizeof *kept);
    if (kept == NULL)
        fail("out of memory");
    *kept = (struct kept){.next = all, .memory = memory};
    all = kept;
}

struct cairn_bytes read_file(const char *path)
{
    struct buffer whole = {0};
    char part[65536];
    size_t got;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    if (file == NULL)
        fail("'%s': %s", path, strerror(errno));
    while ((got = fread(part, 1, sizeof part, file)) != 0)
        buffer_add(&whole, part, got);
    if (ferror(file))
        fail("'%s': %s", path, strerror(errno));
    if (file != stdin)
        fclose(file);
    keep(whole.at);
    return cairn_bytes_of(whole.at, whole.size);
}

void write_output(const char *path, struct cairn_bytes bytes)
{
    FILE *file = strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
    if (file == NULL)
        fail("'%s': %s", path, strerror(errno));
    if ((bytes.left != 0 && fwrite(bytes.at, 1, bytes.left, file) != bytes.left) ||
        (file == stdout ? fflush(file) : fclose(file)) != 0)
        fail("'%s': %s", path, strerror(errno));
}

/* ---- ids ---- */

/* Where the chip begins: after the last "-" that "gfx" or "generic" follows; the end if none. */
static size_t chip_at(const char *text, size_t length)
{
    for (size_t i = length; i-- > 0;)
        if (text[i] == '-' && length - i > 4 &&
            (memcmp(text + i + 1, "gfx", 3) == 0 || memcmp(text + i + 1, "sm_", 3) == 0))
            return i + 1;
    return length + 1;
}

void id_normalize(const char *text, size_t length, char out[ID_BYTES])
{
    size_t chip = chip_at(text, length), triple = chip - 1, at = 0, parts = 0;
    if (length + 8 >= ID_BYTES)
        fail("target '%.*s' is too long", (int)length, text);
    for (size_t i = 0; parts < 5; parts++) { /* kind, architecture, vendor, system, environment */
        size_t size = 0;
        while (i + size < triple && text[i + size] != '-')
            size++;
        bool unknown = parts == 4 && size == 7 && memcmp(text + i, "unknown", 7) == 0;
        if (!unknown && i < triple) {
            memcpy(out + at, text + i, size);
            at += size;
        }
        out[at++] = '-';
        i += size + 1;
    }
    if (chip <= length) {
        memcpy(out + at, text + chip, length - chip);
        at += length - chip;
    }
    out[at] = '\0';
}

bool id_is_host(const char *id)
{
    return strncmp(id, "host-", 5) == 0;
}

bool id_fits(const char *want, const char *have)
{
    size_t want_kind = strcspn(want, "-"), have_kind = strcspn(have, "-");
    struct cairn_target_id device, code;
    if (strcmp(want, have) == 0)
        return true;
    bool hip = strncmp(want, "hip", 3) == 0 && strncmp(have, "hip", 3) == 0;
    if (!hip && (want_kind != have_kind || memcmp(want, have, want_kind) != 0))
        return false;
    if (cairn_target_id_parse(want + want_kind + 1, strlen(want + want_kind + 1), &device) !=
            CAIRN_OK ||
        cairn_target_id_parse(have + have_kind + 1, strlen(have + have_kind + 1), &code) !=
            CAIRN_OK ||
        strcmp(device.processor, code.processor) != 0)
        return false;
    bool xnack = code.xnack < CAIRN_FEATURE_OFF || code.xnack == device.xnack;
    return xnack && (code.sramecc < CAIRN_FEATURE_OFF || code.sramecc == device.sramecc);
}

/* ---- options ---- */

/* The value of option `name`, given as -name=value, --name=value, or -name value; else NULL. */
static const char *value_of(const char *name, int argc, char **argv, int *i)
{
    const char *arg = argv[*i] + 1 + (argv[*i][1] == '-');
    size_t length = strlen(name);
    if (strncmp(arg, name, length) != 0)
        return NULL;
    if (arg[length] == '=')
        return arg + length + 1;
    return arg[length] == '\0' && *i + 1 < argc ? argv[++*i] : NULL;
}

static bool is_flag(const char *arg, const char *name)
{
    return strcmp(arg + 1 + (arg[1] == '-'), name) == 0;
}

static void add_targets(struct bundler *run, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, ",");
        if (run->target_count == ENTRIES_MAX)
            fail("more than %d targets", ENTRIES_MAX);
        id_normalize(text, length, run->targets[run->target_count++]);
        text += length + (text[length] == ',');
    }
}

static void add_name(const char **names, size_t *count, const char *name)
{
    if (*count == ENTRIES_MAX)
        fail("more than %d files", ENTRIES_MAX);
    names[(*count)++] = name;
}

static void add_names(const char **names, size_t *count, const char *list_of_names)
{
    char *copy = strdup(list_of_names), *rest = copy; /* lives as long as the program */
    for (char *name; copy != NULL && (name = strsep(&rest, ",")) != NULL;)
        add_name(names, count, name);
}

static void parse(struct bundler *run, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *value;
        if (argv[i][0] != '-')
            fail("unexpected word '%s'", argv[i]);
        if (is_flag(argv[i], "unbundle"))
            run->unbundles = true;
        else if (is_flag(argv[i], "list"))
            run->lists = true;
        else if (is_flag(argv[i], "allow-missing-bundles"))
            run->may_miss = true;
        else if (is_flag(argv[i], "compress"))
            run->compresses = true;
        else if (is_flag(argv[i], "verbose") || is_flag(argv[i], "hip-openmp-compatible") ||
                 is_flag(argv[i], "check-input-archive"))
            continue;
        else if ((value = value_of("type", argc, argv, &i)) != NULL)
            run->type = value;
        else if ((value = value_of("targets", argc, argv, &i)) != NULL)
            add_targets(run, value);
        else if ((value = value_of("inputs", argc, argv, &i)) != NULL)
            add_names(run->inputs, &run->input_count, value);
        else if ((value = value_of("outputs", argc, argv, &i)) != NULL)
            add_names(run->outputs, &run->output_count, value);
        else if ((value = value_of("input", argc, argv, &i)) != NULL)
            add_name(run->inputs, &run->input_count, value);
        else if ((value = value_of("output", argc, argv, &i)) != NULL)
            add_name(run->outputs, &run->output_count, value);
        else if ((value = value_of("bundle-align", argc, argv, &i)) != NULL)
            run->align = strtoull(value, NULL, 0);
        else if ((value = value_of("compression-level", argc, argv, &i)) != NULL)
            run->level = (int)strtol(value, NULL, 0);
        else
            fail("unknown option '%s'", argv[i]);
    }
}

static void check(struct bundler *run)
{
    static const struct {
        const char *type, *comment;
    } types[] = {{"o", NULL}, {"lo", NULL}, {"bc", NULL}, {"gch", NULL}, {"ast", NULL},
                 {"a", NULL}, {"i", "//"},  {"ii", "//"}, {"cui", "//"}, {"hipi", "//"},
                 {"d", "#"},  {"ll", ";"},  {"s", "#"}};
    size_t row = 0, rows = sizeof types / sizeof types[0];
    while (row < rows && (run->type == NULL || strcmp(types[row].type, run->type) != 0))
        row++;
    if (row == rows)
        fail("'%s': invalid file type specified", run->type != NULL ? run->type : "");
    run->comment = types[row].comment;
    if (run->lists)
        return;
    size_t many = run->unbundles ? run->output_count : run->input_count;
    size_t one = run->unbundles ? run->input_count : run->output_count;
    if (run->target_count == 0)
        fail("no targets: give -targets");
    if (many != run->target_count)
        fail("number of %s files and targets should match: %zu, %zu",
             run->unbundles ? "output" : "input", many, run->target_count);
    if (one != 1)
        fail("only one %s file is supported", run->unbundles ? "input" : "output");
    for (size_t i = 0; i < run->target_count; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(run->targets[i], run->targets[j]) == 0)
                fail("duplicate target '%s'", run->targets[i]);
}

int main(int argc, char **argv)
{
    static struct bundler run = {.align = 1};
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-help") == 0)
            return fputs(usage, stdout) < 0;
    parse(&run, argc, argv);
    check(&run);
    if (run.lists)
        list(&run);
    else if (run.unbundles && strcmp(run.type, "a") == 0)
        unbundle_archive(&run);
    else if (run.unbundles)
        unbundle(&run);
    else
        bundle(&run);
    return 0;
}
