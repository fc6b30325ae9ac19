/* SPDX-License-Identifier: MIT
 * Nanoseconds that one wave64 memory instruction takes in its handler, without the interpreter
 * around it; best of several rounds. CAIRN_TARGET_CPU chooses the build of the handlers.
 */
#include "machine.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum pattern { CONTIGUOUS, SCATTERED, HALF, VOFFSET, TO_LDS, TO_PRIVATE, SMALL, PAIRS, UNIFORM };

static const struct {
    const char *line;
    enum pattern pattern;
} rows[] = {
    {"global_load_dword v8, v[2:3], off", CONTIGUOUS},
    {"global_load_dword v8, v[2:3], off", SCATTERED},
    {"global_load_dword v8, v[2:3], off", HALF},
    {"global_load_dword v8, v2, s[4:5]", VOFFSET},
    {"global_load_dwordx2 v[8:9], v[2:3], off", SCATTERED},
    {"global_load_dwordx4 v[8:11], v[2:3], off", SCATTERED},
    {"global_load_ubyte v8, v[2:3], off", SCATTERED},
    {"flat_load_dword v8, v[2:3]", CONTIGUOUS},
    {"flat_load_dword v8, v[2:3]", TO_LDS},
    {"flat_load_dword v8, v[2:3]", TO_PRIVATE},
    {"global_store_dword v[2:3], v8, off", CONTIGUOUS},
    {"global_store_dword v[2:3], v8, off", SCATTERED},
    {"global_store_dwordx4 v[2:3], v[8:11], off", SCATTERED},
    {"ds_read_b32 v8, v2", VOFFSET},
    {"ds_write_b32 v2, v8", VOFFSET},
    {"ds_read_b128 v[8:11], v2", VOFFSET},
    {"ds_read2_b32 v[8:9], v2 offset1:1", VOFFSET},
    {"ds_bpermute_b32 v8, v2, v9", VOFFSET},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(SWAP,1)", VOFFSET},
    {"ds_add_u32 v2, v8", VOFFSET},
    {"ds_add_f32 v2, v8", VOFFSET},
    {"ds_add_f64 v2, v[8:9]", PAIRS},
    {"global_atomic_add v[2:3], v8, off", SCATTERED},
    {"global_atomic_add v[2:3], v8, off", UNIFORM},
    {"global_atomic_add_f32 v[2:3], v8, off", SCATTERED},
    {"global_atomic_cmpswap v9, v[2:3], v[10:11], off glc", SCATTERED},
    {"scratch_load_dword v8, v2, off", SMALL},
    {"scratch_load_dwordx4 v[8:11], v2, off", SMALL},
    {"buffer_load_dword v8, off, s[12:15], 0 offset:16", SMALL},
    {"buffer_store_dword v8, off, s[12:15], 0 offset:16", SMALL},
    {"buffer_load_dword v8, v2, s[12:15], 0 offen", SMALL},
    {"buffer_load_dword v8, v2, s[16:19], 0 offen", VOFFSET},
    {"buffer_load_dwordx4 v[8:11], v2, s[16:19], 0 offen", VOFFSET},
};

static const char *const pattern_names[] = {
    "contiguous",    "scattered", "half of the lanes", "contiguous offsets", "to LDS", "to private",
    "small offsets", "pairs",     "one address",
};

static uint64_t address_of(const struct machine *m, enum pattern pattern, unsigned lane,
                           uint64_t random)
{
    uint64_t memory = (uintptr_t)m->memory;
    switch (pattern) {
    case CONTIGUOUS:
        return memory + lane * 4;
    case SCATTERED:
    case HALF:
        return memory + random % 1000 * 16;
    case VOFFSET:
        return lane * 4;
    case TO_LDS:
        return (uintptr_t)m->group.lds + lane * 4;
    case TO_PRIVATE:
        return m->space.private_aperture + lane % 8 * 4;
    case SMALL:
        return lane % 8 * 4;
    case PAIRS:
        return lane * 8;
    default:
        return memory + 64;
    }
}

static void set_up(struct machine *m, enum pattern pattern)
{
    uint64_t memory = (uintptr_t)m->memory, seed = 5;
    cairn_wave_write64(&m->wave, 4, memory);
    machine_set_buffer(m, 12, (uintptr_t)m->wave.scratch, 0, 0xffffffff, 7u << 21, true);
    machine_set_buffer(m, 16, memory, 0, 32768, 0, false);
    for (unsigned lane = 0; lane < 64; lane++)
        machine_set_v64(m, 2, lane, address_of(m, pattern, lane, machine_random(&seed) >> 40));
    if (pattern == HALF)
        machine_set_exec(m, 0x0ff0ff00f0f0aaaa);
}

static double now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

int main(void)
{
    enum { REPEATS = 20000, ROUNDS = 5 };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine *m = machine_reset();
        double best = 1e9;
        set_up(m, rows[i].pattern);
        struct cairn_insn insn;
        machine_assemble(&rows[i].line, 1, &insn);
        void (*run)(struct cairn_wave *, const struct cairn_insn *) =
            cairn_interp_memory_select(&insn);
        for (unsigned round = 0; round < ROUNDS; round++) {
            double start = now_ns();
            for (unsigned k = 0; k < REPEATS; k++)
                run(&m->wave, &insn);
            double spent = (now_ns() - start) / REPEATS;
            best = spent < best ? spent : best;
        }
        printf("%8.1f ns  %-52s %s%s\n", best, rows[i].line, pattern_names[rows[i].pattern],
               m->wave.state == CAIRN_WAVE_FAULTED ? " FAULTED" : "");
    }
    return 0;
}
