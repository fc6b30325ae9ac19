/* SPDX-License-Identifier: MIT
 * What copies into and out of arrays refuse, and with which error.
 */
#include "array_rig.h"

struct box {
    size_t x, y, width, height, pitch;
};

enum { TO, TO_SPT, TO_ASYNC, TO_ASYNC_SPT, FROM, FROM_SPT, FROM_ASYNC, FROM_ASYNC_SPT, CALLS };

static hipError_t run(int call, hipArray_t a, unsigned char *m, const struct box *b)
{
    const hipMemcpyKind kind = hipMemcpyDefault;
    switch (call) {
    case TO:
        return hipMemcpy2DToArray(a, b->x, b->y, m, b->pitch, b->width, b->height, kind);
    case TO_SPT:
        return hipMemcpy2DToArray_spt(a, b->x, b->y, m, b->pitch, b->width, b->height, kind);
    case TO_ASYNC:
        return hipMemcpy2DToArrayAsync(a, b->x, b->y, m, b->pitch, b->width, b->height, kind, NULL);
    case TO_ASYNC_SPT:
        return hipMemcpy2DToArrayAsync_spt(a, b->x, b->y, m, b->pitch, b->width, b->height, kind,
                                           NULL);
    case FROM:
        return hipMemcpy2DFromArray(m, b->pitch, a, b->x, b->y, b->width, b->height, kind);
    case FROM_SPT:
        return hipMemcpy2DFromArray_spt(m, b->pitch, a, b->x, b->y, b->width, b->height, kind);
    case FROM_ASYNC:
        return hipMemcpy2DFromArrayAsync(m, b->pitch, a, b->x, b->y, b->width, b->height, kind,
                                         NULL);
    default:
        return hipMemcpy2DFromArrayAsync_spt(m, b->pitch, a, b->x, b->y, b->width, b->height, kind,
                                             NULL);
    }
}

static void boxes_that_do_not_fit_are_refused(void **state)
{
    static const struct row {
        const char *why;
        struct box box;
        hipError_t want;
    } rows[] = {
        {"wider than the row", {0, 0, ROW + 4, 1, ROW + 4}, hipErrorInvalidValue},
        {"over the right edge", {4, 0, ROW, 1, ROW}, hipErrorInvalidValue},
        {"over the lower edge", {0, 1, 4, HEIGHT, 4}, hipErrorInvalidValue},
        {"begins right of it", {ROW + 4, 0, 4, 1, 4}, hipErrorInvalidValue},
        {"begins below it", {0, HEIGHT + 1, 4, 1, 4}, hipErrorInvalidValue},
        {"x wraps around", {SIZE_MAX - 3, 0, 8, 1, 8}, hipErrorInvalidValue},
        {"y wraps around", {0, SIZE_MAX, 4, 2, 4}, hipErrorInvalidValue},
        {"pitch below the width", {0, 0, 16, 2, 12}, hipErrorInvalidPitchValue},
    };
    unsigned char *memory = memory_new(PAGEABLE);
    hipArray_t array;
    (void)state;
    OK(hipMallocArray(&array, &four_bytes, WIDTH, HEIGHT, 0));
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int call = 0; call < CALLS; call++) {
            hipError_t got = run(call, array, memory, &rows[i].box);
            if (got != rows[i].want)
                fail_msg("%s, call %d: %s, want %s", rows[i].why, call, hipGetErrorName(got),
                         hipGetErrorName(rows[i].want));
        }
    OK(hipFreeArray(array));
    memory_free(PAGEABLE, memory);
}

static void handles_pointers_and_kinds_are_checked(void **state)
{
    const hipMemcpyKind none = (hipMemcpyKind)77;
    unsigned char *m = memory_new(PAGEABLE);
    hipArray_t a, gone;
    (void)state;
    OK(hipMallocArray(&a, &four_bytes, WIDTH, HEIGHT, 0));
    OK(hipMallocArray(&gone, &four_bytes, WIDTH, HEIGHT, 0));
    OK(hipFreeArray(gone));
    const struct row {
        const char *call;
        hipError_t got, want;
    } rows[] = {
#define ROW_OF(call, want) {#call, call, want}
        ROW_OF(hipMemcpy2DToArray(NULL, 0, 0, m, 4, 4, 1, hipMemcpyDefault), hipErrorInvalidHandle),
        ROW_OF(hipMemcpy2DToArray(gone, 0, 0, m, 4, 4, 1, hipMemcpyDefault), hipErrorInvalidHandle),
        ROW_OF(hipMemcpy2DToArray(a, 0, 0, NULL, 4, 4, 1, hipMemcpyDefault), hipErrorInvalidValue),
        ROW_OF(hipMemcpy2DToArray(a, 0, 0, m, 4, 4, 1, none), hipErrorInvalidMemcpyDirection),
        ROW_OF(hipMemcpy2DFromArray(m, 4, NULL, 0, 0, 4, 1, hipMemcpyDefault),
               hipErrorInvalidHandle),
        ROW_OF(hipMemcpy2DFromArray(m, 4, gone, 0, 0, 4, 1, hipMemcpyDefault),
               hipErrorInvalidHandle),
        ROW_OF(hipMemcpy2DFromArray(NULL, 4, a, 0, 0, 4, 1, hipMemcpyDefault),
               hipErrorInvalidValue),
        ROW_OF(hipMemcpy2DFromArray(m, 4, a, 0, 0, 4, 1, none), hipErrorInvalidMemcpyDirection),
        ROW_OF(hipMemcpy2DArrayToArray(a, 0, 0, gone, 0, 0, 4, 1, hipMemcpyDeviceToDevice),
               hipErrorInvalidHandle),
        ROW_OF(hipMemcpy2DArrayToArray(a, 0, 0, a, ROW, 0, 4, 1, hipMemcpyDeviceToDevice),
               hipErrorInvalidValue),
        ROW_OF(hipMemcpy2DArrayToArray(a, 0, 0, a, 8, 0, 4, 1, hipMemcpyHostToDevice),
               hipErrorInvalidMemcpyDirection),
        ROW_OF(hipMemcpyToArray(NULL, 0, 0, m, 4, hipMemcpyDefault), hipErrorInvalidHandle),
        ROW_OF(hipMemcpyToArray(a, 0, 0, NULL, 4, hipMemcpyDefault), hipErrorInvalidValue),
        ROW_OF(hipMemcpyToArray(a, 4, 0, m, SLICE, hipMemcpyDefault), hipErrorInvalidValue),
        ROW_OF(hipMemcpyToArray(a, 0, HEIGHT, m, 4, hipMemcpyDefault), hipErrorInvalidValue),
        ROW_OF(hipMemcpyToArray(a, 0, 0, m, 4, none), hipErrorInvalidMemcpyDirection),
        ROW_OF(hipMemcpyFromArray(m, gone, 0, 0, 4, hipMemcpyDefault), hipErrorInvalidHandle),
        ROW_OF(hipMemcpyFromArray(m, a, ROW, 0, 4, hipMemcpyDefault), hipErrorInvalidValue),
        ROW_OF(hipMemcpyAtoH(NULL, a, 0, 4), hipErrorInvalidValue),
        ROW_OF(hipMemcpyAtoH(m, NULL, 0, 4), hipErrorInvalidValue),
        ROW_OF(hipMemcpyAtoH(m, a, ROW - 4, 8), hipErrorInvalidValue),
        ROW_OF(hipMemcpyHtoA(NULL, 0, m, 4), hipErrorInvalidValue),
        ROW_OF(hipMemcpyHtoA(a, 0, NULL, 4), hipErrorInvalidValue),
        ROW_OF(hipMemcpyHtoA(a, SIZE_MAX - 3, m, 8), hipErrorInvalidValue),
        ROW_OF(hipMemcpyHtoAAsync(a, ROW, m, 4, NULL), hipErrorInvalidValue),
        ROW_OF(hipMemcpyAtoHAsync(m, a, ROW, 4, NULL), hipErrorInvalidValue),
        ROW_OF(hipMemcpyDtoA(a, 0, NULL, 4), hipErrorInvalidValue),
        ROW_OF(hipMemcpyAtoD(NULL, a, 0, 4), hipErrorInvalidValue),
#undef ROW_OF
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        if (rows[i].got != rows[i].want)
            fail_msg("%s: %s, want %s", rows[i].call, hipGetErrorName(rows[i].got),
                     hipGetErrorName(rows[i].want));
    OK(hipFreeArray(a));
    memory_free(PAGEABLE, m);
}

static void descriptors_of_three_dimensions_are_checked(void **state)
{
    unsigned char *m = memory_new(PAGEABLE);
    hipArray_t a, wide;
    (void)state;
    const hipChannelFormatDesc eight_bytes = {32, 32, 0, 0, hipChannelFormatKindUnsigned};
    OK(hipMalloc3DArray(&a, &four_bytes, (hipExtent){WIDTH, HEIGHT, DEPTH}, 0));
    OK(hipMalloc3DArray(&wide, &eight_bytes, (hipExtent){WIDTH, HEIGHT, DEPTH}, 0));
    const hipPitchedPtr p = {m, ROW, ROW, HEIGHT};
    const hipMemcpyKind any = hipMemcpyDefault;
    const struct row {
        const char *why;
        hipMemcpy3DParms parms;
        hipError_t want;
    } rows[] = {
        {"no source", {.dstArray = a, .extent = {1, 1, 1}, .kind = any}, hipErrorInvalidValue},
        {"two sources",
         {.srcArray = wide, .srcPtr = p, .dstArray = a, .extent = {1, 1, 1}, .kind = any},
         hipErrorInvalidValue},
        {"no destination", {.srcPtr = p, .extent = {1, 1, 1}, .kind = any}, hipErrorInvalidValue},
        {"other elements",
         {.srcArray = wide, .dstArray = a, .extent = {1, 1, 1}, .kind = any},
         hipErrorInvalidValue},
        {"too wide",
         {.srcPtr = {m, 2 * ROW, 2 * ROW, 9},
          .dstArray = a,
          .extent = {WIDTH + 1, 1, 1},
          .kind = any},
         hipErrorInvalidValue},
        {"too deep",
         {.srcPtr = p, .dstArray = a, .dstPos = {0, 0, 1}, .extent = {1, 1, DEPTH}, .kind = any},
         hipErrorInvalidValue},
        {"x of the array wraps",
         {.srcPtr = p,
          .dstArray = a,
          .dstPos = {SIZE_MAX / 4, 0, 0},
          .extent = {2, 1, 1},
          .kind = any},
         hipErrorInvalidValue},
        {"the width wraps",
         {.srcPtr = p, .dstArray = a, .extent = {SIZE_MAX / 2, 1, 1}, .kind = any},
         hipErrorInvalidValue},
        {"pitch below the width",
         {.srcPtr = {m, 12, 12, 9}, .dstArray = a, .extent = {4, 1, 1}, .kind = any},
         hipErrorInvalidPitchValue},
        {"x of the memory leaves the pitch",
         {.srcPtr = p, .srcPos = {ROW - 4, 0, 0}, .dstArray = a, .extent = {2, 1, 1}, .kind = any},
         hipErrorInvalidPitchValue},
        {"x of the memory wraps",
         {.srcPtr = p,
          .srcPos = {SIZE_MAX - 3, 0, 0},
          .dstArray = a,
          .extent = {1, 1, 1},
          .kind = any},
         hipErrorInvalidPitchValue},
        {"y of the memory wraps",
         {.srcPtr = p, .srcPos = {0, SIZE_MAX, 0}, .dstArray = a, .extent = {1, 1, 1}, .kind = any},
         hipErrorInvalidValue},
        {"z of the memory wraps",
         {.srcPtr = p, .srcPos = {0, 0, SIZE_MAX}, .dstArray = a, .extent = {1, 1, 1}, .kind = any},
         hipErrorInvalidValue},
        {"a slice wraps",
         {.srcPtr = {m, (size_t)1 << 33, 4, (size_t)1 << 33},
          .srcPos = {0, 0, 1},
          .dstArray = a,
          .extent = {1, 1, 1},
          .kind = any},
         hipErrorInvalidValue},
        {"one slice, without a number of rows",
         {.srcPtr = {m, ROW, ROW, SIZE_MAX}, .dstArray = a, .extent = {1, 1, 1}, .kind = any},
         hipSuccess},
        {"slices without a number of rows",
         {.srcPtr = {m, ROW, ROW, SIZE_MAX}, .dstArray = a, .extent = {1, 1, 2}, .kind = any},
         hipErrorInvalidValue},
        {"no kind",
         {.srcPtr = p, .dstArray = a, .extent = {1, 1, 1}, .kind = (hipMemcpyKind)99},
         hipErrorInvalidMemcpyDirection},
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (int form = 0; form < 2; form++) {
            hipError_t got =
                form == 0 ? hipMemcpy3D(&rows[i].parms) : hipMemcpy3DAsync(&rows[i].parms, NULL);
            if (got != rows[i].want)
                fail_msg("%s: %s, want %s", rows[i].why, hipGetErrorName(got),
                         hipGetErrorName(rows[i].want));
        }
    EXPECT(hipMemcpy3D(NULL), hipErrorInvalidValue);
    EXPECT(hipDrvMemcpy3D(NULL), hipErrorInvalidValue);
    EXPECT(hipMemcpyParam2D(NULL), hipErrorInvalidValue);
    OK(hipFreeArray(a));
    OK(hipFreeArray(wide));
    memory_free(PAGEABLE, m);
}

static void descriptors_of_the_driver_are_checked(void **state)
{
    unsigned char *m = memory_new(PAGEABLE);
    hipArray_t a;
    (void)state;
    OK(hipMallocArray(&a, &four_bytes, WIDTH, HEIGHT, 0));
#define TO_ARRAY .dstMemoryType = hipMemoryTypeArray, .dstArray = a
    const struct row {
        const char *why;
        hip_Memcpy2D parms;
    } rows[] = {
        {"no array",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .dstMemoryType = hipMemoryTypeArray,
          .WidthInBytes = 4,
          .Height = 1}},
        {"no memory",
         {.srcMemoryType = hipMemoryTypeHost, TO_ARRAY, .WidthInBytes = 4, .Height = 1}},
        {"no type",
         {.srcHost = m,
          .srcMemoryType = (hipMemoryType)55,
          TO_ARRAY,
          .WidthInBytes = 4,
          .Height = 1}},
        {"pitch below the width",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .srcPitch = 8,
          TO_ARRAY,
          .WidthInBytes = 12,
          .Height = 1}},
        {"x leaves the pitch",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .srcPitch = 8,
          .srcXInBytes = 8,
          TO_ARRAY,
          .WidthInBytes = 4,
          .Height = 1}},
        {"y wraps",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .srcPitch = 8,
          .srcY = SIZE_MAX / 4,
          TO_ARRAY,
          .WidthInBytes = 4,
          .Height = 1}},
        {"too wide for the array",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .srcPitch = 2 * ROW,
          TO_ARRAY,
          .WidthInBytes = ROW + 4,
          .Height = 1}},
        {"too high for the array",
         {.srcHost = m,
          .srcMemoryType = hipMemoryTypeHost,
          .srcPitch = 8,
          TO_ARRAY,
          .dstY = 1,
          .WidthInBytes = 4,
          .Height = HEIGHT}},
    };
#undef TO_ARRAY
    for (size_t i = 0; i < COUNT(rows); i++) {
        hipError_t got = hipMemcpyParam2D(&rows[i].parms);
        hipError_t later = hipMemcpyParam2DAsync(&rows[i].parms, NULL);
        if (got != hipErrorInvalidValue || later != hipErrorInvalidValue)
            fail_msg("%s: %s, %s", rows[i].why, hipGetErrorName(got), hipGetErrorName(later));
    }
    OK(hipFreeArray(a));
    memory_free(PAGEABLE, m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_that_do_not_fit_are_refused),
        cmocka_unit_test(handles_pointers_and_kinds_are_checked),
        cmocka_unit_test(descriptors_of_three_dimensions_are_checked),
        cmocka_unit_test(descriptors_of_the_driver_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
