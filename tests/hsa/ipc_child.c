/* SPDX-License-Identifier: MIT
 * Tasks of the other process, see ipc_child.h.
 */
#include "ipc_child.h"

#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static hsa_amd_ipc_memory_t of_text(const char *text)
{
    hsa_amd_ipc_memory_t handle = {0};
    for (int i = 0; i < 8; i++)
        (void)!sscanf(text + (size_t)i * 8, "%8x", &handle.handle[i]);
    return handle;
}

#define CHILD_OK(call)                                                                             \
    do {                                                                                           \
        hsa_status_t got = (call);                                                                 \
        if (got != HSA_STATUS_SUCCESS) {                                                           \
            fprintf(stderr, "child: %s: 0x%x\n", #call, got);                                      \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

/* A kernel of the child doubles the parent's numbers; then the signal goes from 1 to 0. */
static int child_doubles(const char *memory_text, const char *signal_text)
{
    hsa_amd_ipc_memory_t memory = of_text(memory_text), signal = of_text(signal_text);
    hsa_signal_t done;
    void *at;
    CHILD_OK(hsa_amd_ipc_memory_attach(&memory, IPC_SIZE, 1, &rig.gpu, &at));
    CHILD_OK(hsa_amd_ipc_signal_attach(&signal, &done));
    struct program program = program_load("basic.co");
    hsa_queue_t *queue;
    CHILD_OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                              &queue));
    struct {
        void *a, *b, *c;
    } arguments = {at, at, at};
    hsa_signal_t ready = rig_signal(1);
    rig_dispatch(queue, &program, "add", &arguments, sizeof arguments, IPC_LANES, ready);
    rig_wait_zero(ready);
    hsa_signal_subtract_screlease(done, 1);
    CHILD_OK(hsa_signal_destroy(done));
    CHILD_OK(hsa_amd_ipc_memory_detach(at));
    CHILD_OK(hsa_queue_destroy(queue));
    program_unload(&program);
    return 0;
}

/* Answers each change of the first signal with one of the second. */
static int child_echoes(const char *from_text, const char *to_text_)
{
    hsa_amd_ipc_signal_t from_handle = of_text(from_text), to_handle = of_text(to_text_);
    hsa_signal_t from, to;
    CHILD_OK(hsa_amd_ipc_signal_attach(&from_handle, &from));
    CHILD_OK(hsa_amd_ipc_signal_attach(&to_handle, &to));
    for (int round = 1; round <= 1000; round++) {
        if (hsa_signal_wait_scacquire(from, HSA_SIGNAL_CONDITION_GTE, round, UINT64_C(20000000000),
                                      HSA_WAIT_STATE_BLOCKED) < round)
            return 2;
        hsa_signal_store_screlease(to, round);
    }
    CHILD_OK(hsa_signal_destroy(from));
    CHILD_OK(hsa_signal_destroy(to));
    return 0;
}

/* Spins in a kernel on the parent's memory until it is killed. */
static int child_hangs(const char *memory_text, const char *signal_text)
{
    hsa_amd_ipc_memory_t memory = of_text(memory_text), signal = of_text(signal_text);
    hsa_signal_t started;
    void *at;
    CHILD_OK(hsa_amd_ipc_memory_attach(&memory, IPC_SIZE, 0, NULL, &at));
    CHILD_OK(hsa_amd_ipc_signal_attach(&signal, &started));
    struct program program = program_load("basic.co");
    hsa_queue_t *queue;
    CHILD_OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                              &queue));
    (void)rig_alloc(rig.vram, 1 << 20);
    rig_dispatch(queue, &program, "spin", &at, sizeof at, 64, (hsa_signal_t){0});
    hsa_signal_store_screlease(started, 0);
    pause();
    return 3;
}

/* The descriptor is inherited; both views of it are the parent's pages. */
static int child_maps_descriptor(const char *number, const char *unused)
{
    int file = atoi(number);
    size_t size = 0, metadata_size = 1;
    const void *metadata = &size;
    void *at;
    hsa_amd_vmem_alloc_handle_t handle;
    char *mapped = NULL;
    CHILD_OK(
        hsa_amd_interop_map_buffer(1, &rig.gpu, file, 0, &size, &at, &metadata_size, &metadata));
    if (size != IPC_SIZE || metadata_size != 0 || metadata != NULL || ((int *)at)[7] != 1234)
        return 4;
    CHILD_OK(hsa_amd_vmem_import_shareable_handle(file, &handle));
    CHILD_OK(hsa_amd_vmem_address_reserve((void **)&mapped, IPC_SIZE, 0, 0));
    CHILD_OK(hsa_amd_vmem_map(mapped, IPC_SIZE, 0, handle, 0));
    const hsa_amd_memory_access_desc_t desc = {HSA_ACCESS_PERMISSION_RW, rig.gpu};
    CHILD_OK(hsa_amd_vmem_set_access(mapped, IPC_SIZE, &desc, 1));
    ((int *)mapped)[8] = 5678;
    if (((int *)at)[8] != 5678)
        return 5;
    CHILD_OK(hsa_amd_interop_unmap_buffer(at));
    return 0;
}

/* The parent's handles name nothing any more. */
static int child_finds_nothing(const char *memory_text, const char *signal_text)
{
    hsa_amd_ipc_memory_t memory = of_text(memory_text), signal = of_text(signal_text);
    hsa_signal_t done;
    void *at;
    return hsa_amd_ipc_memory_attach(&memory, IPC_SIZE, 0, NULL, &at) !=
               HSA_STATUS_ERROR_INVALID_ARGUMENT ||
           hsa_amd_ipc_signal_attach(&signal, &done) != HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

int ipc_child(const char *task, const char *first, const char *second)
{
    static const struct {
        const char *name;
        int (*run)(const char *, const char *);
    } tasks[] = {
        {"doubles", child_doubles},
        {"echoes", child_echoes},
        {"hangs", child_hangs},
        {"maps", child_maps_descriptor},
        {"finds nothing", child_finds_nothing},
    };
    void *state = NULL;
    if (rig_open(&state) != 0)
        return 98;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++)
        if (strcmp(tasks[i].name, task) == 0) {
            int result = tasks[i].run(first, second);
            return rig_close(&state) != 0 ? 97 : result;
        }
    return 96;
}
