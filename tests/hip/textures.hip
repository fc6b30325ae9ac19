// SPDX-License-Identifier: MIT
// Textures from kernels, held against the documented filtering computed here: every
// way to sample, address and read. Prints what differs; the exit code says whether anything did.
#include "texture_rig.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <vector>

enum { W = 9, H = 7, D = 5, POINTS = 128 };

// ---- the documented sampling (HIP, "Texture fetching")

struct Volume {
    int w, h, d;
    std::vector<float4> texels;
    float4 at(int x, int y, int z) const
    {
        return texels[((size_t)z * h + y) * w + x];
    }
};

static Volume make(int w, int h, int d)
{
    Volume v{w, h, d, std::vector<float4>((size_t)w * h * d)};
    for (size_t i = 0; i < v.texels.size(); i++)
        v.texels[i] = make_float4((float)(i * 37 % 101), -(float)i, 1.0f / (float)(i + 1), 7.5f);
    return v;
}

// False: the border.
static bool place(int &i, int n, hipTextureAddressMode mode)
{
    switch (mode) {
    case hipAddressModeWrap:
        i = ((i % n) + n) % n;
        return true;
    case hipAddressModeMirror:
        i = ((i % (2 * n)) + 2 * n) % (2 * n);
        i = i < n ? i : 2 * n - 1 - i;
        return true;
    case hipAddressModeBorder:
        return i >= 0 && i < n;
    default:
        i = i < 0 ? 0 : (i < n ? i : n - 1);
        return true;
    }
}

struct Neighbours {
    int i[2];
    double w[2];
};

static Neighbours neighbours(float x, int n, const hipTextureDesc &desc, int axis)
{
    Neighbours out{};
    float u = desc.normalizedCoords ? x * (float)n : x;
    (void)axis;
    if (desc.filterMode == hipFilterModePoint) {
        out.i[0] = (int)std::floor(u);
        out.w[0] = 1;
    } else {
        long fixed = std::lround((double)(u - 0.5f) * 256);
        out.i[0] = (int)(fixed >> 8);
        out.i[1] = out.i[0] + 1;
        out.w[1] = (double)(fixed & 255) / 256;
        out.w[0] = 1 - out.w[1];
    }
    return out;
}

static hipTextureAddressMode mode_of(const hipTextureDesc &desc, int axis)
{
    hipTextureAddressMode mode = desc.addressMode[axis];
    bool repeats = mode == hipAddressModeWrap || mode == hipAddressModeMirror;
    return repeats && !desc.normalizedCoords ? hipAddressModeClamp : mode;
}

static float4 sample(const Volume &v, const float *at, int axes, int layer,
                     const hipTextureDesc &desc)
{
    const int sizes[3] = {v.w, v.h, v.d};
    Neighbours n[3] = {{{0, 0}, {1, 0}}, {{0, 0}, {1, 0}}, {{layer, 0}, {1, 0}}};
    for (int a = 0; a < axes; a++)
        n[a] = neighbours(at[a], sizes[a], desc, a);
    double sum[4] = {0, 0, 0, 0};
    for (int c = 0; c < 8; c++) {
        int i[3];
        bool inside = true;
        double w = 1;
        for (int a = 0; a < 3; a++) {
            i[a] = n[a].i[c >> a & 1];
            w *= n[a].w[c >> a & 1];
            if (a < axes)
                inside = place(i[a], sizes[a], mode_of(desc, a)) && inside;
        }
        if (w == 0)
            continue;
        float4 t = inside ? v.at(i[0], i[1], i[2])
                          : make_float4(desc.borderColor[0], desc.borderColor[1],
                                        desc.borderColor[2], desc.borderColor[3]);
        sum[0] += w * t.x, sum[1] += w * t.y, sum[2] += w * t.z, sum[3] += w * t.w;
    }
    return make_float4((float)sum[0], (float)sum[1], (float)sum[2], (float)sum[3]);
}

static bool same(float4 a, float4 b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w);
}

// ---- arrays

static hipArray_t upload(const Volume &v, hipExtent extent, unsigned flags)
{
    hipArray_t array = nullptr;
    hipChannelFormatDesc desc = hipCreateChannelDesc<float4>();
    OK(hipMalloc3DArray(&array, &desc, extent, flags));
    hipMemcpy3DParms copy = {};
    copy.srcPtr = make_hipPitchedPtr((void *)v.texels.data(), v.w * sizeof(float4), v.w, v.h);
    copy.dstArray = array;
    copy.extent = make_hipExtent(v.w, v.h, v.d);
    copy.kind = hipMemcpyHostToDevice;
    OK(hipMemcpy3D(&copy));
    return array;
}

static hipTextureObject_t texture_of(hipArray_t array, const hipTextureDesc &desc)
{
    hipTextureObject_t texture = nullptr;
    hipResourceDesc resource = {};
    resource.resType = hipResourceTypeArray;
    resource.res.array.array = array;
    OK(hipCreateTextureObject(&texture, &resource, &desc, nullptr));
    return texture;
}

// ---- all kinds of image, filters, coordinates and address modes

enum Kind { K1D, K2D, K3D, K1DLAYERED, K2DLAYERED };

__global__ void sample_all(hipTextureObject_t texture, int kind, const float4 *at, float4 *out)
{
    int i = threadIdx.x;
    float4 p = at[i];
    int layer = (int)p.w;
    switch (kind) {
    case K1D:
        out[i] = tex1D<float4>(texture, p.x);
        break;
    case K2D:
        tex2D(&out[i], texture, p.x, p.y);
        break;
    case K3D:
        out[i] = tex3D<float4>(texture, p.x, p.y, p.z);
        break;
    case K1DLAYERED:
        out[i] = tex1DLayered<float4>(texture, p.x, layer);
        break;
    default:
        out[i] = tex2DLayered<float4>(texture, p.x, p.y, layer);
    }
}

static float4 *points, *results; // of the host and the device alike

static void scatter(const Volume &v, bool normalized, int layers)
{
    unsigned seed = 12345;
    const int sizes[3] = {v.w, v.h, v.d};
    for (int i = 0; i < POINTS; i++) {
        float p[3];
        for (int a = 0; a < 3; a++) {
            seed = seed * 1664525 + 1013904223;
            float u = (float)(seed >> 8) / (float)(1 << 24) * 3.0f - 1.0f; // -1 to 2
            p[a] = i < 16 ? (float)(i - 4) / 4.0f : u * (float)sizes[a];
            if (normalized)
                p[a] /= (float)sizes[a];
        }
        points[i] = make_float4(p[0], p[1], p[2], (float)(i % layers));
    }
}

static void sampling_is_as_documented()
{
    static const struct {
        Kind kind;
        int w, h, d, axes;
        unsigned flags;
    } kinds[] = {{K1D, W, 1, 1, 1, 0},
                 {K2D, W, H, 1, 2, 0},
                 {K3D, W, H, D, 3, 0},
                 {K1DLAYERED, W, 1, D, 1, hipArrayLayered},
                 {K2DLAYERED, W, H, D, 2, hipArrayLayered}};
    for (auto &k : kinds) {
        Volume v = make(k.w, k.h, k.d);
        hipExtent extent = {(size_t)k.w, k.h > 1 ? (size_t)k.h : 0, k.d > 1 ? (size_t)k.d : 0};
        hipArray_t array = upload(v, extent, k.flags);
        for (int variant = 0; variant < 16; variant++) {
            hipTextureDesc desc = {};
            desc.filterMode = variant & 1 ? hipFilterModeLinear : hipFilterModePoint;
            desc.normalizedCoords = variant >> 1 & 1;
            for (int a = 0; a < 3; a++)
                desc.addressMode[a] = (hipTextureAddressMode)((variant / 4 + a) & 3);
            if (variant & 8)
                desc.borderColor[1] = 2.5f, desc.borderColor[3] = -1;
            hipTextureObject_t texture = texture_of(array, desc);
            scatter(v, desc.normalizedCoords, k.axes == 3 ? 1 : k.d);
            sample_all<<<1, POINTS>>>(texture, k.kind, points, results);
            OK(hipDeviceSynchronize());
            for (int i = 0; i < POINTS; i++) {
                float p[3] = {points[i].x, points[i].y, points[i].z};
                int layer = k.axes == 3 ? 0 : (int)points[i].w;
                float4 want = sample(v, p, k.axes, layer, desc), got = results[i];
                CHECK(same(want, got),
                      "kind %d variant %d at %g %g %g: %g %g %g %g, not %g %g %g %g", k.kind,
                      variant, p[0], p[1], p[2], got.x, got.y, got.z, got.w, want.x, want.y, want.z,
                      want.w);
            }
            OK(hipDestroyTextureObject(texture));
        }
        OK(hipFreeArray(array));
    }
}

// ---- levels

__global__ void sample_levels(hipTextureObject_t texture, float4 *out)
{
    int i = threadIdx.x;
    float x = 0.3f, y = 0.6f, level = (float)i / 8.0f;
    float step = exp2f((float)i) / 16.0f;
    out[i] = tex2DLod<float4>(texture, x, y, level);
    if (i < 5)
        out[32 + i] =
            tex2DGrad<float4>(texture, x, y, make_float2(step, 0), make_float2(0, step / 2));
    if (i == 0)
        out[40] = tex2D<float4>(texture, x, y);
}

static float4 mix(float4 a, float4 b, double w)
{
    return make_float4((float)(a.x * (1 - w) + b.x * w), (float)(a.y * (1 - w) + b.y * w),
                       (float)(a.z * (1 - w) + b.z * w), (float)(a.w * (1 - w) + b.w * w));
}

static void levels_are_chosen_and_mixed()
{
    enum { SIDE = 16, LEVELS = 5 };
    hipMipmappedArray_t mipmap;
    hipChannelFormatDesc format = hipCreateChannelDesc<float4>();
    OK(hipMallocMipmappedArray(&mipmap, &format, make_hipExtent(SIDE, SIDE, 0), LEVELS));
    for (int level = 0; level < LEVELS; level++) {
        hipArray_t array;
        int side = SIDE >> level;
        std::vector<float4> texels((size_t)side * side, make_float4(level, 10 * level, 1, 0));
        OK(hipGetMipmappedArrayLevel(&array, mipmap, level));
        OK(hipMemcpy2DToArray(array, 0, 0, texels.data(), side * 16, side * 16, side,
                              hipMemcpyHostToDevice));
        OK(hipFreeArray(array));
    }
    for (int linear = 0; linear < 2; linear++) {
        hipTextureObject_t texture = nullptr;
        hipResourceDesc resource = {};
        hipTextureDesc desc = {};
        resource.resType = hipResourceTypeMipmappedArray;
        resource.res.mipmap.mipmap = mipmap;
        desc.normalizedCoords = 1;
        desc.mipmapFilterMode = linear ? hipFilterModeLinear : hipFilterModePoint;
        desc.maxMipmapLevelClamp = 3;
        OK(hipCreateTextureObject(&texture, &resource, &desc, nullptr));
        sample_levels<<<1, 32>>>(texture, results);
        OK(hipDeviceSynchronize());
        for (int i = 0; i < 32; i++) {
            double level = i / 8.0 < 3 ? i / 8.0 : 3;
            int low = linear ? (int)level : (int)(level + 0.5);
            float4 want = make_float4(low, 10 * low, 1, 0);
            if (linear)
                want = mix(want, make_float4(low + 1, 10 * (low + 1), 1, 0), level - low);
            CHECK(same(want, results[i]), "level %g: %g, not %g", level, results[i].x, want.x);
        }
        for (int i = 0; i < 5; i++) // a step of 2^i texels
            CHECK(results[32 + i].x == (i < 3 ? i : 3), "step %d: level %g", i, results[32 + i].x);
        CHECK(results[40].x == 0, "without a level: %g", results[40].x);
        OK(hipDestroyTextureObject(texture));
    }
    OK(hipFreeMipmappedArray(mipmap));
}

// ---- cubes

__global__ void sample_cube(hipTextureObject_t texture, int layers, float4 *out)
{
    static const float directions[6][3] = {{1, .1f, .2f},  {-1, .1f, .2f}, {.1f, 1, .2f},
                                           {.1f, -1, .2f}, {.1f, .2f, 1},  {.1f, .2f, -1}};
    int i = threadIdx.x, face = i % 6, layer = i / 6;
    const float *d = directions[face];
    out[i] = layers == 1 ? texCubemap<float4>(texture, d[0], d[1], d[2])
                         : texCubemapLayered<float4>(texture, d[0], d[1], d[2], layer);
    if (layers == 1)
        out[16 + i] = texCubemapLod<float4>(texture, d[0], d[1], d[2], 0);
}

static void cubes_are_sampled_by_direction()
{
    enum { SIDE = 8 };
    for (int layers = 1; layers <= 2; layers++) {
        Volume v{SIDE, SIDE, 6 * layers, std::vector<float4>(SIDE * SIDE * 6 * layers)};
        for (size_t i = 0; i < v.texels.size(); i++)
            v.texels[i] = make_float4(i / (SIDE * SIDE), i % SIDE, i / SIDE % SIDE, 1);
        hipArray_t array = upload(v, make_hipExtent(SIDE, SIDE, 6 * layers),
                                  hipArrayCubemap | (layers > 1 ? hipArrayLayered : 0));
        hipTextureDesc desc = {};
        desc.normalizedCoords = 1;
        hipTextureObject_t texture = texture_of(array, desc);
        sample_cube<<<1, 6 * layers>>>(texture, layers, results);
        OK(hipDeviceSynchronize());
        // s and t of the faces, as in the table of every cube map
        static const float st[6][2] = {{-.2f, -.1f}, {.2f, -.1f}, {.1f, .2f},
                                       {.1f, -.2f},  {.1f, -.2f}, {-.1f, -.2f}};
        for (int i = 0; i < 6 * layers; i++) {
            float4 want = make_float4(i, floorf((st[i % 6][0] + 1) / 2 * SIDE),
                                      floorf((st[i % 6][1] + 1) / 2 * SIDE), 1);
            CHECK(same(want, results[i]), "face %d: %g %g %g, not %g %g %g", i, results[i].x,
                  results[i].y, results[i].z, want.x, want.y, want.z);
            CHECK(layers > 1 || same(want, results[16 + i]), "face %d of level 0", i);
        }
        OK(hipDestroyTextureObject(texture));
        OK(hipFreeArray(array));
    }
}

// ---- gathers

__global__ void gather(hipTextureObject_t texture, float x, float y, float4 *out)
{
    out[threadIdx.x] = tex2Dgather<float4>(texture, x, y, threadIdx.x);
}

static void gathers_take_the_four_around()
{
    Volume v = make(W, H, 1);
    hipArray_t array = upload(v, make_hipExtent(W, H, 0), hipArrayTextureGather);
    for (int variant = 0; variant < 4; variant++) {
        hipTextureDesc desc = {};
        desc.normalizedCoords = variant & 1;
        desc.addressMode[0] = desc.addressMode[1] =
            variant & 2 ? hipAddressModeBorder : hipAddressModeClamp;
        hipTextureObject_t texture = texture_of(array, desc);
        for (int i = 0; i < 12; i++) {
            float x = i * 1.3f - 2, y = i * 0.9f - 1.7f;
            int x0 = (int)floorf(x - 0.5f), y0 = (int)floorf(y - 0.5f);
            gather<<<1, 4>>>(texture, variant & 1 ? x / W : x, variant & 1 ? y / H : y, results);
            OK(hipDeviceSynchronize());
            static const int corner[4][2] = {{0, 1}, {1, 1}, {1, 0}, {0, 0}};
            for (int c = 0; c < 4; c++) {
                int tx = x0 + corner[c][0], ty = y0 + corner[c][1];
                bool in_x = place(tx, W, desc.addressMode[0]),
                     in_y = place(ty, H, desc.addressMode[1]);
                float4 t = in_x && in_y ? v.at(tx, ty, 0) : make_float4(0, 0, 0, 0);
                const float want[4] = {t.x, t.y, t.z, t.w};
                for (int comp = 0; comp < 4; comp++) {
                    float4 r = results[comp];
                    float got = c == 0 ? r.x : (c == 1 ? r.y : (c == 2 ? r.z : r.w));
                    CHECK(got == want[comp], "gather %d at %g %g corner %d channel %d: %g, not %g",
                          variant, x, y, c, comp, got, want[comp]);
                }
            }
        }
        OK(hipDestroyTextureObject(texture));
    }
    OK(hipFreeArray(array));
}

// ---- elements and read modes

template <class T> __global__ void read_elements(hipTextureObject_t texture, T *out)
{
    out[threadIdx.x] = tex2D<T>(texture, threadIdx.x, 0);
}

template <class T, class R>
static void elements(const char *name, hipTextureReadMode mode, int srgb, const T *in,
                     const R *want, int count)
{
    hipArray_t array = nullptr;
    hipChannelFormatDesc format = hipCreateChannelDesc<T>();
    OK(hipMallocArray(&array, &format, count, 1));
    OK(hipMemcpyToArray(array, 0, 0, in, count * sizeof(T), hipMemcpyHostToDevice));
    hipTextureDesc desc = {};
    desc.readMode = mode;
    desc.sRGB = srgb;
    hipTextureObject_t texture = texture_of(array, desc);
    read_elements<<<1, count>>>(texture, (R *)results);
    OK(hipDeviceSynchronize());
    for (int i = 0; i < count; i++)
        CHECK(memcmp(&((R *)results)[i], &want[i], sizeof(R)) == 0, "%s, element %d", name, i);
    OK(hipDestroyTextureObject(texture));
    OK(hipFreeArray(array));
}

static void elements_are_read_by_type()
{
    const char chars[3] = {-128, 0, 127};
    const float char_units[3] = {-1, 0, 1};
    elements("char", hipReadModeElementType, 0, chars, chars, 3);
    elements("char as float", hipReadModeNormalizedFloat, 0, chars, char_units, 3);
    const ushort2 shorts[2] = {make_ushort2(1, 65535), make_ushort2(300, 0)};
    const float2 short_units[2] = {make_float2(1 / 65535.0f, 1), make_float2(300 / 65535.0f, 0)};
    elements("ushort2", hipReadModeElementType, 0, shorts, shorts, 2);
    elements("ushort2 as float", hipReadModeNormalizedFloat, 0, shorts, short_units, 2);
    const int4 ints[2] = {make_int4(1, -2, 3, INT_MIN), make_int4(5, 6, 7, INT_MAX)};
    elements("int4", hipReadModeElementType, 0, ints, ints, 2);
    elements("int4 as float", hipReadModeNormalizedFloat, 0, ints, ints, 2);
    const uchar4 colors[3] = {make_uchar4(0, 10, 11, 128), make_uchar4(255, 188, 1, 255),
                              make_uchar4(55, 128, 200, 0)};
    float4 linear[3];
    for (int i = 0; i < 3; i++) {
        auto decode = [](unsigned char c) {
            double s = c / 255.0;
            return (float)(s <= 0.04045 ? s / 12.92 : pow((s + 0.055) / 1.055, 2.4));
        };
        linear[i] = make_float4(decode(colors[i].x), decode(colors[i].y), decode(colors[i].z),
                                (float)(colors[i].w / 255.0));
    }
    elements("sRGB", hipReadModeNormalizedFloat, 1, colors, linear, 3);
}

// ---- pitched memory

__global__ void read_pitched(hipTextureObject_t texture, float *out)
{
    int i = threadIdx.x;
    out[i] = tex2D<float>(texture, i % W, i / W);
}

static void pitched_memory_is_a_texture()
{
    float *data;
    size_t pitch;
    std::vector<float> values(W * H);
    for (int i = 0; i < W * H; i++)
        values[i] = 0.5f * i;
    OK(hipMallocPitch((void **)&data, &pitch, W * 4, H));
    OK(hipMemcpy2D(data, pitch, values.data(), W * 4, W * 4, H, hipMemcpyHostToDevice));
    hipTextureObject_t texture = nullptr;
    hipResourceDesc resource = {};
    hipTextureDesc desc = {};
    resource.resType = hipResourceTypePitch2D;
    resource.res.pitch2D.devPtr = data;
    resource.res.pitch2D.desc = hipCreateChannelDesc<float>();
    resource.res.pitch2D.width = W;
    resource.res.pitch2D.height = H;
    resource.res.pitch2D.pitchInBytes = pitch;
    OK(hipCreateTextureObject(&texture, &resource, &desc, nullptr));
    read_pitched<<<1, W * H>>>(texture, (float *)results);
    OK(hipDeviceSynchronize());
    CHECK(memcmp(results, values.data(), W * H * 4) == 0, "pitched memory");
    OK(hipDestroyTextureObject(texture));
    OK(hipFree(data));
}

// ---- references

texture<float, hipTextureType2D, hipReadModeElementType> plane;
texture<unsigned char, hipTextureType1D, hipReadModeNormalizedFloat> bytes;

__global__ void read_references(float *out)
{
    int i = threadIdx.x;
    out[i] = tex2D(plane, (float)i + 0.25f, 1.5f);
    out[32 + i] = tex1Dfetch(bytes, i);
}

static void references_are_bound()
{
    hipArray_t array;
    unsigned char *data;
    size_t offset = 99;
    float values[2][8];
    unsigned char raw[16];
    const textureReference *reference;
    hipChannelFormatDesc format = hipCreateChannelDesc<float>();
    for (int i = 0; i < 16; i++) {
        values[i / 8][i % 8] = (float)(i * i);
        raw[i] = (unsigned char)(i * 17);
    }
    OK(hipMallocArray(&array, &format, 8, 2));
    OK(hipMemcpy2DToArray(array, 0, 0, values, 32, 32, 2, hipMemcpyHostToDevice));
    OK(hipBindTextureToArray(plane, array, format));
    OK(hipMalloc((void **)&data, 16));
    OK(hipMemcpy(data, raw, 16, hipMemcpyHostToDevice));
    OK(hipBindTexture(&offset, bytes, data, 16));
    CHECK(offset == 0, "offset %zu", offset);
    read_references<<<1, 8>>>((float *)results);
    OK(hipDeviceSynchronize());
    for (int i = 0; i < 8; i++) {
        CHECK(((float *)results)[i] == values[1][i], "reference at %d", i);
        CHECK(((float *)results)[32 + i] == (float)(raw[i] / 255.0), "byte at %d", i);
    }
    OK(hipGetTextureReference(&reference, &plane));
    CHECK(reference == &plane, "a reference is its own symbol");
    hipArray_t bound;
    OK(hipTexRefGetArray(&bound, &plane));
    CHECK(bound == array, "the array that is bound");
    OK(hipTexRefSetFilterMode(&plane, hipFilterModeLinear)); // what is bound follows
    read_references<<<1, 8>>>((float *)results);
    OK(hipDeviceSynchronize());
    CHECK(((float *)results)[1] == 0.25f * 64 + 0.75f * 81, "mixed: %g", ((float *)results)[1]);
    OK(hipUnbindTexture(plane));
    OK(hipUnbindTexture(bytes));
    CHECK(hipTexRefGetArray(&bound, &plane) == hipErrorInvalidValue, "nothing is bound");
    OK(hipFree(data));
    OK(hipFreeArray(array));
}

int main()
{
    OK(hipHostMalloc((void **)&points, POINTS * sizeof(float4)));
    OK(hipHostMalloc((void **)&results, 1024 * sizeof(float4)));
    sampling_is_as_documented();
    levels_are_chosen_and_mixed();
    cubes_are_sampled_by_direction();
    gathers_take_the_four_around();
    elements_are_read_by_type();
    pitched_memory_is_a_texture();
    references_are_bound();
    printf("%d failures\n", failures);
    return failures != 0;
}
