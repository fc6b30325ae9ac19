/* SPDX-License-Identifier: MIT */
/* Images: `i` is the address of a descriptor (eight words of resource, then the channel type, the
 * channel order and the width as HSA numbers them), `s` that of a sampler. Names and parameters are
 * those of AMD's device library (ockl, "Images"). Chips of the CDNA line can load, store and
 * sample, but not choose a level of detail, take derivatives or gather; these are made of samples
 * with a sampler that is changed on the way: its lower and upper bound of the level are set to the
 * level that is wanted. (AMD "Vega" ISA, "Image Sampler Definition".) */
#include "ockl.h"

typedef float f32x2 __attribute__((ext_vector_type(2)));
typedef float f32x4 __attribute__((ext_vector_type(4)));
typedef i32 i32x2 __attribute__((ext_vector_type(2)));
typedef i32 i32x4 __attribute__((ext_vector_type(4)));
typedef i32 i32x8 __attribute__((ext_vector_type(8)));
typedef i32x4 i32x4_aligned __attribute__((aligned(16)));
typedef i32x8 i32x8_aligned __attribute__((aligned(16)));
typedef CONSTANT u32 *descriptor;

#define IMAGE ALWAYS __attribute__((target("image-insts")))

#define RESOURCE(i) (*(CONSTANT i32x8_aligned *)(i))
#define SAMPLER(s)  (*(CONSTANT i32x4_aligned *)(s))

enum { ALL = 15 };

/* ---- the instructions */

#define COORDINATES_1(type) type x
#define COORDINATES_2(type) type x, type y
#define COORDINATES_3(type) type x, type y, type z
#define COORDINATES_4(type) type x, type y, type z, type w
#define LOAD(dim, n)                                                                               \
    extern f32x4 load_##dim(i32 mask, COORDINATES_##n(i32), i32x8 image, i32 tfe,                  \
                            i32 cache) __asm("llvm.amdgcn.image.load." #dim ".v4f32.i32");         \
    extern void store_##dim(f32x4 data, i32 mask, COORDINATES_##n(i32), i32x8 image, i32 tfe,      \
                            i32 cache) __asm("llvm.amdgcn.image.store." #dim ".v4f32.i32");
#define LOAD_MIP(dim, n)                                                                           \
    extern f32x4 load_mip_##dim(i32 mask, COORDINATES_##n(i32), i32x8 image, i32 tfe,              \
                                i32 cache) __asm("llvm.amdgcn.image.load.mip." #dim ".v4f32.i32"); \
    extern void store_mip_##dim(f32x4 data, i32 mask, COORDINATES_##n(i32), i32x8 image, i32 tfe,  \
                                i32 cache) __asm("llvm.amdgcn.image.store.mip." #dim               \
                                                 ".v4f32.i32");
#define SAMPLE(dim, n)                                                                             \
    extern f32x4 sample_##dim(i32 mask, COORDINATES_##n(f32), i32x8 image, i32x4 sampler,          \
                              _Bool unnormalized, i32 tfe,                                         \
                              i32 cache) __asm("llvm.amdgcn.image.sample." #dim ".v4f32.f32");
typedef float f32;
LOAD(1d, 1)
LOAD(1darray, 2)
LOAD(2d, 2)
LOAD(2darray, 3)
LOAD(3d, 3)
LOAD_MIP(1d, 2)
LOAD_MIP(1darray, 3)
LOAD_MIP(2d, 3)
LOAD_MIP(2darray, 4)
LOAD_MIP(3d, 4)
SAMPLE(1d, 1)
SAMPLE(1darray, 2)
SAMPLE(2d, 2)
SAMPLE(2darray, 3)
SAMPLE(3d, 3)
SAMPLE(cube, 3)

/* A linear image is a buffer; its descriptor has four words. */
extern f32x4 load_buffer(i32x4 buffer, i32 index, i32 offset, i32 soffset,
                         i32 cache) __asm("llvm.amdgcn.struct.buffer.load.format.v4f32");
extern void store_buffer(f32x4 data, i32x4 buffer, i32 index, i32 offset, i32 soffset,
                         i32 cache) __asm("llvm.amdgcn.struct.buffer.store.format.v4f32");

/* ---- loads and stores. Layers of cubes are six slices each. */

#define ONE(c)   c
#define TWO(c)   c.x, c.y
#define THREE(c) c.x, c.y, c.z
#define FACE(c)  c.x, c.y, f
#define LAYER(c) c.x, c.y, 6 * c.z + f

/* ACCESS(name, intrinsic, parameters, coordinates) */
#define ACCESS(name, dim, parameters, ...)                                                         \
    IMAGE f32x4 __ockl_image_load_##name parameters                                                \
    {                                                                                              \
        return load_##dim(ALL, __VA_ARGS__, RESOURCE(i), 0, 0);                                    \
    }
#define ACCESS_LOD(name, dim, parameters, ...)                                                     \
    IMAGE f32x4 __ockl_image_load_lod_##name parameters                                            \
    {                                                                                              \
        return load_mip_##dim(ALL, __VA_ARGS__, l, RESOURCE(i), 0, 0);                             \
    }
#define STORE(name, dim, parameters, ...)                                                          \
    IMAGE void __ockl_image_store_##name parameters                                                \
    {                                                                                              \
        store_##dim(p, ALL, __VA_ARGS__, RESOURCE(i), 0, 0);                                       \
    }
#define STORE_LOD(name, dim, parameters, ...)                                                      \
    IMAGE void __ockl_image_store_lod_##name parameters                                            \
    {                                                                                              \
        store_mip_##dim(p, ALL, __VA_ARGS__, l, RESOURCE(i), 0, 0);                                \
    }
ACCESS(1D, 1d, (descriptor i, i32 c), ONE(c))
ACCESS(1Da, 1darray, (descriptor i, i32x2 c), TWO(c))
ACCESS(2D, 2d, (descriptor i, i32x2 c), TWO(c))
ACCESS(2Da, 2darray, (descriptor i, i32x4 c), THREE(c))
ACCESS(3D, 3d, (descriptor i, i32x4 c), THREE(c))
ACCESS(CM, 2darray, (descriptor i, i32x2 c, i32 f), FACE(c))
ACCESS(CMa, 2darray, (descriptor i, i32x4 c, i32 f), LAYER(c))
ACCESS_LOD(1D, 1d, (descriptor i, i32 c, i32 l), ONE(c))
ACCESS_LOD(1Da, 1darray, (descriptor i, i32x2 c, i32 l), TWO(c))
ACCESS_LOD(2D, 2d, (descriptor i, i32x2 c, i32 l), TWO(c))
ACCESS_LOD(2Da, 2darray, (descriptor i, i32x4 c, i32 l), THREE(c))
ACCESS_LOD(3D, 3d, (descriptor i, i32x4 c, i32 l), THREE(c))
ACCESS_LOD(CM, 2darray, (descriptor i, i32x2 c, i32 f, i32 l), FACE(c))
ACCESS_LOD(CMa, 2darray, (descriptor i, i32x4 c, i32 f, i32 l), LAYER(c))
STORE(1D, 1d, (descriptor i, i32 c, f32x4 p), ONE(c))
STORE(1Da, 1darray, (descriptor i, i32x2 c, f32x4 p), TWO(c))
STORE(2D, 2d, (descriptor i, i32x2 c, f32x4 p), TWO(c))
STORE(2Da, 2darray, (descriptor i, i32x4 c, f32x4 p), THREE(c))
STORE(3D, 3d, (descriptor i, i32x4 c, f32x4 p), THREE(c))
STORE(CM, 2darray, (descriptor i, i32x2 c, i32 f, f32x4 p), FACE(c))
STORE(CMa, 2darray, (descriptor i, i32x4 c, i32 f, f32x4 p), LAYER(c))
STORE_LOD(1D, 1d, (descriptor i, i32 c, i32 l, f32x4 p), ONE(c))
STORE_LOD(1Da, 1darray, (descriptor i, i32x2 c, i32 l, f32x4 p), TWO(c))
STORE_LOD(2D, 2d, (descriptor i, i32x2 c, i32 l, f32x4 p), TWO(c))
STORE_LOD(2Da, 2darray, (descriptor i, i32x4 c, i32 l, f32x4 p), THREE(c))
STORE_LOD(3D, 3d, (descriptor i, i32x4 c, i32 l, f32x4 p), THREE(c))
STORE_LOD(CM, 2darray, (descriptor i, i32x2 c, i32 f, i32 l, f32x4 p), FACE(c))
STORE_LOD(CMa, 2darray, (descriptor i, i32x4 c, i32 f, i32 l, f32x4 p), LAYER(c))

ALWAYS f32x4 __ockl_image_load_1Db(descriptor i, i32 c)
{
    return load_buffer(SAMPLER(i), c, 0, 0, 0);
}

ALWAYS void __ockl_image_store_1Db(descriptor i, i32 c, f32x4 p)
{
    store_buffer(p, SAMPLER(i), c, 0, 0, 0);
}

/* ---- cubes: a direction to a place on a face, as the V_CUBE* instructions have it (AMD "CDNA2"
 * ISA, V_CUBEID_F32 and its neighbours; the largest axis wins, z before y before x) */

struct axes {
    f32 s, t, major; /* major: positive */
};

INLINE f32 face_of(f32x4 c)
{
    f32 x = __builtin_fabsf(c.x), y = __builtin_fabsf(c.y), z = __builtin_fabsf(c.z);
    if (z >= x && z >= y)
        return c.z < 0 ? 5 : 4;
    if (y >= x)
        return c.y < 0 ? 3 : 2;
    return c.x < 0 ? 1 : 0;
}

/* A direction, or how it changes, along the axes of a face. */
INLINE struct axes axes_of(f32 face, f32x4 v)
{
    if (face >= 4)
        return face == 4 ? (struct axes){v.x, -v.y, v.z} : (struct axes){-v.x, -v.y, -v.z};
    if (face >= 2)
        return face == 2 ? (struct axes){v.x, v.z, v.y} : (struct axes){v.x, -v.z, -v.y};
    return face == 0 ? (struct axes){-v.z, -v.y, v.x} : (struct axes){v.z, -v.y, -v.x};
}

struct cube {
    f32 x, y, face;
};

/* Faces lie at 1 to 2 of the coordinates that a sample has. */
INLINE struct cube cube_of(f32x4 c)
{
    f32 face = face_of(c);
    struct axes at = axes_of(face, c);
    f32 scale = 0.5f / at.major;
    return (struct cube){at.s * scale + 1.5f, at.t * scale + 1.5f, face};
}

/* ---- a sampler for one level */

enum { LOD_BITS = 12, BIAS_BITS = 14 };

INLINE i32x4 sampler_at(descriptor s, f32 lod)
{
    const i32 mask = (1 << LOD_BITS) - 1;
    i32x4 words = SAMPLER(s);
    i32 least = words.y & mask, most = words.y >> LOD_BITS & mask;
    i32 bias = words.z << (32 - BIAS_BITS) >> (32 - BIAS_BITS);
    f32 level = __builtin_rintf(lod * 256) + (f32)bias;
    level = __builtin_fmaxf(__builtin_fminf(level, (f32)most), (f32)least);
    i32 fixed = (i32)level;
    words.y = (words.y & ~((1 << 2 * LOD_BITS) - 1)) | fixed | fixed << LOD_BITS;
    words.z &= ~((1 << BIAS_BITS) - 1);
    return words;
}

INLINE f32 size_of(descriptor i, u32 axis)
{
    u32 bits = axis == 0 ? i[2] : (axis == 1 ? i[2] >> 14 : i[4]);
    return (f32)((bits & (axis == 2 ? 0x1fff : 0x3fff)) + 1);
}

/* The level at which the longer of two steps, in texels of level 0, is one texel long. Of no step
 * at all, the lowest. */
INLINE f32 level_of(f32 step_x, f32 step_y)
{
    return 0.5f * __builtin_log2f(__builtin_fmaxf(step_x, step_y));
}

INLINE f32 square(f32 x)
{
    return x * x;
}

INLINE f32 level_1(descriptor i, f32 dx, f32 dy)
{
    f32 width = size_of(i, 0);
    return level_of(square(dx * width), square(dy * width));
}

INLINE f32 level_2(descriptor i, f32x2 dx, f32x2 dy)
{
    f32 width = size_of(i, 0), height = size_of(i, 1);
    return level_of(square(dx.x * width) + square(dx.y * height),
                    square(dy.x * width) + square(dy.y * height));
}

INLINE f32 level_3(descriptor i, f32x4 dx, f32x4 dy)
{
    f32 depth = size_of(i, 2);
    f32 width = size_of(i, 0), height = size_of(i, 1);
    return level_of(square(dx.x * width) + square(dx.y * height) + square(dx.z * depth),
                    square(dy.x * width) + square(dy.y * height) + square(dy.z * depth));
}

/* How a face's place moves when the direction does: the derivative of cube_of. */
INLINE f32x2 face_step(f32x4 c, f32x4 d)
{
    f32 face = face_of(c);
    struct axes at = axes_of(face, c), step = axes_of(face, d);
    f32 scale = 0.5f / (at.major * at.major);
    return (f32x2){(step.s * at.major - at.s * step.major) * scale,
                   (step.t * at.major - at.t * step.major) * scale};
}

/* ---- samples */

/* SAMPLES(name, intrinsic, type of the place, coordinates ...) */
#define SAMPLES(name, dim, place, ...)                                                             \
    IMAGE f32x4 __ockl_image_sample_##name(descriptor i, descriptor s, place c)                    \
    {                                                                                              \
        return sample_##dim(ALL, __VA_ARGS__, RESOURCE(i), SAMPLER(s), 0, 0, 0);                   \
    }                                                                                              \
    IMAGE f32x4 __ockl_image_sample_lod_##name(descriptor i, descriptor s, place c, f32 l)         \
    {                                                                                              \
        return sample_##dim(ALL, __VA_ARGS__, RESOURCE(i), sampler_at(s, l), 0, 0, 0);             \
    }
/* The same for places on cubes, whose layers are eight faces apart. */
#define SAMPLES_CUBE(name, layer)                                                                  \
    IMAGE f32x4 __ockl_image_sample_##name(descriptor i, descriptor s, f32x4 c)                    \
    {                                                                                              \
        struct cube at = cube_of(c);                                                               \
        return sample_cube(ALL, at.x, at.y, at.face + (layer), RESOURCE(i), SAMPLER(s), 0, 0, 0);  \
    }                                                                                              \
    IMAGE f32x4 __ockl_image_sample_lod_##name(descriptor i, descriptor s, f32x4 c, f32 l)         \
    {                                                                                              \
        struct cube at = cube_of(c);                                                               \
        return sample_cube(ALL, at.x, at.y, at.face + (layer), RESOURCE(i), sampler_at(s, l), 0,   \
                           0, 0);                                                                  \
    }
#define SAMPLE_GRAD(name, place, step, level)                                                      \
    IMAGE f32x4 __ockl_image_sample_grad_##name(descriptor i, descriptor s, place c, step dx,      \
                                                step dy)                                           \
    {                                                                                              \
        return __ockl_image_sample_lod_##name(i, s, c, level);                                     \
    }
SAMPLES(1D, 1d, f32, ONE(c))
SAMPLES(1Da, 1darray, f32x2, TWO(c))
SAMPLES(2D, 2d, f32x2, TWO(c))
SAMPLES(2Da, 2darray, f32x4, THREE(c))
SAMPLES(3D, 3d, f32x4, THREE(c))
SAMPLES_CUBE(CM, 0)
SAMPLES_CUBE(CMa, 8 * __builtin_rintf(c.w))
SAMPLE_GRAD(1D, f32, f32, level_1(i, dx, dy))
SAMPLE_GRAD(1Da, f32x2, f32, level_1(i, dx, dy))
SAMPLE_GRAD(2D, f32x2, f32x2, level_2(i, dx, dy))
SAMPLE_GRAD(2Da, f32x4, f32x2, level_2(i, dx, dy))
SAMPLE_GRAD(3D, f32x4, f32x4, level_3(i, dx, dy))
SAMPLE_GRAD(CM, f32x4, f32x4, level_2(i, face_step(c, dx), face_step(c, dy)))
SAMPLE_GRAD(CMa, f32x4, f32x4, level_2(i, face_step(c, dx), face_step(c, dy)))

/* ---- gathers: one channel of the four texels that a linear filter would mix */

enum { UNNORMALIZED = 1 << 15, TRUNCATES = 1 << 27, XY_FILTERS = 0xf << 20 };

/* The middle of the lower of the two texels around `at`. */
INLINE f32 lower_texel(f32 at, f32 size, _Bool unnormalized)
{
    f32 texel = unnormalized ? at : at * size;
    return __builtin_floorf(__builtin_roundf((texel - 0.5f) * 256) / 256) + 0.5f;
}

IMAGE static f32x4 corner(i32x8 image, i32x4 sampler, f32 x, f32 y)
{
    return sample_2d(ALL, x, y, image, sampler, 0, 0, 0);
}

#define GATHER(name, channel)                                                                      \
    IMAGE f32x4 __ockl_image_gather4##name##_2D(descriptor i, descriptor s, f32x2 c)               \
    {                                                                                              \
        i32x8 image = RESOURCE(i);                                                                 \
        i32x4 point = SAMPLER(s);                                                                  \
        _Bool plain = (point.x & UNNORMALIZED) != 0;                                               \
        f32 width = size_of(i, 0), height = size_of(i, 1);                                         \
        f32 x = lower_texel(c.x, width, plain), y = lower_texel(c.y, height, plain);               \
        f32 scale_x = plain ? 1 : width, scale_y = plain ? 1 : height;                             \
        point.x |= TRUNCATES;                                                                      \
        point.z &= ~XY_FILTERS;                                                                    \
        return (f32x4){corner(image, point, x / scale_x, (y + 1) / scale_y).channel,               \
                       corner(image, point, (x + 1) / scale_x, (y + 1) / scale_y).channel,         \
                       corner(image, point, (x + 1) / scale_x, y / scale_y).channel,               \
                       corner(image, point, x / scale_x, y / scale_y).channel};                    \
    }
GATHER(r, x)
GATHER(g, y)
GATHER(b, z)
GATHER(a, w)

/* ---- what an image is */

#define QUERIES(name)                                                                              \
    ALWAYS i32 __ockl_image_channel_data_type_##name(descriptor i)                                 \
    {                                                                                              \
        return (i32)i[8];                                                                          \
    }                                                                                              \
    ALWAYS i32 __ockl_image_channel_order_##name(descriptor i)                                     \
    {                                                                                              \
        return (i32)i[9];                                                                          \
    }
QUERIES(1D)
QUERIES(1Da)
QUERIES(1Db)
QUERIES(2D)
QUERIES(2Da)
QUERIES(2Dad)
QUERIES(2Dd)
QUERIES(3D)
QUERIES(CM)
QUERIES(CMa)

#define SIZE(query, name, value)                                                                   \
    ALWAYS i32 __ockl_image_##query##_##name(descriptor i)                                         \
    {                                                                                              \
        return (i32)(value);                                                                       \
    }
#define WIDTH(name)  SIZE(width, name, (i[2] & 0x3fff) + 1)
#define HEIGHT(name) SIZE(height, name, (i[2] >> 14 & 0x3fff) + 1)
#define SLICES       ((i[4] & 0x1fff) + 1)
WIDTH(1D)
WIDTH(1Da)
SIZE(width, 1Db, i[10])
WIDTH(2D)
WIDTH(2Da)
WIDTH(2Dad)
WIDTH(2Dd)
WIDTH(3D)
WIDTH(CM)
WIDTH(CMa)
HEIGHT(2D)
HEIGHT(2Da)
HEIGHT(2Dad)
HEIGHT(2Dd)
HEIGHT(3D)
HEIGHT(CM)
HEIGHT(CMa)
SIZE(depth, 3D, SLICES)
SIZE(array_size, 1Da, SLICES)
SIZE(array_size, 2Da, SLICES)
SIZE(array_size, 2Dad, SLICES)
SIZE(array_size, CMa, SLICES / 6)
#define LEVELS(name) SIZE(num_mip_levels, name, (i[3] >> 16 & 15) - (i[3] >> 12 & 15) + 1)
LEVELS(1D)
LEVELS(1Da)
LEVELS(2D)
LEVELS(2Da)
LEVELS(2Dad)
LEVELS(2Dd)
LEVELS(3D)
LEVELS(CM)
LEVELS(CMa)
