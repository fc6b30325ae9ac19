/* SPDX-License-Identifier: MIT
 * Copies of volumes, byte ranges and rows into and out of arrays, with what lies beside them
 * compared as well. The model is the host's.
 */
#include "array_rig.h"

/* ---- volumes: three dimensions ---- */

struct volume {
    const char *why;
    hipPos in_array;    /* elements */
    hipPos in_memory;   /* bytes, rows, slices */
    hipExtent extent;   /* elements */
    size_t pitch, rows; /* of the memory */
};

static const struct volume volumes[] = {
    {"all", {0, 0, 0}, {0, 0, 0}, {WIDTH, HEIGHT, DEPTH}, ROW, HEIGHT},
    {"all, pitched", {0, 0, 0}, {0, 0, 0}, {WIDTH, HEIGHT, DEPTH}, ROW + 20, HEIGHT + 2},
    {"inside", {2, 1, 1}, {0, 0, 0}, {9, 4, 3}, 36, 4},
    {"inside, inside", {3, 2, 2}, {12, 1, 1}, {5, 3, 2}, 52, 6},
    {"a slice", {0, 0, 3}, {0, 0, 1}, {WIDTH, HEIGHT, 1}, ROW, HEIGHT},
    {"a pillar", {4, 5, 0}, {4, 2, 0}, {1, 1, DEPTH}, 8, 3},
    {"the last element", {WIDTH - 1, HEIGHT - 1, DEPTH - 1}, {0, 0, 0}, {1, 1, 1}, 4, 1},
    {"no depth", {1, 1, 1}, {0, 0, 0}, {2, 2, 0}, 8, 2},
};

enum way { RUNTIME, RUNTIME_ASYNC, DRIVER, DRIVER_ASYNC, OVER_ARRAY, WAYS };
static const char *const way_name[] = {"hipMemcpy3D", "hipMemcpy3DAsync", "hipDrvMemcpy3D",
                                       "hipDrvMemcpy3DAsync", "hipMemcpy3D between arrays"};

static hipError_t run_runtime(hipArray_t array, unsigned char *memory, const struct volume *v,
                              bool to_array, bool async_form)
{
    const hipPitchedPtr pitched = {memory, v->pitch, v->pitch, v->rows};
    hipMemcpy3DParms p = {.extent = v->extent, .kind = hipMemcpyDefault};
    if (to_array) {
        p.srcPtr = pitched;
        p.srcPos = v->in_memory;
        p.dstArray = array;
        p.dstPos = v->in_array;
    } else {
        p.dstPtr = pitched;
        p.dstPos = v->in_memory;
        p.srcArray = array;
        p.srcPos = v->in_array;
    }
    return async_form ? hipMemcpy3DAsync(&p, NULL) : hipMemcpy3D(&p);
}

static hipError_t run_driver(hipArray_t array, unsigned char *memory, const struct volume *v,
                             enum place place, bool to_array, bool async_form)
{
    const hipMemoryType type = place == DEVICE ? hipMemoryTypeDevice : hipMemoryTypeHost;
    HIP_MEMCPY3D p = {.WidthInBytes = v->extent.width * ELEMENT,
                      .Height = v->extent.height,
                      .Depth = v->extent.depth};
    if (to_array) {
        p.srcMemoryType = type;
        p.srcHost = place == DEVICE ? NULL : memory;
        p.srcDevice = place == DEVICE ? memory : NULL;
        p.srcXInBytes = v->in_memory.x;
        p.srcY = v->in_memory.y;
        p.srcZ = v->in_memory.z;
        p.srcPitch = v->pitch;
        p.srcHeight = v->rows;
        p.dstMemoryType = hipMemoryTypeArray;
        p.dstArray = array;
        p.dstXInBytes = v->in_array.x * ELEMENT;
        p.dstY = v->in_array.y;
        p.dstZ = v->in_array.z;
    } else {
        p.dstMemoryType = type;
        p.dstHost = place == DEVICE ? NULL : memory;
        p.dstDevice = place == DEVICE ? memory : NULL;
        p.dstXInBytes = v->in_memory.x;
        p.dstY = v->in_memory.y;
        p.dstZ = v->in_memory.z;
        p.dstPitch = v->pitch;
        p.dstHeight = v->rows;
        p.srcMemoryType = hipMemoryTypeArray;
        p.srcArray = array;
        p.srcXInBytes = v->in_array.x * ELEMENT;
        p.srcY = v->in_array.y;
        p.srcZ = v->in_array.z;
    }
    return async_form ? hipDrvMemcpy3DAsync(&p, NULL) : hipDrvMemcpy3D(&p);
}

static hipError_t run_over_array(hipArray_t array, unsigned char *memory, const struct volume *v,
                                 bool to_array)
{
    hipArray_t other;
    const hipExtent bigger = {WIDTH + 3, HEIGHT + 2, DEPTH + 1};
    OK(hipMalloc3DArray(&other, &four_bytes, bigger, hipArrayDefault));
    struct volume shifted = *v;
    shifted.in_array = (hipPos){v->in_array.x + 3, v->in_array.y + 2, v->in_array.z + 1};
    hipMemcpy3DParms p = {.extent = v->extent, .kind = hipMemcpyDeviceToDevice};
    p.srcArray = to_array ? other : array;
    p.srcPos = to_array ? shifted.in_array : v->in_array;
    p.dstArray = to_array ? array : other;
    p.dstPos = to_array ? v->in_array : shifted.in_array;
    hipError_t error = to_array ? run_runtime(other, memory, &shifted, true, false) ?: hipMemcpy3D(&p)
                                : hipMemcpy3D(&p) ?: run_runtime(other, memory, &shifted, false, false);
    OK(hipFreeArray(other));
    return error;
}

static hipError_t run_volume(enum way way, hipArray_t array, unsigned char *memory,
                             const struct volume *v, enum place place, bool to_array)
{
    switch (way) {
    case RUNTIME:
    case RUNTIME_ASYNC:
        return run_runtime(array, memory, v, to_array, way == RUNTIME_ASYNC);
    case DRIVER:
    case DRIVER_ASYNC:
        return run_driver(array, memory, v, place, to_array, way == DRIVER_ASYNC);
    default:
        return run_over_array(array, memory, v, to_array);
    }
}

static void copy_volume_model(unsigned char *array, unsigned char *memory, const struct volume *v,
                              bool to_array)
{
    for (size_t z = 0; z < v->extent.depth; z++) {
        unsigned char *in_array =
            array + (v->in_array.z + z) * SLICE + v->in_array.y * ROW + v->in_array.x * ELEMENT;
        unsigned char *in_memory = memory + (v->in_memory.z + z) * v->rows * v->pitch +
                                   v->in_memory.y * v->pitch + v->in_memory.x;
        size_t width = v->extent.width * ELEMENT;
        if (to_array)
            copy_box(in_array, ROW, in_memory, v->pitch, width, v->extent.height);
        else
            copy_box(in_memory, v->pitch, in_array, ROW, width, v->extent.height);
    }
}

static void try_volume(enum way way, const struct volume *v, enum place place, bool to_array)
{
    static unsigned char array_model[PLAIN], memory_model[ROOM], got[ROOM];
    const struct volume all = volumes[0];
    hipArray_t array;
    unsigned char *memory = memory_new(place);
    fill_pattern(array_model, PLAIN, 3);
    fill_pattern(memory_model, ROOM, 4);
    OK(hipMalloc3DArray(&array, &four_bytes, (hipExtent){WIDTH, HEIGHT, DEPTH}, hipArrayDefault));
    OK(run_runtime(array, array_model, &all, true, false));
    memory_put(memory, memory_model);
    hipError_t error = run_volume(way, array, memory, v, place, to_array);
    if (error != hipSuccess)
        fail_msg("%s, %s, %s memory: %s", way_name[way], v->why, place_name[place],
                 hipGetErrorName(error));
    OK(hipDeviceSynchronize());
    copy_volume_model(array_model, memory_model, v, to_array);
    OK(run_runtime(array, got, &all, false, false));
    compare(way_name[way], v->why, place, "array", got, array_model, PLAIN);
    memory_get(got, memory);
    compare(way_name[way], v->why, place, "memory", got, memory_model, ROOM);
    OK(hipFreeArray(array));
    memory_free(place, memory);
}

static void volumes_are_copied_and_nothing_beside_them(void **state)
{
    (void)state;
    for (int way = 0; way < WAYS; way++)
        for (size_t v = 0; v < COUNT(volumes); v++)
            for (int place = 0; place < PLACES; place++)
                for (int to_array = 0; to_array < 2; to_array++)
                    try_volume(way, &volumes[v], place, to_array != 0);
}

/* ---- byte ranges that go on in the next row ---- */

static void ranges_go_on_in_the_next_row(void **state)
{
    static const struct row {
        const char *why;
        size_t x, y, count;
    } rows[] = {
        {"all", 0, 0, SLICE},
        {"whole rows", 0, 2, 3 * ROW},
        {"within a row", 8, 1, 20},
        {"the rest of a row", 8, 1, ROW - 8},
        {"over the end of a row", 8, 1, ROW},
        {"rest, rows, beginning", 24, 1, (ROW - 24) + 3 * ROW + 16},
        {"to the very end", 4, 4, SLICE - 4 * ROW - 4},
        {"nothing", 0, 0, 0},
    };
    static unsigned char array_model[SLICE], memory[ROOM], want[ROOM], got[SLICE];
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int form = 0; form < 3; form++) {
            const size_t begin = rows[i].y * ROW + rows[i].x;
            hipArray_t array;
            fill_pattern(array_model, SLICE, 5);
            fill_pattern(memory, ROOM, 6);
            memcpy(want, memory, ROOM);
            OK(hipMallocArray(&array, &four_bytes, WIDTH, HEIGHT, 0));
            OK(hipMemcpyToArray(array, 0, 0, array_model, SLICE, hipMemcpyHostToDevice));
            if (form == 0) {
                OK(hipMemcpyToArray(array, rows[i].x, rows[i].y, memory, rows[i].count,
                                    hipMemcpyHostToDevice));
                memcpy(array_model + begin, memory, rows[i].count);
            } else {
                OK((form == 1 ? hipMemcpyFromArray : hipMemcpyFromArray_spt)(
                    memory, array, rows[i].x, rows[i].y, rows[i].count, hipMemcpyDeviceToHost));
                memcpy(want, array_model + begin, rows[i].count);
            }
            OK(hipMemcpy2DFromArray(got, ROW, array, 0, 0, ROW, HEIGHT, hipMemcpyDeviceToHost));
            compare("a range", rows[i].why, PAGEABLE, "array", got, array_model, SLICE);
            compare("a range", rows[i].why, PAGEABLE, "memory", memory, want, ROOM);
            OK(hipFreeArray(array));
        }
    }
}

/* ---- rows of the driver's functions ---- */

enum row_function { A_TO_D, A_TO_H, A_TO_H_ASYNC, D_TO_A, H_TO_A, H_TO_A_ASYNC, ROW_FUNCTIONS };

static hipError_t run_row(enum row_function function, hipArray_t array, size_t offset, void *memory,
                          size_t count, hipStream_t stream)
{
    switch (function) {
    case A_TO_D:
        return hipMemcpyAtoD(memory, array, offset, count);
    case A_TO_H:
        return hipMemcpyAtoH(memory, array, offset, count);
    case A_TO_H_ASYNC:
        return hipMemcpyAtoHAsync(memory, array, offset, count, stream);
    case D_TO_A:
        return hipMemcpyDtoA(array, offset, memory, count);
    case H_TO_A:
        return hipMemcpyHtoA(array, offset, memory, count);
    default:
        return hipMemcpyHtoAAsync(array, offset, memory, count, stream);
    }
}

static void rows_of_the_driver_begin_at_their_offset(void **state)
{
    static const char *const names[] = {"hipMemcpyAtoD", "hipMemcpyAtoH", "hipMemcpyAtoHAsync",
                                        "hipMemcpyDtoA", "hipMemcpyHtoA", "hipMemcpyHtoAAsync"};
    static const size_t ranges[][2] = {{0, ROW}, {0, 4}, {12, 40}, {ROW - 4, 4}, {8, 0}};
    static unsigned char array_model[ROW], memory_model[ROOM], got[ROOM];
    hipArray_t array;
    hipStream_t stream;
    (void)state;
    OK(hipMallocArray(&array, &four_bytes, WIDTH, 0, 0));
    OK(hipStreamCreate(&stream));
    for (int f = 0; f < ROW_FUNCTIONS; f++) {
        for (size_t r = 0; r < COUNT(ranges); r++) {
            const enum place place = f == A_TO_D || f == D_TO_A ? DEVICE : PINNED;
            unsigned char *memory = memory_new(place);
            fill_pattern(array_model, ROW, 7);
            fill_pattern(memory_model, ROOM, 8);
            memory_put(memory, memory_model);
            OK(hipMemcpyHtoA(array, 0, array_model, ROW));
            OK(run_row(f, array, ranges[r][0], memory, ranges[r][1], stream));
            OK(hipStreamSynchronize(stream));
            if (f < D_TO_A)
                memcpy(memory_model, array_model + ranges[r][0], ranges[r][1]);
            else
                memcpy(array_model + ranges[r][0], memory_model, ranges[r][1]);
            OK(hipMemcpyAtoH(got, array, 0, ROW));
            compare(names[f], "a row", place, "array", got, array_model, ROW);
            memory_get(got, memory);
            compare(names[f], "a row", place, "memory", got, memory_model, ROOM);
            memory_free(place, memory);
        }
    }
    OK(hipStreamDestroy(stream));
    OK(hipFreeArray(array));
}

static void a_row_goes_from_array_to_array(void **state)
{
    unsigned char bytes[ROW], got[ROW], want[ROW];
    hipArray_t from, to;
    (void)state;
    fill_pattern(bytes, ROW, 9);
    memset(want, 0x5a, ROW);
    OK(hipMallocArray(&from, &four_bytes, WIDTH, 0, 0));
    OK(hipMallocArray(&to, &four_bytes, WIDTH, 0, 0));
    OK(hipMemcpyHtoA(from, 0, bytes, ROW));
    OK(hipMemcpyHtoA(to, 0, want, ROW));
    OK(hipMemcpyAtoA(to, 20, from, 8, 24));
    memcpy(want + 20, bytes + 8, 24);
    OK(hipMemcpyAtoH(got, to, 0, ROW));
    assert_memory_equal(got, want, ROW);
    EXPECT(hipMemcpyAtoA(to, ROW - 4, from, 0, 8), hipErrorInvalidValue);
    EXPECT(hipMemcpyAtoA(to, 0, from, ROW - 4, 8), hipErrorInvalidValue);
    EXPECT(hipMemcpyAtoA(NULL, 0, from, 0, 8), hipErrorInvalidValue);
    EXPECT(hipMemcpyAtoA(to, 0, NULL, 0, 8), hipErrorInvalidValue);
    OK(hipFreeArray(from));
    OK(hipFreeArray(to));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(volumes_are_copied_and_nothing_beside_them),
        cmocka_unit_test(ranges_go_on_in_the_next_row),
        cmocka_unit_test(rows_of_the_driver_begin_at_their_offset),
        cmocka_unit_test(a_row_goes_from_array_to_array),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
