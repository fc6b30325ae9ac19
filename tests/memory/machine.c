/* SPDX-License-Identifier: MIT
 * The machine of the memory tests; see machine.h.
 */
#include "machine.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOUR_GIB (UINT64_C(1) << 32)

static struct machine machine;
static uint32_t (*registers)[CAIRN_WAVE_LANES];
static uint8_t *lds, *scratch;

static bool covers_registered(const struct cairn_address_space *space, uint64_t address,
                              uint64_t size)
{
    (void)space;
    return machine.registered_bytes >= size && address >= machine.registered &&
           address - machine.registered <= machine.registered_bytes - size;
}

static void *reserve(size_t size, int protection)
{
    void *at = mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(at != MAP_FAILED);
    return at;
}

static void map_once(void)
{
    if (registers != NULL)
        return;
    registers = aligned_alloc(64, MACHINE_VGPRS * sizeof *registers);
    scratch = aligned_alloc(64, MACHINE_PRIVATE * CAIRN_WAVE_LANES);
    uint64_t region = (uintptr_t)reserve(2 * FOUR_GIB, PROT_NONE);
    uint64_t aligned = (region + FOUR_GIB - 1) & ~(FOUR_GIB - 1);
    lds = (uint8_t *)(uintptr_t)aligned;
    assert_int_equal(mprotect(lds, 65536, PROT_READ | PROT_WRITE), 0);
    machine.memory = reserve(MACHINE_WINDOW, PROT_READ | PROT_WRITE);
    mprotect(machine.memory + MACHINE_WINDOW - MACHINE_PAGE, MACHINE_PAGE, PROT_NONE);
    machine.space.private_aperture =
        ((uint64_t)(uintptr_t)reserve(2 * FOUR_GIB, PROT_NONE) + FOUR_GIB - 1) & ~(FOUR_GIB - 1);
}

static void reset_wave(struct machine *m)
{
    m->wave = (struct cairn_wave){
        .vgpr = registers,
        .scratch = scratch,
        .scratch_bytes = MACHINE_PRIVATE * CAIRN_WAVE_LANES,
        .group = &m->group,
        .launch = &m->launch,
        .valid_lanes = ~UINT64_C(0),
        .mode = 0x3f0,
        .pc = 0x1000,
    };
    machine_set_exec(m, ~UINT64_C(0));
    cairn_wave_write64(&m->wave, CAIRN_CODE_FLAT_SCRATCH_LO, (uintptr_t)scratch);
    m->wave.sgpr[CAIRN_CODE_M0] = 0xffffffff;
    for (unsigned row = 0; row < MACHINE_VGPRS; row++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            registers[row][lane] = row << 16 | lane;
}

struct machine *machine_reset(void)
{
    struct machine *m = &machine;
    map_once();
    m->space.window_base = (uintptr_t)m->memory;
    m->space.window_size = MACHINE_WINDOW;
    m->space.covers_slow = covers_registered;
    m->registered = m->registered_bytes = 0;
    m->launch = (struct cairn_launch){
        .gfx = cairn_gfx_at(CAIRN_GFX_gfx90a),
        .space = &m->space,
        .wave_size = 64,
        .vgprs = MACHINE_VGPRS,
        .agpr_offset = MACHINE_ARCH,
        .lds_bytes = MACHINE_LDS,
        .private_bytes = MACHINE_PRIVATE,
    };
    m->group = (struct cairn_workgroup){.launch = &m->launch,
                                        .wave_count = 1,
                                        .waves = &m->wave,
                                        .lds = lds,
                                        .lds_bytes = MACHINE_LDS};
    memset(lds, MACHINE_POISON, 65536);
    memset(scratch, MACHINE_POISON, MACHINE_PRIVATE * CAIRN_WAVE_LANES);
    memset(m->memory, 0, MACHINE_WINDOW - MACHINE_PAGE);
    reset_wave(m);
    return m;
}

/* ---- assembly */

static FILE *start_assembler(const char *const *lines, unsigned count)
{
    char path[] = "/tmp/cairn-memory-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *text = fdopen(file, "w");
    for (unsigned i = 0; i < count; i++)
        fprintf(text, "%s\n", lines[i]);
    fclose(text);
    char command[256];
    snprintf(command, sizeof command,
             "llvm-mc-22 -triple=amdgcn-amd-amdhsa -mcpu=gfx90a -show-encoding %s", path);
    FILE *out = popen(command, "r");
    assert_non_null(out);
    char first = (char)fgetc(out); /* the file is open by then */
    ungetc(first, out);
    unlink(path);
    return out;
}

static size_t parse_encoding(const char *line, uint8_t *bytes)
{
    const char *at = strstr(line, "encoding: [");
    size_t count = 0;
    for (at = at == NULL ? NULL : at + 11; at != NULL && count < 12; count++) {
        bytes[count] = (uint8_t)strtoul(at, NULL, 16);
        at = strchr(at, ',');
        at = at == NULL ? NULL : at + 1;
    }
    return count;
}

void machine_assemble(const char *const *lines, unsigned count, struct cairn_insn *out)
{
    FILE *in = start_assembler(lines, count);
    char text[512];
    unsigned done = 0;
    while (fgets(text, sizeof text, in) != NULL) {
        uint8_t bytes[16] = {0};
        size_t size = parse_encoding(text, bytes);
        if (size == 0)
            continue;
        assert_true(done < count);
        enum cairn_status status =
            cairn_isa_decode(machine.launch.gfx, cairn_bytes_of(bytes, size), &out[done]);
        if (status != CAIRN_OK)
            fail_msg("\"%s\" does not decode", lines[done]);
        done++;
    }
    assert_int_equal(pclose(in), 0);
    assert_int_equal(done, count);
}

/* ---- running */

static sigjmp_buf escape;
static volatile uint64_t fault_address;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    fault_address = (uintptr_t)info->si_addr;
    siglongjmp(escape, 1);
}

void machine_run(struct machine *m, const struct cairn_insn *insn)
{
    void (*run)(struct cairn_wave *, const struct cairn_insn *) = cairn_interp_memory_select(insn);
    if (run == NULL)
        fail_msg("no handler for %s", cairn_isa_mnemonic(insn));
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction before;
    sigaction(SIGSEGV, &action, &before);
    if (sigsetjmp(escape, 1) == 0)
        run(&m->wave, insn);
    else
        cairn_wave_raise(&m->wave, CAIRN_FAULT_UNMAPPED, fault_address,
                         cairn_interp_memory_lane(&m->wave, insn, fault_address));
    sigaction(SIGSEGV, &before, NULL);
}

/* Lines assembled ahead, because starting the assembler is what such a test would spend its time
 * on. */
static struct {
    const char *line;
    struct cairn_insn insn;
} ready[256];
static unsigned ready_count;

void machine_preload_rows(const void *first_line, size_t stride, unsigned count)
{
    const char *lines[sizeof ready / sizeof ready[0]];
    struct cairn_insn insns[sizeof ready / sizeof ready[0]];
    assert_true(count <= sizeof ready / sizeof ready[0] - ready_count);
    machine_reset();
    for (unsigned i = 0; i < count; i++)
        memcpy(&lines[i], (const uint8_t *)first_line + i * stride, sizeof lines[i]);
    machine_assemble(lines, count, insns);
    for (unsigned i = 0; i < count; i++, ready_count++) {
        ready[ready_count].line = lines[i];
        ready[ready_count].insn = insns[i];
    }
}

void machine_do(struct machine *m, const char *line)
{
    struct cairn_insn insn;
    for (unsigned i = 0; i < ready_count; i++)
        if (strcmp(ready[i].line, line) == 0) {
            machine_run(m, &ready[i].insn);
            return;
        }
    machine_assemble(&line, 1, &insn);
    machine_run(m, &insn);
}

/* ---- state */

void machine_set_exec(struct machine *m, uint64_t mask)
{
    cairn_wave_write64(&m->wave, CAIRN_CODE_EXEC_LO, mask);
}

uint32_t *machine_v(struct machine *m, unsigned n)
{
    return m->wave.vgpr[n];
}

uint32_t *machine_a(struct machine *m, unsigned n)
{
    return m->wave.vgpr[MACHINE_ARCH + n];
}

void machine_set_v64(struct machine *m, unsigned n, unsigned lane, uint64_t value)
{
    m->wave.vgpr[n][lane] = (uint32_t)value;
    m->wave.vgpr[n + 1][lane] = (uint32_t)(value >> 32);
}

uint64_t machine_v64(struct machine *m, unsigned n, unsigned lane)
{
    return m->wave.vgpr[n][lane] | (uint64_t)m->wave.vgpr[n + 1][lane] << 32;
}

void machine_set_buffer(struct machine *m, unsigned code, uint64_t base, uint32_t stride,
                        uint32_t records, uint32_t word3, bool swizzle)
{
    m->wave.sgpr[code] = (uint32_t)base;
    m->wave.sgpr[code + 1] =
        (uint32_t)(base >> 32 & 0xffff) | (stride & 0x3fff) << 16 | (uint32_t)swizzle << 31;
    m->wave.sgpr[code + 2] = records;
    m->wave.sgpr[code + 3] = word3;
}

uint8_t *machine_private(struct machine *m, unsigned lane, uint32_t offset)
{
    return m->wave.scratch + offset / 4 * 256 + lane * 4 + offset % 4;
}

void machine_expect_fault(const struct machine *m, const char *why, enum cairn_fault_kind kind,
                          uint64_t address, int lane)
{
    const struct cairn_fault *fault = &m->wave.fault;
    if (m->wave.state != CAIRN_WAVE_FAULTED)
        fail_msg("%s: no fault", why);
    if (fault->kind != kind || fault->address != address || fault->lane != lane)
        fail_msg("%s: fault \"%s\" at %#lx lane %d, expected \"%s\" at %#lx lane %d", why,
                 cairn_fault_text(fault->kind), (unsigned long)fault->address, fault->lane,
                 cairn_fault_text(kind), (unsigned long)address, lane);
}

void machine_expect_running(const struct machine *m, const char *why)
{
    if (m->wave.state == CAIRN_WAVE_FAULTED)
        fail_msg("%s: fault \"%s\" at %#lx lane %d", why, cairn_fault_text(m->wave.fault.kind),
                 (unsigned long)m->wave.fault.address, m->wave.fault.lane);
}

uint64_t machine_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(0x2545f4914f6cdd1d);
}
