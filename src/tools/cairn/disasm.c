/* SPDX-License-Identifier: MIT
 * cairn disasm: finds the GPU code in a file, whatever wraps it, and prints it with symbols, kernel
 * descriptors and arguments. Programs and libraries are searched for the bundles in their sections.
 */
#include "commands.h"

#include "base/bytes.h"
#include "isa/isa.h"
#include "obj/obj.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct options {
    const char *path;
    const char *chip; /* NULL: all */
    bool headers_only;
};

static const char bundle_magic[] = "__CLANG_OFFLOAD_BUNDLE__";
static const char compressed_magic[] = "CCOB";

static const char *arg_kind_name(enum cairn_arg_kind kind)
{
    static const char *const names[] = {
#define ARG_KIND(id, text) text,
#include "obj/arg_kind.def"
#undef ARG_KIND
    };
    return names[kind];
}

static const struct cairn_obj_segment *segment_of(const struct cairn_obj *obj, uint64_t vaddr,
                                                  uint64_t size)
{
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *segment = &obj->segments[i];
        if (vaddr >= segment->vaddr && vaddr - segment->vaddr <= segment->file_size &&
            size <= segment->file_size - (vaddr - segment->vaddr))
            return segment;
    }
    return NULL;
}

/* File bytes at a virtual address, up to the end of its segment's file part. */
static struct cairn_bytes bytes_at(const struct cairn_obj *obj, uint64_t vaddr)
{
    const struct cairn_obj_segment *segment = segment_of(obj, vaddr, 0);
    if (segment == NULL)
        return cairn_bytes_of(NULL, 0);
    uint64_t inside = vaddr - segment->vaddr;
    return cairn_bytes_of(obj->image.at + segment->file_offset + inside,
                          segment->file_size - inside);
}

static void print_args(const struct cairn_kernel_info *kernel)
{
    for (uint32_t i = 0; i < kernel->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &kernel->args[i];
        printf("//   %4u..%-4u %-24s %s %s\n", arg->offset_bytes,
               arg->offset_bytes + arg->size_bytes, arg_kind_name(arg->kind), arg->type_name,
               arg->name);
    }
}

static void print_kernel(const struct cairn_obj *obj, const struct cairn_kernel_info *kernel,
                         uint64_t descriptor_vaddr)
{
    struct cairn_kernel_descriptor descriptor;
    struct cairn_bytes in = bytes_at(obj, descriptor_vaddr);
    printf(
        "// kernel %s: kernarg %u bytes, LDS %u, scratch %u a lane, %u SGPRs, %u VGPRs, %u AGPRs, "
        "at most %u work-items\n",
        kernel->name, kernel->kernarg_size, kernel->group_size, kernel->private_size,
        kernel->sgpr_count, kernel->vgpr_count, kernel->agpr_count, kernel->max_workgroup_size);
    if (cairn_bytes_take(&in, &descriptor, sizeof descriptor) == CAIRN_OK)
        printf("//   rsrc1 %#x rsrc2 %#x rsrc3 %#x properties %#x preload %#x entry %#" PRIx64 "\n",
               descriptor.compute_pgm_rsrc1, descriptor.compute_pgm_rsrc2,
               descriptor.compute_pgm_rsrc3, descriptor.kernel_code_properties,
               descriptor.kernarg_preload,
               descriptor_vaddr + (uint64_t)descriptor.kernel_code_entry_byte_offset);
    print_args(kernel);
}

static void print_code(const struct cairn_gfx *gfx, struct cairn_bytes code, uint64_t pc)
{
    while (code.left > 0) {
        struct cairn_insn insn;
        char text[256];
        unsigned size = 4;
        uint32_t word = 0;
        if (cairn_isa_decode(gfx, code, &insn) == CAIRN_OK) {
            size = insn.size_bytes;
            cairn_isa_format(gfx, &insn, pc, text, sizeof text);
        } else {
            memcpy(&word, code.at, code.left < 4 ? code.left : 4);
            snprintf(text, sizeof text, ".long 0x%08x  // not an instruction of %s", word,
                     gfx->name);
        }
        if (size > code.left)
            size = (unsigned)code.left;
        printf("\t%-60s // %012" PRIX64 ":", text, pc);
        for (unsigned at = 0; at + 4 <= size; at += 4) {
            memcpy(&word, code.at + at, 4);
            printf(" %08X", word);
        }
        putchar('\n');
        code.at += size;
        code.left -= size;
        pc += size;
    }
}

static void print_function(const struct cairn_obj *obj, const struct cairn_obj_symbol *symbol)
{
    const struct cairn_gfx *gfx =
        cairn_gfx_by_name(obj->target.processor, strlen(obj->target.processor));
    printf("\n%016" PRIx64 " <%s>:\n", symbol->value, symbol->name);
    struct cairn_bytes code = bytes_at(obj, symbol->value);
    if (code.left > symbol->size)
        code.left = symbol->size;
    if (gfx == NULL)
        printf("\t// %zu bytes for %s, a chip without instruction table\n", code.left,
               obj->target.processor);
    else
        print_code(gfx, code, symbol->value);
}

static void print_object(const struct options *options, const struct cairn_obj *obj)
{
    for (uint32_t i = 0; i < obj->symbol_count; i++) {
        const struct cairn_obj_symbol *symbol = &obj->symbols[i];
        if (symbol->kind == CAIRN_SYMBOL_KERNEL_DESCRIPTOR) {
            const struct cairn_kernel_info *kernel = cairn_obj_find_kernel(obj, symbol->name);
            if (kernel != NULL)
                print_kernel(obj, kernel, symbol->value);
        } else if (symbol->kind == CAIRN_SYMBOL_OBJECT) {
            printf("// variable %s: %" PRIu64 " bytes at %#" PRIx64 "%s\n", symbol->name,
                   symbol->size, symbol->value, symbol->defined ? "" : ", undefined");
        }
    }
    for (uint32_t i = 0; !options->headers_only && i < obj->symbol_count; i++)
        if (obj->symbols[i].kind == CAIRN_SYMBOL_FUNCTION && obj->symbols[i].defined)
            print_function(obj, &obj->symbols[i]);
}

static int show_image(const struct options *options, const char *id, struct cairn_bytes image)
{
    struct cairn_obj *obj;
    char target[128];
    if (image.left == 0)
        return 0; /* the host's entry */
    if (cairn_obj_create(image, &obj) != CAIRN_OK)
        return 1;
    cairn_target_id_format(&obj->target, target, sizeof target);
    if (options->chip == NULL || strcmp(options->chip, obj->target.processor) == 0 ||
        strcmp(options->chip, target) == 0) {
        printf("\n// %s: %s, code object V%u, %zu bytes, %u kernels\n", id, target,
               obj->abi_version, image.left, obj->kernel_count);
        print_object(options, obj);
    }
    cairn_obj_destroy(obj);
    return 0;
}

static int show_bundle(const struct options *options, struct cairn_bytes bytes)
{
    struct cairn_bundle *bundle;
    int bad = 0;
    if (cairn_bundle_create(bytes, &bundle) != CAIRN_OK)
        return 1;
    for (uint32_t i = 0; i < bundle->entry_count; i++)
        bad |= show_image(options, bundle->entries[i].id, bundle->entries[i].image);
    cairn_bundle_destroy(bundle);
    return bad;
}

static bool starts_with(struct cairn_bytes bytes, const char *magic)
{
    size_t length = strlen(magic);
    return bytes.left >= length && memcmp(bytes.at, magic, length) == 0;
}

/* Host programs hold one bundle after the other, each on a page boundary of the section. */
static int show_embedded(const struct options *options, struct cairn_bytes file)
{
    int bad = 0, found = 0;
    for (size_t at = 0; at < file.left; at++) {
        const uint8_t *hit = memchr(file.at + at, '_', file.left - at);
        const uint8_t *other = memchr(file.at + at, 'C', file.left - at);
        if (hit == NULL || (other != NULL && other < hit))
            hit = other;
        if (hit == NULL)
            break;
        at = (size_t)(hit - file.at);
        struct cairn_bytes here = cairn_bytes_of(hit, file.left - at);
        size_t size;
        if (at % 8 != 0 ||
            !(starts_with(here, bundle_magic) || starts_with(here, compressed_magic)) ||
            cairn_bundle_size(here.at, here.left, &size) != CAIRN_OK)
            continue;
        printf("// offload bundle at file offset %#zx, %zu bytes\n", at, size);
        bad |= show_bundle(options, cairn_bytes_of(here.at, size));
        found++;
        at += size - 1;
    }
    if (found == 0)
        fprintf(stderr, "cairn disasm: %s holds no GPU code\n", options->path);
    return bad != 0 || found == 0;
}

static int show_file(const struct options *options, struct cairn_bytes file)
{
    static const unsigned machine_offset = 18, machine_amdgpu = 224;
    bool is_amdgpu = starts_with(file, "\177ELF") && file.left > machine_offset + 1 &&
                     file.at[machine_offset] == machine_amdgpu;
    if (is_amdgpu || starts_with(file, bundle_magic) || starts_with(file, compressed_magic))
        return show_bundle(options, file);
    return show_embedded(options, file);
}

static bool parse_options(int argc, char **argv, struct options *out)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--chip") == 0 && i + 1 < argc)
            out->chip = argv[++i];
        else if (strcmp(argv[i], "--headers") == 0)
            out->headers_only = true;
        else if (argv[i][0] == '-' || out->path != NULL)
            return false;
        else
            out->path = argv[i];
    }
    return out->path != NULL;
}

int command_disasm(int argc, char **argv)
{
    struct options options = {0};
    struct stat info;
    if (!parse_options(argc, argv, &options)) {
        fputs("usage: cairn disasm [--chip CHIP] [--headers] FILE\n", stderr);
        return 2;
    }
    int fd = open(options.path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size == 0) {
        fprintf(stderr, "cairn disasm: cannot read %s\n", options.path);
        return 1;
    }
    void *data = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED) {
        fprintf(stderr, "cairn disasm: cannot map %s\n", options.path);
        return 1;
    }
    int status = show_file(&options, cairn_bytes_of(data, (size_t)info.st_size));
    munmap(data, (size_t)info.st_size);
    return status;
}
