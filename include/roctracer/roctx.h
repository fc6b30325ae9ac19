/* SPDX-License-Identifier: MIT
 * Markers and ranges that a program puts into a profiler's trace. Without a profiler the calls
 * count nesting and do nothing else.
 */
#ifndef INCLUDE_ROCTRACER_ROCTX_H
#define INCLUDE_ROCTRACER_ROCTX_H

#include <stdint.h>

#define ROCTX_VERSION_MAJOR 4
#define ROCTX_VERSION_MINOR 1

#ifdef __cplusplus
extern "C" {
#endif

typedef uint64_t roctx_range_id_t;

uint32_t roctx_version_major(void);
uint32_t roctx_version_minor(void);

/* An event without duration. */
void roctxMarkA(const char *message);
/* A range of the calling thread inside those that are open: returns how many those are. */
int roctxRangePushA(const char *message);
/* Ends the thread's innermost range: returns how many are open around it, or -1 if there was none.
 */
int roctxRangePop(void);
/* A range of the process, which any thread may end. */
roctx_range_id_t roctxRangeStartA(const char *message);
void roctxRangeStop(roctx_range_id_t id);

#define roctxMark(message)       roctxMarkA(message)
#define roctxRangePush(message)  roctxRangePushA(message)
#define roctxRangeStart(message) roctxRangeStartA(message)

/* ---- for profilers: one function is told of every call ---- */

enum roctx_api_id_t {
    ROCTX_API_ID_roctxMarkA = 0,
    ROCTX_API_ID_roctxRangePushA = 1,
    ROCTX_API_ID_roctxRangePop = 2,
    ROCTX_API_ID_roctxRangeStartA = 3,
    ROCTX_API_ID_roctxRangeStop = 4,
    ROCTX_API_ID_NUMBER
};

typedef struct roctx_api_data_s {
    union {
        struct {
            const char *message; /* NULL for the calls that end a range */
            roctx_range_id_t id; /* of roctxRangeStartA and roctxRangeStop */
        };
        struct {
            const char *message;
        } roctxMarkA;
        struct {
            const char *message;
        } roctxRangePushA;
        struct {
            const char *message;
        } roctxRangePop;
        struct {
            const char *message;
            roctx_range_id_t id;
        } roctxRangeStartA;
        struct {
            const char *message;
            roctx_range_id_t id;
        } roctxRangeStop;
    } args;
} roctx_api_data_t;

/* `domain` is 6 (ROCTX). NULL ends it. */
void roctxRegisterTracerCallback(int (*callback)(uint32_t domain, uint32_t operation, void *data));

#ifdef __cplusplus
}
#endif

#endif
