/* SPDX-License-Identifier: MIT
 * Virtual memory: reservations, handles, mappings and their rights, for the host's calls and for
 * kernels; descriptors, and every documented error.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 16 * PAGE };

static hsa_amd_vmem_alloc_handle_t new_handle(hsa_amd_memory_pool_t pool, size_t size)
{
    hsa_amd_vmem_alloc_handle_t handle;
    OK(hsa_amd_vmem_handle_create(pool, size, MEMORY_TYPE_NONE, 0, &handle));
    return handle;
}

static void *reserve(size_t size)
{
    void *at = NULL;
    OK(hsa_amd_vmem_address_reserve_align(&at, size, 0, 0, 0));
    return at;
}

static void allow(void *at, size_t size, hsa_access_permission_t permission)
{
    const hsa_amd_memory_access_desc_t desc = {permission, rig.gpu};
    OK(hsa_amd_vmem_set_access(at, size, &desc, 1));
}

static uint64_t vram_left(void)
{
    uint64_t left;
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL, &left));
    return left;
}

struct error_note {
    _Atomic uint32_t status;
    hsa_signal_t seen;
};

static void note_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    struct error_note *note = data;
    note->status = status;
    hsa_signal_store_screlease(note->seen, 0);
}

static _Atomic uint32_t fault_reason;

static hsa_status_t note_event(const hsa_amd_event_t *event, void *data)
{
    if (event->event_type == HSA_AMD_GPU_MEMORY_FAULT_EVENT)
        fault_reason = event->memory_fault.fault_reason_mask;
    return HSA_STATUS_SUCCESS;
}

/* A kernel stores to `address` on a queue of its own: the queue's error, or success. */
static uint32_t kernel_stores_to(const struct program *program, void *address)
{
    struct error_note note = {.status = HSA_STATUS_SUCCESS, .seen = rig_signal(1)};
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, note_error, &note, UINT32_MAX,
                        UINT32_MAX, &queue));
    fault_reason = 0;
    uint64_t argument = (uintptr_t)address;
    rig_dispatch(queue, program, "store_at", &argument, sizeof argument, 64, note.seen);
    rig_wait_zero(note.seen);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(note.seen));
    return note.status;
}

static void memory_appears_at_reserved_addresses(void **state)
{
    uint64_t before = vram_left();
    char *at = reserve(2 * SIZE);
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    assert_int_equal(vram_left(), before - SIZE);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    OK(hsa_amd_vmem_map(at + SIZE, SIZE, 0, handle, 0)); /* the same memory twice */
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RW);
    allow(at + SIZE, SIZE, HSA_ACCESS_PERMISSION_RW);
    memset(at, 5, SIZE);
    assert_int_equal(at[2 * SIZE - 1], 5);
    OK(hsa_amd_vmem_handle_release(handle)); /* mappings keep the memory */
    assert_int_equal(at[SIZE], 5);
    assert_int_equal(vram_left(), before - SIZE);
    OK(hsa_amd_vmem_unmap(at, 2 * SIZE));
    assert_int_equal(vram_left(), before);
    OK(hsa_amd_vmem_address_free(at, 2 * SIZE));
}

static void kernels_and_copies_cross_from_one_mapping_to_the_next(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    int32_t *at = reserve(2 * PAGE), *host = calloc(2 * PAGE, 1);
    hsa_amd_vmem_alloc_handle_t first = new_handle(rig.vram, PAGE);
    hsa_amd_vmem_alloc_handle_t second = new_handle(rig.vram, PAGE);
    OK(hsa_amd_vmem_map(at, PAGE, 0, first, 0));
    OK(hsa_amd_vmem_map((char *)at + PAGE, PAGE, 0, second, 0));
    allow(at, 2 * PAGE, HSA_ACCESS_PERMISSION_RW);
    for (int i = 0; i < 2 * PAGE / 4; i++)
        host[i] = i;
    OK(hsa_memory_copy(at, host, 2 * PAGE));
    hsa_signal_t done = rig_signal(1);
    struct {
        int32_t *a, *b, *c;
    } arguments = {at, at, at};
    rig_dispatch(queue, &program, "add", &arguments, sizeof arguments, 2 * PAGE / 4, done);
    rig_wait_zero(done);
    for (int i = 0; i < 2 * PAGE / 4; i++)
        if (at[i] != 2 * i)
            fail_msg("element %d is %d", i, at[i]);
    FAILS(hsa_memory_copy(at, host, 2 * PAGE + 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_vmem_unmap((char *)at + PAGE, PAGE));
    FAILS(hsa_memory_copy(at, host, 2 * PAGE), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_vmem_unmap(at, PAGE));
    OK(hsa_amd_vmem_handle_release(first));
    OK(hsa_amd_vmem_handle_release(second));
    OK(hsa_amd_vmem_address_free(at, 2 * PAGE));
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
    free(host);
}

static void rights_hold_for_kernels(void **state)
{
    struct program program = program_load("basic.co");
    char *at = reserve(SIZE);
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    assert_int_equal(kernel_stores_to(&program, at), HSA_STATUS_ERROR_MEMORY_FAULT);
    assert_int_equal(fault_reason & HSA_AMD_MEMORY_FAULT_READ_ONLY, 0);
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RO); /* no page is there yet */
    assert_int_equal(kernel_stores_to(&program, at + PAGE), HSA_STATUS_ERROR_MEMORY_FAULT);
    assert_int_not_equal(fault_reason & HSA_AMD_MEMORY_FAULT_READ_ONLY, 0);
    assert_int_equal(at[0], 0);
    assert_int_equal(kernel_stores_to(&program, at), HSA_STATUS_ERROR_MEMORY_FAULT);
    assert_int_not_equal(fault_reason & HSA_AMD_MEMORY_FAULT_READ_ONLY, 0);
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RW);
    assert_int_equal(kernel_stores_to(&program, at), HSA_STATUS_SUCCESS);
    assert_int_equal(at[0], 1);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    assert_int_equal(kernel_stores_to(&program, at), HSA_STATUS_ERROR_MEMORY_FAULT);
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, SIZE));
    program_unload(&program);
}

static void rights_hold_for_copies(void **state)
{
    char *at = reserve(SIZE), byte = 1;
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    hsa_signal_t done = rig_signal(1);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    FAILS(hsa_memory_copy(&byte, at, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RO);
    OK(hsa_memory_copy(&byte, at, 1));
    assert_int_equal(byte, 0);
    FAILS(hsa_memory_copy(at, &byte, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_fill(at, 1, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_async_copy(at, rig.gpu, &byte, rig.cpu, 1, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, SIZE));
    OK(hsa_signal_destroy(done));
}

static void rights_are_kept_for_each_agent(void **state)
{
    hsa_access_permission_t permission;
    char *at = reserve(SIZE);
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.fine, SIZE);
    FAILS(hsa_amd_vmem_get_access(at, &permission, rig.gpu), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    FAILS(hsa_amd_vmem_get_access(at, &permission, rig.gpu), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    const hsa_amd_memory_access_desc_t desc[2] = {{HSA_ACCESS_PERMISSION_WO, rig.gpu},
                                                  {HSA_ACCESS_PERMISSION_NONE, rig.cpu}};
    OK(hsa_amd_vmem_set_access(at, SIZE, desc, 2));
    OK(hsa_amd_vmem_get_access(at + 100, &permission, rig.gpu));
    assert_int_equal(permission, HSA_ACCESS_PERMISSION_WO);
    OK(hsa_amd_vmem_get_access(at, &permission, rig.cpu));
    assert_int_equal(permission, HSA_ACCESS_PERMISSION_NONE);
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RO); /* the CPU's stay */
    OK(hsa_amd_vmem_get_access(at, &permission, rig.cpu));
    assert_int_equal(permission, HSA_ACCESS_PERMISSION_NONE);
    FAILS(hsa_amd_vmem_get_access(at, NULL, rig.cpu), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_get_access(at, &permission, (hsa_agent_t){8}),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, SIZE));
}

static void parts_of_a_handle_can_be_mapped(void **state)
{
    char *at = reserve(SIZE);
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    OK(hsa_amd_vmem_map(at, SIZE / 2, SIZE / 2, handle, 0));
    OK(hsa_amd_vmem_map(at + SIZE / 2, SIZE / 2, 0, handle, 0));
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RW);
    at[0] = 1;
    at[SIZE / 2] = 2;
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    allow(at, SIZE, HSA_ACCESS_PERMISSION_RW);
    assert_int_equal(at[0], 2);
    assert_int_equal(at[SIZE / 2], 1);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, SIZE));
}

static void a_handle_can_be_had_back_from_its_mapping(void **state)
{
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE), again = {0};
    hsa_amd_memory_pool_t pool;
    hsa_amd_memory_type_t type;
    char *at = reserve(SIZE);
    FAILS(hsa_amd_vmem_retain_alloc_handle(&again, at), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    OK(hsa_amd_vmem_handle_release(handle));
    FAILS(hsa_amd_vmem_handle_release(handle), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_retain_alloc_handle(&again, at + PAGE));
    assert_int_equal(again.handle, handle.handle);
    OK(hsa_amd_vmem_get_alloc_properties_from_handle(again, &pool, &type));
    assert_int_equal(pool.handle, rig.vram.handle);
    assert_int_equal(type, MEMORY_TYPE_NONE);
    FAILS(hsa_amd_vmem_retain_alloc_handle(NULL, at), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_get_alloc_properties_from_handle(again, NULL, &type),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_vmem_handle_release(again));
    FAILS(hsa_amd_vmem_get_alloc_properties_from_handle(again, &pool, &type),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_address_free(at, SIZE));
}

static void a_descriptor_carries_a_handle(void **state)
{
    hsa_amd_vmem_alloc_handle_t handle, again;
    hsa_amd_memory_pool_t pool;
    hsa_amd_memory_type_t type;
    int file = -1;
    char *at = reserve(2 * SIZE);
    OK(hsa_amd_vmem_handle_create(rig.fine, SIZE, MEMORY_TYPE_PINNED, 0, &handle));
    OK(hsa_amd_vmem_export_shareable_handle(&file, handle, 0));
    assert_true(file >= 0);
    assert_int_not_equal(ftruncate(file, PAGE), 0); /* nobody can take the pages away */
    OK(hsa_amd_vmem_import_shareable_handle(file, &again));
    close(file);
    OK(hsa_amd_vmem_get_alloc_properties_from_handle(again, &pool, &type));
    assert_int_equal(pool.handle, rig.fine.handle);
    assert_int_equal(type, MEMORY_TYPE_PINNED);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    OK(hsa_amd_vmem_map(at + SIZE, SIZE, 0, again, 0));
    allow(at, 2 * SIZE, HSA_ACCESS_PERMISSION_RW);
    at[5] = 77;
    assert_int_equal(at[SIZE + 5], 77);
    FAILS(hsa_amd_vmem_export_shareable_handle(NULL, handle, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_export_shareable_handle(&file, handle, 1),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_export_shareable_handle(&file, (hsa_amd_vmem_alloc_handle_t){16}, 0),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_vmem_import_shareable_handle(-1, &again), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_vmem_import_shareable_handle(file, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_vmem_unmap(at, 2 * SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_handle_release(again));
    OK(hsa_amd_vmem_address_free(at, 2 * SIZE));
}

static void reservations_check_their_arguments(void **state)
{
    void *at = NULL, *there = NULL;
    FAILS(hsa_amd_vmem_address_reserve(NULL, SIZE, 0, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve(&at, 0, 0, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve(&at, 100, 0, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve(&at, SIZE, 0, 2), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve_align(&at, SIZE, 0, 3 * PAGE, 0),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve_align(&at, SIZE, 0, 64, 0),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_reserve(&at, (size_t)1 << 50, 0, 0),
          HSA_STATUS_ERROR_OUT_OF_RESOURCES);
    OK(hsa_amd_vmem_address_reserve_align(&at, SIZE, 0, 1 << 24, 0));
    assert_int_equal((uintptr_t)at % (1 << 24), 0);
    OK(hsa_amd_vmem_address_reserve(&there, SIZE, (uintptr_t)at + SIZE, 0));
    assert_ptr_equal(there, (char *)at + SIZE);
    FAILS(hsa_amd_vmem_address_free((char *)at + PAGE, SIZE), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_vmem_address_free(at, SIZE - PAGE), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_free(&at, SIZE), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_address_free(at, SIZE));
    FAILS(hsa_amd_vmem_address_free(at, SIZE), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_address_reserve(&at, SIZE, (uintptr_t)there, 0)); /* taken: another place */
    assert_ptr_not_equal(at, there);
    OK(hsa_amd_vmem_address_free(at, SIZE));
    OK(hsa_amd_vmem_address_free(there, SIZE));
}

static void handles_check_their_arguments(void **state)
{
    hsa_amd_vmem_alloc_handle_t handle;
    const hsa_amd_memory_pool_t wild = {.handle = 4096};
    FAILS(hsa_amd_vmem_handle_create(wild, SIZE, MEMORY_TYPE_NONE, 0, &handle),
          HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, 100, MEMORY_TYPE_NONE, 0, &handle),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, 0, MEMORY_TYPE_NONE, 0, &handle),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, SIZE, MEMORY_TYPE_NONE, 1, &handle),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, SIZE, (hsa_amd_memory_type_t)7, 0, &handle),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, SIZE, MEMORY_TYPE_NONE, 0, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_handle_create(rig.group, SIZE, MEMORY_TYPE_NONE, 0, &handle),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    uint64_t left = vram_left() / PAGE * PAGE;
    void *taken = rig_alloc(rig.vram, PAGE);
    FAILS(hsa_amd_vmem_handle_create(rig.vram, left, MEMORY_TYPE_NONE, 0, &handle),
          HSA_STATUS_ERROR_OUT_OF_RESOURCES);
    OK(hsa_amd_memory_pool_free(taken));
    FAILS(hsa_amd_vmem_handle_release((hsa_amd_vmem_alloc_handle_t){0}),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
}

static void mappings_check_their_arguments(void **state)
{
    const hsa_amd_memory_access_desc_t good = {HSA_ACCESS_PERMISSION_RW, rig.gpu};
    const hsa_amd_memory_access_desc_t nobody = {HSA_ACCESS_PERMISSION_RW, {3}};
    const hsa_amd_memory_access_desc_t strange = {(hsa_access_permission_t)9, rig.gpu};
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    char *at = reserve(2 * SIZE);
    FAILS(hsa_amd_vmem_map(at + 1, SIZE, 0, handle, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_map(at, 2 * SIZE, 0, handle, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_map(at, SIZE, PAGE, handle, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_map(at, SIZE, 0, handle, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_map(at + 2 * SIZE - PAGE, SIZE, 0, handle, 0),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_map(at, SIZE, 0, (hsa_amd_vmem_alloc_handle_t){64}, 0),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_set_access(at, SIZE, &good, 1), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_vmem_unmap(at, SIZE), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    FAILS(hsa_amd_vmem_map(at + PAGE, PAGE, 0, handle, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_address_free(at, 2 * SIZE), HSA_STATUS_ERROR_RESOURCE_FREE);
    FAILS(hsa_amd_vmem_unmap(at, PAGE), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_unmap(at, 2 * SIZE), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_unmap(at + PAGE, PAGE), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_vmem_set_access(at, PAGE, &good, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_set_access(at, SIZE, NULL, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_set_access(at, SIZE, &good, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_vmem_set_access(at, SIZE, &nobody, 1), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_vmem_set_access(at, SIZE, &strange, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_free(at), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_unmap(at, SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, 2 * SIZE));
}

static void pointer_info_knows_mappings(void **state)
{
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE);
    char *at = reserve(2 * SIZE);
    int tag;
    OK(hsa_amd_vmem_map(at + PAGE, SIZE, 0, handle, 0));
    OK(hsa_amd_pointer_info_set_userdata(at + PAGE, &tag));
    OK(hsa_amd_pointer_info(at + PAGE + 10, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_HSA);
    assert_ptr_equal(info.agentBaseAddress, at + PAGE);
    assert_int_equal(info.sizeInBytes, SIZE);
    assert_ptr_equal(info.userData, &tag);
    assert_int_equal(info.agentOwner.handle, rig.gpu.handle);
    OK(hsa_amd_pointer_info(at, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    OK(hsa_amd_vmem_unmap(at + PAGE, SIZE));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, 2 * SIZE));
}

/* Maps and unmaps in its own part of one reservation. */
static void *churn(void *argument)
{
    char *at = argument;
    for (int round = 0; round < 200; round++) {
        hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, PAGE);
        OK(hsa_amd_vmem_map(at, PAGE, 0, handle, 0));
        allow(at, PAGE, HSA_ACCESS_PERMISSION_RW);
        if (*at != 0)
            return "a fresh page is not zero";
        *at = 1;
        OK(hsa_amd_vmem_handle_release(handle));
        OK(hsa_amd_vmem_unmap(at, PAGE));
    }
    return NULL;
}

static void threads_map_side_by_side(void **state)
{
    pthread_t threads[4];
    uint64_t before = vram_left();
    char *at = reserve(4 * PAGE);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, at + i * PAGE), 0);
    for (int i = 0; i < 4; i++) {
        void *reason;
        pthread_join(threads[i], &reason);
        assert_null(reason);
    }
    OK(hsa_amd_vmem_address_free(at, 4 * PAGE));
    assert_int_equal(vram_left(), before);
}

static void what_is_forgotten_goes_with_the_runtime(void **state)
{
    char *at = reserve(SIZE);
    hsa_amd_vmem_alloc_handle_t handle = new_handle(rig.vram, SIZE), again;
    uint64_t before = vram_left() + SIZE;
    OK(hsa_amd_vmem_map(at, SIZE, 0, handle, 0));
    OK(hsa_amd_vmem_retain_alloc_handle(&again, at));
    assert_int_equal(rig_close(state), 0);
    FAILS(hsa_amd_vmem_handle_release(handle), HSA_STATUS_ERROR_NOT_INITIALIZED);
    FAILS(hsa_amd_vmem_unmap(at, SIZE), HSA_STATUS_ERROR_NOT_INITIALIZED);
    assert_int_equal(rig_open(state), 0);
    OK(hsa_amd_register_system_event_handler(note_event, NULL));
    FAILS(hsa_amd_vmem_handle_release(handle), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    assert_true(vram_left() >= before);
}

static int open_with_events(void **state)
{
    return rig_open(state) != 0 ||
           hsa_amd_register_system_event_handler(note_event, NULL) != HSA_STATUS_SUCCESS;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_appears_at_reserved_addresses),
        cmocka_unit_test(kernels_and_copies_cross_from_one_mapping_to_the_next),
        cmocka_unit_test(rights_hold_for_kernels),
        cmocka_unit_test(rights_hold_for_copies),
        cmocka_unit_test(rights_are_kept_for_each_agent),
        cmocka_unit_test(parts_of_a_handle_can_be_mapped),
        cmocka_unit_test(a_handle_can_be_had_back_from_its_mapping),
        cmocka_unit_test(a_descriptor_carries_a_handle),
        cmocka_unit_test(reservations_check_their_arguments),
        cmocka_unit_test(handles_check_their_arguments),
        cmocka_unit_test(mappings_check_their_arguments),
        cmocka_unit_test(pointer_info_knows_mappings),
        cmocka_unit_test(threads_map_side_by_side),
        cmocka_unit_test(what_is_forgotten_goes_with_the_runtime),
    };
    return cmocka_run_group_tests(tests, open_with_events, rig_close);
}
