/* SPDX-License-Identifier: MIT
 * The backend on libamdhip64: loads the code object that hipcc made of the case's device file
 * (DEVICE-FOLDER/SOURCE.hsaco) and launches its kernels on the null stream.
 */
#include "bench.h"

#include <hip/hip_runtime_api.h>
#include <stdio.h>

#define MAX_KERNELS 16

static hipModule_t module;
static struct {
    const char *name;
    hipFunction_t function;
} kernels[MAX_KERNELS];

static void must(hipError_t status, const char *what)
{
    if (status != hipSuccess)
        bench_fail("%s: %s", what, hipGetErrorString(status));
}

static void hip_open(struct run *run, const char *device_folder)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.hsaco", device_folder, run->row->source);
    must(hipModuleLoad(&module, path), path);
    for (unsigned i = 0; i < run->buffer_count; i++)
        must(hipMalloc(&run->buffers[i].device, run->buffers[i].size_bytes), "hipMalloc");
}

static void hip_upload(const struct buffer *buffer, const void *from)
{
    must(hipMemcpy(buffer->device, from, buffer->size_bytes, hipMemcpyHostToDevice), "hipMemcpy");
}

static void hip_download(const struct buffer *buffer, void *to)
{
    must(hipMemcpy(to, buffer->device, buffer->size_bytes, hipMemcpyDeviceToHost), "hipMemcpy");
}

static hipFunction_t kernel(const char *name)
{
    for (unsigned i = 0; i < MAX_KERNELS; i++) {
        if (kernels[i].name == name)
            return kernels[i].function;
        if (kernels[i].name != NULL)
            continue;
        must(hipModuleGetFunction(&kernels[i].function, module, name), name);
        kernels[i].name = name;
        return kernels[i].function;
    }
    bench_fail("too many kernels");
}

static void hip_launch(const char *name, const struct shape *shape,
                       const struct argument *arguments, unsigned count)
{
    void *pointers[MAX_ARGUMENTS];
    const unsigned *g = shape->groups, *t = shape->threads;
    for (unsigned i = 0; i < count; i++)
        pointers[i] = arguments[i].buffer != NULL ? (void *)&arguments[i].buffer->device
                                                  : (void *)&arguments[i].value;
    must(hipModuleLaunchKernel(kernel(name), g[0], g[1], g[2], t[0], t[1], t[2], 0, NULL, pointers,
                               NULL),
         name);
}

static void hip_finish(void)
{
    must(hipDeviceSynchronize(), "hipDeviceSynchronize");
}

const struct backend bench_backend = {
    .name = "cairn",
    .device = true,
    .open = hip_open,
    .upload = hip_upload,
    .download = hip_download,
    .launch = hip_launch,
    .finish = hip_finish,
};
