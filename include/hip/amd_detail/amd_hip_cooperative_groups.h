// SPDX-License-Identifier: MIT
// header: C++
// Cooperative groups: sets of threads that synchronise and exchange values: the grids of a
// multi-device launch, a grid, a block, tiles of a block, and the lanes that happen to be active
// together (HIP documentation, "Cooperative groups").
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COOPERATIVE_GROUPS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COOPERATIVE_GROUPS_H

#if defined(__cplusplus) && defined(__clang__) && defined(__HIP__)

#include <hip/amd_detail/amd_hip_runtime.h>

#define __CG_QUALIFIER__ __device__ inline

namespace cooperative_groups
{

typedef unsigned long long lane_mask;

namespace internal
{

enum group_type {
    cg_invalid,
    cg_multi_grid,
    cg_grid,
    cg_workgroup,
    cg_tiled_group,
    cg_coalesced_group
};

__CG_QUALIFIER__ unsigned int block_size()
{
    return blockDim.x * blockDim.y * blockDim.z;
}
__CG_QUALIFIER__ unsigned int block_thread_rank()
{
    return (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
}
__CG_QUALIFIER__ unsigned int grid_blocks()
{
    return gridDim.x * gridDim.y * gridDim.z;
}
__CG_QUALIFIER__ unsigned int grid_block_rank()
{
    return (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
}
__CG_QUALIFIER__ unsigned int grid_thread_rank()
{
    return grid_block_rank() * block_size() + block_thread_rank();
}

__CG_QUALIFIER__ unsigned int count_below(lane_mask mask)
{
    unsigned int low = __builtin_amdgcn_mbcnt_lo((unsigned int)mask, 0);
    return __builtin_amdgcn_mbcnt_hi((unsigned int)(mask >> 32), low);
}
// The lane of the n-th member; the mask has more than n bits.
__CG_QUALIFIER__ unsigned int nth_member(lane_mask mask, unsigned int n)
{
    for (unsigned int i = 0; i < n; ++i)
        mask &= mask - 1;
    return __builtin_ctzll(mask);
}
// Bit i of the result: the bit of `bits` at the i-th member.
__CG_QUALIFIER__ lane_mask pack(lane_mask members, lane_mask bits)
{
    lane_mask packed = 0;
    unsigned int n = 0;
    for (; members != 0; members &= members - 1, ++n)
        packed |= ((bits >> __builtin_ctzll(members)) & 1) << n;
    return packed;
}
// The lanes of the tile of `size` lanes that this lane is in.
__CG_QUALIFIER__ lane_mask tile_mask(unsigned int size)
{
    lane_mask ones = size >= 64 ? ~0ull : (1ull << size) - 1;
    return ones << (__lane_id() & ~(size - 1));
}
__CG_QUALIFIER__ void sync_lanes()
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
    __builtin_amdgcn_wave_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
}

// Any trivially copyable value, word by word.
template <typename T> __CG_QUALIFIER__ T from_lane(const T &value, unsigned int lane)
{
    constexpr unsigned int words = (sizeof(T) + 3) / 4;
    int in[words] = {}, out[words];
    __builtin_memcpy(in, &value, sizeof(T));
    for (unsigned int i = 0; i < words; ++i)
        out[i] = __builtin_amdgcn_ds_bpermute((int)(lane << 2), in[i]);
    T result;
    __builtin_memcpy(&result, out, sizeof(T));
    return result;
}

} // namespace internal

// The common face of all groups. A group that came from another kind keeps that kind's behaviour.
class thread_group
{
  protected:
    internal::group_type kind;
    unsigned int members;
    lane_mask mask;
    unsigned int meta_rank = 0, meta_size = 1;

    __CG_QUALIFIER__ thread_group(internal::group_type k, unsigned int n, lane_mask m = 0)
        : kind(k), members(n), mask(m)
    {
    }

    friend __CG_QUALIFIER__ thread_group tiled_partition(const thread_group &parent,
                                                         unsigned int size);
    friend __CG_QUALIFIER__ thread_group this_thread();

  public:
    __CG_QUALIFIER__ unsigned int size() const
    {
        return members;
    }
    __CG_QUALIFIER__ unsigned int num_threads() const
    {
        return members;
    }
    __CG_QUALIFIER__ unsigned int cg_type() const
    {
        return kind;
    }
    __CG_QUALIFIER__ unsigned int thread_rank() const
    {
        switch (kind) {
        case internal::cg_multi_grid:
            return __ockl_multi_grid_thread_rank();
        case internal::cg_grid:
            return internal::grid_thread_rank();
        case internal::cg_workgroup:
            return internal::block_thread_rank();
        default:
            return internal::count_below(mask);
        }
    }
    __CG_QUALIFIER__ bool is_valid() const
    {
        switch (kind) {
        case internal::cg_multi_grid:
            return __ockl_multi_grid_is_valid();
        case internal::cg_grid:
            return __ockl_grid_is_valid();
        default:
            return kind != internal::cg_invalid;
        }
    }
    __CG_QUALIFIER__ void sync() const
    {
        switch (kind) {
        case internal::cg_multi_grid:
            __ockl_multi_grid_sync();
            break;
        case internal::cg_grid:
            __ockl_grid_sync();
            break;
        case internal::cg_workgroup:
            __syncthreads();
            break;
        default:
            internal::sync_lanes();
        }
    }
};

class multi_grid_group : public thread_group
{
    __CG_QUALIFIER__ multi_grid_group()
        : thread_group(internal::cg_multi_grid, __ockl_multi_grid_size())
    {
    }
    friend __CG_QUALIFIER__ multi_grid_group this_multi_grid();

  public:
    __CG_QUALIFIER__ unsigned int num_grids() const
    {
        return __ockl_multi_grid_num_grids();
    }
    __CG_QUALIFIER__ unsigned int grid_rank() const
    {
        return __ockl_multi_grid_grid_rank();
    }
    __CG_QUALIFIER__ unsigned int thread_rank() const
    {
        return __ockl_multi_grid_thread_rank();
    }
    __CG_QUALIFIER__ bool is_valid() const
    {
        return __ockl_multi_grid_is_valid();
    }
    __CG_QUALIFIER__ void sync() const
    {
        __ockl_multi_grid_sync();
    }
};

__CG_QUALIFIER__ multi_grid_group this_multi_grid()
{
    return multi_grid_group();
}

class grid_group : public thread_group
{
    __CG_QUALIFIER__ grid_group()
        : thread_group(internal::cg_grid, internal::grid_blocks() * internal::block_size())
    {
    }
    friend __CG_QUALIFIER__ grid_group this_grid();

  public:
    __CG_QUALIFIER__ unsigned int thread_rank() const
    {
        return internal::grid_thread_rank();
    }
    __CG_QUALIFIER__ bool is_valid() const
    {
        return __ockl_grid_is_valid();
    }
    __CG_QUALIFIER__ void sync() const
    {
        __ockl_grid_sync();
    }
    __CG_QUALIFIER__ dim3 group_dim() const
    {
        return dim3(gridDim.x, gridDim.y, gridDim.z);
    }
    __CG_QUALIFIER__ dim3 dim_blocks() const
    {
        return dim3(gridDim.x, gridDim.y, gridDim.z);
    }
    __CG_QUALIFIER__ dim3 block_index() const
    {
        return dim3(blockIdx.x, blockIdx.y, blockIdx.z);
    }
    __CG_QUALIFIER__ unsigned int block_rank() const
    {
        return internal::grid_block_rank();
    }
    __CG_QUALIFIER__ unsigned int num_blocks() const
    {
        return internal::grid_blocks();
    }
};

__CG_QUALIFIER__ grid_group this_grid()
{
    return grid_group();
}

class thread_block : public thread_group
{
    __CG_QUALIFIER__ thread_block() : thread_group(internal::cg_workgroup, internal::block_size())
    {
    }
    friend __CG_QUALIFIER__ thread_block this_thread_block();

  public:
    __CG_QUALIFIER__ static dim3 group_index()
    {
        return dim3(blockIdx.x, blockIdx.y, blockIdx.z);
    }
    __CG_QUALIFIER__ static dim3 thread_index()
    {
        return dim3(threadIdx.x, threadIdx.y, threadIdx.z);
    }
    __CG_QUALIFIER__ static dim3 group_dim()
    {
        return dim3(blockDim.x, blockDim.y, blockDim.z);
    }
    __CG_QUALIFIER__ static dim3 dim_threads()
    {
        return group_dim();
    }
    __CG_QUALIFIER__ static unsigned int thread_rank()
    {
        return internal::block_thread_rank();
    }
    __CG_QUALIFIER__ static unsigned int size()
    {
        return internal::block_size();
    }
    __CG_QUALIFIER__ static unsigned int num_threads()
    {
        return internal::block_size();
    }
    __CG_QUALIFIER__ static bool is_valid()
    {
        return true;
    }
    __CG_QUALIFIER__ static void sync()
    {
        __syncthreads();
    }
};

__CG_QUALIFIER__ thread_block this_thread_block()
{
    return thread_block();
}

// What a group of lanes of one wave offers. Derived gives lane_of(rank), the lane that holds a
// rank, and the members.
template <class Derived> class lane_exchange
{
    __CG_QUALIFIER__ const Derived &self() const
    {
        return static_cast<const Derived &>(*this);
    }

  public:
    template <class T> __CG_QUALIFIER__ T shfl(T var, int rank) const
    {
        return internal::from_lane(var, self().lane_of((unsigned int)rank % self().size()));
    }
    template <class T> __CG_QUALIFIER__ T shfl_down(T var, unsigned int delta) const
    {
        unsigned int rank = self().thread_rank();
        return internal::from_lane(
            var, self().lane_of(rank + delta >= self().size() ? rank : rank + delta));
    }
    template <class T> __CG_QUALIFIER__ T shfl_up(T var, unsigned int delta) const
    {
        unsigned int rank = self().thread_rank();
        return internal::from_lane(var, self().lane_of(rank < delta ? rank : rank - delta));
    }
    __CG_QUALIFIER__ lane_mask ballot(int pred) const
    {
        lane_mask m = self().lanes();
        return internal::pack(m, __ballot(pred) & m);
    }
    __CG_QUALIFIER__ int any(int pred) const
    {
        return (__ballot(pred) & self().lanes()) != 0;
    }
    __CG_QUALIFIER__ int all(int pred) const
    {
        return (__ballot(!pred) & self().lanes()) == 0;
    }
    template <typename T> __CG_QUALIFIER__ lane_mask match_any(T value) const
    {
        lane_mask m = self().lanes();
        return internal::pack(m, __match_any_sync(m, value));
    }
    template <typename T> __CG_QUALIFIER__ lane_mask match_all(T value, int &pred) const
    {
        lane_mask m = self().lanes();
        return internal::pack(m, __match_all_sync(m, value, &pred));
    }
};

class coalesced_group : public thread_group, public lane_exchange<coalesced_group>
{
    __CG_QUALIFIER__ explicit coalesced_group(lane_mask m)
        : thread_group(internal::cg_coalesced_group, __builtin_popcountll(m), m)
    {
    }
    __CG_QUALIFIER__ coalesced_group(lane_mask m, unsigned int rank, unsigned int count)
        : coalesced_group(m)
    {
        meta_rank = rank;
        meta_size = count;
    }
    friend class lane_exchange<coalesced_group>;
    friend __CG_QUALIFIER__ coalesced_group coalesced_threads();
    friend __CG_QUALIFIER__ coalesced_group tiled_partition(const coalesced_group &parent,
                                                            unsigned int size);
    friend __CG_QUALIFIER__ coalesced_group binary_partition(const coalesced_group &group,
                                                             bool pred);
    template <unsigned int n, class Parent> friend class thread_block_tile;
    template <class Group, typename Label>
    friend __CG_QUALIFIER__ coalesced_group labeled_partition(const Group &group, Label label);

  public:
    __CG_QUALIFIER__ lane_mask lanes() const
    {
        return mask;
    }
    __CG_QUALIFIER__ unsigned int lane_of(unsigned int rank) const
    {
        return internal::nth_member(mask, rank);
    }
    __CG_QUALIFIER__ unsigned int thread_rank() const
    {
        return internal::count_below(mask);
    }
    __CG_QUALIFIER__ unsigned int meta_group_rank() const
    {
        return meta_rank;
    }
    __CG_QUALIFIER__ unsigned int meta_group_size() const
    {
        return meta_size;
    }
    __CG_QUALIFIER__ void sync() const
    {
        internal::sync_lanes();
    }
};

__CG_QUALIFIER__ coalesced_group coalesced_threads()
{
    return coalesced_group(__activemask());
}

// A tile of n lanes, n a power of two up to the wave size.
template <unsigned int n, class Parent = void>
class thread_block_tile : public thread_group, public lane_exchange<thread_block_tile<n, Parent>>
{
    static_assert(n != 0 && (n & (n - 1)) == 0, "a tile's size is a power of two");
    static_assert(n <= __AMDGCN_WAVEFRONT_SIZE, "a tile fits into a wave");
    friend class lane_exchange<thread_block_tile<n, Parent>>;
    template <unsigned int m, class Other> friend class thread_block_tile;
    template <unsigned int size, class ParentGroup>
    friend __CG_QUALIFIER__ thread_block_tile<size, ParentGroup>
    tiled_partition(const ParentGroup &group);

    __CG_QUALIFIER__ thread_block_tile(unsigned int rank, unsigned int count)
        : thread_group(internal::cg_tiled_group, n, internal::tile_mask(n))
    {
        meta_rank = rank;
        meta_size = count;
    }

  public:
    static constexpr unsigned int numThreads = n;

    template <class Other>
    __CG_QUALIFIER__ thread_block_tile(const thread_block_tile<n, Other> &other)
        : thread_block_tile(other.meta_group_rank(), other.meta_group_size())
    {
    }
    __CG_QUALIFIER__ lane_mask lanes() const
    {
        return internal::tile_mask(n);
    }
    __CG_QUALIFIER__ unsigned int lane_of(unsigned int rank) const
    {
        return (__lane_id() & ~(n - 1)) + rank;
    }
    __CG_QUALIFIER__ static constexpr unsigned int size()
    {
        return n;
    }
    __CG_QUALIFIER__ static constexpr unsigned int num_threads()
    {
        return n;
    }
    __CG_QUALIFIER__ static unsigned int thread_rank()
    {
        return __lane_id() & (n - 1);
    }
    __CG_QUALIFIER__ unsigned int meta_group_rank() const
    {
        return meta_rank;
    }
    __CG_QUALIFIER__ unsigned int meta_group_size() const
    {
        return meta_size;
    }
    __CG_QUALIFIER__ void sync() const
    {
        internal::sync_lanes();
    }
    template <class T> __CG_QUALIFIER__ T shfl_xor(T var, unsigned int lane_mask_bits) const
    {
        unsigned int rank = thread_rank() ^ lane_mask_bits;
        return internal::from_lane(var, lane_of(rank < n ? rank : thread_rank()));
    }
};

template <unsigned int size, class ParentGroup>
__CG_QUALIFIER__ thread_block_tile<size, ParentGroup> tiled_partition(const ParentGroup &group)
{
    return thread_block_tile<size, ParentGroup>(group.thread_rank() / size,
                                                (group.size() + size - 1) / size);
}

// Tiles whose size is known at run time. A tile of a block that is wider than a wave is not
// possible.
__CG_QUALIFIER__ thread_group tiled_partition(const thread_group &parent, unsigned int size)
{
    if (parent.kind == internal::cg_coalesced_group) {
        unsigned int first = parent.thread_rank() / size * size;
        lane_mask tile = 0;
        for (unsigned int i = first; i < first + size && i < parent.members; ++i)
            tile |= 1ull << internal::nth_member(parent.mask, i);
        return thread_group(internal::cg_coalesced_group, __builtin_popcountll(tile), tile);
    }
    if (size == 0 || (size & (size - 1)) != 0 || size > __AMDGCN_WAVEFRONT_SIZE)
        __builtin_trap();
    // The last tile has what is left of the group.
    unsigned int left = parent.size() - parent.thread_rank() / size * size;
    return thread_group(internal::cg_tiled_group, size < left ? size : left,
                        internal::tile_mask(size));
}
__CG_QUALIFIER__ coalesced_group tiled_partition(const coalesced_group &parent, unsigned int size)
{
    unsigned int first = parent.thread_rank() / size * size;
    lane_mask tile = 0;
    for (unsigned int i = first; i < first + size && i < parent.size(); ++i)
        tile |= 1ull << internal::nth_member(parent.mask, i);
    return coalesced_group(tile, parent.thread_rank() / size, (parent.size() + size - 1) / size);
}

// One group for each value of pred, or of the label.
__CG_QUALIFIER__ coalesced_group binary_partition(const coalesced_group &group, bool pred)
{
    lane_mask yes = __ballot(pred) & group.mask;
    return pred ? coalesced_group(yes, 1, 2) : coalesced_group(group.mask & ~yes, 0, 2);
}
template <class Group, typename Label>
__CG_QUALIFIER__ coalesced_group labeled_partition(const Group &group, Label label)
{
    lane_mask m = group.lanes();
    return coalesced_group(__match_any_sync(m, label));
}
template <unsigned int n, class Parent>
__CG_QUALIFIER__ coalesced_group binary_partition(const thread_block_tile<n, Parent> &group,
                                                  bool pred)
{
    return labeled_partition(group, (int)pred);
}

__CG_QUALIFIER__ thread_group this_thread()
{
    return thread_group(internal::cg_coalesced_group, 1, 1ull << __lane_id());
}

template <class Group> __CG_QUALIFIER__ unsigned int group_size(const Group &g)
{
    return g.size();
}
template <class Group> __CG_QUALIFIER__ unsigned int thread_rank(const Group &g)
{
    return g.thread_rank();
}
template <class Group> __CG_QUALIFIER__ bool is_valid(const Group &g)
{
    return g.is_valid();
}
template <class Group> __CG_QUALIFIER__ void sync(const Group &g)
{
    g.sync();
}

// ---- reductions and scans within a tile or a coalesced group

#define __CG_FUNCTOR(NAME, EXPRESSION)                                                             \
    template <typename T = void> struct NAME {                                                     \
        __device__ T operator()(T a, T b) const                                                    \
        {                                                                                          \
            return EXPRESSION;                                                                     \
        }                                                                                          \
    };
__CG_FUNCTOR(plus, a + b)
__CG_FUNCTOR(less, a < b ? a : b)
__CG_FUNCTOR(greater, a > b ? a : b)
__CG_FUNCTOR(bit_and, a &b)
__CG_FUNCTOR(bit_or, a | b)
__CG_FUNCTOR(bit_xor, a ^ b)
#undef __CG_FUNCTOR

template <class Group, typename T, typename F>
__CG_QUALIFIER__ T reduce(const Group &group, T value, F combine)
{
    T total = group.shfl(value, 0);
    for (unsigned int i = 1; i < group.size(); ++i)
        total = combine(total, group.shfl(value, i));
    return total;
}
template <class Group, typename T, typename F>
__CG_QUALIFIER__ T inclusive_scan(const Group &group, T value, F combine)
{
    for (unsigned int step = 1; step < group.size(); step *= 2) {
        T other = group.shfl_up(value, step);
        if (group.thread_rank() >= step)
            value = combine(other, value);
    }
    return value;
}
template <class Group, typename T, typename F>
__CG_QUALIFIER__ T exclusive_scan(const Group &group, T value, F combine)
{
    T before = group.shfl_up(inclusive_scan(group, value, combine), 1);
    return group.thread_rank() == 0 ? T() : before;
}

} // namespace cooperative_groups

#undef __CG_QUALIFIER__

#endif
#endif
