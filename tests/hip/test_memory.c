/* SPDX-License-Identifier: MIT
 * Memory: allocation, copies in one to three dimensions, fills, questions about addresses, pools.
 * The device has 256 MiB (CAIRN_VRAM).
 */
#include "rig.h"

static void sizes_and_null_pointers(void **state)
{
    void *memory = (void *)1;
    OK(hipMalloc(&memory, 0));
    assert_null(memory);
    OK(hipFree(NULL));
    OK(hipHostFree(NULL));
    EXPECT(hipMalloc(NULL, 4), hipErrorInvalidValue);
    EXPECT(hipFree(&memory), hipErrorInvalidValue);
    OK(hipMalloc(&memory, 100));
    EXPECT(hipFree((char *)memory + 4), hipErrorInvalidValue);
    OK(hipHostFree(memory)); /* ROCm's documentation says no, ROCm does it */
    EXPECT(hipFree(memory), hipErrorInvalidValue);
    OK(hipHostMalloc(&memory, 100, hipHostMallocDefault));
    OK(hipFree(memory));
    EXPECT(hipHostFree(memory), hipErrorInvalidValue);
}

static void memory_info_is_true_and_the_limit_holds(void **state)
{
    size_t before, after, total;
    void *memory, *more;
    OK(hipMemGetInfo(&before, &total));
    assert_true(total <= (size_t)256 << 20);
    OK(hipMalloc(&memory, 64 << 20));
    OK(hipMemGetInfo(&after, &total));
    assert_true(before - after >= 64 << 20 && before - after < 65 << 20);
    EXPECT(hipMalloc(&more, total), hipErrorOutOfMemory);
    OK(hipFree(memory));
    OK(hipMemGetInfo(&after, NULL));
    assert_int_equal(before, after);
}

static void copies_go_every_way(void **state)
{
    enum { N = 100000 };
    uint8_t *from = malloc(N), *to = malloc(N);
    uint8_t *a, *b, *pinned;
    for (int i = 0; i < N; i++)
        from[i] = (uint8_t)(i * 7);
    OK(hipMalloc((void **)&a, N));
    OK(hipMalloc((void **)&b, N));
    OK(hipHostMalloc((void **)&pinned, N, 0));
    OK(hipMemcpy(pinned, from, N, hipMemcpyHostToHost));
    OK(hipMemcpy(a, pinned, N, hipMemcpyHostToDevice));
    OK(hipMemcpy(b, a, N, hipMemcpyDeviceToDevice));
    OK(hipMemcpy(to, b, N, hipMemcpyDefault));
    assert_memory_equal(from, to, N);
    EXPECT(hipMemcpy(a, from, N + 1, hipMemcpyHostToDevice), hipErrorInvalidValue);
    EXPECT(hipMemcpy(a, from, 1, (hipMemcpyKind)9), hipErrorInvalidMemcpyDirection);
    EXPECT(hipMemcpy(NULL, from, 1, hipMemcpyHostToDevice), hipErrorInvalidValue);
    OK(hipMemcpy(a, from, 0, hipMemcpyHostToDevice));
    OK(hipFree(a));
    OK(hipFree(b));
    OK(hipHostFree(pinned));
    free(from);
    free(to);
}

static void an_unpinned_source_may_change_after_the_call(void **state)
{
    enum { N = 1000 };
    int value[N], back[N], *device, *flag, *held;
    hipStream_t stream;
    OK(hipStreamCreate(&stream));
    OK(hipMalloc((void **)&device, sizeof value));
    OK(hipHostMalloc((void **)&flag, 8, 0));
    OK(hipMalloc((void **)&held, 4));
    flag[0] = 0;
    for (int i = 0; i < N; i++)
        value[i] = i;
    launch_hold(flag, 1, held, stream);
    OK(hipMemcpyAsync(device, value, sizeof value, hipMemcpyHostToDevice, stream));
    memset(value, 0xFF, sizeof value);
    flag[0] = 1;
    OK(hipStreamSynchronize(stream));
    OK(hipMemcpy(back, device, sizeof back, hipMemcpyDeviceToHost));
    for (int i = 0; i < N; i++)
        assert_int_equal(back[i], i);
    OK(hipFree(device));
    OK(hipFree(held));
    OK(hipHostFree(flag));
    OK(hipStreamDestroy(stream));
}

/* Both ways, waited for and not, small enough to be copied aside and not. */
static void copies_of_unmapped_host_memory_are_errors(void **state)
{
    static const size_t sizes[] = {4, 100, 4 << 20};
    char *data, *wild = (char *)8;
    OK(hipMalloc((void **)&data, 4 << 20));
    for (size_t i = 0; i < COUNT(sizes); i++) {
        EXPECT(hipMemcpy(data, wild, sizes[i], hipMemcpyHostToDevice), hipErrorInvalidValue);
        EXPECT(hipMemcpy(wild, data, sizes[i], hipMemcpyDeviceToHost), hipErrorInvalidValue);
        EXPECT(hipMemcpyAsync(data, wild, sizes[i], hipMemcpyHostToDevice, NULL),
               hipErrorInvalidValue);
        EXPECT(hipMemcpyAsync(wild, data, sizes[i], hipMemcpyDeviceToHost, NULL),
               hipErrorInvalidValue);
    }
    OK(hipDeviceSynchronize());
    OK(hipFree(data));
}

static void rows_and_slices(void **state)
{
    uint8_t host[4][5][16], back[4][5][16];
    for (size_t i = 0; i < sizeof host; i++)
        ((uint8_t *)host)[i] = (uint8_t)i;
    memset(back, 0, sizeof back);
    hipPitchedPtr memory;
    OK(hipMalloc3D(&memory, make_hipExtent(16, 5, 4)));
    assert_true(memory.pitch >= 16 && memory.pitch % 256 == 0);
    hipMemcpy3DParms in = {.srcPtr = make_hipPitchedPtr(host, 16, 16, 5),
                           .dstPtr = memory,
                           .extent = make_hipExtent(16, 5, 4),
                           .kind = hipMemcpyHostToDevice};
    OK(hipMemcpy3D(&in));
    /* a box of 8 bytes, 2 rows, 3 slices from (4, 1, 1) */
    hipMemcpy3DParms out = {.srcPtr = memory,
                            .srcPos = make_hipPos(4, 1, 1),
                            .dstPtr = make_hipPitchedPtr(back, 16, 16, 5),
                            .dstPos = make_hipPos(0, 2, 0),
                            .extent = make_hipExtent(8, 2, 3),
                            .kind = hipMemcpyDeviceToHost};
    OK(hipMemcpy3D(&out));
    for (int z = 0; z < 3; z++)
        for (int y = 0; y < 2; y++)
            assert_memory_equal(&back[z][y + 2][0], &host[z + 1][y + 1][4], 8);
    assert_int_equal(back[0][2][8], 0);
    assert_int_equal(back[3][2][0], 0);
    in.extent.width = memory.pitch + 1;
    EXPECT(hipMemcpy3D(&in), hipErrorInvalidPitchValue);
    uint8_t flat[3 * 8];
    OK(hipMemcpy2D(flat, 8, (char *)memory.ptr + 2, memory.pitch, 8, 3, hipMemcpyDeviceToHost));
    for (int y = 0; y < 3; y++)
        assert_memory_equal(&flat[y * 8], &host[0][y][2], 8);
    EXPECT(hipMemcpy2D(flat, 4, memory.ptr, memory.pitch, 8, 3, hipMemcpyDeviceToHost),
           hipErrorInvalidPitchValue);
    hip_Memcpy2D after = {.srcMemoryType = hipMemoryTypeDevice,
                          .srcDevice = memory.ptr,
                          .srcPitch = memory.pitch,
                          .srcY = 20,
                          .dstMemoryType = hipMemoryTypeHost,
                          .dstHost = flat,
                          .dstPitch = 8,
                          .WidthInBytes = 8,
                          .Height = 1};
    EXPECT(hipDrvMemcpy2DUnaligned(&after), hipErrorInvalidValue); /* the row after the last */
    after.srcY = 19;
    OK(hipDrvMemcpy2DUnaligned(&after));
    OK(hipFree(memory.ptr));
}

struct fill_case {
    const char *why;
    size_t offset, count; /* in elements */
    uint32_t value;
    unsigned bytes;
};

static const struct fill_case fills[] = {
    {"whole words", 0, 64, 0xAB, 1},
    {"odd start", 3, 61, 0xCD, 1},
    {"odd end", 0, 63, 0xEF, 1},
    {"inside one word", 5, 2, 0x11, 1},
    {"one byte", 7, 1, 0x22, 1},
    {"16 bits, odd half", 1, 13, 0x1234, 2},
    {"16 bits, three values", 3, 3, 0x8001, 2},
    {"32 bits", 2, 9, 0xDEADBEEF, 4},
};

static void fills_touch_exactly_their_range(void **state)
{
    uint8_t have[256], want[256], *memory;
    OK(hipMalloc((void **)&memory, sizeof have));
    for (size_t i = 0; i < COUNT(fills); i++) {
        const struct fill_case *f = &fills[i];
        uint8_t *at = memory + f->offset * f->bytes;
        OK(hipMemset(memory, 0x5A, sizeof have));
        memset(want, 0x5A, sizeof want);
        for (size_t k = 0; k < f->count; k++)
            memcpy(want + (f->offset + k) * f->bytes, &f->value, f->bytes);
        if (f->bytes == 1)
            OK(hipMemsetD8(at, (unsigned char)f->value, f->count));
        else if (f->bytes == 2)
            OK(hipMemsetD16(at, (unsigned short)f->value, f->count));
        else
            OK(hipMemsetD32(at, (int)f->value, f->count));
        OK(hipMemcpy(have, memory, sizeof have, hipMemcpyDeviceToHost));
        if (memcmp(have, want, sizeof have) != 0)
            fail_msg("fill: %s", f->why);
    }
    EXPECT(hipMemset(memory, 0, sizeof have + 1), hipErrorInvalidValue);
    EXPECT(hipMemset(have, 0, 1), hipErrorInvalidValue);
    EXPECT(hipMemsetD32(memory + 1, 0, 1), hipErrorInvalidValue);
    OK(hipFree(memory));
}

static void fills_of_rows(void **state)
{
    uint8_t *memory, back[8][256];
    size_t pitch;
    OK(hipMallocPitch((void **)&memory, &pitch, 100, 8));
    OK(hipMemset(memory, 0, pitch * 8));
    OK(hipMemset2D(memory, pitch, 7, 100, 5));
    OK(hipMemcpy2D(back, 256, memory, pitch, pitch, 8, hipMemcpyDeviceToHost));
    assert_int_equal(back[0][0], 7);
    assert_int_equal(back[4][99], 7);
    assert_int_equal(back[4][100], 0);
    assert_int_equal(back[5][0], 0);
    OK(hipFree(memory));
}

static void addresses_tell_what_they_are(void **state)
{
    hipPointerAttribute_t a;
    char local[64], *device, *pinned, *managed, *own = aligned_alloc(4096, 8192);
    size_t size;
    void *base;
    OK(hipMalloc((void **)&device, 1000));
    OK(hipHostMalloc((void **)&pinned, 1000, hipHostMallocMapped));
    OK(hipMallocManaged((void **)&managed, 1000, hipMemAttachGlobal));
    OK(hipHostRegister(own, 8192, hipHostRegisterDefault));
    OK(hipPointerGetAttributes(&a, device + 10));
    assert_int_equal(a.type, hipMemoryTypeDevice);
    assert_ptr_equal(a.devicePointer, device + 10);
    OK(hipPointerGetAttributes(&a, pinned));
    assert_int_equal(a.type, hipMemoryTypeHost);
    assert_int_equal(a.allocationFlags, hipHostMallocMapped);
    OK(hipPointerGetAttributes(&a, managed));
    assert_int_equal(a.type, hipMemoryTypeManaged);
    assert_int_equal(a.isManaged, 1);
    OK(hipPointerGetAttributes(&a, own + 5));
    assert_int_equal(a.type, hipMemoryTypeHost);
    OK(hipPointerGetAttributes(&a, local));
    assert_int_equal(a.type, hipMemoryTypeUnregistered);
    EXPECT(hipPointerGetAttributes(NULL, device), hipErrorInvalidValue);
    hipArray_t array;
    hipChannelFormatDesc texel = {8, 0, 0, 0, hipChannelFormatKindUnsigned};
    unsigned type;
    OK(hipMallocArray(&array, &texel, 8, 8, hipArrayDefault));
    OK(hipPointerGetAttribute(&type, HIP_POINTER_ATTRIBUTE_MEMORY_TYPE, (hipDeviceptr_t)array));
    assert_int_equal(type, hipMemoryTypeArray);
    OK(hipFreeArray(array));
    OK(hipMemGetAddressRange(&base, &size, device + 500));
    assert_ptr_equal(base, device);
    assert_int_equal(size, 1000);
    OK(hipHostRegister(own, 4096, 0)); /* ends the one before */
    EXPECT(hipHostRegister(pinned, 8, 0), hipErrorHostMemoryAlreadyRegistered);
    OK(hipHostUnregister(own));
    EXPECT(hipHostUnregister(own), hipErrorHostMemoryNotRegistered);
    OK(hipFree(device));
    OK(hipHostFree(pinned));
    OK(hipFree(managed));
    free(own);
}

static void kernels_reach_host_memory(void **state)
{
    int *pinned, *managed, *own = aligned_alloc(4096, 4096), *mapped;
    OK(hipHostMalloc((void **)&pinned, 4, 0));
    OK(hipMallocManaged((void **)&managed, 4, hipMemAttachGlobal));
    OK(hipHostRegister(own, 4096, hipHostRegisterMapped));
    OK(hipHostGetDevicePointer((void **)&mapped, own, 0));
    *pinned = *managed = *own = 10;
    launch_scale(pinned, 1, 2, NULL);
    launch_scale(managed, 1, 3, NULL);
    launch_scale(mapped, 1, 4, NULL);
    OK(hipDeviceSynchronize());
    assert_int_equal(*pinned, 20);
    assert_int_equal(*managed, 30);
    assert_int_equal(*own, 40);
    OK(hipHostUnregister(own));
    OK(hipHostFree(pinned));
    OK(hipFree(managed));
    free(own);
}

static void variables_are_reached_by_symbol(void **state)
{
    int in[4] = {1, 2, 3, 4}, out[4] = {0}, *result, got[2];
    void *args[1], *address;
    size_t size;
    OK(hipMemcpyToSymbol(symbol_table, in, sizeof in, 0, hipMemcpyHostToDevice));
    OK(hipMemcpyFromSymbol(out, symbol_table, 8, 8, hipMemcpyDeviceToHost));
    assert_int_equal(out[0], 3);
    assert_int_equal(out[1], 4);
    EXPECT(hipMemcpyToSymbol(symbol_table, in, 16, 4, hipMemcpyHostToDevice), hipErrorInvalidValue);
    EXPECT(hipMemcpyToSymbol(in, in, 4, 0, hipMemcpyHostToDevice), hipErrorInvalidSymbol);
    EXPECT(hipMemcpyToSymbol(symbol_table, in, 4, 0, hipMemcpyDeviceToHost),
           hipErrorInvalidMemcpyDirection);
    OK(hipGetSymbolSize(&size, symbol_table));
    assert_int_equal(size, 16);
    OK(hipGetSymbolAddress(&address, symbol_table));
    OK(hipMemset(address, 0, 4));
    OK(hipMemcpyFromSymbol(out, symbol_table, 4, 0, hipMemcpyDeviceToHost));
    assert_int_equal(out[0], 0);
    OK(hipMalloc((void **)&result, 8));
    set_shared_number(12);
    args[0] = &result;
    OK(hipLaunchKernel(kernel_variables, (dim3){1, 1, 1}, (dim3){1, 1, 1}, args, 0, NULL));
    OK(hipMemcpy(got, result, 8, hipMemcpyDeviceToHost));
    assert_int_equal(got[0], 3);
    assert_int_equal(got[1], 12);
    assert_int_equal(get_shared_number(), 77);
    OK(hipFree(result));
}

static void stream_ordered_memory(void **state)
{
    hipMemPool_t pool;
    uint64_t used, threshold = UINT64_MAX;
    void *first, *second;
    OK(hipDeviceGetDefaultMemPool(&pool, 0));
    OK(hipMallocAsync(&first, 5000, NULL));
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    assert_true(used >= 5000);
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &threshold));
    OK(hipMemset(first, 1, 5000));
    OK(hipFreeAsync(first, NULL));
    OK(hipDeviceSynchronize());
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    assert_int_equal(used, 0);
    OK(hipMallocAsync(&second, 5000, NULL));
    assert_ptr_equal(first, second);
    OK(hipFree(second));
    OK(hipMemPoolTrimTo(pool, 0));
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrReservedMemCurrent, &used));
    assert_int_equal(used, 0);
    EXPECT(hipFreeAsync(&used, NULL), hipErrorInvalidValue);
    EXPECT(hipMemPoolDestroy(pool), hipErrorInvalidValue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_and_null_pointers),
        cmocka_unit_test(memory_info_is_true_and_the_limit_holds),
        cmocka_unit_test(copies_go_every_way),
        cmocka_unit_test(an_unpinned_source_may_change_after_the_call),
        cmocka_unit_test(copies_of_unmapped_host_memory_are_errors),
        cmocka_unit_test(rows_and_slices),
        cmocka_unit_test(fills_touch_exactly_their_range),
        cmocka_unit_test(fills_of_rows),
        cmocka_unit_test(addresses_tell_what_they_are),
        cmocka_unit_test(kernels_reach_host_memory),
        cmocka_unit_test(variables_are_reached_by_symbol),
        cmocka_unit_test(stream_ordered_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
