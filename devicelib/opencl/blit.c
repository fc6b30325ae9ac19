/* SPDX-License-Identifier: MIT */
/* Functions that the copy and fill kernels of AMD's own HIP and OpenCL runtimes call. These
 * runtimes carry only the kernels' outer shells, in OpenCL C, and compile them when a device is
 * first used; prototypes are those that libamdhip64 6.4.3 hands to the compiler, what the arguments
 * mean is in ROCm's CLR (rocclr/device/rocm/rocblit.cpp). A rectangle is (row pitch, slice pitch,
 * first element) in elements. With these, AMD's libamdhip64 runs on this project's compiler. */
#include "ockl/ockl.h"

typedef u32 u32x4 __attribute__((ext_vector_type(4)));
typedef u64 u64x4 __attribute__((ext_vector_type(4)));

/* One element of `count` units of `type`, at unit `at` of `buffer`. */
#define PUT_PATTERN(type, buffer, at)                                                              \
    for (u32 i = 0; i < count; i++)                                                                \
    (buffer)[(at) + i] = ((const CONSTANT type *)pattern)[i]

/* The one buffer that is not null says in which units it is filled. */
INLINE void put_pattern(u8 GLOBAL *bytes, u16 GLOBAL *halves, u32 GLOBAL *words, u64 GLOBAL *longs,
                        const CONSTANT u8 *pattern, u32 count, u64 at)
{
    if (longs != 0)
        PUT_PATTERN(u64, longs, at);
    else if (words != 0)
        PUT_PATTERN(u32, words, at);
    else if (halves != 0)
        PUT_PATTERN(u16, halves, at);
    else
        PUT_PATTERN(u8, bytes, at);
}

void __amd_fillBufferAligned(u8 GLOBAL *bytes, u16 GLOBAL *halves, u32 GLOBAL *words,
                             u64 GLOBAL *longs, const CONSTANT u8 *pattern, u32 count, u64 first,
                             u64 size)
{
    u64 id = __ockl_get_global_id(0);
    if (id < size)
        put_pattern(bytes, halves, words, longs, pattern, count, first + id * count);
}

void __amd_fillBufferAligned2D(u8 GLOBAL *bytes, u16 GLOBAL *halves, u32 GLOBAL *words,
                               u64 GLOBAL *longs, const CONSTANT u8 *pattern, u32 count, u64 first,
                               u64 width, u64 height, u64 pitch)
{
    u64 x = __ockl_get_global_id(0), y = __ockl_get_global_id(1);
    if (x < width && y < height)
        put_pattern(bytes, halves, words, longs, pattern, count, first + y * pitch + x);
}

/* Origins in bytes. `tail` 8: `size` bytes, one each; else `size` words, of the last only `tail`
 * bytes. */
void __amd_copyBuffer(u8 GLOBAL *from, u8 GLOBAL *to, u64 from_at, u64 to_at, u64 size, u32 tail)
{
    u64 id = __ockl_get_global_id(0);
    from += from_at;
    to += to_at;
    if (id >= size)
        return;
    if (tail == 8)
        to[id] = from[id];
    else if (id + 1 < size)
        ((u32 GLOBAL *)to)[id] = ((u32 GLOBAL *)from)[id];
    for (u64 i = 0; tail != 8 && id + 1 == size && i < tail; i++)
        to[4 * id + i] = from[4 * id + i];
}

INLINE void copy_unit(u32 GLOBAL *from, u32 GLOBAL *to, u64 from_at, u64 to_at, u64 unit_bytes)
{
    if (unit_bytes == sizeof(u32x4))
        ((u32x4 GLOBAL *)to)[to_at] = ((u32x4 GLOBAL *)from)[from_at];
    else
        to[to_at] = from[from_at];
}

void __amd_copyBufferAligned(u32 GLOBAL *from, u32 GLOBAL *to, u64 from_at, u64 to_at, u64 count,
                             u32 unit_bytes)
{
    u64 id = __ockl_get_global_id(0);
    if (id < count)
        copy_unit(from, to, from_at + id, to_at + id, unit_bytes);
}

struct place {
    u64 x, y, z;
};

INLINE _Bool place_in(u64x4 size, struct place *out)
{
    *out =
        (struct place){__ockl_get_global_id(0), __ockl_get_global_id(1), __ockl_get_global_id(2)};
    return out->x < size.x && out->y < size.y && out->z < size.z;
}

INLINE u64 place_index(struct place at, u64x4 rectangle)
{
    return rectangle.z + at.z * rectangle.y + at.y * rectangle.x + at.x;
}

void __amd_copyBufferRect(u8 GLOBAL *from, u8 GLOBAL *to, u64x4 from_rectangle, u64x4 to_rectangle,
                          u64x4 size)
{
    struct place at;
    if (place_in(size, &at))
        to[place_index(at, to_rectangle)] = from[place_index(at, from_rectangle)];
}

void __amd_copyBufferRectAligned(u32 GLOBAL *from, u32 GLOBAL *to, u64x4 from_rectangle,
                                 u64x4 to_rectangle, u64x4 size)
{
    struct place at;
    if (place_in(size, &at))
        copy_unit(from, to, place_index(at, from_rectangle), place_index(at, to_rectangle), size.w);
}

/* ---- hipStreamWriteValue, hipStreamWaitValue ---- */

/* hipStreamWaitValueGte and the others after it. */
enum { WAIT_GTE, WAIT_EQ, WAIT_AND, WAIT_NOR };

INLINE _Bool holds(u64 seen, u64 value, u64 compare, u64 mask)
{
    switch (compare) {
    case WAIT_GTE:
        return (seen & mask) >= value;
    case WAIT_EQ:
        return (seen & mask) == value;
    case WAIT_AND:
        return (seen & mask & value) != 0;
    case WAIT_NOR:
        return (~(seen | value) & mask) != 0;
    default:
        return 1;
    }
}

INLINE u64 see(const u32 GLOBAL *word, const u64 GLOBAL *wide)
{
    return word != 0 ? __scoped_atomic_load_n(word, __ATOMIC_ACQUIRE, SCOPE_SYSTEM)
                     : __scoped_atomic_load_n(wide, __ATOMIC_ACQUIRE, SCOPE_SYSTEM);
}

void __amd_streamOpsWrite(u32 GLOBAL *word, u64 GLOBAL *wide, u64 value)
{
    if (word != 0)
        __scoped_atomic_store_n(word, (u32)value, __ATOMIC_RELEASE, SCOPE_SYSTEM);
    else
        __scoped_atomic_store_n(wide, value, __ATOMIC_RELEASE, SCOPE_SYSTEM);
}

void __amd_streamOpsWait(u32 GLOBAL *word, u64 GLOBAL *wide, u64 value, u64 compare, u64 mask)
{
    if (word != 0) {
        value = (u32)value;
        mask = (u32)mask;
    }
    while (!holds(see(word, wide), value, compare, mask))
        __builtin_amdgcn_s_sleep(1);
}

/* hipStreamBatchMemOpParams: what 6.4 knows of it. */
struct memory_op {
    u32 operation;
    u32 padding;
    u64 address;
    u64 value;
    u32 compare;
    u32 padding2;
    u64 unused[2];
};
_Static_assert(sizeof(struct memory_op) == 48, "hipStreamBatchMemOpParams");
enum { OP_WAIT_32 = 1, OP_WRITE_32 = 2, OP_WAIT_64 = 4, OP_WRITE_64 = 5 };

INLINE void perform(const struct memory_op GLOBAL *op)
{
    u32 GLOBAL *word = (u32 GLOBAL *)op->address;
    u64 GLOBAL *wide = (u64 GLOBAL *)op->address;
    switch (op->operation) {
    case OP_WAIT_32:
        __amd_streamOpsWait(word, 0, (u32)op->value, op->compare, ~0ul);
        break;
    case OP_WRITE_32:
        __amd_streamOpsWrite(word, 0, (u32)op->value);
        break;
    case OP_WAIT_64:
        __amd_streamOpsWait(0, wide, op->value, op->compare, ~0ul);
        break;
    case OP_WRITE_64:
        __amd_streamOpsWrite(0, wide, op->value);
        break;
    default:
        break;
    }
}

/* In the order of the array, which one work-item alone can keep. */
void __amd_batchMemOp(void GLOBAL *operations, u32 count)
{
    const struct memory_op GLOBAL *op = operations;
    for (u32 i = 0; __ockl_get_global_id(0) == 0 && i < count; i++)
        perform(&op[i]);
}
