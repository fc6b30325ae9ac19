/* SPDX-License-Identifier: MIT
 * Virtual memory: addresses, handles, mappings, access rights, what copies and kernels see of them.
 */
#include "rig.h"

#include <unistd.h>

static hipMemAllocationProp prop_of(int device)
{
    return (hipMemAllocationProp){.type = hipMemAllocationTypePinned,
                                  .requestedHandleType = hipMemHandleTypePosixFileDescriptor,
                                  .location = {hipMemLocationTypeDevice, device}};
}

static const hipMemAccessDesc full = {{hipMemLocationTypeDevice, 0},
                                      hipMemAccessFlagsProtReadWrite};

static size_t granule(void)
{
    const hipMemAllocationProp prop = prop_of(0);
    size_t bytes = 0;
    OK(hipMemGetAllocationGranularity(&bytes, &prop, hipMemAllocationGranularityMinimum));
    assert_true(bytes > 0 && (bytes & (bytes - 1)) == 0);
    return bytes;
}

struct mapped {
    char *address;
    hipMemGenericAllocationHandle_t handle;
    size_t size;
};

static struct mapped map_new(size_t granules)
{
    struct mapped out = {.size = granules * granule()};
    const hipMemAllocationProp prop = prop_of(0);
    OK(hipMemAddressReserve((void **)&out.address, out.size, 0, NULL, 0));
    OK(hipMemCreate(&out.handle, out.size, &prop, 0));
    OK(hipMemMap(out.address, out.size, 0, out.handle, 0));
    return out;
}

static void unmap(struct mapped *mapped)
{
    OK(hipMemUnmap(mapped->address, mapped->size));
    OK(hipMemRelease(mapped->handle));
    OK(hipMemAddressFree(mapped->address, mapped->size));
}

static void kernels_and_copies_use_mapped_memory(void **state)
{
    enum { N = 512 };
    struct mapped mapped = map_new(1);
    int host[N];
    OK(hipMemSetAccess(mapped.address, mapped.size, &full, 1));
    OK(hipMemsetD32((hipDeviceptr_t)mapped.address, 7, N));
    launch_scale((int *)mapped.address, N, 6, NULL);
    OK(hipMemcpy(host, mapped.address, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < N; i++)
        assert_int_equal(host[i], 42);
    hipPointerAttribute_t attributes;
    OK(hipPointerGetAttributes(&attributes, mapped.address + 100));
    assert_int_equal(attributes.type, hipMemoryTypeDevice);
    EXPECT(hipFree(mapped.address), hipErrorInvalidValue);
    EXPECT(hipFreeAsync(mapped.address, NULL), hipErrorInvalidValue);
    unmap(&mapped);
    OK(hipPointerGetAttributes(&attributes, mapped.address));
    assert_int_equal(attributes.type, hipMemoryTypeUnregistered);
}

static void one_handle_mapped_twice_is_the_same_memory(void **state)
{
    struct mapped mapped = map_new(1);
    char *second;
    int value = 99;
    OK(hipMemAddressReserve((void **)&second, mapped.size, 0, NULL, 0));
    OK(hipMemMap(second, mapped.size, 0, mapped.handle, 0));
    OK(hipMemSetAccess(mapped.address, mapped.size, &full, 1));
    OK(hipMemSetAccess(second, mapped.size, &full, 1));
    OK(hipMemcpy(mapped.address + 64, &value, sizeof value, hipMemcpyHostToDevice));
    value = 0;
    OK(hipMemcpy(&value, second + 64, sizeof value, hipMemcpyDeviceToHost));
    assert_int_equal(value, 99);
    OK(hipMemUnmap(second, mapped.size));
    OK(hipMemAddressFree(second, mapped.size));
    unmap(&mapped);
}

/* A buffer that grows in place: several handles side by side are one range for copies. */
static void mappings_side_by_side_are_one_buffer(void **state)
{
    size_t bytes = granule();
    const hipMemAllocationProp prop = prop_of(0);
    hipMemGenericAllocationHandle_t handles[3];
    char *base, *host = malloc(3 * bytes), *back = calloc(3, bytes);
    OK(hipMemAddressReserve((void **)&base, 3 * bytes, 0, NULL, 0));
    for (int i = 0; i < 3; i++) {
        OK(hipMemCreate(&handles[i], bytes, &prop, 0));
        OK(hipMemMap(base + i * bytes, bytes, 0, handles[i], 0));
        OK(hipMemRelease(handles[i])); /* the mapping keeps it */
    }
    OK(hipMemSetAccess(base, 3 * bytes, &full, 1));
    for (size_t i = 0; i < 3 * bytes; i++)
        host[i] = (char)(i * 7 + i / bytes);
    OK(hipMemcpy(base, host, 3 * bytes, hipMemcpyHostToDevice));
    OK(hipMemcpy(back, base, 3 * bytes, hipMemcpyDeviceToHost));
    assert_memory_equal(host, back, 3 * bytes);
    EXPECT(hipMemcpy(base, host, 3 * bytes + 1, hipMemcpyHostToDevice), hipErrorInvalidValue);
    EXPECT(hipMemUnmap(base, bytes + 1), hipErrorInvalidValue);
    OK(hipMemUnmap(base, 3 * bytes));
    OK(hipMemAddressFree(base, 3 * bytes));
    free(host);
    free(back);
}

static void access_rights_are_kept(void **state)
{
    struct mapped mapped = map_new(1);
    const hipMemLocation device = {hipMemLocationTypeDevice, 0};
    const hipMemAccessDesc read_only = {device, hipMemAccessFlagsProtRead};
    const hipMemAccessDesc none = {device, hipMemAccessFlagsProtNone};
    unsigned long long flags = 77;
    int value = 5;
    OK(hipMemGetAccess(&flags, &device, mapped.address));
    assert_int_equal(flags, hipMemAccessFlagsProtNone);
    OK(hipMemSetAccess(mapped.address, mapped.size, &full, 1));
    OK(hipMemGetAccess(&flags, &device, mapped.address));
    assert_int_equal(flags, hipMemAccessFlagsProtReadWrite);
    OK(hipMemcpy(mapped.address, &value, sizeof value, hipMemcpyHostToDevice));
    OK(hipMemSetAccess(mapped.address, mapped.size, &read_only, 1));
    OK(hipMemGetAccess(&flags, &device, mapped.address));
    assert_int_equal(flags, hipMemAccessFlagsProtRead);
    EXPECT(hipMemcpy(mapped.address, &value, sizeof value, hipMemcpyHostToDevice), hipErrorUnknown);
    value = 0;
    OK(hipMemcpy(&value, mapped.address, sizeof value, hipMemcpyDeviceToHost));
    assert_int_equal(value, 5);
    OK(hipMemSetAccess(mapped.address, mapped.size, &none, 1));
    EXPECT(hipMemcpy(&value, mapped.address, sizeof value, hipMemcpyDeviceToHost), hipErrorUnknown);
    unmap(&mapped);
    EXPECT(hipMemGetAccess(&flags, &device, mapped.address), hipErrorInvalidValue);
}

static void handles_are_counted(void **state)
{
    struct mapped mapped = map_new(1);
    hipMemGenericAllocationHandle_t again;
    hipMemAllocationProp prop;
    OK(hipMemRetainAllocationHandle(&again, mapped.address + 8));
    assert_ptr_equal(again, mapped.handle);
    OK(hipMemRelease(again));
    OK(hipMemGetAllocationPropertiesFromHandle(&prop, mapped.handle));
    assert_int_equal(prop.requestedHandleType, hipMemHandleTypePosixFileDescriptor);
    OK(hipMemRelease(mapped.handle));
    EXPECT(hipMemRelease(mapped.handle), hipErrorInvalidValue);
    OK(hipMemRetainAllocationHandle(&again, mapped.address)); /* still mapped */
    assert_ptr_equal(again, mapped.handle);
    EXPECT(hipMemRetainAllocationHandle(&again, &prop), hipErrorInvalidValue);
    unmap(&mapped);
    EXPECT(hipMemGetAllocationPropertiesFromHandle(&prop, mapped.handle), hipErrorInvalidValue);
}

static void a_handle_goes_through_a_file_descriptor(void **state)
{
    struct mapped mapped = map_new(1);
    hipMemGenericAllocationHandle_t imported;
    hipMemAllocationProp prop;
    char *second;
    int file = -1, value = 1234;
    OK(hipMemSetAccess(mapped.address, mapped.size, &full, 1));
    OK(hipMemcpy(mapped.address, &value, sizeof value, hipMemcpyHostToDevice));
    OK(hipMemExportToShareableHandle(&file, mapped.handle, hipMemHandleTypePosixFileDescriptor, 0));
    assert_true(file >= 0);
    OK(hipMemImportFromShareableHandle(&imported, &file, hipMemHandleTypePosixFileDescriptor));
    OK(hipMemGetAllocationPropertiesFromHandle(&prop, imported));
    assert_int_equal(prop.location.id, 0);
    OK(hipMemAddressReserve((void **)&second, mapped.size, 0, NULL, 0));
    OK(hipMemMap(second, mapped.size, 0, imported, 0));
    OK(hipMemSetAccess(second, mapped.size, &full, 1));
    value = 0;
    OK(hipMemcpy(&value, second, sizeof value, hipMemcpyDeviceToHost));
    assert_int_equal(value, 1234);
    OK(hipMemUnmap(second, mapped.size));
    OK(hipMemRelease(imported));
    OK(hipMemAddressFree(second, mapped.size));
    close(file);
    EXPECT(hipMemImportFromShareableHandle(&imported, &file, hipMemHandleTypePosixFileDescriptor),
           hipErrorInvalidValue);
    unmap(&mapped);
}

static void copies_and_fills_respect_the_rights(void **state)
{
    struct mapped mapped = map_new(1);
    hipMemAccessDesc desc = {{hipMemLocationTypeDevice, 0}, hipMemAccessFlagsProtReadWrite};
    char text[16] = "text";
    OK(hipMemSetAccess(mapped.address, mapped.size, &desc, 1));
    OK(hipMemcpy(mapped.address, text, 16, hipMemcpyHostToDevice));
    desc.flags = hipMemAccessFlagsProtNone;
    OK(hipMemSetAccess(mapped.address, mapped.size, &desc, 1));
    EXPECT(hipMemcpy(text, mapped.address, 16, hipMemcpyDeviceToHost), hipErrorUnknown);
    EXPECT(hipMemset(mapped.address, 0, 16), hipErrorUnknown);
    desc.flags = hipMemAccessFlagsProtRead;
    OK(hipMemSetAccess(mapped.address, mapped.size, &desc, 1));
    OK(hipMemcpy(text, mapped.address, 16, hipMemcpyDeviceToHost));
    assert_string_equal(text, "text");
    EXPECT(hipMemcpy(mapped.address, text, 16, hipMemcpyHostToDevice), hipErrorUnknown);
    EXPECT(hipMemsetAsync(mapped.address, 0, 16, NULL), hipErrorUnknown);
    OK(hipDeviceSynchronize());
    unmap(&mapped);
}

static void bad_arguments_are_refused(void **state)
{
    size_t bytes = granule(), out;
    hipMemAllocationProp prop = prop_of(0), bad = prop_of(99);
    hipMemGenericAllocationHandle_t handle;
    void *address;
    int file;
    EXPECT(hipMemGetAllocationGranularity(NULL, &prop, hipMemAllocationGranularityMinimum),
           hipErrorInvalidValue);
    EXPECT(hipMemGetAllocationGranularity(&out, &bad, hipMemAllocationGranularityMinimum),
           hipErrorInvalidValue);
    EXPECT(hipMemGetAllocationGranularity(&out, &prop, (hipMemAllocationGranularity_flags)9),
           hipErrorInvalidValue);
    EXPECT(hipMemAddressReserve(NULL, bytes, 0, NULL, 0), hipErrorInvalidValue);
    EXPECT(hipMemAddressReserve(&address, bytes, 0, NULL, 1), hipErrorInvalidValue);
    EXPECT(hipMemAddressReserve(&address, 0, 0, NULL, 0), hipErrorOutOfMemory);
    EXPECT(hipMemAddressReserve(&address, bytes - 1, 0, NULL, 0), hipErrorOutOfMemory);
    EXPECT(hipMemAddressReserve(&address, bytes, 3, NULL, 0), hipErrorOutOfMemory);
    EXPECT(hipMemAddressFree(NULL, bytes), hipErrorInvalidValue);
    EXPECT(hipMemAddressFree(&address, bytes), hipErrorInvalidValue);
    EXPECT(hipMemCreate(NULL, bytes, &prop, 0), hipErrorInvalidValue);
    EXPECT(hipMemCreate(&handle, bytes, &bad, 0), hipErrorInvalidValue);
    EXPECT(hipMemCreate(&handle, bytes - 1, &prop, 0), hipErrorInvalidValue);
    EXPECT(hipMemCreate(&handle, bytes, &prop, 1), hipErrorInvalidValue);
    EXPECT(hipMemCreate(&handle, (size_t)1 << 50, &prop, 0), hipErrorOutOfMemory);
    bad = prop_of(0);
    bad.requestedHandleType = hipMemHandleTypeWin32;
    EXPECT(hipMemCreate(&handle, bytes, &bad, 0), hipErrorNotSupported);
    EXPECT(hipMemRelease(NULL), hipErrorInvalidValue);
    struct mapped mapped = map_new(1);
    EXPECT(hipMemMap(mapped.address, mapped.size, 0, mapped.handle, 0), hipErrorInvalidValue);
    EXPECT(hipMemMap(NULL, mapped.size, 0, mapped.handle, 0), hipErrorInvalidValue);
    EXPECT(hipMemMap(mapped.address, 0, 0, mapped.handle, 0), hipErrorInvalidValue);
    EXPECT(hipMemMap(mapped.address, mapped.size, bytes, mapped.handle, 0), hipErrorInvalidValue);
    EXPECT(hipMemSetAccess(mapped.address, mapped.size, &full, 0), hipErrorInvalidValue);
    EXPECT(hipMemSetAccess(mapped.address, mapped.size, NULL, 1), hipErrorInvalidValue);
    EXPECT(hipMemSetAccess(&file, mapped.size, &full, 1), hipErrorInvalidValue);
    EXPECT(hipMemAddressFree(mapped.address, mapped.size), hipErrorInvalidValue);
    EXPECT(hipMemExportToShareableHandle(&file, mapped.handle, hipMemHandleTypeNone, 0),
           hipErrorInvalidValue);
    EXPECT(hipMemUnmap(NULL, mapped.size), hipErrorInvalidValue);
    EXPECT(hipMemUnmap(mapped.address, 0), hipErrorInvalidValue);
    EXPECT(hipMemUnmap(&file, mapped.size), hipErrorInvalidValue);
    EXPECT(hipMemMapArrayAsync(NULL, 1, NULL), hipErrorInvalidValue);
    unmap(&mapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kernels_and_copies_use_mapped_memory),
        cmocka_unit_test(one_handle_mapped_twice_is_the_same_memory),
        cmocka_unit_test(mappings_side_by_side_are_one_buffer),
        cmocka_unit_test(access_rights_are_kept),
        cmocka_unit_test(handles_are_counted),
        cmocka_unit_test(a_handle_goes_through_a_file_descriptor),
        cmocka_unit_test(copies_and_fills_respect_the_rights),
        cmocka_unit_test(bad_arguments_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
