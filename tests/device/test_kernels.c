/* SPDX-License-Identifier: MIT
 * The whole path below the runtime: kernels that clang compiled, through queue, scheduler and
 * interpreter, with right answers, and with the faults that kernels make.
 */
#include "load.h"
#include "rig.h"

#include "device/stats.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct loaded *code;

static int open_all(void **state)
{
    (void)state;
    assert_int_equal(cairn_devices_open(), CAIRN_OK);
    code = load_file(cairn_device_at(0), KERNELS_FILE);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    load_drop(code);
    cairn_devices_close();
    return 0;
}

static void *device_memory(uint64_t size)
{
    void *at;
    assert_int_equal(cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_DEVICE, size, 0, 0, &at),
                     CAIRN_OK);
    return at;
}

/* One kernel, its arguments in guest-visible memory, and its completion. */
struct call {
    struct rig_queue q;
    struct cairn_signal *done;
    uint64_t *kernarg;
    union aql_packet packet;
};

static void call_open(struct call *call, const char *kernel, uint32_t grid, uint16_t workgroup)
{
    memset(call, 0, sizeof *call);
    rig_queue_open(&call->q, 8);
    call->done = rig_signal(1);
    call->kernarg = device_memory(4096);
    call->packet =
        rig_dispatch(load_kernel(code, kernel), grid, workgroup, call->kernarg, call->done);
    /* What a runtime takes from the descriptor: LDS and scratch sizes. */
    struct cairn_kernel_descriptor kd;
    memcpy(&kd, (const void *)call->packet.dispatch.kernel_object, sizeof kd);
    call->packet.dispatch.group_bytes = kd.group_segment_fixed_size;
    call->packet.dispatch.private_bytes = kd.private_segment_fixed_size;
}

static void call_close(struct call *call)
{
    rig_queue_close(&call->q);
    cairn_signal_destroy(call->done);
    assert_int_equal(cairn_memory_free(call->kernarg), CAIRN_OK);
}

static void call_run(struct call *call)
{
    cairn_signal_store(call->done, 1);
    rig_push(&call->q, &call->packet);
    while (cairn_signal_wait(call->done, CAIRN_COND_EQ, 0, 100000000) != 0)
        if (call->q.errors != 0)
            fail_msg("%s", call->q.text);
}

static void ragged_grids_store_every_element_and_no_other(void **state)
{
    (void)state;
    static const struct {
        uint32_t grid;
        uint16_t workgroup;
    } cases[] = {{1, 64}, {63, 64}, {1000, 256}, {4097, 1024}, {500, 100}};
    struct call call;
    uint32_t *out = device_memory(5000 * 4);
    call_open(&call, "store_id", 1, 1);
    call.kernarg[0] = (uint64_t)out;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(out, 0xff, 5000 * 4);
        call.packet.dispatch.grid[0] = cases[i].grid;
        call.packet.dispatch.workgroup[0] = cases[i].workgroup;
        call_run(&call);
        for (uint32_t k = 0; k < 5000; k++)
            assert_int_equal(out[k], k < cases[i].grid ? k * 3 + 1 : UINT32_MAX);
    }
    call_close(&call);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

static void dispatch_pointer_shows_the_packet(void **state)
{
    (void)state;
    struct call call;
    uint32_t *out = device_memory(4);
    call_open(&call, "grid_of_packet", 12345, 1);
    call.packet.dispatch.workgroup[0] = 1024;
    call.kernarg[0] = (uint64_t)out;
    call_run(&call);
    assert_int_equal(out[0], 12345);
    call_close(&call);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

static void barrier_and_lds_work_for_many_workgroups(void **state)
{
    (void)state;
    enum { SIZE = 512, GROUPS = 40, COUNT = SIZE * GROUPS };
    struct call call;
    uint32_t *out = device_memory(COUNT * 4), *in = device_memory(COUNT * 4);
    for (uint32_t i = 0; i < COUNT; i++)
        in[i] = i * 7;
    call_open(&call, "reverse_in_lds", COUNT, SIZE);
    call.kernarg[0] = (uint64_t)out;
    call.kernarg[1] = (uint64_t)in;
    call_run(&call);
    for (uint32_t i = 0; i < COUNT; i++)
        assert_int_equal(out[i], (i / SIZE * SIZE + SIZE - 1 - i % SIZE) * 7);
    call_close(&call);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
    assert_int_equal(cairn_memory_free(in), CAIRN_OK);
}

static void scratch_is_private_to_each_work_item(void **state)
{
    (void)state;
    enum { COUNT = 1000 };
    struct call call;
    uint32_t *out = device_memory(COUNT * 4);
    call_open(&call, "uses_scratch", COUNT, 192);
    call.kernarg[0] = (uint64_t)out;
    call.kernarg[1] = 77;
    call_run(&call);
    for (uint32_t id = 0; id < COUNT; id++) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < 64; i++)
            sum += id ^ (i * 7 + id % 192) % 64 * 77;
        assert_int_equal(out[id], sum);
    }
    call_close(&call);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

static void spin_lock_across_1000_workgroups_excludes(void **state)
{
    (void)state;
    struct call call;
    uint32_t *words = device_memory(12);
    call_open(&call, "spin_lock", 1000 * 64, 64);
    call.kernarg[0] = (uint64_t)&words[2];
    call.kernarg[1] = (uint64_t)words;
    call_run(&call);
    assert_int_equal(words[0], 1000);
    assert_int_equal(words[1], 1000 * 1001 / 2);
    call_close(&call);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

static void look_back_scan_over_2000_workgroups_finishes(void **state)
{
    (void)state;
    enum { GROUPS = 2000 };
    struct call call;
    uint32_t *words = device_memory(GROUPS * 8);
    call_open(&call, "look_back", GROUPS * 128, 128);
    call.kernarg[0] = (uint64_t)words;
    call.kernarg[1] = (uint64_t)(words + GROUPS);
    call_run(&call);
    for (uint32_t i = 0; i < GROUPS; i++)
        assert_int_equal(words[GROUPS + i], i * (i + 1) / 2);
    call_close(&call);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

/* The interpreter begins, and finalized code goes on if there is some. */
static void lanes_that_are_off_do_not_matter_to_who_goes_on(void **state)
{
    (void)state;
    enum { START = 100, LANES = 64 };
    struct call call;
    uint32_t *out = device_memory((2 * LANES + 1) * 4), *stop = &out[2 * LANES];
    uint64_t before = cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED);
    call_open(&call, "few_lanes_go_round", LANES, LANES);
    call.kernarg[0] = (uint64_t)out;
    call.kernarg[1] = (uint64_t)stop;
    call.kernarg[2] = START;
    *stop = 0;
    cairn_signal_store(call.done, 1);
    rig_push(&call.q, &call.packet);
    for (int i = 0; i < 3000 && cairn_stats_get(CAIRN_COUNT_KERNELS_COMPILED) == before; i++)
        usleep(1000);
    usleep(20000);
    __atomic_store_n(stop, 1, __ATOMIC_RELEASE);
    while (cairn_signal_wait(call.done, CAIRN_COND_EQ, 0, 100000000) != 0)
        assert_int_equal(call.q.errors, 0);
    for (uint32_t lane = 1; lane < LANES; lane += 4) {
        uint32_t sum = 0;
        for (uint32_t i = 0; i < out[2 * lane + 1]; i++)
            sum = sum * 3 + (lane * 4 + START) * 77;
        assert_int_equal(out[2 * lane], sum);
    }
    call_close(&call);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

/* The time that it took is printed, not judged: the machine may be busy with other things. */
static void run_chain(const char *kernel, uint32_t groups)
{
    struct call call;
    uint32_t *words = device_memory(groups * 8 + 4);
    call_open(&call, kernel, groups * 1024, 1024);
    call.kernarg[0] = (uint64_t)words;
    call.kernarg[1] = (uint64_t)(words + groups);
    call.kernarg[2] = (uint64_t)(words + 2 * groups);
    uint64_t start = cairn_clock_now(), before = cairn_stats_get(CAIRN_COUNT_INSTRUCTIONS);
    call_run(&call);
    print_message("%s of %u workgroups: %llu us, %llu wave instructions\n", kernel, groups,
                  (unsigned long long)(cairn_clock_now() - start) / 1000,
                  (unsigned long long)(cairn_stats_get(CAIRN_COUNT_INSTRUCTIONS) - before));
    for (uint32_t i = 0; i < groups; i++)
        assert_int_equal(words[groups + i], i * (i + 1) / 2);
    call_close(&call);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

static void chain_of_3000_large_workgroups_finishes(void **state)
{
    (void)state;
    run_chain("ordered_chain", 3000);
}

static void chain_of_1000_large_workgroups_with_scratch_finishes(void **state)
{
    (void)state;
    run_chain("chain_with_scratch", 1000);
}

static void grid_barrier_finishes_with_all_resident(void **state)
{
    (void)state;
    static const uint32_t groups[] = {1, 7, 104, 300};
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
        for (uint32_t sleeps = 0; sleeps < 2; sleeps++) {
            struct call call;
            uint32_t *words = device_memory(16 + groups[i] * 12);
            call_open(&call, "grid_barrier", groups[i] * 128, 128);
            call.kernarg[0] = (uint64_t)words;
            call.kernarg[1] = (uint64_t)(words + 4);
            call.kernarg[2] = groups[i] | (uint64_t)sleeps << 32;
            uint64_t start = cairn_clock_now();
            call_run(&call);
            print_message("%u workgroups, sleeps %u: %llu us\n", groups[i], sleeps,
                          (unsigned long long)(cairn_clock_now() - start) / 1000);
            assert_int_equal(words[2], groups[i]);
            assert_int_equal(words[3], 0);
            call_close(&call);
            assert_int_equal(cairn_memory_free(words), CAIRN_OK);
        }
}

static void wild_accesses_are_reported_and_the_next_queue_works(void **state)
{
    (void)state;
    void *freed = device_memory(4096);
    assert_int_equal(cairn_memory_free(freed), CAIRN_OK);
    int local = 0;
    const struct {
        const char *why, *kernel;
        uint64_t address;
    } cases[] = {
        {"null store", "wild_store", 0},
        {"low store", "wild_store", 0x1000},
        {"store to freed memory", "wild_store", (uint64_t)freed},
        {"store to the host's stack", "wild_store", (uint64_t)&local},
        {"store to the host's code", "wild_store", (uint64_t)&cairn_devices_open & ~(uint64_t)3},
        {"non-canonical store", "wild_store", 0xdeadbeef00000000},
        {"load", "wild_load", 0x123456789000},
    };
    uint32_t *out = device_memory(10000 * 4);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct call bad, good;
        bool store = strcmp(cases[i].kernel, "wild_store") == 0;
        char address[32];
        call_open(&bad, cases[i].kernel, store ? 6400 : 1, 64);
        bad.kernarg[0] = (uint64_t)out;
        bad.kernarg[1] = cases[i].address;
        bad.kernarg[2] = 37 | (uint64_t)21 << 32;
        rig_push(&bad.q, &bad.packet);
        rig_queue_wait_error(&bad.q);
        snprintf(address, sizeof address, "address 0x%llx", (unsigned long long)cases[i].address);
        if (bad.q.error != CAIRN_QUEUE_MEMORY_FAULT || strstr(bad.q.text, address) == NULL ||
            strstr(bad.q.text, cases[i].kernel) == NULL)
            fail_msg("%s: error %d, \"%s\"", cases[i].why, bad.q.error, bad.q.text);
        if (store && (strstr(bad.q.text, "(37,0,0)") == NULL || bad.q.fault.lane != 21))
            fail_msg("%s: \"%s\"", cases[i].why, bad.q.text);
        assert_int_equal(bad.done->value, 1);
        call_open(&good, "store_id", 10000, 256);
        good.kernarg[0] = (uint64_t)out;
        call_run(&good);
        assert_int_equal(out[9999], 9999 * 3 + 1);
        call_close(&bad);
        call_close(&good);
    }
    assert_int_equal(local, 0);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

static void trap_is_an_exception(void **state)
{
    (void)state;
    struct call call;
    call_open(&call, "traps", 64, 64);
    rig_push(&call.q, &call.packet);
    rig_queue_wait_error(&call.q);
    assert_int_equal(call.q.error, CAIRN_QUEUE_EXCEPTION);
    call_close(&call);
}

static void a_place_outside_of_the_code_is_not_told_as_an_offset(void **state)
{
    (void)state;
    struct call call;
    call_open(&call, "jumps_away", 64, 64);
    rig_push(&call.q, &call.packet);
    rig_queue_wait_error(&call.q);
    assert_int_equal(call.q.error, CAIRN_QUEUE_MEMORY_FAULT);
    if (strstr(call.q.text, "at pc 0x1000, workgroup") == NULL)
        fail_msg("%s", call.q.text);
    call_close(&call);
}

static void illegal_code_is_reported(void **state)
{
    (void)state;
    struct cairn_code *own;
    struct call call;
    void *at;
    assert_int_equal(cairn_memory_alloc(cairn_device_at(0), CAIRN_MEMORY_CODE, 8192, 0, 0, &at),
                     CAIRN_OK);
    struct cairn_kernel_descriptor kd = {.kernel_code_entry_byte_offset = 4096};
    memcpy(at, &kd, sizeof kd);
    memset((char *)at + 4096, 0xff, 4096);
    assert_int_equal(cairn_code_register((uint64_t)at + 4096, 4096, NULL, NULL, &own), CAIRN_OK);
    call_open(&call, "traps", 64, 64);
    call.packet.dispatch.kernel_object = (uint64_t)at;
    rig_push(&call.q, &call.packet);
    rig_queue_wait_error(&call.q);
    assert_int_equal(call.q.error, CAIRN_QUEUE_ILLEGAL_INSTRUCTION);
    call_close(&call);
    cairn_code_unregister(own);
    assert_int_equal(cairn_memory_free(at), CAIRN_OK);
}

static void endless_kernel_ends_with_its_queue_and_starves_nobody(void **state)
{
    (void)state;
    struct call endless, good;
    uint32_t *words = device_memory(10000 * 4);
    call_open(&endless, "endless", 64 * 50, 64);
    endless.kernarg[0] = (uint64_t)words;
    rig_push(&endless.q, &endless.packet);
    call_open(&good, "store_id", 9999, 128);
    good.kernarg[0] = (uint64_t)(words + 1);
    for (int i = 0; i < 3; i++)
        call_run(&good);
    assert_int_equal(words[9999], 9998 * 3 + 1);
    uint64_t start = cairn_clock_now();
    call_close(&endless);
    assert_true(cairn_clock_now() - start < 1000000000);
    call_close(&good);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

static void kernel_waits_for_the_host(void **state)
{
    (void)state;
    struct call call;
    uint32_t *words = device_memory(65 * 4);
    call_open(&call, "waits_for_host", 64, 64);
    call.kernarg[0] = (uint64_t)words;
    call.kernarg[1] = (uint64_t)(words + 1);
    rig_push(&call.q, &call.packet);
    assert_int_equal(cairn_signal_wait(call.done, CAIRN_COND_EQ, 0, 30000000), 1);
    __atomic_store_n(words, 1, __ATOMIC_RELEASE);
    rig_wait(call.done);
    assert_int_equal(words[64], 5);
    call_close(&call);
    assert_int_equal(cairn_memory_free(words), CAIRN_OK);
}

static void registered_host_memory_is_reached(void **state)
{
    (void)state;
    static uint32_t host[1000];
    struct call call;
    call_open(&call, "store_id", 1000, 64);
    call.kernarg[0] = (uint64_t)host;
    assert_int_equal(cairn_memory_register(host, sizeof host, 0), CAIRN_OK);
    call_run(&call);
    assert_int_equal(host[999], 999 * 3 + 1);
    assert_int_equal(cairn_memory_unregister(host), CAIRN_OK);
    rig_push(&call.q, &call.packet);
    rig_queue_wait_error(&call.q);
    assert_int_equal(call.q.error, CAIRN_QUEUE_MEMORY_FAULT);
    call_close(&call);
}

static void xnack_device_reaches_all_memory_and_still_faults(void **state)
{
    (void)state;
    struct call call;
    uint32_t *heap = calloc(1000, 4);
    char *closed = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const uint64_t wild[] = {8, (uint64_t)closed, 0xdeadbeef00000000, 0x7ffffffff000};
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        call_open(&call, "store_id", 1000, 64);
        rig_queue_close(&call.q);
        rig_queue_open_on(&call.q, cairn_device_at(1));
        call.kernarg[0] = (uint64_t)heap;
        call_run(&call);
        assert_int_equal(heap[999], 999 * 3 + 1);
        call.kernarg[0] = wild[i];
        rig_push(&call.q, &call.packet);
        rig_queue_wait_error(&call.q);
        assert_int_equal(call.q.error, CAIRN_QUEUE_MEMORY_FAULT);
        assert_int_equal(call.q.fault.address & ~UINT64_C(4095), wild[i] & ~UINT64_C(4095));
        call_close(&call);
    }
    munmap(closed, 4096);
    free(heap);
}

/* Any bits but those of the kernel's argument pointer, which is the kernel's to misuse. */
static void spoil(union aql_packet *packet)
{
    for (int flips = 1 + rand() % 3; flips > 0; flips--) {
        unsigned bit = (unsigned)rand() % 512;
        if (bit / 64 != offsetof(struct aql_dispatch, kernarg_address) / 8)
            packet->words[bit / 64] ^= UINT64_C(1) << bit % 64;
    }
}

static void damaged_packets_never_end_the_process(void **state)
{
    (void)state;
    int errors = 0, completed = 0;
    struct call good;
    uint32_t *out = device_memory(1 << 20);
    call_open(&good, "store_id", 1000, 64);
    good.kernarg[0] = (uint64_t)out;
    srand(7);
    for (int i = 0; i < 400; i++) {
        struct rig_queue q;
        union aql_packet packet = good.packet;
        rig_queue_open(&q, 4);
        cairn_signal_store(good.done, 1);
        spoil(&packet);
        rig_push(&q, &packet);
        for (int wait = 0; wait < 10 && q.errors == 0 && good.done->value == 1; wait++)
            cairn_signal_wait(good.done, CAIRN_COND_NE, 1, 500000);
        completed += good.done->value == 0;
        rig_queue_close(&q);
        errors += q.errors;
    }
    print_message("%d errors, %d completed\n", errors, completed);
    assert_true(errors > 100 && completed > 20);
    call_run(&good);
    assert_int_equal(out[999], 999 * 3 + 1);
    call_close(&good);
    assert_int_equal(cairn_memory_free(out), CAIRN_OK);
}

int main(void)
{
    setenv("CAIRN_LOG_FILE", "/dev/null", 1);
    setenv("CAIRN_DEVICES", "gfx90a,gfx90a:xnack+", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ragged_grids_store_every_element_and_no_other),
        cmocka_unit_test(dispatch_pointer_shows_the_packet),
        cmocka_unit_test(barrier_and_lds_work_for_many_workgroups),
        cmocka_unit_test(scratch_is_private_to_each_work_item),
        cmocka_unit_test(lanes_that_are_off_do_not_matter_to_who_goes_on),
        cmocka_unit_test(spin_lock_across_1000_workgroups_excludes),
        cmocka_unit_test(look_back_scan_over_2000_workgroups_finishes),
        cmocka_unit_test(chain_of_3000_large_workgroups_finishes),
        cmocka_unit_test(chain_of_1000_large_workgroups_with_scratch_finishes),
        cmocka_unit_test(grid_barrier_finishes_with_all_resident),
        cmocka_unit_test(wild_accesses_are_reported_and_the_next_queue_works),
        cmocka_unit_test(trap_is_an_exception),
        cmocka_unit_test(a_place_outside_of_the_code_is_not_told_as_an_offset),
        cmocka_unit_test(illegal_code_is_reported),
        cmocka_unit_test(endless_kernel_ends_with_its_queue_and_starves_nobody),
        cmocka_unit_test(kernel_waits_for_the_host),
        cmocka_unit_test(registered_host_memory_is_reached),
        cmocka_unit_test(xnack_device_reaches_all_memory_and_still_faults),
        cmocka_unit_test(damaged_packets_never_end_the_process),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
