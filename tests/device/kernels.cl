/* SPDX-License-Identifier: MIT
 * Kernels for the device tests, OpenCL C for the bare target: no library, hidden arguments unused.
 */
typedef unsigned int u32;
typedef unsigned long u64;
typedef __global volatile u32 *shared_word;

#define GROUP() __builtin_amdgcn_workgroup_id_x()
#define ITEM()  __builtin_amdgcn_workitem_id_x()
#define LOAD(at)         __scoped_atomic_load_n(at, __ATOMIC_ACQUIRE, __MEMORY_SCOPE_DEVICE)
#define LOAD_SYSTEM(at)  __scoped_atomic_load_n(at, __ATOMIC_ACQUIRE, __MEMORY_SCOPE_SYSTEM)
#define STORE(at, value) __scoped_atomic_store_n(at, value, __ATOMIC_RELEASE, __MEMORY_SCOPE_DEVICE)
#define ADD(at, value)   __scoped_atomic_fetch_add(at, value, __ATOMIC_ACQ_REL, __MEMORY_SCOPE_DEVICE)

static void barrier_all(void)
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_s_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

static u32 group_size(void)
{
    /* hsa_kernel_dispatch_packet_t: workgroup_size_x at 4, grid_size_x at 12 */
    __constant uchar *packet = __builtin_amdgcn_dispatch_ptr();
    return *(__constant ushort *)(packet + 4);
}

static u32 global_id(void)
{
    return GROUP() * group_size() + ITEM();
}

__kernel void store_id(__global u32 *out)
{
    out[global_id()] = global_id() * 3 + 1;
}

__kernel void grid_of_packet(__global u32 *out)
{
    __constant uchar *packet = __builtin_amdgcn_dispatch_ptr();
    out[0] = *(__constant u32 *)(packet + 12);
}

__kernel void reverse_in_lds(__global u32 *out, __global const u32 *in)
{
    __local u32 tile[1024];
    u32 size = group_size(), base = GROUP() * size;
    tile[ITEM()] = in[base + ITEM()];
    barrier_all();
    out[base + ITEM()] = tile[size - 1 - ITEM()];
}

__kernel void uses_scratch(__global u32 *out, u32 n)
{
    volatile u32 table[64];
    for (u32 i = 0; i < 64; i++)
        table[i] = global_id() ^ i * n;
    u32 sum = 0;
    for (u32 i = 0; i < 64; i++)
        sum += table[(i * 7 + ITEM()) % 64];
    out[global_id()] = sum;
}

/* One work-item of each workgroup takes the lock and changes two words together. */
__kernel void spin_lock(shared_word lock, __global u32 *words)
{
    if (ITEM() != 0)
        return;
    u32 expected = 0;
    while (!__scoped_atomic_compare_exchange_n(lock, &expected, 1, 0, __ATOMIC_ACQUIRE,
                                               __ATOMIC_RELAXED, __MEMORY_SCOPE_DEVICE))
        expected = 0;
    u32 seen = words[0];
    for (u32 i = 0; i < 20; i++)
        __builtin_amdgcn_s_sleep(1);
    words[0] = seen + 1;
    words[1] += words[0];
    STORE(lock, 0);
}

/* Inclusive sum over workgroup numbers, each waiting for the one before. */
__kernel void look_back(shared_word flags, __global u32 *sums)
{
    u32 g = GROUP();
    if (ITEM() == 0) {
        u32 before = 0;
        if (g > 0) {
            while (LOAD(&flags[g - 1]) == 0)
                ;
            before = sums[g - 1];
        }
        sums[g] = before + g;
        STORE(&flags[g], 1);
    }
}

/* As above with whole workgroups waiting, in the order in which they took their numbers. */
__kernel void ordered_chain(shared_word flags, __global u32 *sums, shared_word next)
{
    __local u32 number;
    if (ITEM() == 0)
        number = ADD(next, 1);
    barrier_all();
    u32 g = number, before = 0;
    if (g > 0) {
        while (LOAD(&flags[g - 1]) == 0)
            ;
        before = sums[g - 1];
    }
    barrier_all();
    if (ITEM() == 0) {
        sums[g] = before + g;
        STORE(&flags[g], 1);
    }
}

/* The same chain in a kernel with scratch, which the wait leaves alone. */
__kernel void chain_with_scratch(shared_word flags, __global u32 *sums, shared_word next)
{
    volatile u32 table[32];
    __local u32 number;
    if (ITEM() == 0)
        number = ADD(next, 1);
    barrier_all();
    u32 g = number, before = 0;
    for (u32 i = 0; i < 32; i++)
        table[(i * 5 + ITEM()) % 32] = g * i;
    if (g > 0) {
        while (LOAD(&flags[g - 1]) == 0)
            ;
        before = sums[g - 1];
    }
    barrier_all();
    if (ITEM() == 0) {
        sums[g] = before + table[(g % 32 * 5) % 32] - g * (g % 32) + g;
        STORE(&flags[g], 1);
    }
}

__kernel void grid_barrier(shared_word arrived, __global u32 *data, u32 groups, u32 sleeps)
{
    for (u32 phase = 0; phase < 3; phase++) {
        data[phase * groups + GROUP()] = phase + 1;
        barrier_all();
        if (ITEM() == 0) {
            ADD(&arrived[phase], 1);
            while (LOAD(&arrived[phase]) < groups)
                if (sleeps)
                    __builtin_amdgcn_s_sleep(2);
        }
        barrier_all();
        if (ITEM() == 0 && data[phase * groups + (GROUP() + groups / 2) % groups] != phase + 1)
            ADD(&arrived[3], 1);
    }
}

__kernel void wild_store(__global u32 *out, u64 address, u32 group, u32 lane)
{
    out[global_id()] = 1;
    if (GROUP() == group && ITEM() == lane)
        *(volatile __global u32 *)address = 7;
}

__kernel void wild_load(__global u32 *out, u64 address)
{
    out[0] = *(volatile __global u32 *)address;
}

__kernel void endless(shared_word word)
{
    while (LOAD(word) == 0)
        ;
}

__kernel void waits_for_host(shared_word word, __global u32 *out)
{
    while (LOAD_SYSTEM(word) == 0)
        __builtin_amdgcn_s_sleep(10);
    out[global_id()] = 5;
}

__kernel void traps(void)
{
    __builtin_trap();
}

__kernel void jumps_away(void)
{
    __asm__ volatile("s_mov_b64 s[0:1], 0x1000\n\ts_setpc_b64 s[0:1]");
}

__kernel void xor_mul_add(__global u32 *out, u32 n)
{
    u32 a = global_id(), b = a + 1, c = a + 2, d = a + 3;
    for (u32 i = 0; i < n; i++) {
        a = (a ^ i) * 0x9e3779b1u + b;
        b = (b ^ i) * 0x85ebca6bu + c;
        c = (c ^ i) * 0xc2b2ae35u + d;
        d = (d ^ i) * 0x27d4eb2fu + a;
    }
    out[global_id()] = a ^ b ^ c ^ d;
}

/* ---- global wave sync: what AMD's HIP runtime and its grid barriers do */

__kernel void gws_set_up(u32 count)
{
    __builtin_amdgcn_ds_gws_init(count, 0);
}

/* Each round, one lane of a workgroup arrives; nobody may see a round that not all have begun. */
__kernel void gws_rounds(shared_word arrived, __global u32 *wrong, u32 groups, u32 rounds)
{
    for (u32 round = 1; round <= rounds; round++) {
        if (ITEM() == 0) {
            ADD(&arrived[0], 1);
            __builtin_amdgcn_ds_gws_barrier(groups - 1, 0);
            if (LOAD(&arrived[0]) < round * groups)
                ADD(wrong, 1);
            __builtin_amdgcn_ds_gws_barrier(groups - 1, 0);
        }
        barrier_all();
    }
}

/* A semaphore of resource 5: never more inside than it lets in. */
__kernel void gws_semaphore(shared_word inside, __global u32 *wrong, u32 most)
{
    if (GROUP() == 0)
        __builtin_amdgcn_ds_gws_sema_br(most, 5);
    __builtin_amdgcn_ds_gws_sema_p(5);
    if (ITEM() == 0) {
        if (ADD(&inside[0], 1) >= most)
            ADD(wrong, 1);
        __builtin_amdgcn_s_sleep(2);
        ADD(&inside[0], (u32)-1);
        ADD(&inside[1], 1);
    }
    __builtin_amdgcn_ds_gws_sema_v(5);
}

/* One lane in four goes round until it is told to stop. What it reads from follows from the
 * work-item's id, but is not there in the lanes that are off. */
__kernel void few_lanes_go_round(__global u32 *out, shared_word stop, u32 start)
{
    __local u32 table[1024];
    for (u32 i = 0; i < 16; i++)
        table[ITEM() + 64 * i] = (ITEM() + 64 * i) * 77;
    barrier_all();
    if (ITEM() % 4 != 1)
        return;
    u32 at = (u32)(__local u32 *)table + (ITEM() * 4 + start) * 4, sum = 0, turns = 0;
    do {
        u32 got;
        __asm__ volatile("ds_read_b32 %0, %1\n"
                         "s_waitcnt lgkmcnt(0)" : "=v"(got) : "v"(at) : "memory");
        sum = sum * 3 + got;
        turns++;
    } while (LOAD_SYSTEM(stop) == 0);
    out[2 * ITEM()] = sum;
    out[2 * ITEM() + 1] = turns;
}
