/* SPDX-License-Identifier: MIT
 * The harness: a child llvm-mc-22, a small reader of the object's .text, and a machine around it.
 */
#include "asm_harness.h"

#include <elf.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static _Noreturn void give_up(const char *why, const char *text)
{
    fprintf(stderr, "asm_harness: %s\n%.200s\n", why, text);
    exit(2);
}

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        give_up("cannot read", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    uint8_t *bytes = malloc(*size + 1);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size)
        give_up("cannot read", path);
    fclose(file);
    return bytes;
}

static void run_assembler(const char *from, const char *to, const char *text)
{
    char *argv[] = {"llvm-mc-22",   "-triple=amdgcn-amd-amdhsa",
                    "-mcpu=gfx90a", "-filetype=obj",
                    "-o",           (char *)to,
                    (char *)from,   NULL};
    pid_t child;
    int status;
    if (posix_spawnp(&child, argv[0], NULL, NULL, argv, environ) != 0)
        give_up("cannot run llvm-mc-22", text);
    if (waitpid(child, &status, 0) != child || status != 0) {
        unlink(from);
        give_up("does not assemble:", text);
    }
}

/* The object is the assembler's own: trusted. */
static uint8_t *text_section(const uint8_t *object, size_t *size)
{
    const Elf64_Ehdr *header = (const void *)object;
    const Elf64_Shdr *sections = (const void *)(object + header->e_shoff);
    const char *names = (const char *)object + sections[header->e_shstrndx].sh_offset;
    for (unsigned i = 0; i < header->e_shnum; i++) {
        if (strcmp(names + sections[i].sh_name, ".text") != 0)
            continue;
        *size = sections[i].sh_size;
        uint8_t *bytes = malloc(*size + 1);
        return memcpy(bytes, object + sections[i].sh_offset, *size);
    }
    return NULL;
}

uint8_t *asm_assemble(const char *text, size_t *size)
{
    char from[] = "/tmp/cairn-asm-XXXXXX", to[sizeof from + 2];
    int fd = mkstemp(from);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        give_up("cannot write", from);
    close(fd);
    snprintf(to, sizeof to, "%s.o", from);
    run_assembler(from, to, text);
    size_t object_size;
    uint8_t *object = read_file(to, &object_size), *code = text_section(object, size);
    unlink(from);
    unlink(to);
    free(object);
    if (code == NULL)
        give_up("no .text", text);
    return code;
}

static void *map(size_t size, size_t alignment, int protection)
{
    size_t whole = size + alignment;
    uint8_t *at = mmap(NULL, whole, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        give_up("out of address space", "");
    uint8_t *aligned = (uint8_t *)(((uintptr_t)at + alignment - 1) & ~(uintptr_t)(alignment - 1));
    if (aligned > at)
        munmap(at, (size_t)(aligned - at));
    munmap(aligned + size, (size_t)(at + whole - (aligned + size)));
    if (protection != PROT_NONE && mprotect(aligned, size, protection) != 0)
        give_up("mprotect", "");
    return aligned;
}

enum { PAGE = 4096, FOUR_GIB_SHIFT = 32 };

/* As wide as what finalized code may reach from an address in the middle without a check. */
#if __has_feature(thread_sanitizer)
enum { WINDOW_SHIFT = 36 };
#else
enum { WINDOW_SHIFT = 38 };
#endif
static const size_t window_bytes = (size_t)1 << WINDOW_SHIFT;

/* Window: nothing, data, nothing. The private aperture is reserved elsewhere. LDS begins at its
 * aperture. */
static void make_memory(struct asm_machine *m)
{
    size_t aperture = (size_t)1 << FOUR_GIB_SHIFT;
    uint8_t *window = map(window_bytes, aperture, PROT_NONE);
    m->data = window + window_bytes / 2;
    if (mprotect(m->data, ASM_DATA_BYTES, PROT_READ | PROT_WRITE) != 0)
        give_up("mprotect", "");
    m->memory[0] = window;
    m->memory[1] = map(aperture, aperture, PROT_NONE);     /* private */
    m->memory[2] = map(2 * aperture, aperture, PROT_READ); /* shared, zeros around it */
    m->memory[2] = (uint8_t *)m->memory[2] + aperture;
    if (mprotect(m->memory[2], ASM_LDS_BYTES, PROT_READ | PROT_WRITE) != 0)
        give_up("mprotect", "");
    m->space = (struct cairn_address_space){
        .window_base = (uintptr_t)window,
        .window_size = window_bytes,
        .private_aperture = (uintptr_t)m->memory[1],
    };
}

/* rsrc1: float mode 0xf0, DX10_CLAMP, IEEE. rsrc2: private segment, 6 user SGPRs, workgroup id x,
 * work-item ids x y z. Properties: scratch descriptor, flat scratch. */
static void make_launch(struct asm_machine *m, uint32_t items)
{
    m->launch = (struct cairn_launch){
        .gfx = cairn_gfx_by_name("gfx90a", 6),
        .space = &m->space,
        .code = &m->code,
        .entry_pc = m->code.base,
        .rsrc1 = 0xf0 << 12 | 1u << 21 | 1u << 23,
        .rsrc2 = 1 | 4 << 1 | 1 << 7 | 2 << 11,
        .kernel_code_properties = 1,
        .wave_size = 64,
        .vgprs = ASM_VGPRS,
        .agpr_offset = 256,
        .grid = {items, 1, 1},
        .workgroup = {items, 1, 1},
        .workgroups = {1, 1, 1},
        .lds_bytes = ASM_LDS_BYTES,
        .private_bytes = ASM_PRIVATE_BYTES,
    };
}

void asm_reset(struct asm_machine *m)
{
    static const uint32_t id[3];
    struct cairn_workgroup_needs needs;
    cairn_workgroup_measure(&m->launch, &needs);
    memset(m->memory[4], 0, needs.vgpr_bytes + needs.scratch_bytes);
    memset(m->data, 0, ASM_DATA_BYTES);
    memset(m->memory[2], 0, ASM_LDS_BYTES);
    cairn_workgroup_init(&m->group, &m->launch, id, m->memory[3], m->memory[4],
                         (uint8_t *)m->memory[4] + needs.vgpr_bytes, m->memory[2], false);
    m->wave = &m->group.waves[0];
}

struct asm_machine *asm_create_items(const char *text, uint32_t items)
{
    static const char end[] = "\ns_endpgm\n";
    struct asm_machine *m = calloc(1, sizeof *m);
    char *whole = malloc(strlen(text) + sizeof end);
    if (m == NULL || whole == NULL || cairn_interp_install_handler() != CAIRN_OK)
        give_up("out of memory", "");
    sprintf(whole, "%s%s", text, end);
    size_t size;
    m->code.base = (uintptr_t)asm_assemble(whole, &size);
    m->code.size = size;
    free(whole);
    make_memory(m);
    make_launch(m, items);
    struct cairn_workgroup_needs needs;
    cairn_workgroup_measure(&m->launch, &needs);
    m->memory[3] = malloc(needs.wave_bytes);
    m->memory[4] = aligned_alloc(64, needs.vgpr_bytes + needs.scratch_bytes);
    if (m->memory[3] == NULL || m->memory[4] == NULL)
        give_up("out of memory", "");
    asm_reset(m);
    return m;
}

struct asm_machine *asm_create(const char *text)
{
    return asm_create_items(text, 64);
}

void asm_destroy(struct asm_machine *m)
{
    cairn_interp_forget(&m->code);
    free((void *)(uintptr_t)m->code.base);
    munmap(m->memory[0], window_bytes);
    munmap(m->memory[1], (size_t)1 << FOUR_GIB_SHIFT);
    munmap((uint8_t *)m->memory[2] - ((size_t)1 << FOUR_GIB_SHIFT), (size_t)2 << FOUR_GIB_SHIFT);
    free(m->memory[3]);
    free(m->memory[4]);
    free(m);
}

enum cairn_wave_state asm_run_slices(struct asm_machine *m, unsigned slices, uint64_t budget)
{
    for (unsigned slice = 0; slice < slices; slice++) {
        bool running = false;
        for (uint32_t i = 0; i < m->group.wave_count; i++) {
            struct cairn_wave *wave = &m->group.waves[i];
            if (wave->state == CAIRN_WAVE_READY)
                cairn_interp_run(wave, budget);
            if (wave->state == CAIRN_WAVE_FAULTED)
                return CAIRN_WAVE_FAULTED;
            cairn_workgroup_release_barrier(&m->group);
        }
        for (uint32_t i = 0; i < m->group.wave_count; i++)
            running = running || m->group.waves[i].state != CAIRN_WAVE_DONE;
        if (!running)
            break;
    }
    return m->wave->state;
}

enum cairn_wave_state asm_run(struct asm_machine *m)
{
    return asm_run_slices(m, 100000, 100000);
}
