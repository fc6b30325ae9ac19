/* SPDX-License-Identifier: MIT
 * Runs kernels that clang compiled, without a device: a code object is loaded into a window of
 * guest memory, a grid is run workgroup after workgroup on the calling thread, by the engine that
 * CAIRN_ENGINE names.
 */
#ifndef CAIRN_TESTS_KERNEL_HARNESS_H
#define CAIRN_TESTS_KERNEL_HARNESS_H

#include "machine/wave.h"
#include "obj/obj.h"

struct kernel_program {
    struct cairn_address_space space;
    struct cairn_code code;
    struct cairn_obj *obj;
    uint8_t *image;      /* the file; obj points into it */
    uint8_t *window;     /* KERNEL_WINDOW_BYTES */
    uint64_t used_bytes; /* of the window */
    uint64_t base;       /* load address: vaddr 0 */
    void *lds, *private_aperture;
    uint64_t instructions;    /* of all launches */
    struct cairn_fault fault; /* of the last launch */
};

struct kernel_grid {
    uint32_t grid[3], workgroup[3]; /* work-items */
    uint32_t dynamic_lds_bytes;
    bool poison; /* undefined registers, LDS and scratch hold a pattern */
};

enum { KERNEL_WINDOW_BYTES = 256 << 20 };

struct kernel_program *kernel_load(const char *path);
void kernel_unload(struct kernel_program *program);

/* Zeroed guest memory, 256-byte aligned; lives as long as the program. */
void *kernel_alloc(struct kernel_program *program, size_t size_bytes);

/* Runs `name` with explicit arguments `args`, laid out as the metadata says. False: a wave faulted,
 * see program->fault. */
bool kernel_launch(struct kernel_program *program, const char *name, const struct kernel_grid *grid,
                   const void *args, size_t args_size);

#endif
