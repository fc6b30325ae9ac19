/* SPDX-License-Identifier: MIT
 * One source for the software GPU and the host: two waves that work on private, LDS and global
 * memory in every width, through known and generic pointers, with barriers and atomics. The host
 * runs each phase for all lanes in turn; results do not depend on the order of lanes.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { LANES = 128, INPUTS = 1024, RESULTS = 8, COUNTERS = 64 };
enum { WORDS = INPUTS + LANES * RESULTS + COUNTERS };

#ifdef __AMDGCN__
#define SHARED __attribute__((address_space(3), loader_uninitialized))
#else
#define SHARED
#endif
#define NOINLINE static __attribute__((noinline))

struct triple {
    u32 a, b, c;
};

/* Private memory of a lane. */
struct mine {
    u8 bytes[24];
    u16 shorts[12];
    u32 words[9];
    u64 longs[5];
    struct triple triples[3];
};

struct common {
    u8 bytes[LANES];
    u16 shorts[LANES];
    u32 words[LANES * 2];
    u64 longs[LANES];
    struct triple triples[LANES];
    struct {
        u32 x, y, z, w;
    } quads[LANES];
    u32 counters[8];
    u64 wide[4];
};

static SHARED struct common common;

static u32 mix(u32 a, u32 b)
{
    a ^= b * 0x9e3779b1u;
    return (a << 13 | a >> 19) * 5 + 0xe6546b64u;
}

/* Through a pointer that the compiler knows nothing about. */
NOINLINE u32 gather(const u32 *at, u32 count, u32 step)
{
    u32 sum = 0;
    for (u32 i = 0; i < count; i++)
        sum = mix(sum, at[i * step % count]);
    return sum;
}

NOINLINE void scatter(u8 *at, u32 count, u32 seed)
{
    for (u32 i = 0; i < count; i++)
        at[i] = (u8)(at[i] + (seed >> i % 8 * 4));
}

NOINLINE void bump(u32 *at, u32 value)
{
    __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}

NOINLINE void fill(struct mine *m, const u32 *in, u32 lane)
{
    for (u32 i = 0; i < 24; i++)
        m->bytes[i] = (u8)(in[(lane + i * 7) % INPUTS] >> i);
    for (u32 i = 0; i < 12; i++)
        m->shorts[(i * 5 + lane) % 12] = (u16)(in[(lane * 3 + i) % INPUTS] >> 3);
    for (u32 i = 0; i < 9; i++)
        m->words[(i + lane) % 9] = in[(lane * 5 + i * i) % INPUTS];
    for (u32 i = 0; i < 5; i++)
        m->longs[i] = (u64)m->words[i] << 32 | m->bytes[i + lane % 19];
    for (u32 i = 0; i < 3; i++)
        m->triples[(i + lane) % 3] = (struct triple){m->words[i], m->shorts[i], m->bytes[i]};
}

static void phase_one(struct mine *m, const u32 *in, u32 lane)
{
    fill(m, in, lane);
    common.bytes[lane] = m->bytes[lane % 24];
    common.shorts[lane] = m->shorts[lane % 12];
    common.words[lane] = m->words[lane % 9];
    common.words[LANES + lane] = (u32)(m->longs[lane % 5] >> 9);
    common.longs[lane] = m->longs[(lane + 1) % 5];
    common.triples[lane] = m->triples[lane % 3];
    common.quads[lane].x = m->words[0];
    common.quads[lane].y = m->words[1];
    common.quads[lane].z = m->words[2];
    common.quads[lane].w = m->words[lane % 7];
    if (lane < 8)
        common.counters[lane] = lane * 1000;
    if (lane < 4)
        common.wide[lane] = (u64)lane << 40;
}

static void phase_two(struct mine *m, u32 *memory, u32 lane)
{
    u32 *counters = memory + INPUTS + LANES * RESULTS;
    u32 other = lane * 37 % LANES;
    m->words[lane % 9] ^= common.words[other];
    m->shorts[lane % 12] = (u16)(m->shorts[lane % 12] + common.shorts[other]);
    m->bytes[other % 24] = common.bytes[other];
    m->longs[other % 5] += common.longs[LANES - 1 - lane];
    m->triples[1].b ^= common.triples[other].c + common.triples[lane].a;
    m->triples[2].a += common.quads[other].x ^ common.quads[lane].w;
    /* generic pointers: neighbours go to different apertures */
    u32 *where = lane % 3 == 0   ? (u32 *)&common.counters[lane % 4]
                 : lane % 3 == 1 ? &m->words[lane % 9]
                                 : &counters[lane % 16];
    bump(where, lane * 17 + 1);
    const u32 *from = lane % 3 == 0   ? (const u32 *)&common.words[lane]
                      : lane % 3 == 1 ? m->words
                                      : memory + lane;
    m->longs[0] += gather(from, 9, 4);
    scatter(lane & 1 ? m->bytes : (u8 *)m->triples, 24, m->words[3]);
    /* atomics whose result does not depend on order */
    __atomic_fetch_xor(&common.counters[4 + lane % 4], m->words[4], __ATOMIC_RELAXED);
    __atomic_fetch_add(&common.wide[lane % 4], m->longs[2], __ATOMIC_RELAXED);
    __atomic_fetch_max(&counters[16 + lane % 4], m->words[5], __ATOMIC_RELAXED);
    __atomic_fetch_min((int *)&counters[20 + lane % 4], (int)m->words[6], __ATOMIC_RELAXED);
    __atomic_fetch_or(&counters[24 + lane % 4], m->words[7] & m->words[8], __ATOMIC_RELAXED);
    __atomic_fetch_add((u64 *)&counters[32 + lane % 4 * 2], m->longs[3], __ATOMIC_RELAXED);
    u64 *sum = (u64 *)&counters[40], old = *sum;
    while (!__atomic_compare_exchange_n(sum, &old, old * 3 + (old >> 60), 0, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
        ;
}

static void phase_three(struct mine *m, u32 *memory, u32 lane)
{
    u32 *result = memory + INPUTS + lane * RESULTS;
    u32 bytes = 0, shorts = 0;
    for (u32 i = 0; i < 24; i++)
        bytes = mix(bytes, m->bytes[i]);
    for (u32 i = 0; i < 12; i++)
        shorts = mix(shorts, (u32)(short)m->shorts[i]);
    result[0] = bytes;
    result[1] = shorts;
    result[2] = gather(m->words, 9, 2);
    result[3] = gather((const u32 *)m->longs, 10, 3);
    result[4] = gather(&m->triples[0].a, 9, 5);
    result[5] = common.counters[lane % 8];
    result[6] = (u32)(common.wide[lane % 4] >> lane % 32);
    result[7] = (u32)(signed char)common.bytes[LANES - 1 - lane];
}

#ifdef __AMDGCN__
static void barrier(void)
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

__attribute__((amdgpu_kernel)) void run(u32 *memory)
{
    struct mine mine;
    u32 lane = __builtin_amdgcn_workitem_id_x();
    phase_one(&mine, memory, lane);
    barrier();
    phase_two(&mine, memory, lane);
    barrier();
    phase_three(&mine, memory, lane);
}
#else
#include <stdio.h>

int main(void)
{
    static u32 memory[WORDS] __attribute__((aligned(64)));
    static struct mine mine[LANES];
    if (fread(memory, 4, WORDS, stdin) != WORDS)
        return 1;
    for (u32 lane = 0; lane < LANES; lane++)
        phase_one(&mine[lane], memory, lane);
    for (u32 lane = 0; lane < LANES; lane++)
        phase_two(&mine[lane], memory, lane);
    for (u32 lane = 0; lane < LANES; lane++)
        phase_three(&mine[lane], memory, lane);
    return fwrite(memory, 4, WORDS, stdout) != WORDS;
}
#endif
