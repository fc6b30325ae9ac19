/* SPDX-License-Identifier: MIT
 * cairn devices: a line a GPU agent, asked of the HSA runtime that programs would load.
 */
#include "commands.h"

#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"

#include <dlfcn.h>
#include <inttypes.h>
#include <stdio.h>

/* Loaded by name, so that `cairn disasm` works where no runtime is installed. */
struct runtime {
    hsa_status_t (*init)(void);
    hsa_status_t (*shut_down)(void);
    hsa_status_t (*iterate_agents)(hsa_status_t (*)(hsa_agent_t, void *), void *);
    hsa_status_t (*get_info)(hsa_agent_t, hsa_agent_info_t, void *);
    hsa_status_t (*iterate_pools)(hsa_agent_t, hsa_status_t (*)(hsa_amd_memory_pool_t, void *),
                                  void *);
    hsa_status_t (*pool_info)(hsa_amd_memory_pool_t, hsa_amd_memory_pool_info_t, void *);
    int count;
};

static int load(struct runtime *runtime)
{
    void *library = dlopen("libhsa-runtime64.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "cairn devices: %s\n", dlerror());
        return -1;
    }
    const struct {
        const char *name;
        void *slot;
    } symbols[] = {
        {"hsa_init", &runtime->init},
        {"hsa_shut_down", &runtime->shut_down},
        {"hsa_iterate_agents", &runtime->iterate_agents},
        {"hsa_agent_get_info", &runtime->get_info},
        {"hsa_amd_agent_iterate_memory_pools", &runtime->iterate_pools},
        {"hsa_amd_memory_pool_get_info", &runtime->pool_info},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *at = dlsym(library, symbols[i].name);
        if (at == NULL) {
            fprintf(stderr, "cairn devices: the runtime lacks %s\n", symbols[i].name);
            return -1;
        }
        *(void **)symbols[i].slot = at;
    }
    return 0;
}

struct pool_sum {
    const struct runtime *runtime;
    uint64_t bytes;
};

static hsa_status_t add_pool(hsa_amd_memory_pool_t pool, void *user)
{
    struct pool_sum *sum = user;
    hsa_amd_segment_t segment;
    size_t size = 0;
    if (sum->runtime->pool_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment) ==
            HSA_STATUS_SUCCESS &&
        segment == HSA_AMD_SEGMENT_GLOBAL &&
        sum->runtime->pool_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size) == HSA_STATUS_SUCCESS &&
        size > sum->bytes)
        sum->bytes = size;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t print_agent(hsa_agent_t agent, void *user)
{
    struct runtime *runtime = user;
    hsa_device_type_t type;
    char name[64] = "", product[64] = "";
    uint32_t units = 0;
    if (runtime->get_info(agent, HSA_AGENT_INFO_DEVICE, &type) != HSA_STATUS_SUCCESS ||
        type != HSA_DEVICE_TYPE_GPU)
        return HSA_STATUS_SUCCESS;
    (void)runtime->get_info(agent, HSA_AGENT_INFO_NAME, name);
    (void)runtime->get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_PRODUCT_NAME, product);
    (void)runtime->get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, &units);
    struct pool_sum sum = {.runtime = runtime};
    (void)runtime->iterate_pools(agent, add_pool, &sum);
    printf("%d  %-8s  %" PRIu64 " MiB  %u compute units  %s\n", runtime->count++, name,
           sum.bytes >> 20, units, product);
    return HSA_STATUS_SUCCESS;
}

int command_devices(int argc, char **argv)
{
    struct runtime runtime = {0};
    if (argc != 1) {
        fprintf(stderr, "cairn devices: takes no argument, got %s\n", argv[1]);
        return 2;
    }
    if (load(&runtime) != 0)
        return 1;
    hsa_status_t status = runtime.init();
    if (status != HSA_STATUS_SUCCESS) {
        fprintf(stderr, "cairn devices: hsa_init failed with status %#x\n", (unsigned)status);
        return 1;
    }
    status = runtime.iterate_agents(print_agent, &runtime);
    runtime.shut_down();
    return status == HSA_STATUS_SUCCESS && runtime.count > 0 ? 0 : 1;
}
