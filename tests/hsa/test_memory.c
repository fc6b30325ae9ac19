/* SPDX-License-Identifier: MIT
 * Pools, allocation limits, locking, pointer queries, fills and copies.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, BIG = 8 << 20 };

static uint64_t vram_left(void)
{
    uint64_t left;
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL, &left));
    return left;
}

static void allocations_count_against_vram(void **state)
{
    void *memory;
    uint64_t before = vram_left();
    OK(hsa_amd_memory_pool_allocate(rig.vram, BIG, 0, &memory));
    assert_true(vram_left() <= before - BIG);
    assert_int_equal((uintptr_t)memory % PAGE, 0);
    OK(hsa_amd_memory_pool_free(memory));
    assert_int_equal(vram_left(), before);
}

static void allocation_checks_its_arguments(void **state)
{
    void *memory;
    const hsa_amd_memory_pool_t wild = {.handle = 4096};
    FAILS(hsa_amd_memory_pool_allocate(rig.vram, 0, 0, &memory), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_allocate(rig.vram, 16, 0, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_allocate(rig.vram, 16, 0x100, &memory),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_allocate(wild, 16, 0, &memory), HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    FAILS(hsa_amd_memory_pool_allocate(rig.group, 16, 0, &memory),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_memory_pool_allocate(rig.vram, SIZE_MAX, 0, &memory),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_memory_pool_free(&memory), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_memory_pool_free(NULL));
}

static void vram_runs_out_with_an_error(void **state)
{
    void *first, *second;
    size_t all = (size_t)(vram_left() - (1 << 20)) & ~(size_t)(PAGE - 1);
    OK(hsa_amd_memory_pool_allocate(rig.vram, all, 0, &first));
    FAILS(hsa_amd_memory_pool_allocate(rig.vram, 16 << 20, 0, &second),
          HSA_STATUS_ERROR_OUT_OF_RESOURCES);
    OK(hsa_amd_memory_pool_free(first));
    OK(hsa_amd_memory_pool_allocate(rig.vram, 16 << 20, 0, &second));
    OK(hsa_amd_memory_pool_free(second));
}

static void freeing_twice_or_inside_is_an_error(void **state)
{
    char *memory = rig_alloc(rig.fine, PAGE);
    FAILS(hsa_amd_memory_pool_free(memory + 64), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_memory_pool_free(memory));
    FAILS(hsa_amd_memory_pool_free(memory), HSA_STATUS_ERROR_INVALID_ALLOCATION);
}

static hsa_status_t count_global(hsa_region_t region, void *count)
{
    hsa_region_segment_t segment;
    OK(hsa_region_get_info(region, HSA_REGION_INFO_SEGMENT, &segment));
    *(int *)count += segment == HSA_REGION_SEGMENT_GLOBAL;
    return HSA_STATUS_SUCCESS;
}

static void regions_mirror_pools(void **state)
{
    int count = 0;
    void *memory;
    OK(hsa_agent_iterate_regions(rig.cpu, count_global, &count));
    assert_int_equal(count, 3);
    OK(hsa_memory_allocate((hsa_region_t){.handle = rig.kernarg.handle}, 100, &memory));
    OK(hsa_memory_free(memory));
    FAILS(hsa_memory_allocate((hsa_region_t){.handle = 1}, 100, &memory),
          HSA_STATUS_ERROR_INVALID_REGION);
}

static void pools_describe_themselves(void **state)
{
    bool all;
    hsa_amd_memory_pool_access_t access;
    hsa_amd_memory_pool_location_t location;
    uint32_t hops;
    OK(hsa_amd_memory_pool_get_info(rig.fine, HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL, &all));
    assert_true(all);
    OK(hsa_amd_memory_pool_get_info(rig.vram, HSA_AMD_MEMORY_POOL_INFO_LOCATION, &location));
    assert_int_equal(location, HSA_AMD_MEMORY_POOL_LOCATION_GPU);
    OK(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.vram, HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS,
                                          &access));
    assert_int_not_equal(access, HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED);
    OK(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.group, HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS,
                                          &access));
    assert_int_equal(access, HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED);
    OK(hsa_amd_agent_memory_pool_get_info(rig.gpu, rig.fine,
                                          HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS, &hops));
    assert_int_equal(hops, 1);
}

/* ---- what an address is ---- */

static void pointer_info_tells_allocations_from_other_memory(void **state)
{
    int on_stack = 0, tag;
    char *memory = rig_alloc(rig.vram, 3 * PAGE);
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    hsa_agent_t *agents = NULL;
    uint32_t count = 0;
    OK(hsa_amd_pointer_info_set_userdata(memory + 8, &tag));
    OK(hsa_amd_pointer_info(memory + 5000, &info, malloc, &count, &agents));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_HSA);
    assert_ptr_equal(info.agentBaseAddress, memory);
    assert_ptr_equal(info.hostBaseAddress, memory);
    assert_int_equal(info.sizeInBytes, 3 * PAGE);
    assert_ptr_equal(info.userData, &tag);
    assert_int_equal(info.agentOwner.handle, rig.gpu.handle);
    assert_int_equal(info.global_flags, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED);
    assert_int_equal(count, 2);
    free(agents);
    OK(hsa_amd_pointer_info(&on_stack, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_amd_pointer_info(memory, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    info.size = 4;
    FAILS(hsa_amd_pointer_info(memory, &info, NULL, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void locked_memory_is_known_until_the_last_unlock(void **state)
{
    char *memory = malloc(10000);
    void *for_agent = NULL;
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    OK(hsa_amd_memory_lock(memory, 10000, &rig.gpu, 1, &for_agent));
    assert_ptr_equal(for_agent, memory);
    OK(hsa_amd_memory_lock_to_pool(memory, 10000, NULL, 0, rig.fine, 0, &for_agent));
    OK(hsa_amd_memory_unlock(memory));
    OK(hsa_amd_pointer_info(memory + 100, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_LOCKED);
    OK(hsa_amd_memory_unlock(memory));
    OK(hsa_amd_pointer_info(memory + 100, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    FAILS(hsa_amd_memory_unlock(memory), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_lock(memory, 0, NULL, 0, &for_agent), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_lock((void *)4096, 100, NULL, 0, &for_agent),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    free(memory);
}

static void note_release(void *memory, void *seen)
{
    *(void **)seen = memory;
}

static void a_release_callback_runs_once(void **state)
{
    void *seen = NULL, *other = NULL;
    void *memory = rig_alloc(rig.vram, PAGE);
    OK(hsa_amd_register_deallocation_callback(memory, note_release, &seen));
    OK(hsa_amd_memory_pool_free(memory));
    assert_ptr_equal(seen, memory);
    memory = rig_alloc(rig.vram, PAGE);
    OK(hsa_amd_register_deallocation_callback(memory, note_release, &other));
    OK(hsa_amd_deregister_deallocation_callback(memory, note_release));
    FAILS(hsa_amd_deregister_deallocation_callback(memory, note_release),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_pool_free(memory));
    assert_null(other);
}

/* ---- fills and copies ---- */

static void fill_writes_words_and_stays_inside(void **state)
{
    uint32_t *memory = rig_alloc(rig.vram, PAGE);
    OK(hsa_amd_memory_fill(memory + 4, 0xdeadbeef, 100));
    assert_int_equal(memory[3], 0);
    assert_int_equal(memory[4], 0xdeadbeef);
    assert_int_equal(memory[103], 0xdeadbeef);
    assert_int_equal(memory[104], 0);
    FAILS(hsa_amd_memory_fill(memory, 0, PAGE), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_fill(memory, 0, SIZE_MAX), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_fill((char *)memory + 1, 0, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_pool_free(memory));
}

static void copies_stay_inside_their_allocations(void **state)
{
    char *memory = rig_alloc(rig.vram, 1000), host[2000];
    memset(host, 7, sizeof host);
    OK(hsa_memory_copy(memory, host, 1000));
    assert_int_equal(memory[999], 7);
    FAILS(hsa_memory_copy(memory, host, 1001), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_copy(host, memory + 500, 501), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_copy((void *)64, memory, 10), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_copy(NULL, memory, 10), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_memory_copy(host, memory, 0));
    OK(hsa_amd_memory_pool_free(memory));
}

static void an_async_copy_waits_for_all_dependencies(void **state)
{
    hsa_signal_t deps[2] = {rig_signal(1), rig_signal(1)}, done = rig_signal(1), free_done;
    char *from = rig_alloc(rig.fine, BIG), *to = rig_alloc(rig.vram, BIG);
    hsa_amd_profiling_async_copy_time_t time;
    memset(from, 5, BIG);
    OK(hsa_amd_memory_async_copy(to, rig.gpu, from, rig.cpu, BIG, 2, deps, done));
    free_done = rig_signal(1); /* a later copy without dependencies is not held back */
    OK(hsa_amd_memory_async_copy_on_engine(to + 100, rig.gpu, from, rig.cpu, BIG / 2, 0, NULL,
                                           free_done, HSA_AMD_SDMA_ENGINE_1, false));
    rig_wait_zero(free_done);
    hsa_signal_store_screlease(deps[1], 0);
    usleep(10000);
    assert_int_equal(hsa_signal_load_scacquire(done), 1);
    assert_int_equal(to[BIG - 1], 0);
    hsa_signal_store_screlease(deps[0], 0);
    rig_wait_zero(done);
    assert_int_equal(to[0], 5);
    assert_int_equal(to[BIG - 1], 5);
    OK(hsa_amd_profiling_get_async_copy_time(done, &time));
    assert_true(time.start != 0 && time.end >= time.start);
    OK(hsa_amd_memory_pool_free(from));
    OK(hsa_amd_memory_pool_free(to));
    OK(hsa_signal_destroy(deps[0]));
    OK(hsa_signal_destroy(deps[1]));
    OK(hsa_signal_destroy(done));
    OK(hsa_signal_destroy(free_done));
}

/* Waiters take copies that nobody has begun out of the middle of the queue. */
static void queued_copies_may_be_waited_for_in_any_order(void **state)
{
    enum { COPIES = 12, EACH = (1 << 20) + 64 };
    static const int order[COPIES] = {11, 0, 5, 6, 10, 1, 2, 9, 8, 3, 4, 7};
    char *from = rig_alloc(rig.fine, EACH), *to = rig_alloc(rig.vram, (size_t)COPIES * EACH);
    hsa_signal_t done[COPIES];
    memset(from, 9, EACH);
    for (int i = 0; i < COPIES; i++) {
        done[i] = rig_signal(1);
        OK(hsa_amd_memory_async_copy(to + (size_t)i * EACH, rig.gpu, from, rig.cpu, EACH, 0, NULL,
                                     done[i]));
    }
    assert_int_not_equal(
        hsa_signal_wait_scacquire(done[11], HSA_SIGNAL_CONDITION_EQ, 7, 0, HSA_WAIT_STATE_BLOCKED),
        7);
    for (int i = 0; i < COPIES; i++) {
        const char *end = to + (size_t)(order[i] + 1) * EACH;
        rig_wait_zero(done[order[i]]);
        if (end[-EACH] != 9 || end[-1] != 9)
            fail_msg("copy %d is done and its data is not there", order[i]);
        OK(hsa_signal_destroy(done[order[i]]));
    }
    OK(hsa_amd_memory_pool_free(from));
    OK(hsa_amd_memory_pool_free(to));
}

static void a_failed_dependency_fails_the_copy(void **state)
{
    hsa_signal_t dep = rig_signal(1), done = rig_signal(1);
    char *memory = rig_alloc(rig.vram, PAGE);
    OK(hsa_amd_memory_async_copy(memory, rig.gpu, memory + 100, rig.gpu, 100, 1, &dep, done));
    hsa_signal_store_screlease(dep, -1);
    assert_int_equal(hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                               HSA_WAIT_STATE_BLOCKED),
                     -1);
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_signal_destroy(dep));
    OK(hsa_signal_destroy(done));
}

static void copy_calls_check_their_arguments(void **state)
{
    char *memory = rig_alloc(rig.vram, PAGE);
    hsa_signal_t done = rig_signal(1), none = {0};
    uint32_t mask = 0;
    FAILS(hsa_amd_memory_async_copy(memory, rig.gpu, NULL, rig.gpu, 8, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_async_copy(memory, (hsa_agent_t){0}, memory, rig.gpu, 8, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_memory_async_copy(memory, rig.gpu, memory, rig.gpu, 8, 0, NULL, none),
          HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_memory_async_copy(memory, rig.gpu, memory, rig.gpu, 8, 1, &none, done),
          HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_memory_async_copy(memory, rig.gpu, memory, rig.gpu, 8, 1, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_async_copy(memory, rig.gpu, memory + 1, rig.gpu, PAGE, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_copy_engine_status(rig.gpu, rig.cpu, &mask));
    assert_int_not_equal(mask, 0);
    FAILS(hsa_amd_memory_async_copy_on_engine(memory, rig.gpu, memory, rig.gpu, 8, 0, NULL, done,
                                              (hsa_amd_sdma_engine_id_t)3, false),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    assert_int_equal(hsa_signal_load_relaxed(done), 1);
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_signal_destroy(done));
}

static void a_box_is_copied_row_by_row(void **state)
{
    enum { PITCH = 64, SLICE = 64 * 8, SIZE = 64 * 8 * 4 };
    uint8_t *from = rig_alloc(rig.fine, SIZE), *to = rig_alloc(rig.vram, SIZE);
    hsa_signal_t done = rig_signal(1);
    for (int i = 0; i < SIZE; i++)
        from[i] = (uint8_t)(i * 7);
    hsa_pitched_ptr_t src = {from, PITCH, SLICE}, dst = {to, PITCH, SLICE};
    hsa_dim3_t src_at = {3, 2, 1}, dst_at = {8, 0, 2}, range = {20, 4, 2};
    OK(hsa_amd_memory_async_copy_rect(&dst, &dst_at, &src, &src_at, &range, rig.gpu,
                                      hsaHostToDevice, 0, NULL, done));
    rig_wait_zero(done);
    for (unsigned i = 0; i < SIZE; i++) {
        unsigned x = i % PITCH - dst_at.x, y = i % SLICE / PITCH, z = i / SLICE - dst_at.z;
        bool inside = x < range.x && y < range.y && z < range.z;
        uint8_t wanted =
            inside ? from[(z + src_at.z) * SLICE + (y + src_at.y) * PITCH + x + src_at.x] : 0;
        if (to[i] != wanted)
            fail_msg("byte %u is %u, not %u", i, to[i], wanted);
    }
    range.z = 3; /* one slice too many */
    FAILS(hsa_amd_memory_async_copy_rect(&dst, &dst_at, &src, &src_at, &range, rig.gpu,
                                         hsaHostToDevice, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_pool_free(from));
    OK(hsa_amd_memory_pool_free(to));
    OK(hsa_signal_destroy(done));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_count_against_vram),
        cmocka_unit_test(allocation_checks_its_arguments),
        cmocka_unit_test(vram_runs_out_with_an_error),
        cmocka_unit_test(freeing_twice_or_inside_is_an_error),
        cmocka_unit_test(regions_mirror_pools),
        cmocka_unit_test(pools_describe_themselves),
        cmocka_unit_test(pointer_info_tells_allocations_from_other_memory),
        cmocka_unit_test(locked_memory_is_known_until_the_last_unlock),
        cmocka_unit_test(a_release_callback_runs_once),
        cmocka_unit_test(fill_writes_words_and_stays_inside),
        cmocka_unit_test(copies_stay_inside_their_allocations),
        cmocka_unit_test(an_async_copy_waits_for_all_dependencies),
        cmocka_unit_test(queued_copies_may_be_waited_for_in_any_order),
        cmocka_unit_test(a_failed_dependency_fails_the_copy),
        cmocka_unit_test(copy_calls_check_their_arguments),
        cmocka_unit_test(a_box_is_copied_row_by_row),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
