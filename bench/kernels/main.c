/* SPDX-License-Identifier: MIT
 * The program around one backend: sets one case up, compares its result with the native one, then
 * answers requests on stdin so that the rounds of several backends can alternate. Usage: PROGRAM
 * DEVICE-FOLDER CASE N; requests: "time MILLISECONDS", "check", "quit"; answers are single lines.
 * `PROGRAM list` prints the table.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MAX_TIMES 4096

static double seconds(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static void once(struct run *run)
{
    if (!run->backend->device) {
        run->row->native(run);
        return;
    }
    run->row->device(run);
    run->backend->finish();
}

/* The state before the first repetition, on the host and, where there is one, on the device. */
static void reset(struct run *run, bool device)
{
    for (unsigned i = 0; i < run->buffer_count; i++) {
        struct buffer *b = &run->buffers[i];
        if (b->written && b->start != NULL)
            memcpy(b->host, b->start, b->size_bytes);
        else if (b->written)
            memset(b->host, 0, b->size_bytes);
        if (device)
            run->backend->upload(b, b->host);
    }
}

static double element(const void *data, enum element kind, size_t index)
{
    switch (kind) {
    case ELEMENT_U32:
        return ((const uint32_t *)data)[index];
    case ELEMENT_F32:
        return ((const float *)data)[index];
    case ELEMENT_F64:
        return ((const double *)data)[index];
    case ELEMENT_NONE:
        break;
    }
    return 0;
}

/* The largest difference as a part of the largest value; with tolerance < 0 the part of elements
 * that differ. A NaN on either side counts as infinitely wrong. */
static double difference(const struct buffer *buffer, const void *got, double tolerance)
{
    size_t count = buffer->size_bytes / (buffer->result == ELEMENT_F64 ? 8 : 4), differ = 0;
    double worst = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        double want = element(buffer->host, buffer->result, i);
        double apart = fabs(element(got, buffer->result, i) - want);
        differ += !(apart == 0);
        if (!(apart <= worst))
            worst = isnan(apart) ? INFINITY : apart;
        if (fabs(want) > largest)
            largest = fabs(want);
    }
    if (tolerance < 0)
        return (double)differ / (double)count;
    return worst == 0 ? 0 : largest == 0 ? INFINITY : worst / largest;
}

/* Runs the case once from its first state and compares every result buffer with the native result.
 */
static void check(struct run *run)
{
    void *got[MAX_BUFFERS] = {0};
    double allowed = run->row->tolerance < 0 ? 0.005 : run->row->tolerance, worst = 0;
    bool any = false;
    reset(run, run->backend->device);
    once(run);
    for (unsigned i = 0; i < run->buffer_count; i++) {
        struct buffer *b = &run->buffers[i];
        if (b->result == ELEMENT_NONE)
            continue;
        got[i] = bench_memory(b->size_bytes);
        if (run->backend->device)
            run->backend->download(b, got[i]);
        else
            memcpy(got[i], b->host, b->size_bytes);
    }
    reset(run, false);
    run->row->native(run);
    for (unsigned i = 0; i < run->buffer_count; i++) {
        if (got[i] == NULL)
            continue;
        double apart = difference(&run->buffers[i], got[i], run->row->tolerance);
        worst = apart > worst ? apart : worst;
        any = true;
        free(got[i]);
    }
    if (!any)
        bench_fail("%s has no result to check", run->row->name);
    printf("check %s %.3g\n", worst <= allowed ? "ok" : "wrong", worst);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Repeats for the time asked for: "times COUNT WALL-MEDIAN WALL-MINIMUM CPU-MEAN", seconds a
 * repetition. */
static void measure(struct run *run, double milliseconds)
{
    static double times[MAX_TIMES];
    size_t count = 0;
    once(run); /* caches and sleeping threads come back; another backend ran before */
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), start = seconds(CLOCK_MONOTONIC),
           before = start;
    while (count < MAX_TIMES && (count < 3 || before - start < milliseconds * 1e-3)) {
        once(run);
        double after = seconds(CLOCK_MONOTONIC);
        times[count++] = after - before;
        before = after;
        if (after - start > 20 * milliseconds * 1e-3)
            break;
    }
    cpu = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)count;
    qsort(times, count, sizeof *times, by_value);
    printf("times %zu %.9g %.9g %.9g\n", count, times[count / 2], times[0], cpu);
}

static void serve(struct run *run)
{
    char line[128];
    while (fgets(line, sizeof line, stdin) != NULL) {
        double milliseconds;
        if (sscanf(line, "time %lf", &milliseconds) == 1)
            measure(run, milliseconds);
        else if (strcmp(line, "check\n") == 0)
            check(run);
        else if (strcmp(line, "quit\n") == 0)
            return;
        else
            bench_fail("unknown request %s", line);
        fflush(stdout);
    }
}

static int list(void)
{
    for (const struct bench_case *row = bench_cases; row->name != NULL; row++)
        printf("%s %s %zu %zu %zu\n", row->name, row->source == NULL ? "-" : row->source, row->tiny,
               row->quick, row->full);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "list") == 0)
        return list();
    if (count != 4)
        bench_fail("usage: %s DEVICE-FOLDER CASE N | list", arguments[0]);
    struct run run = {.backend = &bench_backend, .n = strtoull(arguments[3], NULL, 0)};
    for (run.row = bench_cases; run.row->name != NULL; run.row++)
        if (strcmp(run.row->name, arguments[2]) == 0)
            break;
    if (run.row->name == NULL || (run.backend->device && run.row->source == NULL))
        bench_fail("no case %s for %s", arguments[2], run.backend->name);
    run.row->setup(&run);
    run.backend->open(&run, arguments[1]);
    reset(&run, run.backend->device);
    printf("ready %.9g %.9g\n", run.flops, run.bytes);
    fflush(stdout);
    serve(&run);
    return 0;
}
