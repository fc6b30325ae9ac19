/* SPDX-License-Identifier: MIT
 * What the files of stream capture share. A capture has an origin stream and those that joined it
 * by waiting for its events; each has a frontier, the nodes that its next node depends on.
 * hip_graph_lock guards all of it.
 */
#ifndef CAIRN_HIP_CAPTURE_PRIV_H
#define CAIRN_HIP_CAPTURE_PRIV_H

#include "hip/capture.h"
#include "hip/graph.h"

struct hip_frontier {
    struct hipGraphNode **nodes;
    size_t count, capacity;
};

struct hip_capture_member {
    struct hip_capture_member *next;
    struct ihipStream_t *stream;
    struct hip_frontier frontier;
};

struct hip_capture {
    struct hip_capture *next;
    struct ihipGraph *graph;
    struct ihipStream_t *origin;
    struct hip_capture_member *members; /* with the origin */
    hipStreamCaptureMode mode;
    pthread_t thread;
    unsigned long long id;
    bool invalid;
    bool own_graph; /* false: the program gave it */
};

/* False: no memory. A node that is there already is not added again. */
bool hip_frontier_add(struct hip_frontier *frontier, struct hipGraphNode *node);

/* NULL: the stream is not in this capture. */
struct hip_capture_member *hip_capture_member(struct hip_capture *capture,
                                              struct ihipStream_t *stream);
/* NULL: no memory. */
struct hip_capture_member *hip_capture_join_locked(struct hip_capture *capture,
                                                   struct ihipStream_t *stream);
/* Captures into `graph`, or into a graph of its own if that is NULL. */
hipError_t hip_capture_begin_locked(struct ihipStream_t *stream, hipStreamCaptureMode mode,
                                    struct ihipGraph *graph, struct hip_capture **out);
void hip_capture_destroy_locked(struct hip_capture *capture);
/* The null stream would wait for a stream that captures. */
bool hip_capture_blocks_null_locked(void);
/* Its events stand for nothing any more. */
void hip_capture_forget_events_locked(const struct hip_capture *capture);

#endif
