/* SPDX-License-Identifier: MIT
 * A loader and a dispatcher, as small as they can be. Anything unexpected ends the test program.
 */
#include "kernel_harness.h"

#include "device/soft/engine.h"
#include "interp/interp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static _Noreturn void give_up(const char *why, const char *what)
{
    fprintf(stderr, "kernel_harness: %s: %s\n", why, what);
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
    uint8_t *bytes = malloc(*size);
    if (bytes == NULL || fread(bytes, 1, *size, file) != *size)
        give_up("cannot read", path);
    fclose(file);
    return bytes;
}

static void *reserve(size_t size, size_t alignment)
{
    uint8_t *at =
        mmap(NULL, size + alignment, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == MAP_FAILED)
        give_up("mmap", "out of address space");
    return (void *)(((uintptr_t)at + alignment - 1) & ~(uintptr_t)(alignment - 1));
}

void *kernel_alloc(struct kernel_program *p, size_t size_bytes)
{
    uint64_t at = (p->used_bytes + 255) & ~UINT64_C(255);
    if (at + size_bytes > KERNEL_WINDOW_BYTES)
        give_up("kernel_alloc", "window is full");
    p->used_bytes = at + size_bytes;
    return memset(p->window + at, 0, size_bytes);
}

static void relocate(struct kernel_program *p)
{
    for (uint32_t i = 0; i < p->obj->relocation_count; i++) {
        const struct cairn_obj_relocation *r = &p->obj->relocations[i];
        uint64_t value = p->base + (uint64_t)r->addend;
        if (r->type == 3 && r->symbol != UINT32_MAX) /* R_AMDGPU_ABS64 */
            value += p->obj->symbols[r->symbol].value;
        else if (r->type != 13) /* R_AMDGPU_RELATIVE64 */
            give_up("relocation", "unknown type");
        memcpy((void *)(uintptr_t)(p->base + r->vaddr), &value, sizeof value);
    }
}

static void load_segments(struct kernel_program *p)
{
    uint64_t end = 0;
    for (uint32_t i = 0; i < p->obj->segment_count; i++) {
        const struct cairn_obj_segment *s = &p->obj->segments[i];
        end = s->vaddr + s->memory_size > end ? s->vaddr + s->memory_size : end;
    }
    p->base = (uintptr_t)kernel_alloc(p, end + 4096);
    p->base = (p->base + 4095) & ~UINT64_C(4095);
    for (uint32_t i = 0; i < p->obj->segment_count; i++) {
        const struct cairn_obj_segment *s = &p->obj->segments[i];
        memcpy((void *)(uintptr_t)(p->base + s->vaddr), p->image + s->file_offset, s->file_size);
        if (s->executable)
            p->code = (struct cairn_code){.base = p->base + s->vaddr, .size = s->memory_size};
    }
    relocate(p);
}

struct kernel_program *kernel_load(const char *path)
{
    struct kernel_program *p = calloc(1, sizeof *p);
    size_t size, aperture = (size_t)1 << 32;
    if (p == NULL)
        give_up("out of memory", path);
    p->image = read_file(path, &size);
    if (cairn_obj_create(cairn_bytes_of(p->image, size), &p->obj) != CAIRN_OK)
        give_up("not a code object", path);
    p->window = reserve(KERNEL_WINDOW_BYTES, 4096);
    p->lds = reserve(aperture, aperture);
    p->private_aperture = reserve(aperture, aperture);
    if (mprotect(p->window, KERNEL_WINDOW_BYTES, PROT_READ | PROT_WRITE) != 0 ||
        mprotect(p->lds, 65536, PROT_READ | PROT_WRITE) != 0)
        give_up("mprotect", path);
    p->space = (struct cairn_address_space){.window_base = (uintptr_t)p->window,
                                            .window_size = KERNEL_WINDOW_BYTES,
                                            .private_aperture = (uintptr_t)p->private_aperture};
    load_segments(p);
    return p;
}

void kernel_unload(struct kernel_program *p)
{
    cairn_engine_forget(&p->code);
    cairn_interp_forget(&p->code);
    cairn_obj_destroy(p->obj);
    munmap(p->window, KERNEL_WINDOW_BYTES);
    munmap(p->lds, (size_t)1 << 32);
    munmap(p->private_aperture, (size_t)1 << 32);
    free(p->image);
    free(p);
}

static const struct cairn_kernel_descriptor *descriptor(const struct kernel_program *p,
                                                        const char *name)
{
    for (uint32_t i = 0; i < p->obj->symbol_count; i++) {
        const struct cairn_obj_symbol *s = &p->obj->symbols[i];
        size_t length = strlen(name);
        if (strncmp(s->name, name, length) == 0 && strcmp(s->name + length, ".kd") == 0)
            return (const void *)(uintptr_t)(p->base + s->value);
    }
    give_up("no such kernel", name);
}

/* The hidden arguments that compiled code reads here: sizes. */
static uint64_t hidden_value(enum cairn_arg_kind kind, const struct kernel_grid *grid)
{
    const uint32_t *items = grid->grid, *group = grid->workgroup;
    switch (kind) {
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_X:
        return items[0] / group[0];
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_Y:
        return items[1] / group[1];
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_Z:
        return items[2] / group[2];
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_X:
        return group[0];
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_Y:
        return group[1];
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_Z:
        return group[2];
    case CAIRN_ARG_HIDDEN_REMAINDER_X:
        return items[0] % group[0];
    case CAIRN_ARG_HIDDEN_REMAINDER_Y:
        return items[1] % group[1];
    case CAIRN_ARG_HIDDEN_REMAINDER_Z:
        return items[2] % group[2];
    case CAIRN_ARG_HIDDEN_GRID_DIMS:
        return items[2] > 1 ? 3 : items[1] > 1 ? 2 : 1;
    case CAIRN_ARG_HIDDEN_DYNAMIC_LDS_SIZE:
        return grid->dynamic_lds_bytes;
    default:
        return 0;
    }
}

static uint64_t make_kernarg(struct kernel_program *p, const struct cairn_kernel_info *info,
                             const struct kernel_grid *grid, const void *args, size_t args_size)
{
    uint8_t *kernarg = kernel_alloc(p, info->kernarg_size + 256);
    if (args_size > 0)
        memcpy(kernarg, args, args_size);
    for (uint32_t i = 0; i < info->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &info->args[i];
        uint64_t value = hidden_value(arg->kind, grid);
        if (value != 0)
            memcpy(kernarg + arg->offset_bytes, &value, arg->size_bytes);
    }
    return (uintptr_t)kernarg;
}

enum { DYNAMIC_STACK_BYTES = 4096 }; /* more for kernels whose stack the compiler cannot bound */

static void fill_launch(struct kernel_program *p, const char *name, const struct kernel_grid *grid,
                        struct cairn_launch *launch)
{
    const struct cairn_kernel_descriptor *kd = descriptor(p, name);
    uint32_t lds = kd->group_segment_fixed_size + grid->dynamic_lds_bytes;
    bool recursive = kd->kernel_code_properties >> 11 & 1;
    uint32_t scratch = kd->private_segment_fixed_size + (recursive ? DYNAMIC_STACK_BYTES : 0);
    *launch = (struct cairn_launch){
        .gfx = cairn_gfx_by_name("gfx90a", 6),
        .space = &p->space,
        .code = &p->code,
        .entry_pc = (uintptr_t)kd + (uint64_t)kd->kernel_code_entry_byte_offset,
        .rsrc1 = kd->compute_pgm_rsrc1,
        .rsrc2 = kd->compute_pgm_rsrc2,
        .rsrc3 = kd->compute_pgm_rsrc3,
        .kernel_code_properties = kd->kernel_code_properties,
        .kernarg_preload = kd->kernarg_preload,
        .wave_size = 64,
        .vgprs = ((kd->compute_pgm_rsrc1 & 63) + 1) * 8,
        .agpr_offset = ((kd->compute_pgm_rsrc3 & 63) + 1) * 4,
        .lds_bytes = (lds + 511) & ~511u,
        .private_bytes = (scratch + 3) & ~3u,
    };
    for (int i = 0; i < 3; i++) {
        launch->grid[i] = grid->grid[i];
        launch->workgroup[i] = grid->workgroup[i];
        launch->workgroups[i] = (grid->grid[i] + grid->workgroup[i] - 1) / grid->workgroup[i];
    }
}

static bool run_group(struct kernel_program *p, struct cairn_engine_kernel *kernel,
                      struct cairn_workgroup *group)
{
    struct cairn_native_code *code = cairn_engine_code(kernel, false, false);
    for (bool running = true; running;) {
        running = false;
        if (code != NULL)
            cairn_engine_run_group(code, group, 10000, NULL);
        for (uint32_t i = 0; i < group->wave_count; i++) {
            struct cairn_wave *wave = &group->waves[i];
            if (code == NULL && wave->state == CAIRN_WAVE_READY)
                cairn_interp_run(wave, 10000);
            if (wave->state == CAIRN_WAVE_FAULTED) {
                p->fault = wave->fault;
                return false;
            }
            running = running || wave->state != CAIRN_WAVE_DONE;
        }
        cairn_workgroup_release_barrier(group);
    }
    for (uint32_t i = 0; i < group->wave_count; i++)
        p->instructions += group->waves[i].instructions;
    return true;
}

static bool run_grid(struct kernel_program *p, const struct cairn_launch *launch, bool poison)
{
    struct cairn_workgroup_needs needs;
    cairn_workgroup_measure(launch, &needs);
    void *waves = malloc(needs.wave_bytes);
    uint8_t *registers = aligned_alloc(64, needs.vgpr_bytes);
    uint8_t *scratch = kernel_alloc(p, needs.scratch_bytes + 64);
    struct cairn_engine_kernel *kernel = cairn_engine_find(launch, NULL);
    bool good = true;
    uint32_t id[3];
    for (id[2] = 0; good && id[2] < launch->workgroups[2]; id[2]++)
        for (id[1] = 0; good && id[1] < launch->workgroups[1]; id[1]++)
            for (id[0] = 0; good && id[0] < launch->workgroups[0]; id[0]++) {
                struct cairn_workgroup group;
                cairn_workgroup_init(&group, launch, id, waves, registers, scratch, p->lds, poison);
                good = run_group(p, kernel, &group);
            }
    free(waves);
    free(registers);
    return good;
}

bool kernel_launch(struct kernel_program *p, const char *name, const struct kernel_grid *grid,
                   const void *args, size_t args_size)
{
    struct cairn_launch launch;
    char symbol[256];
    snprintf(symbol, sizeof symbol, "%s.kd", name);
    const struct cairn_kernel_info *info = cairn_obj_find_kernel(p->obj, symbol);
    if (info == NULL || cairn_interp_install_handler() != CAIRN_OK)
        give_up("no metadata for kernel", name);
    uint64_t before = p->used_bytes;
    fill_launch(p, name, grid, &launch);
    launch.kernarg_address = make_kernarg(p, info, grid, args, args_size);
    launch.packet_address = (uintptr_t)kernel_alloc(p, 64);
    uint16_t *packet = (void *)(uintptr_t)launch.packet_address;
    for (int i = 0; i < 3; i++) {
        packet[2 + i] = (uint16_t)grid->workgroup[i];
        memcpy(packet + 6 + 2 * i, &grid->grid[i], 4);
    }
    bool good = run_grid(p, &launch, grid->poison);
    p->used_bytes = before;
    return good;
}
