/* SPDX-License-Identifier: MIT
 * The shared parts of the kernel bench: what a case is (a row of table.def), its buffers, and what
 * a backend (native C, Cairn, PoCL) does for it. A case launches its device kernels through the
 * same calls on every backend, so that HIP and OpenCL run the same algorithm on the same data.
 */
#ifndef BENCH_H
#define BENCH_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MAX_BUFFERS   8
#define MAX_ARGUMENTS 12

enum element { ELEMENT_NONE, ELEMENT_U32, ELEMENT_F32, ELEMENT_F64 };

/* Memory of a case. host and device copies have the same size; start is what an input-output buffer
 * holds before a launch, NULL where it starts as zeros or is never written. */
struct buffer {
    void *host;
    void *start;
    void *device; /* the backend's handle: a pointer or a cl_mem */
    size_t size_bytes;
    enum element result; /* how it is compared with the native result; ELEMENT_NONE: not a result */
    bool written;
};

struct run {
    const struct bench_case *row;
    const struct backend *backend;
    size_t n; /* the size, in the case's own unit */
    struct buffer buffers[MAX_BUFFERS];
    unsigned buffer_count;
    double flops, bytes; /* work of one repetition; 0 where the figure says nothing */
};

struct bench_case {
    const char *name, *source; /* the file in device/; NULL: nothing runs on a device */
    size_t tiny, quick, full;
    double tolerance; /* of the largest difference to the native result, as a part of its largest
                         value */
    void (*setup)(struct run *run);
    void (*device)(struct run *run);
    void (*native)(struct run *run);
};

struct argument {
    const struct buffer *buffer; /* NULL: a value */
    union {
        int32_t i;
        float f;
        double d;
    } value;
    size_t size_bytes;
};

struct shape {
    unsigned groups[3], threads[3];
};

struct backend {
    const char *name;
    bool device; /* runs row->device; else row->native */
    void (*open)(struct run *run, const char *device_folder);
    void (*upload)(const struct buffer *buffer, const void *from);
    void (*download)(const struct buffer *buffer, void *to);
    void (*launch)(const char *kernel, const struct shape *shape, const struct argument *arguments,
                   unsigned count);
    void (*finish)(void);
};
extern const struct backend bench_backend;

/* The rows of table.def; the name NULL ends them. */
extern const struct bench_case bench_cases[];

/* Buffers of a case in the order in which they are asked for; setup fills what is returned. */
void *bench_input(struct run *run, size_t size_bytes);
void *bench_inout(struct run *run, size_t size_bytes, enum element result);
void *bench_output(struct run *run, size_t size_bytes, enum element result);

/* Page-aligned zeroed memory, in large pages where the system grants them. */
void *bench_memory(size_t size_bytes);

uint32_t bench_random(void);
void bench_fill_f32(float *to, size_t count, float low, float high);
void bench_fill_f64(double *to, size_t count, double low, double high);
void bench_fill_u32(uint32_t *to, size_t count, uint32_t below);

_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define HOST(run, index, type) ((type *)__builtin_assume_aligned((run)->buffers[index].host, 4096))

#define INT(x)     {.value = {.i = (int32_t)(x)}, .size_bytes = 4}
#define FLOAT(x)   {.value = {.f = (x)}, .size_bytes = 4}
#define DOUBLE(x)  {.value = {.d = (x)}, .size_bytes = 8}
#define BUF(index) {.buffer = &run->buffers[index], .size_bytes = 8}
/* LAUNCH(kernel, groups x, y, threads x, y, arguments...) inside a function with struct run *run.
 */
#define LAUNCH3(kernel, gx, gy, gz, tx, ty, tz, ...)                                               \
    run->backend->launch(                                                                          \
        kernel,                                                                                    \
        &(struct shape){{(unsigned)(gx), (unsigned)(gy), (unsigned)(gz)}, {(tx), (ty), (tz)}},     \
        (const struct argument[]){__VA_ARGS__},                                                    \
        sizeof((const struct argument[]){__VA_ARGS__}) / sizeof(struct argument))
#define LAUNCH(kernel, gx, gy, tx, ty, ...) LAUNCH3(kernel, gx, gy, 1, tx, ty, 1, __VA_ARGS__)

#endif
