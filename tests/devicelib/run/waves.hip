// SPDX-License-Identifier: MIT
// Votes, shuffles, matches, reductions and block-wide counts mean what HIP's documentation says, also when some lanes are inactive.
#include "check.h"
#include <hip/hip_cooperative_groups.h>

namespace cg = cooperative_groups;
using u64 = unsigned long long;
constexpr int wave = 64;

enum { up, down, xor_, direct, up16, down16, shfl16, value64, lane, rows };

__global__ void shuffles(int *out)
{
    int t = threadIdx.x, v = 100 + t;
    out[up * wave + t] = __shfl_up(v, 3);
    out[down * wave + t] = __shfl_down(v, 5);
    out[xor_ * wave + t] = __shfl_xor(v, 9);
    out[direct * wave + t] = __shfl(v, t * 7 + 3);
    out[up16 * wave + t] = __shfl_up(v, 3, 16);
    out[down16 * wave + t] = __shfl_down(v, 5, 16);
    out[shfl16 * wave + t] = __shfl(v, 2, 16);
    out[value64 * wave + t] = (int)(__shfl((double)v * 1e10, 1) / 1e10) + (int)(__shfl_xor((long long)v << 33, 1) >> 33);
    out[lane * wave + t] = __lane_id();
}

static void check_shuffles()
{
    Buffer<int> out(rows * wave);
    shuffles<<<1, wave>>>(out.device);
    out.to_host();
    for (int t = 0; t < wave; ++t) {
        int row = t & ~15;
        expect("shfl_up", t, out[up * wave + t], 100 + (t < 3 ? t : t - 3));
        expect("shfl_down", t, out[down * wave + t], 100 + (t + 5 >= 64 ? t : t + 5));
        expect("shfl_xor", t, out[xor_ * wave + t], 100 + (t ^ 9));
        expect("shfl", t, out[direct * wave + t], 100 + (t * 7 + 3) % 64);
        expect("shfl_up of width 16", t, out[up16 * wave + t], 100 + (t - 3 < row ? t : t - 3));
        expect("shfl_down of width 16", t, out[down16 * wave + t], 100 + (t + 5 >= row + 16 ? t : t + 5));
        expect("shfl of width 16", t, out[shfl16 * wave + t], 100 + row + 2);
        expect("shfl of 64-bit values", t, out[value64 * wave + t], 101 + 100 + (t ^ 1));
        expect("lane id", t, out[lane * wave + t], t);
    }
}

__global__ void votes(u64 *out)
{
    int t = threadIdx.x;
    out[t] = __ballot(t % 3 == 0);
    out[64 + t] = __any(t == 63) + 2 * __any(t > 99) + 4 * __all(t < 64) + 8 * __all(t < 63);
    out[128 + t] = 0;
    if (t % 2 == 1) {
        out[128 + t] = __activemask();
        out[192 + t] = __match_any(t / 8);
        out[256 + t] = __ballot_sync(__activemask(), t < 8);
        out[320 + t] = __reduce_add_sync(__activemask(), t);
        out[384 + t] = __reduce_max_sync(__activemask(), t) * 100 + __reduce_min_sync(__activemask(), t);
    }
    out[448 + t] = __match_any_sync(~0ull, (double)(t % 5));
    int same = 7;
    out[512 + t] = __match_all_sync(~0ull, t >= 0, &same) == ~0ull ? same : 100;
    out[576 + t] = __match_all_sync(~0ull, t, &same) + 10 * same;
    // Each half of the wave shuffles with its own mask.
    u64 mine = t < 32 ? 0xffffffffull : 0xffffffff00000000ull;
    out[640 + t] = __shfl_sync(mine, t, t < 32 ? 5 : 40);
}

static void check_votes()
{
    Buffer<u64> out(704);
    votes<<<1, wave>>>(out.device);
    out.to_host();
    u64 thirds = 0, odds = 0, fives[5] = {}, groups[8] = {}, odd_sum = 0;
    for (int t = 0; t < 64; ++t) {
        thirds |= (u64)(t % 3 == 0) << t;
        odds |= (u64)(t & 1) << t;
        fives[t % 5] |= 1ull << t;
        groups[t / 8] |= (u64)(t & 1) << t;
        odd_sum += t & 1 ? t : 0;
    }
    for (int t = 0; t < 64; ++t) {
        expect("ballot", t, out[t], thirds);
        expect("any and all", t, out[64 + t], (u64)5);
        expect("match_any_sync of doubles", t, out[448 + t], fives[t % 5]);
        expect("match_all_sync on one value", t, out[512 + t], (u64)1);
        expect("match_all_sync on different values", t, out[576 + t], (u64)0);
        expect("shfl_sync with two masks", t, out[640 + t], (u64)(t < 32 ? 5 : 40));
        if (t % 2 == 0)
            continue;
        expect("activemask of odd lanes", t, out[128 + t], odds);
        expect("match_any of odd lanes", t, out[192 + t], groups[t / 8]);
        expect("ballot_sync of odd lanes", t, out[256 + t], odds & 0xff);
        expect("reduce_add_sync of odd lanes", t, out[320 + t], odd_sum);
        expect("reduce_max and _min of odd lanes", t, out[384 + t], (u64)6301);
    }
}

__global__ void blocks(int *out)
{
    int t = threadIdx.x + threadIdx.y * blockDim.x;
    out[t] = __syncthreads_count(t % 3 == 0);
    out[300 + t] = __syncthreads_and(t < 299) * 10 + __syncthreads_or(t == 299);
}

static void check_blocks()
{
    Buffer<int> out(600);
    blocks<<<1, dim3(30, 10)>>>(out.device);
    out.to_host();
    for (int t = 0; t < 300; ++t) {
        expect("syncthreads_count", t, out[t], 100);
        expect("syncthreads_and, _or", t, out[300 + t], 1);
    }
}

__global__ void groups(int *out)
{
    auto block = cg::this_thread_block();
    auto tile = cg::tiled_partition<16>(block);
    int t = block.thread_rank();
    out[t] = tile.shfl(t, 3) * 1000 + tile.thread_rank() * 10 + tile.any(t == 17);
    out[128 + t] = tile.meta_group_rank() * 100 + tile.meta_group_size();
    out[256 + t] = (int)tile.ballot(t % 4 == 1);
    out[384 + t] = cg::reduce(tile, t, cg::plus<int>());
    out[512 + t] = cg::inclusive_scan(tile, 1, cg::plus<int>());
    out[640 + t] = cg::exclusive_scan(tile, t, cg::plus<int>());
    if (t % 3 == 0) {
        auto active = cg::coalesced_threads();
        out[768 + t] = active.size() * 1000 + active.thread_rank();
        out[896 + t] = active.shfl(t, 2);
        auto part = cg::binary_partition(active, t % 2);
        out[1024 + t] = part.size();
        out[1152 + t] = active.shfl_down(t, 1);
    }
    cg::thread_group dynamic = cg::tiled_partition(block, 8);
    out[1280 + t] = dynamic.size() * 100 + dynamic.thread_rank();
}

static void check_groups()
{
    Buffer<int> out(1408);
    groups<<<1, 128>>>(out.device);
    out.to_host();
    for (int t = 0; t < 128; ++t) {
        int base = t & ~15, rank = t & 15, sum = 16 * base + 120;
        expect("tile shfl, rank, any", t, out[t], (base + 3) * 1000 + rank * 10 + (base == 16));
        expect("tile meta group", t, out[128 + t], t / 16 * 100 + 8);
        expect("tile ballot is in tile ranks", t, out[256 + t], 0x2222);
        expect("tile reduce", t, out[384 + t], sum);
        expect("tile inclusive scan", t, out[512 + t], rank + 1);
        expect("tile exclusive scan", t, out[640 + t], rank * base + rank * (rank - 1) / 2);
        expect("run-time tile", t, out[1280 + t], 800 + t % 8);
        if (t % 3 != 0)
            continue;
        // Multiples of 3 in each wave of 64: 22 from 0, 21 from 66 on.
        int first = t < 64 ? 0 : 66, size = t < 64 ? 22 : 21, my = (t - first) / 3;
        int odd = t < 64 ? 11 : 10;
        expect("coalesced size and rank", t, out[768 + t], size * 1000 + my);
        expect("coalesced shfl", t, out[896 + t], first + 6);
        expect("binary partition", t, out[1024 + t], t % 2 ? odd : size - odd);
        expect("coalesced shfl_down", t, out[1152 + t], my == size - 1 ? t : t + 3);
    }
}

__global__ void grid(int *counter, int *out)
{
    auto all = cg::this_grid();
    for (int round = 0; round < 3; ++round) {
        if (threadIdx.x == 0)
            atomicAdd(counter, 1);
        all.sync();
        out[round * gridDim.x * blockDim.x + all.thread_rank()] = __hip_atomic_load(counter, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
        all.sync();
    }
}

static void check_grid()
{
    const int groups = 6, threads = 96;
    Buffer<int> counter(1), out(3 * groups * threads);
    int *arguments[] = {counter.device, out.device};
    void *pointers[] = {&arguments[0], &arguments[1]};
    HIP_CHECK(hipLaunchCooperativeKernel((void *)grid, dim3(groups), dim3(threads), pointers, 0, 0));
    HIP_CHECK(hipDeviceSynchronize());
    out.to_host();
    for (int i = 0; i < 3 * groups * threads; ++i)
        expect("grid sync: every group has arrived", i, out[i], (i / (groups * threads) + 1) * groups);
}

int main()
{
    check_shuffles();
    check_votes();
    check_blocks();
    check_groups();
    check_grid();
    return finish();
}
