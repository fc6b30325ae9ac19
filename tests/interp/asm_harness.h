/* SPDX-License-Identifier: MIT
 * Runs gfx90a assembly in the interpreter: text is assembled by llvm-mc-22 at test time, waves are
 * made as for a dispatch, registers are looked at afterwards. Errors of the harness itself end the
 * test program with a message.
 */
#ifndef CAIRN_TESTS_ASM_HARNESS_H
#define CAIRN_TESTS_ASM_HARNESS_H

#include "interp/interp.h"
#include "machine/wave.h"

#include <stddef.h>
#include <stdint.h>

enum {
    ASM_VGPRS = 512,          /* rows: v0..v255, a0..a255 */
    ASM_DATA_BYTES = 1 << 20, /* guest memory at machine->data; pages around it are unmapped */
    ASM_PRIVATE_BYTES = 256,  /* scratch of a lane */
    ASM_LDS_BYTES = 64 * 1024,
};

/* One workgroup in a machine of its own. Change launch and waves before asm_run as a test needs. */
struct asm_machine {
    struct cairn_address_space space;
    struct cairn_code code;
    struct cairn_launch launch;
    struct cairn_workgroup group;
    struct cairn_wave *wave; /* group.waves[0] */
    uint8_t *data;           /* ASM_DATA_BYTES, zero at first, readable and writable by kernels */
    void *memory[5];         /* what destroy frees */
};

/* A workgroup of 64 work-items (`items` for asm_create_items) at the first instruction of `text`,
 * to which s_endpgm is appended. Registers are zero but for EXEC, v0 = work-item ids, s[0:3] the
 * scratch descriptor, flat_scratch; s4 is the workgroup id. */
struct asm_machine *asm_create(const char *text);
struct asm_machine *asm_create_items(const char *text, uint32_t items);
void asm_destroy(struct asm_machine *machine);

/* Back to the state after asm_create, data and LDS too. */
void asm_reset(struct asm_machine *machine);

/* Runs all waves in turn, barriers included, until each is done or one faulted; gives up after
 * `slices` rounds. Returns the state of wave 0, or of the wave that faulted. */
enum cairn_wave_state asm_run(struct asm_machine *machine);
enum cairn_wave_state asm_run_slices(struct asm_machine *machine, unsigned slices, uint64_t budget);

/* The bytes of .text that `text` assembles to; caller frees. */
uint8_t *asm_assemble(const char *text, size_t *size);

static inline uint64_t asm_sgpr64(const struct asm_machine *machine, unsigned code)
{
    return cairn_wave_read64(machine->wave, code);
}

static inline void asm_set_sgpr64(struct asm_machine *machine, unsigned code, uint64_t value)
{
    cairn_wave_write64(machine->wave, code, value);
}

static inline void asm_set_exec(struct asm_machine *machine, uint64_t exec)
{
    cairn_wave_write64(machine->wave, 126, exec);
}

/* All lanes of a VGPR. */
static inline void asm_set_vgpr(struct asm_machine *machine, unsigned n, uint32_t value)
{
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        machine->wave->vgpr[n][lane] = value;
}

static inline uint64_t asm_vgpr64(const struct asm_machine *machine, unsigned n, unsigned lane)
{
    return machine->wave->vgpr[n][lane] | (uint64_t)machine->wave->vgpr[n + 1][lane] << 32;
}

#endif
