/* SPDX-License-Identifier: MIT
 * The backend on OpenCL (meant for PoCL): builds the case's device file behind dialect_opencl.h and
 * launches its kernels on an in-order queue.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include "bench.h"

#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_KERNELS 16

static cl_device_id device;
static cl_context context;
static cl_command_queue queue;
static cl_program program;
static struct {
    const char *name;
    cl_kernel kernel;
} kernels[MAX_KERNELS];

static void must(cl_int status, const char *what)
{
    if (status != CL_SUCCESS)
        bench_fail("%s: OpenCL error %d", what, (int)status);
}

static char *text(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    char *all = calloc(1, 1 << 20);
    if (file == NULL || all == NULL || fread(all, 1, (1 << 20) - 1, file) == 0)
        bench_fail("cannot read %s", path);
    fclose(file);
    return all;
}

static void build(const char *folder, const char *source)
{
    static char log[16384];
    cl_int status;
    const char *parts[] = {text(folder, "dialect_opencl.h"), text(folder, "common.h"),
                           text(folder, source)};
    program = clCreateProgramWithSource(context, 3, parts, NULL, &status);
    must(status, "clCreateProgramWithSource");
    if (clBuildProgram(program, 1, &device, "-cl-std=CL1.2", NULL, NULL) == CL_SUCCESS)
        return;
    clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, sizeof log, log, NULL);
    fprintf(stderr, "%s\n", log);
    bench_fail("%s does not build", source);
}

static void opencl_open(struct run *run, const char *device_folder)
{
    cl_platform_id platform;
    cl_int status = clGetPlatformIDs(1, &platform, NULL);
    if (status != CL_SUCCESS ||
        clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, NULL) != CL_SUCCESS)
        bench_fail("missing: no OpenCL device");
    context = clCreateContext(NULL, 1, &device, NULL, NULL, &status);
    must(status, "clCreateContext");
    queue = clCreateCommandQueue(context, device, 0, &status);
    must(status, "clCreateCommandQueue");
    build(device_folder, run->row->source);
    for (unsigned i = 0; i < run->buffer_count; i++) {
        run->buffers[i].device =
            clCreateBuffer(context, CL_MEM_READ_WRITE, run->buffers[i].size_bytes, NULL, &status);
        must(status, "clCreateBuffer");
    }
}

static void opencl_upload(const struct buffer *b, const void *from)
{
    must(clEnqueueWriteBuffer(queue, b->device, CL_TRUE, 0, b->size_bytes, from, 0, NULL, NULL),
         "write");
}

static void opencl_download(const struct buffer *b, void *to)
{
    must(clEnqueueReadBuffer(queue, b->device, CL_TRUE, 0, b->size_bytes, to, 0, NULL, NULL),
         "read");
}

static cl_kernel kernel(const char *name)
{
    for (unsigned i = 0; i < MAX_KERNELS; i++) {
        if (kernels[i].name == name)
            return kernels[i].kernel;
        if (kernels[i].name != NULL)
            continue;
        cl_int status;
        kernels[i].kernel = clCreateKernel(program, name, &status);
        must(status, name);
        kernels[i].name = name;
        return kernels[i].kernel;
    }
    bench_fail("too many kernels");
}

static void opencl_launch(const char *name, const struct shape *shape,
                          const struct argument *arguments, unsigned count)
{
    size_t local[3], global[3];
    cl_kernel k = kernel(name);
    for (unsigned i = 0; i < count; i++) {
        const struct argument *a = &arguments[i];
        const void *value =
            a->buffer != NULL ? (const void *)&a->buffer->device : (const void *)&a->value;
        must(clSetKernelArg(k, i, a->size_bytes, value), name);
    }
    for (unsigned i = 0; i < 3; i++) {
        local[i] = shape->threads[i];
        global[i] = local[i] * shape->groups[i];
    }
    must(clEnqueueNDRangeKernel(queue, k, 3, NULL, global, local, 0, NULL, NULL), name);
}

static void opencl_finish(void)
{
    must(clFinish(queue), "clFinish");
}

const struct backend bench_backend = {
    .name = "pocl",
    .device = true,
    .open = opencl_open,
    .upload = opencl_upload,
    .download = opencl_download,
    .launch = opencl_launch,
    .finish = opencl_finish,
};
