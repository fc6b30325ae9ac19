// SPDX-License-Identifier: MIT
// Cooperative groups of every kind.
#include <hip/hip_runtime.h>
#include <hip/hip_cooperative_groups.h>

namespace cg = cooperative_groups;

__device__ int dynamic(cg::thread_group group)
{
    group.sync();
    return group.size() + group.thread_rank() + group.is_valid();
}

__global__ void groups(int *o)
{
    cg::thread_block block = cg::this_thread_block();
    block.sync();
    o[0] = block.thread_rank() + block.size() + block.group_index().x + block.thread_index().y + block.group_dim().z;
    auto tile = cg::tiled_partition<32>(block);
    o[1] = tile.shfl(o[0], 1) + tile.shfl_xor(o[0], 1) + tile.shfl_up(o[0], 1) + tile.shfl_down(o[0], 1) + tile.any(1) +
           tile.all(1) + tile.ballot(o[0]) + tile.match_any(o[0]) + tile.meta_group_rank() + tile.meta_group_size() +
           tile.num_threads() + tile.thread_rank();
    auto small = cg::tiled_partition<8>(tile);
    small.sync();
    cg::thread_block_tile<32> plain = tile;
    plain.sync();
    auto active = cg::coalesced_threads();
    int pred;
    o[2] = active.shfl(o[0], 0) + active.thread_rank() + active.size() + active.match_all(o[0], pred);
    auto half = cg::binary_partition(active, o[0] & 1);
    auto labels = cg::labeled_partition(tile, o[0] % 3);
    o[3] = half.size() + labels.thread_rank() + half.meta_group_rank();
    o[4] = dynamic(block) + dynamic(cg::tiled_partition(block, 16)) + dynamic(cg::this_thread()) + dynamic(active);
    o[5] = cg::reduce(tile, o[0], cg::plus<int>()) + cg::reduce(active, o[0], cg::less<int>()) +
           cg::inclusive_scan(small, o[0], cg::plus<int>()) + cg::exclusive_scan(small, o[0], cg::plus<int>());
    cg::sync(block);
    cg::grid_group grid = cg::this_grid();
    grid.sync();
    o[6] = grid.size() + grid.thread_rank() + grid.is_valid() + grid.num_blocks() + grid.block_rank();
    cg::multi_grid_group all = cg::this_multi_grid();
    all.sync();
    o[7] = all.num_grids() + all.grid_rank() + all.thread_rank() + all.size();
}
