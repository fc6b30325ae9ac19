/* SPDX-License-Identifier: MIT
 * A machine of one wave for tests of memory instructions: guest memory, LDS at a 4 GiB-aligned
 * address between two neighbours, scratch, registers. Instructions are written as assembly,
 * assembled by llvm-mc-22, decoded, and run one at a time through cairn_interp_memory_select.
 */
#ifndef CAIRN_TESTS_MEMORY_MACHINE_H
#define CAIRN_TESTS_MEMORY_MACHINE_H

#include "interp/memory.h"
#include "isa/isa.h"
#include "machine/wave.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum {
    MACHINE_LDS = 2048,     /* bytes of the workgroup's allocation */
    MACHINE_VGPRS = 64,     /* 40 arch, 24 accumulation */
    MACHINE_ARCH = 40,      /* multiple of 4, as the descriptor's field is */
    MACHINE_PRIVATE = 256,  /* bytes of scratch of a lane */
    MACHINE_WINDOW = 65536, /* bytes of guest memory, the last page unmapped */
    MACHINE_PAGE = 4096,
    MACHINE_POISON = 0xb5,
};

struct machine {
    struct cairn_wave wave;
    struct cairn_workgroup group;
    struct cairn_launch launch;
    struct cairn_address_space space;
    uint8_t *memory;                       /* the window */
    uint64_t registered, registered_bytes; /* a range outside of the window that is covered */
};

/* The one machine, set to its first state: EXEC all on, memory 0, LDS and scratch poison, every
 * register row i, lane l = i << 16 | l. */
struct machine *machine_reset(void);

/* Assembles `count` lines at once; a line that does not assemble or decode fails the test. */
void machine_assemble(const char *const *lines, unsigned count, struct cairn_insn *out);

/* Runs one instruction. A SIGSEGV inside becomes an UNMAPPED fault, as the interpreter does. */
void machine_run(struct machine *m, const struct cairn_insn *insn);
void machine_do(struct machine *m, const char *line);

/* Assembles all lines of a table at once, for machine_do later. The line is the first member of a
 * row. */
void machine_preload_rows(const void *first_line, size_t stride, unsigned count);
#define machine_preload(table)                                                                     \
    machine_preload_rows(table, sizeof(table)[0], sizeof(table) / sizeof(table)[0])

void machine_set_exec(struct machine *m, uint64_t mask);
uint32_t *machine_v(struct machine *m, unsigned n); /* row of vN */
uint32_t *machine_a(struct machine *m, unsigned n); /* row of aN */
void machine_set_v64(struct machine *m, unsigned n, unsigned lane, uint64_t value);
uint64_t machine_v64(struct machine *m, unsigned n, unsigned lane);
/* s[code:code+3]: a buffer descriptor. */
void machine_set_buffer(struct machine *m, unsigned code, uint64_t base, uint32_t stride,
                        uint32_t records, uint32_t word3, bool swizzle);
/* Byte `offset` of a lane's private memory, computed apart from the code under test. */
uint8_t *machine_private(struct machine *m, unsigned lane, uint32_t offset);

/* Fails the test unless the wave has exactly this fault. */
void machine_expect_fault(const struct machine *m, const char *why, enum cairn_fault_kind kind,
                          uint64_t address, int lane);
void machine_expect_running(const struct machine *m, const char *why);

/* xorshift64*; fixed seeds. */
uint64_t machine_random(uint64_t *state);

#endif
