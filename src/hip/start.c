/* SPDX-License-Identifier: MIT
 * Start of the runtime: HSA, its agents and memory pools, the calling thread's state. Happens at
 * the first API call that needs a device; nothing is torn down at exit, the process's end does
 * that.
 */
#include "hip/runtime.h"

#include "hip/capture.h"
#include "hip/stream.h"

#include <stdlib.h>
#include <string.h>

struct hip_process hip_process = {.once = PTHREAD_ONCE_INIT, .state = hipErrorNotInitialized};

_Atomic uint64_t hip_recent_now = 1;

static bool was_forked; /* and nobody was told; a child has one thread */
static _Thread_local struct hip_thread thread_state;
static pthread_key_t thread_end_key;
static pthread_once_t thread_end_once = PTHREAD_ONCE_INIT;

void hip_thread_drop_stream(struct hip_thread *thread, int ordinal)
{
    if (thread->streams[ordinal] == NULL)
        return;
    hip_capture_abandon(thread->streams[ordinal]);
    hip_stream_destroy(thread->streams[ordinal]);
    thread->streams[ordinal] = NULL;
}

static void thread_end(void *state)
{
    struct hip_thread *thread = state;
    for (int i = 0; i < HIP_MAX_DEVICES; i++)
        hip_thread_drop_stream(thread, i);
    free(thread->legacy_args);
}

static void make_thread_end_key(void)
{
    pthread_key_create(&thread_end_key, thread_end);
}

/* Called by whoever gives the thread something that must be given back at its end. */
void hip_thread_watch_end(void)
{
    pthread_once(&thread_end_once, make_thread_end_key);
    pthread_setspecific(thread_end_key, &thread_state);
}

struct hip_thread *hip_thread(void)
{
    return &thread_state;
}

/* ---- memory pools ---- */

struct pool_search {
    uint32_t flag; /* the global flag that is wanted */
    hsa_amd_memory_pool_t found;
    bool any;
};

static hsa_status_t match_pool(hsa_amd_memory_pool_t pool, void *data)
{
    struct pool_search *search = data;
    hsa_amd_segment_t segment;
    uint32_t flags = 0;
    bool alloc = false;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment);
    if (segment != HSA_AMD_SEGMENT_GLOBAL)
        return HSA_STATUS_SUCCESS;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags);
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED, &alloc);
    if (!alloc || (flags & search->flag) == 0 || search->any)
        return HSA_STATUS_SUCCESS;
    search->found = pool;
    search->any = true;
    return HSA_STATUS_SUCCESS;
}

static bool find_pool(hsa_agent_t agent, uint32_t flag, hsa_amd_memory_pool_t *out)
{
    struct pool_search search = {.flag = flag};
    hsa_amd_agent_iterate_memory_pools(agent, match_pool, &search);
    if (search.any)
        *out = search.found;
    return search.any;
}

/* ---- agents ---- */

static hsa_status_t first_isa(hsa_isa_t isa, void *data)
{
    *(hsa_isa_t *)data = isa;
    return HSA_STATUS_INFO_BREAK;
}

/* The agent's target id is the name of its first ISA: "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-".
 */
static bool read_target(struct hip_device *device)
{
    hsa_isa_t isa = {0};
    char name[128] = "";
    uint32_t length = 0;
    hsa_agent_iterate_isas(device->agent, first_isa, &isa);
    if (isa.handle == 0)
        return false;
    hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME_LENGTH, &length);
    if (length >= sizeof name || hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME, name) != 0)
        return false;
    const char *dashes = strstr(name, "--");
    const char *text = dashes == NULL ? name : dashes + 2;
    if (strlen(text) >= sizeof device->target_text)
        return false;
    strcpy(device->target_text, text);
    if (cairn_target_id_parse(text, strlen(text), &device->target) != CAIRN_OK)
        return false;
    device->gfx = cairn_gfx_by_name(device->target.processor, strlen(device->target.processor));
    return true;
}

static bool add_gpu(hsa_agent_t agent)
{
    struct hip_device *device = &hip_process.devices[hip_process.device_count];
    device->ordinal = hip_process.device_count;
    device->agent = agent;
    if (!read_target(device)) {
        cairn_log(CAIRN_LOG_ERROR, "hip: device %d has no usable ISA name", device->ordinal);
        return false;
    }
    if (!find_pool(agent, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED, &device->pool) &&
        !find_pool(agent, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED, &device->pool)) {
        cairn_log(CAIRN_LOG_ERROR, "hip: device %d has no memory pool", device->ordinal);
        return false;
    }
    size_t granule = 0;
    hsa_amd_memory_pool_get_info(device->pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE,
                                 &granule);
    device->pool_granule = granule == 0 ? 4096 : (uint32_t)granule;
    hsa_agent_get_info(agent, HSA_AGENT_INFO_QUEUE_MAX_SIZE, &device->queue_size_max);
    pthread_mutex_init(&device->lock, NULL);
    device->flags = hipDeviceScheduleSpin; /* ROCm's default */
    device->limits[hipLimitStackSize] = 1024;
    device->limits[hipLimitPrintfFifoSize] = 4 * 1024 * 1024;
    device->limits[hipLimitMallocHeapSize] = 8 * 1024 * 1024;
    hip_device_fill_properties(device);
    hip_process.device_count++;
    return true;
}

struct agent_list {
    hsa_agent_t gpus[HIP_MAX_DEVICES];
    int gpu_count;
    hsa_agent_t cpu;
    bool has_cpu;
};

static hsa_status_t take_agent(hsa_agent_t agent, void *data)
{
    struct agent_list *list = data;
    hsa_device_type_t type;
    if (hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type) != HSA_STATUS_SUCCESS)
        return HSA_STATUS_SUCCESS;
    if (type == HSA_DEVICE_TYPE_CPU && !list->has_cpu) {
        list->cpu = agent;
        list->has_cpu = true;
    } else if (type == HSA_DEVICE_TYPE_GPU && list->gpu_count < HIP_MAX_DEVICES) {
        list->gpus[list->gpu_count++] = agent;
    }
    return HSA_STATUS_SUCCESS;
}

/* HIP_VISIBLE_DEVICES (or CUDA_VISIBLE_DEVICES): ordinals, comma-separated; the list ends at the
 * first one that is not a device (HIP documentation, "Environment variables"). */
static int visible_gpus(const struct agent_list *all, hsa_agent_t *out)
{
    const char *text = getenv("HIP_VISIBLE_DEVICES");
    if (text == NULL)
        text = getenv("CUDA_VISIBLE_DEVICES");
    if (text == NULL) {
        memcpy(out, all->gpus, (size_t)all->gpu_count * sizeof *out);
        return all->gpu_count;
    }
    int count = 0;
    while (count < HIP_MAX_DEVICES) {
        char *end;
        long ordinal = strtol(text, &end, 10);
        if (end == text || ordinal < 0 || ordinal >= all->gpu_count)
            break;
        out[count++] = all->gpus[ordinal];
        if (*end != ',')
            break;
        text = end + 1;
    }
    return count;
}

static hipError_t start(void)
{
    struct agent_list all = {0};
    hsa_agent_t gpus[HIP_MAX_DEVICES];
    hsa_status_t status = hsa_init();
    if (status != HSA_STATUS_SUCCESS) {
        cairn_log(CAIRN_LOG_ERROR, "hip: hsa_init failed with status 0x%x", (unsigned)status);
        return hipErrorNoDevice;
    }
    hsa_iterate_agents(take_agent, &all);
    if (!all.has_cpu || all.gpu_count == 0)
        return hipErrorNoDevice;
    hip_process.cpu = all.cpu;
    if (!find_pool(all.cpu, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED, &hip_process.host_pool)) {
        cairn_log(CAIRN_LOG_ERROR, "hip: the CPU agent has no fine-grained memory pool");
        return hipErrorNotInitialized;
    }
    if (!find_pool(all.cpu, HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT,
                   &hip_process.kernarg_pool))
        hip_process.kernarg_pool = hip_process.host_pool;
    hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &hip_process.ticks_per_second);
    int count = visible_gpus(&all, gpus);
    for (int i = 0; i < count; i++)
        if (!add_gpu(gpus[i]))
            return hipErrorNotInitialized;
    return count == 0 ? hipErrorNoDevice : hipSuccess;
}

/* Queues and threads stay with the parent; a child has devices only if HIP starts there. */
static void fork_child(void)
{
    if (hip_process.state == hipSuccess)
        was_forked = true;
    hip_process.state = hipErrorNotInitialized;
}

static void start_once(void)
{
    __atomic_store_n(&hip_process.state, start(), __ATOMIC_RELEASE);
    if (pthread_atfork(NULL, NULL, fork_child) != 0)
        cairn_log(CAIRN_LOG_WARN, "hip: forked children are not told that they cannot use HIP");
}

hipError_t hip_start(void)
{
    pthread_once(&hip_process.once, start_once);
    if (was_forked) {
        was_forked = false;
        cairn_log(CAIRN_LOG_ERROR, "hip: this process was forked after HIP had started and cannot"
                                   " use it; fork first");
    }
    return hip_process.state;
}

struct hip_device *hip_device_at(int ordinal)
{
    if (ordinal < 0 || ordinal >= hip_process.device_count)
        return NULL;
    return &hip_process.devices[ordinal];
}

struct hip_device *hip_current_device(void)
{
    return &hip_process.devices[thread_state.device];
}

uint64_t hip_now(void)
{
    uint64_t ticks = 0;
    hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &ticks);
    return ticks;
}

void *hip_host_pool_alloc(hsa_amd_memory_pool_t pool, size_t size)
{
    void *memory = NULL;
    hsa_agent_t agents[HIP_MAX_DEVICES];
    if (hsa_amd_memory_pool_allocate(pool, size, 0, &memory) != HSA_STATUS_SUCCESS)
        return NULL;
    for (int i = 0; i < hip_process.device_count; i++)
        agents[i] = hip_process.devices[i].agent;
    if (hsa_amd_agents_allow_access((uint32_t)hip_process.device_count, agents, NULL, memory) !=
        HSA_STATUS_SUCCESS) {
        hsa_amd_memory_pool_free(memory);
        return NULL;
    }
    return memory;
}
