/* SPDX-License-Identifier: MIT
 * Stream capture.
 */
#include "hip/capture.h"

#include "hip/event.h"

hipError_t hip_capture_add(struct ihipStream_t *stream, const struct hip_command *command)
{
    return hipErrorStreamCaptureUnsupported;
}

hipError_t hip_capture_record(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    return hipErrorStreamCaptureUnsupported;
}

hipError_t hip_capture_wait(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    return hipErrorStreamCaptureUnsupported;
}

void hip_capture_invalidate(struct ihipStream_t *stream)
{
}

void hip_capture_abandon(struct ihipStream_t *stream)
{
}
