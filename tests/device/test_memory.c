/* SPDX-License-Identifier: MIT
 * Memory: the VRAM limit is an error, allocations are zero-filled and guarded, found by any address
 * inside, and freed memory is out of reach; registered host memory is covered exactly.
 */
#include "device/device.h"
#include "device/memory_priv.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int open_devices(void **state)
{
    (void)state;
    return cairn_devices_open() != CAIRN_OK;
}

static int close_devices(void **state)
{
    (void)state;
    cairn_devices_close();
    return 0;
}

static void *alloc(enum cairn_memory_kind kind, uint64_t size)
{
    void *at = NULL;
    assert_int_equal(cairn_memory_alloc(cairn_device_at(0), kind, size, 0, 0, &at), CAIRN_OK);
    return at;
}

/* Whether the kernel can read a byte there. */
static bool readable(const void *address)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    bool good = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return good;
}

static void devices_are_as_configured(void **state)
{
    (void)state;
    assert_int_equal(cairn_device_count(), 2);
    assert_string_equal(cairn_device_info(cairn_device_at(0))->target_id, "gfx90a:sramecc+:xnack-");
    assert_string_equal(cairn_device_info(cairn_device_at(1))->target_id, "gfx90a:sramecc-:xnack+");
    assert_int_equal(cairn_device_info(cairn_device_at(1))->ordinal, 1);
    assert_null(cairn_device_at(2));
}

static void vram_limit_is_an_error_and_is_given_back(void **state)
{
    (void)state;
    struct cairn_device *device = cairn_device_at(0);
    uint64_t vram = cairn_device_info(device)->vram_bytes;
    void *half = alloc(CAIRN_MEMORY_DEVICE, vram / 2), *more = NULL;
    assert_int_equal(cairn_device_vram_used(device), vram / 2);
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, vram / 2 + 4096, 0, 0, &more),
                     CAIRN_ERR_NO_MEMORY);
    assert_null(more);
    assert_int_equal(cairn_device_vram_used(cairn_device_at(1)), 0);
    void *other = alloc(CAIRN_MEMORY_DEVICE, vram / 2);
    assert_int_equal(cairn_memory_free(half), CAIRN_OK);
    assert_int_equal(cairn_memory_free(other), CAIRN_OK);
    assert_int_equal(cairn_device_vram_used(device), 0);
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, UINT64_MAX, 0, 0, &more),
                     CAIRN_ERR_NO_MEMORY);
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_HOST, UINT64_MAX / 2, 0, 0, &more),
                     CAIRN_ERR_NO_MEMORY);
}

static void bad_arguments_are_refused(void **state)
{
    (void)state;
    void *at = NULL;
    struct cairn_device *device = cairn_device_at(0);
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, 0, 0, 0, &at),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_DEVICE, 1, 3, 0, &at),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_int_equal(cairn_memory_alloc(NULL, CAIRN_MEMORY_DEVICE, 1, 0, 0, &at),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_int_equal(cairn_memory_free(&at), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_memory_free(NULL), CAIRN_ERR_NOT_FOUND);
}

static void fresh_memory_is_zero_and_guarded(void **state)
{
    (void)state;
    for (int round = 0; round < 3; round++) {
        unsigned char *at = alloc(CAIRN_MEMORY_DEVICE, 5000);
        for (int i = 0; i < 8192; i++)
            assert_int_equal(at[i], 0);
        memset(at, 0xff, 8192);
        assert_false(readable(at + 8192));
        assert_int_equal(cairn_memory_free(at), CAIRN_OK);
        assert_false(readable(at));
        assert_int_equal(cairn_memory_free(at), CAIRN_ERR_NOT_FOUND);
    }
}

static void allocation_is_found_by_any_address_inside(void **state)
{
    (void)state;
    struct cairn_allocation found;
    int tag;
    char *at = alloc(CAIRN_MEMORY_CODE, 10000);
    assert_int_equal(cairn_memory_set_user(at, &tag), CAIRN_OK);
    assert_int_equal(cairn_memory_set_user(at + 1, &tag), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_memory_find(at + 9999, &found), CAIRN_OK);
    assert_int_equal(found.address, (uint64_t)at);
    assert_int_equal(found.size_bytes, 10000);
    assert_int_equal(found.kind, CAIRN_MEMORY_CODE);
    assert_ptr_equal(found.user, &tag);
    assert_false(found.registered);
    assert_int_equal(cairn_memory_find(at + 10000, &found), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_memory_find(&tag, &found), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_memory_free(at), CAIRN_OK);
    assert_int_equal(cairn_memory_find(at, &found), CAIRN_ERR_NOT_FOUND);
}

static void alignment_is_kept(void **state)
{
    (void)state;
    for (uint64_t alignment = 1; alignment <= (uint64_t)1 << 30; alignment <<= 3) {
        void *at = NULL;
        assert_int_equal(
            cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_DEVICE, 100, alignment, 0, &at),
            CAIRN_OK);
        assert_int_equal((uint64_t)at % alignment, 0);
        assert_int_equal(cairn_memory_free(at), CAIRN_OK);
    }
}

/* CPU time of this thread: other programs on the machine do not count. */
static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void untouched_gigabytes_are_instant_and_small_ones_are_quick(void **state)
{
    (void)state;
    enum { SMALL = 20000 };
    static void *at[SMALL];
    uint64_t start = cpu_ns();
    void *big = alloc(CAIRN_MEMORY_DEVICE, (uint64_t)1 << 30);
    assert_int_equal(cairn_memory_free(big), CAIRN_OK);
    assert_true(cpu_ns() - start < 100000000);
    start = cpu_ns();
    for (int i = 0; i < SMALL; i++)
        at[i] = alloc(CAIRN_MEMORY_DEVICE, 256);
    for (int i = 0; i < SMALL; i++)
        *(volatile int *)at[i] = i;
    for (int i = 0; i < SMALL; i++)
        assert_int_equal(cairn_memory_free(at[i]), CAIRN_OK);
    uint64_t each = (cpu_ns() - start) / SMALL;
    print_message("alloc + touch + free: %llu ns\n", (unsigned long long)each);
    assert_true(each < 200000);
}

static void registered_memory_is_covered_exactly(void **state)
{
    (void)state;
    const struct cairn_address_space *space = cairn_memory_space(false);
    struct cairn_allocation found;
    char *at = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint64_t a = (uint64_t)at;
    assert_false(cairn_memory_covers(space, a + 100, 4));
    assert_int_equal(cairn_memory_register(at + 100, 1000, 7), CAIRN_OK);
    assert_int_equal(cairn_memory_register(at + 100, 1000, 7), CAIRN_OK);
    assert_int_equal(cairn_memory_register(at + 8000, 8, 0), CAIRN_OK);
    static const struct {
        uint64_t offset, size;
        bool covered;
        const char *why;
    } cases[] = {
        {100, 1000, true, "all"},          {99, 4, false, "begins before"},
        {1096, 4, true, "last bytes"},     {1097, 4, false, "ends after"},
        {1100, 1, false, "just after"},    {8000, 8, true, "second range"},
        {100, 8000, false, "over a hole"}, {500, UINT64_MAX - 10, false, "wraps"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (cairn_memory_covers(space, a + cases[i].offset, cases[i].size) != cases[i].covered)
            fail_msg("%s", cases[i].why);
    assert_int_equal(cairn_memory_find(at + 200, &found), CAIRN_OK);
    assert_true(found.registered);
    assert_int_equal(found.flags, 7);
    assert_int_equal(cairn_memory_unregister(at + 100), CAIRN_OK);
    assert_true(cairn_memory_covers(space, a + 100, 4));
    assert_int_equal(cairn_memory_unregister(at + 100), CAIRN_OK);
    assert_false(cairn_memory_covers(space, a + 100, 4));
    assert_int_equal(cairn_memory_unregister(at + 100), CAIRN_ERR_NOT_FOUND);
    assert_int_equal(cairn_memory_unregister(at + 8000), CAIRN_OK);
    munmap(at, 16384);
    assert_int_equal(cairn_memory_register(at, 16384, 0), CAIRN_ERR_INVALID_ARGUMENT);
}

static _Atomic bool covers_stop;

static void *covers_main(void *address)
{
    uintptr_t wrong = 0;
    while (!covers_stop)
        wrong += !cairn_memory_covers(cairn_memory_space(false), (uint64_t)address + 64, 64);
    return (void *)wrong;
}

static void covers_is_right_while_others_register(void **state)
{
    (void)state;
    enum { RANGES = 64 };
    static char memory[RANGES + 1][256];
    pthread_t thread;
    void *wrong;
    char *middle = memory[RANGES / 2];
    assert_int_equal(cairn_memory_register(middle, 256, 0), CAIRN_OK);
    covers_stop = false;
    pthread_create(&thread, NULL, covers_main, middle);
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < RANGES; i++)
            if (i != RANGES / 2)
                assert_int_equal(cairn_memory_register(memory[i], 256, 0), CAIRN_OK);
        for (int i = 0; i < RANGES; i++)
            if (i != RANGES / 2)
                assert_int_equal(cairn_memory_unregister(memory[i]), CAIRN_OK);
    }
    covers_stop = true;
    pthread_join(thread, &wrong);
    assert_null(wrong);
    assert_int_equal(cairn_memory_unregister(middle), CAIRN_OK);
}

static void apertures_are_not_covered(void **state)
{
    (void)state;
    const struct cairn_address_space *space = cairn_memory_space(false);
    assert_int_equal(space->private_aperture % ((uint64_t)1 << 32), 0);
    assert_false(cairn_memory_covers(space, space->private_aperture, 4));
    assert_false(cairn_memory_covers(space, 0, 4));
    assert_true(cairn_memory_covers(space, space->window_base, 4));
}

static void the_last_bytes_of_the_window_belong_to_it(void **state)
{
    (void)state;
    const struct cairn_address_space *space = cairn_memory_space(false);
    uint64_t end = space->window_base + space->window_size;
    for (uint64_t size = 1; size <= 64; size *= 2) {
        assert_true(cairn_memory_covers(space, end - size, size));
        assert_false(cairn_memory_covers(space, end - size + 1, size));
        assert_false(cairn_memory_covers(space, end, size));
        assert_false(cairn_memory_covers(space, space->window_base - 1, size));
    }
}

static void close_frees_everything_and_open_works_again(void **state)
{
    (void)state;
    struct cairn_allocation found;
    char *at = alloc(CAIRN_MEMORY_DEVICE, 100);
    cairn_devices_close();
    assert_int_equal(cairn_device_count(), 0);
    assert_int_equal(cairn_memory_find(at, &found), CAIRN_ERR_NOT_FOUND);
    assert_false(readable(at));
    cairn_devices_close();
    assert_int_equal(cairn_devices_open(), CAIRN_OK);
    assert_int_equal(cairn_devices_open(), CAIRN_OK);
    assert_int_equal(cairn_device_vram_used(cairn_device_at(0)), 0);
    assert_int_equal(cairn_memory_free(alloc(CAIRN_MEMORY_DEVICE, 100)), CAIRN_OK);
}

static int child_use(char *at)
{
    if (cairn_device_count() != 0 || at[0] != 'p')
        return 1;
    at[0] = 'c';
    if (cairn_devices_open() != CAIRN_OK || cairn_device_count() != 2)
        return 2;
    void *own;
    if (cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_DEVICE, 100, 0, 0, &own) != CAIRN_OK)
        return 3;
    return own == at ? 4 : 0;
}

static void forked_child_opens_devices_of_its_own(void **state)
{
    (void)state;
    char *at = alloc(CAIRN_MEMORY_HOST, 100);
    int status = -1;
    at[0] = 'p';
    pid_t child = fork();
    if (child == 0)
        _exit(child_use(at));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(at[0], 'p');
    assert_int_equal(cairn_device_count(), 2);
    assert_int_equal(cairn_memory_free(at), CAIRN_OK);
}

int main(void)
{
    setenv("CAIRN_DEVICES", "gfx90a, gfx90a:xnack+:sramecc- ", 1);
    setenv("CAIRN_VRAM", "2G", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(devices_are_as_configured),
        cmocka_unit_test(vram_limit_is_an_error_and_is_given_back),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(fresh_memory_is_zero_and_guarded),
        cmocka_unit_test(allocation_is_found_by_any_address_inside),
        cmocka_unit_test(alignment_is_kept),
        cmocka_unit_test(untouched_gigabytes_are_instant_and_small_ones_are_quick),
        cmocka_unit_test(registered_memory_is_covered_exactly),
        cmocka_unit_test(covers_is_right_while_others_register),
        cmocka_unit_test(apertures_are_not_covered),
        cmocka_unit_test(the_last_bytes_of_the_window_belong_to_it),
        cmocka_unit_test(close_frees_everything_and_open_works_again),
        cmocka_unit_test(forked_child_opens_devices_of_its_own),
    };
    return cmocka_run_group_tests(tests, open_devices, close_devices);
}
