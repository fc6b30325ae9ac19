/* SPDX-License-Identifier: MIT
 * What is told about addresses: of every kind of memory, and of what HIP does not know.
 */
#include "rig.h"

#include <stdbool.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

enum { BYTES = 4096, SOME_FLAGS = hipHostMallocPortable | 0x10000000 };

struct row {
    const char *name;
    void *memory;
    hipMemoryType type, short_type; /* of hipPointerGetAttributes and of hipPointerGetAttribute */
    unsigned flags;
    bool has_host, is_managed;
};

static struct row rows[7];
static char own[BYTES] __attribute__((aligned(4096)));

static void make_rows(void)
{
    static const struct row kinds[7] = {
        {"hipMalloc", 0, hipMemoryTypeDevice, hipMemoryTypeDevice, 0, false, false},
        {"hipExtMallocWithFlags", 0, hipMemoryTypeDevice, hipMemoryTypeDevice,
         hipDeviceMallocFinegrained, false, false},
        {"signal memory", 0, hipMemoryTypeHost, hipMemoryTypeHost, hipMallocSignalMemory, true,
         false},
        {"hipHostMalloc", 0, hipMemoryTypeHost, hipMemoryTypeHost, SOME_FLAGS, true, false},
        {"hipHostRegister", own, hipMemoryTypeHost, hipMemoryTypeHost, hipHostRegisterMapped, true,
         false},
        {"hipMallocManaged", 0, hipMemoryTypeManaged, hipMemoryTypeHost, 0, true, true},
        {"hipMallocAsync", 0, hipMemoryTypeDevice, hipMemoryTypeDevice, 0, false, false},
    };
    memcpy(rows, kinds, sizeof rows);
    OK(hipMalloc(&rows[0].memory, BYTES));
    OK(hipExtMallocWithFlags(&rows[1].memory, BYTES, hipDeviceMallocFinegrained));
    OK(hipExtMallocWithFlags(&rows[2].memory, 8, hipMallocSignalMemory));
    OK(hipHostMalloc(&rows[3].memory, BYTES, SOME_FLAGS));
    OK(hipHostRegister(own, BYTES, hipHostRegisterMapped));
    OK(hipMallocManaged(&rows[5].memory, BYTES, hipMemAttachGlobal));
    OK(hipMallocAsync(&rows[6].memory, BYTES, NULL));
}

static void free_rows(void)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        OK(rows[i].memory == own ? hipHostUnregister(own) : hipFree(rows[i].memory));
}

static void every_kind_of_memory_says_what_it_is(void **state)
{
    make_rows();
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct row *row = &rows[i];
        char *at = (char *)row->memory + 4;
        hipPointerAttribute_t all;
        unsigned type = 99, flags = 99;
        void *host = &type;
        bool managed = !row->is_managed;
        OK(hipPointerGetAttributes(&all, at));
        OK(hipPointerGetAttribute(&type, HIP_POINTER_ATTRIBUTE_MEMORY_TYPE, at));
        OK(hipPointerGetAttribute(&flags, HIP_POINTER_ATTRIBUTE_ACCESS_FLAGS, at));
        OK(hipPointerGetAttribute(&managed, HIP_POINTER_ATTRIBUTE_IS_MANAGED, at));
        hipError_t error = hipPointerGetAttribute(&host, HIP_POINTER_ATTRIBUTE_HOST_POINTER, at);
        if (all.type != row->type || type != row->short_type || all.allocationFlags != row->flags ||
            flags != row->flags || managed != row->is_managed || all.isManaged != managed ||
            all.device != 0 || all.hostPointer != (row->has_host ? at : NULL) ||
            error != (row->has_host ? hipSuccess : hipErrorInvalidValue) ||
            host != (row->has_host ? at : NULL))
            fail_msg("%s: type %d and %u, flags %u and %u, device %d, host %p and %p", row->name,
                     (int)all.type, type, all.allocationFlags, flags, all.device, all.hostPointer,
                     host);
        if (row->has_host) {
            OK(hipHostGetFlags(&flags, at));
            assert_int_equal(flags, row->flags);
        } else {
            EXPECT(hipHostGetFlags(&flags, at), hipErrorInvalidValue);
        }
        OK(hipHostGetDevicePointer(&host, at, 0));
        assert_ptr_equal(host, all.devicePointer);
    }
    free_rows();
}

/* Variables of kernels are device memory once the program has asked for them. */
static void a_variable_is_device_memory(void **state)
{
    hipPointerAttribute_t all;
    hipDeviceptr_t base;
    void *address;
    size_t size, range;
    OK(hipGetSymbolAddress(&address, symbol_table));
    OK(hipGetSymbolSize(&size, symbol_table));
    OK(hipPointerGetAttributes(&all, (char *)address + 4));
    assert_int_equal(all.type, hipMemoryTypeDevice);
    assert_int_equal(all.device, 0);
    assert_ptr_equal(all.devicePointer, (char *)address + 4);
    OK(hipMemGetAddressRange(&base, &range, (char *)address + 4));
    assert_ptr_equal(base, address);
    assert_int_equal(range, size);
    EXPECT(hipFree(address), hipErrorInvalidValue);
    EXPECT(hipMemcpy(rows, address, size + 1, hipMemcpyDeviceToHost), hipErrorInvalidValue);
    OK(hipMemcpy(rows, address, size, hipMemcpyDeviceToHost));
}

static void a_variable_is_gone_with_its_module(void **state)
{
    hipPointerAttribute_t all;
    hipModule_t module;
    hipDeviceptr_t variable;
    size_t size;
    OK(hipModuleLoad(&module, MODULE_FOLDER "/kernels.co"));
    OK(hipModuleGetGlobal(&variable, &size, module, "table"));
    OK(hipPointerGetAttributes(&all, variable));
    assert_int_equal(all.type, hipMemoryTypeDevice);
    OK(hipModuleUnload(module));
    OK(hipPointerGetAttributes(&all, variable));
    assert_int_equal(all.type, hipMemoryTypeUnregistered);
}

static void an_unknown_address_has_empty_answers(void **state)
{
    static const hipPointer_attribute kinds[] = {
        HIP_POINTER_ATTRIBUTE_MEMORY_TYPE,    HIP_POINTER_ATTRIBUTE_DEVICE_POINTER,
        HIP_POINTER_ATTRIBUTE_HOST_POINTER,   HIP_POINTER_ATTRIBUTE_RANGE_SIZE,
        HIP_POINTER_ATTRIBUTE_IS_MANAGED,     HIP_POINTER_ATTRIBUTE_MAPPED,
        HIP_POINTER_ATTRIBUTE_DEVICE_ORDINAL, HIP_POINTER_ATTRIBUTE_BUFFER_ID};
    static const uint64_t want[] = {0, 0, 0, 0, 0, 0, (uint32_t)hipInvalidDeviceId, 0};
    static const size_t sizes[] = {4, 8, 8, 4, 1, 1, 4, 4};
    uint64_t got[COUNT(kinds)];
    void *data[COUNT(kinds)];
    for (size_t i = 0; i < COUNT(kinds); i++) {
        uint64_t one = 0;
        data[i] = &got[i];
        memset(&one, 0xAA, sizes[i]);
        got[i] = one;
        EXPECT(hipPointerGetAttribute(&one, kinds[i], own), hipErrorInvalidValue);
        assert_int_equal(one, want[i]);
    }
    OK(hipDrvPointerGetAttributes(COUNT(kinds), (hipPointer_attribute *)kinds, data, own));
    for (size_t i = 0; i < COUNT(kinds); i++)
        assert_int_equal(got[i], want[i]);
    EXPECT(hipDrvPointerGetAttributes(COUNT(kinds), (hipPointer_attribute *)kinds, data, NULL),
           hipErrorInvalidValue);
}

static void the_only_attribute_to_set_is_yes_or_no(void **state)
{
    unsigned value = 1;
    bool got;
    void *memory;
    OK(hipMalloc(&memory, BYTES));
    OK(hipPointerSetAttribute(&value, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory));
    OK(hipPointerGetAttribute(&got, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory));
    assert_true(got);
    EXPECT(hipPointerSetAttribute(&value, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, own),
           hipErrorInvalidDevicePointer);
    EXPECT(hipPointerSetAttribute(&value, HIP_POINTER_ATTRIBUTE_CONTEXT, memory),
           hipErrorInvalidValue);
    value = 2;
    EXPECT(hipPointerSetAttribute(&value, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, memory),
           hipErrorInvalidValue);
    OK(hipFree(memory));
}

static void every_kind_of_memory_has_its_coherency(void **state)
{
    static const int want[COUNT(rows)] = {
        hipMemRangeCoherencyModeCoarseGrain, hipMemRangeCoherencyModeFineGrain,
        hipMemRangeCoherencyModeFineGrain,   hipMemRangeCoherencyModeFineGrain,
        hipMemRangeCoherencyModeFineGrain,   hipMemRangeCoherencyModeFineGrain,
        hipMemRangeCoherencyModeCoarseGrain};
    int mode;
    void *memory;
    make_rows();
    for (size_t i = 0; i < COUNT(rows); i++) {
        OK(hipMemRangeGetAttribute(&mode, 4, hipMemRangeAttributeCoherencyMode, rows[i].memory, 8));
        if (mode != want[i])
            fail_msg("%s: %d", rows[i].name, mode);
    }
    EXPECT(hipMemRangeGetAttribute(&mode, 4, hipMemRangeAttributeReadMostly, rows[0].memory, 8),
           hipErrorInvalidValue);
    EXPECT(hipMemRangeGetAttribute(&mode, 4, hipMemRangeAttributeCoherencyMode, rows[0].memory,
                                   2 * BYTES),
           hipErrorInvalidValue);
    EXPECT(hipMemRangeGetAttribute(&mode, 4, hipMemRangeAttributeCoherencyMode, &mode, 4),
           hipErrorInvalidValue);
    OK(hipHostMalloc(&memory, BYTES, hipHostMallocNonCoherent));
    OK(hipMemRangeGetAttribute(&mode, 4, hipMemRangeAttributeCoherencyMode, memory, BYTES));
    assert_int_equal(mode, hipMemRangeCoherencyModeCoarseGrain);
    OK(hipHostFree(memory));
    free_rows();
}

static void memory_that_cannot_be_had_is_a_null_pointer(void **state)
{
    void *memory = own;
    EXPECT(hipMalloc(&memory, (size_t)1 << 50), hipErrorOutOfMemory);
    assert_null(memory);
    memory = own;
    EXPECT(hipMallocAsync(&memory, (size_t)1 << 50, NULL), hipErrorOutOfMemory);
    assert_null(memory);
    EXPECT(hipHostAlloc(&memory, 4, 8), hipErrorInvalidValue);
    EXPECT(hipExtMallocWithFlags(&memory, 16, hipMallocSignalMemory), hipErrorInvalidValue);
}

static void advice_and_attachment_take_what_they_document(void **state)
{
    void *managed;
    hipStream_t stream;
    OK(hipMallocManaged(&managed, BYTES, hipMemAttachGlobal));
    OK(hipStreamCreate(&stream));
    OK(hipMemAdvise(managed, BYTES, hipMemAdviseSetReadMostly, 99)); /* of no device */
    EXPECT(hipMemAdvise(managed, BYTES, hipMemAdviseSetAccessedBy, 99), hipErrorInvalidDevice);
    OK(hipStreamAttachMemAsync(stream, managed, 0, hipMemAttachSingle));
    EXPECT(hipStreamAttachMemAsync(NULL, managed, 0, hipMemAttachSingle), hipErrorInvalidValue);
    OK(hipStreamAttachMemAsync(NULL, managed, 0, hipMemAttachHost));
    OK(hipStreamDestroy(stream));
    OK(hipFree(managed));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_memory_says_what_it_is),
        cmocka_unit_test(a_variable_is_device_memory),
        cmocka_unit_test(a_variable_is_gone_with_its_module),
        cmocka_unit_test(an_unknown_address_has_empty_answers),
        cmocka_unit_test(the_only_attribute_to_set_is_yes_or_no),
        cmocka_unit_test(every_kind_of_memory_has_its_coherency),
        cmocka_unit_test(memory_that_cannot_be_had_is_a_null_pointer),
        cmocka_unit_test(advice_and_attachment_take_what_they_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
