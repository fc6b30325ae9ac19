// SPDX-License-Identifier: MIT
// Surfaces from kernels: every kind is written and read at and around its edges. Outside of a
// surface reads are 0 and writes vanish; surf1Dread alone has a boundary mode (HIP, "Surface
// object"). Prints what differs; the exit code says whether anything did.
#include "texture_rig.h"

#include <vector>

enum Kind { S1D, S2D, S3D, S1DLAYERED, S2DLAYERED, SCUBE, SCUBELAYERED };
enum { W = 9, H = 7, D = 5, ROOM = (W + 2) * (W + 2) * 14 };

static short2 *results;

// The size of each kind as kernels address it; faces and layers count along z.
struct Shape {
    Kind kind;
    int w, h, d;
    unsigned flags;
};
static const Shape shapes[] = {{S1D, W, 1, 1, 0},
                               {S2D, W, H, 1, 0},
                               {S3D, W, H, D, 0},
                               {S1DLAYERED, W, 1, D, hipArrayLayered},
                               {S2DLAYERED, W, H, D, hipArrayLayered},
                               {SCUBE, H, H, 6, hipArrayCubemap},
                               {SCUBELAYERED, H, H, 12, hipArrayCubemap | hipArrayLayered}};

__host__ __device__ static short2 value_at(int x, int y, int z)
{
    return make_short2((short)(x + 10 * y + 100 * z + 1), (short)(-x - 3));
}

__global__ void write_surface(hipSurfaceObject_t surface, Kind kind, int from)
{
    int x = (int)threadIdx.x + from, y = (int)threadIdx.y + from, z = (int)blockIdx.x;
    short2 value = value_at(x, y, z);
    switch (kind) {
    case S1D:
        surf1Dwrite(value, surface, x * 4);
        break;
    case S2D:
        surf2Dwrite(value, surface, x * 4, y);
        break;
    case S3D:
        surf3Dwrite(value, surface, x * 4, y, z + from);
        break;
    case S1DLAYERED:
        surf1DLayeredwrite(value, surface, x * 4, z);
        break;
    case S2DLAYERED:
        surf2DLayeredwrite(value, surface, x * 4, y, z);
        break;
    case SCUBE:
        surfCubemapwrite(value, surface, x * 4, y, z);
        break;
    default:
        surfCubemapLayeredwrite(value, surface, x * 4, y, z % 6, z / 6);
    }
}

__global__ void read_surface(hipSurfaceObject_t surface, Kind kind, int from, short2 *out)
{
    int x = (int)threadIdx.x + from, y = (int)threadIdx.y + from, z = (int)blockIdx.x;
    short2 *to =
        &out[(z * (int)blockDim.y + (int)threadIdx.y) * (int)blockDim.x + (int)threadIdx.x];
    *to = make_short2(99, 99);
    switch (kind) {
    case S1D:
        surf1Dread(to, surface, x * 4);
        break;
    case S2D:
        surf2Dread(to, surface, x * 4, y);
        break;
    case S3D:
        surf3Dread(to, surface, x * 4, y, z + from);
        break;
    case S1DLAYERED:
        surf1DLayeredread(to, surface, x * 4, z);
        break;
    case S2DLAYERED:
        surf2DLayeredread(to, surface, x * 4, y, z);
        break;
    case SCUBE:
        surfCubemapread(to, surface, x * 4, y, z);
        break;
    default:
        surfCubemapLayeredread(to, surface, x * 4, y, z % 6, z / 6);
    }
}

static hipArray_t array_of(const Shape &s, hipSurfaceObject_t *surface)
{
    hipArray_t array = nullptr;
    hipChannelFormatDesc format = hipCreateChannelDesc<short2>();
    hipExtent extent = {(size_t)s.w, s.h > 1 ? (size_t)s.h : 0, s.d > 1 ? (size_t)s.d : 0};
    OK(hipMalloc3DArray(&array, &format, extent, s.flags | hipArraySurfaceLoadStore));
    hipResourceDesc resource = {};
    resource.resType = hipResourceTypeArray;
    resource.res.array.array = array;
    OK(hipCreateSurfaceObject(surface, &resource));
    return array;
}

static void copy_of(const Shape &s, hipArray_t array, std::vector<short2> &memory, bool to_array)
{
    hipMemcpy3DParms copy = {};
    (to_array ? copy.dstArray : copy.srcArray) = array;
    (to_array ? copy.srcPtr : copy.dstPtr) = make_hipPitchedPtr(memory.data(), s.w * 4, s.w, s.h);
    copy.extent = make_hipExtent(s.w, s.h, s.d);
    copy.kind = hipMemcpyDefault;
    OK(hipMemcpy3D(&copy));
}

// Writes and reads one element beyond each edge, too; along z only where z is a coordinate.
static void surfaces_are_written_and_read_up_to_their_edges()
{
    for (const Shape &s : shapes) {
        hipSurfaceObject_t surface = nullptr;
        hipArray_t array = array_of(s, &surface);
        std::vector<short2> back((size_t)s.w * s.h * s.d, make_short2(7, 7));
        copy_of(s, array, back, true);
        const int beyond_z = s.kind == S3D ? 1 : 0;
        dim3 grid(s.d + 2 * beyond_z), block(s.w + 2, s.h + 2);
        write_surface<<<grid, block>>>(surface, s.kind, -1);
        read_surface<<<grid, block>>>(surface, s.kind, -1, results);
        OK(hipDeviceSynchronize());
        copy_of(s, array, back, false);
        const bool flat = s.kind == S1D || s.kind == S1DLAYERED; // all rows write the same place
        for (int z = 0; z < (int)grid.x; z++)
            for (int y = -1; y <= s.h; y++)
                for (int x = -1; x <= s.w; x++) {
                    int at = z - beyond_z;
                    bool inside =
                        x >= 0 && x < s.w && (flat || (y >= 0 && y < s.h)) && at >= 0 && at < s.d;
                    short2 got = results[(z * (s.h + 2) + y + 1) * (s.w + 2) + x + 1];
                    short2 stored = inside ? back[((size_t)at * s.h + (flat ? 0 : y)) * s.w + x]
                                           : make_short2(0, 0);
                    CHECK(got.x == stored.x && got.y == stored.y,
                          "surface %d: read at %d %d %d: %d %d, want %d %d", s.kind, x, y, at,
                          got.x, got.y, stored.x, stored.y);
                    short2 want = value_at(x, y, z);
                    CHECK(!inside || flat || (stored.x == want.x && stored.y == want.y),
                          "surface %d: stored at %d %d %d: %d, want %d", s.kind, x, y, at, stored.x,
                          want.x);
                    CHECK(!inside || stored.y == want.y, "surface %d: stored at %d: %d", s.kind, x,
                          stored.y);
                }
        OK(hipDestroySurfaceObject(surface));
        OK(hipFreeArray(array));
    }
}

__global__ void read_by_mode(hipSurfaceObject_t surface, int x, int mode, short2 *out)
{
    surf1Dread(out, surface, x * 4, mode);
}

static void boundary_modes_of_surf1Dread()
{
    hipSurfaceObject_t surface = nullptr;
    const Shape line = {S1D, W, 1, 1, 0};
    hipArray_t array = array_of(line, &surface);
    write_surface<<<1, dim3(W)>>>(surface, S1D, 0);
    static const struct {
        int x, mode, want;
        hipError_t error;
    } rows[] = {
        {3, hipBoundaryModeZero, 4, hipSuccess},
        {-1, hipBoundaryModeZero, 0, hipSuccess},
        {W, hipBoundaryModeZero, 0, hipSuccess},
        {3, hipBoundaryModeClamp, 4, hipSuccess},
        {-1, hipBoundaryModeClamp, 1, hipSuccess},
        {-1000, hipBoundaryModeClamp, 1, hipSuccess},
        {W, hipBoundaryModeClamp, W, hipSuccess},
        {1 << 20, hipBoundaryModeClamp, W, hipSuccess},
        {W - 1, hipBoundaryModeTrap, W, hipSuccess},
        {W, hipBoundaryModeTrap, 99, hipErrorLaunchFailure},
        {-1, hipBoundaryModeTrap, 99, hipErrorLaunchFailure},
    };
    for (auto &row : rows) {
        *results = make_short2(99, 99);
        read_by_mode<<<1, 1>>>(surface, row.x, row.mode, results);
        hipError_t error = hipDeviceSynchronize();
        CHECK(error == row.error, "mode %d at %d: %s", row.mode, row.x, hipGetErrorName(error));
        CHECK(results->x == row.want, "mode %d at %d: %d, want %d", row.mode, row.x, results->x,
              row.want);
    }
    OK(hipDestroySurfaceObject(surface));
    OK(hipFreeArray(array));
}

int main()
{
    OK(hipHostMalloc((void **)&results, ROOM * sizeof(short2)));
    surfaces_are_written_and_read_up_to_their_edges();
    boundary_modes_of_surf1Dread();
    printf("%d failures\n", failures);
    return failures != 0;
}
