/* SPDX-License-Identifier: MIT
 * Copies of boxes into and out of arrays, by every function that can: from and to pageable, pinned
 * and device memory, with what lies beside the box compared as well. The model is the host's.
 */
#include "array_rig.h"

/* ---- one box: two dimensions ---- */

struct box {
    const char *why;
    size_t x, y, width, height; /* x, width: bytes */
    size_t pitch, skip;         /* of the memory */
};

struct call {
    hipArray_t array;
    unsigned char *memory; /* where the box begins */
    bool device;           /* the memory is the device's */
    const struct box *box;
    hipStream_t stream;
    bool to_array;
};

static hipMemcpyKind kind_of(const struct call *c)
{
    if (c->device)
        return hipMemcpyDeviceToDevice;
    return c->to_array ? hipMemcpyHostToDevice : hipMemcpyDeviceToHost;
}

static hipError_t plain(const struct call *c)
{
    const struct box *b = c->box;
    return c->to_array ? hipMemcpy2DToArray(c->array, b->x, b->y, c->memory, b->pitch, b->width,
                                            b->height, kind_of(c))
                       : hipMemcpy2DFromArray(c->memory, b->pitch, c->array, b->x, b->y, b->width,
                                              b->height, kind_of(c));
}

static hipError_t plain_spt(const struct call *c)
{
    const struct box *b = c->box;
    return c->to_array ? hipMemcpy2DToArray_spt(c->array, b->x, b->y, c->memory, b->pitch, b->width,
                                                b->height, hipMemcpyDefault)
                       : hipMemcpy2DFromArray_spt(c->memory, b->pitch, c->array, b->x, b->y,
                                                  b->width, b->height, hipMemcpyDefault);
}

static hipError_t async(const struct call *c)
{
    const struct box *b = c->box;
    return c->to_array ? hipMemcpy2DToArrayAsync(c->array, b->x, b->y, c->memory, b->pitch,
                                                 b->width, b->height, kind_of(c), c->stream)
                       : hipMemcpy2DFromArrayAsync(c->memory, b->pitch, c->array, b->x, b->y,
                                                   b->width, b->height, kind_of(c), c->stream);
}

static hipError_t async_spt(const struct call *c)
{
    const struct box *b = c->box;
    return c->to_array
               ? hipMemcpy2DToArrayAsync_spt(c->array, b->x, b->y, c->memory, b->pitch, b->width,
                                             b->height, hipMemcpyDefault, c->stream)
               : hipMemcpy2DFromArrayAsync_spt(c->memory, b->pitch, c->array, b->x, b->y, b->width,
                                               b->height, hipMemcpyDefault, c->stream);
}

/* The memory's side begins at row 0, so that its position is in the descriptor, too. */
static hip_Memcpy2D param_of(const struct call *c)
{
    const struct box *b = c->box;
    hip_Memcpy2D p = {.WidthInBytes = b->width, .Height = b->height};
    hipMemoryType type = c->device ? hipMemoryTypeDevice : hipMemoryTypeHost;
    unsigned char *begin = c->memory - b->skip;
    if (c->to_array) {
        p.dstMemoryType = hipMemoryTypeArray;
        p.dstArray = c->array;
        p.dstXInBytes = b->x;
        p.dstY = b->y;
        p.srcMemoryType = type;
        p.srcHost = c->device ? NULL : begin;
        p.srcDevice = c->device ? begin : NULL;
        p.srcPitch = b->pitch;
        p.srcXInBytes = b->skip % b->pitch;
        p.srcY = b->skip / b->pitch;
    } else {
        p.srcMemoryType = hipMemoryTypeArray;
        p.srcArray = c->array;
        p.srcXInBytes = b->x;
        p.srcY = b->y;
        p.dstMemoryType = type;
        p.dstHost = c->device ? NULL : begin;
        p.dstDevice = c->device ? begin : NULL;
        p.dstPitch = b->pitch;
        p.dstXInBytes = b->skip % b->pitch;
        p.dstY = b->skip / b->pitch;
    }
    return p;
}

static hipError_t param(const struct call *c)
{
    hip_Memcpy2D p = param_of(c);
    return hipMemcpyParam2D(&p);
}

static hipError_t param_async(const struct call *c)
{
    hip_Memcpy2D p = param_of(c);
    return hipMemcpyParam2DAsync(&p, c->stream);
}

static hipError_t unaligned(const struct call *c)
{
    hip_Memcpy2D p = param_of(c);
    return hipDrvMemcpy2DUnaligned(&p);
}

/* By way of another array, at another place of it. */
static hipError_t over_array(const struct call *c)
{
    hipArray_t other;
    const struct box *b = c->box;
    struct box shifted = *b;
    OK(hipMallocArray(&other, &four_bytes, 2 * WIDTH, 2 * HEIGHT, 0));
    shifted.x = b->x + 3 * ELEMENT;
    shifted.y = b->y + 2;
    struct call first = *c;
    first.array = other;
    first.box = &shifted;
    hipError_t error;
    if (c->to_array)
        error = plain(&first)
                    ?: hipMemcpy2DArrayToArray(c->array, b->x, b->y, other, shifted.x, shifted.y,
                                               b->width, b->height, hipMemcpyDeviceToDevice);
    else
        error = hipMemcpy2DArrayToArray(other, shifted.x, shifted.y, c->array, b->x, b->y, b->width,
                                        b->height, hipMemcpyDefault)
                    ?: plain(&first);
    OK(hipFreeArray(other));
    return error;
}

static hipMemcpy3DParms parms_3d(const struct call *c)
{
    const struct box *b = c->box;
    const hipPitchedPtr memory = {c->memory - b->skip, b->pitch, b->pitch, ROOM / b->pitch};
    const hipPos at = {b->skip % b->pitch, b->skip / b->pitch, 0};
    const hipPos in_array = {b->x / ELEMENT, b->y, 0};
    hipMemcpy3DParms p = {.extent = {b->width / ELEMENT, b->height, 1}, .kind = kind_of(c)};
    if (c->to_array) {
        p.dstArray = c->array;
        p.dstPos = in_array;
        p.srcPtr = memory;
        p.srcPos = at;
    } else {
        p.srcArray = c->array;
        p.srcPos = in_array;
        p.dstPtr = memory;
        p.dstPos = at;
    }
    return p;
}

static hipError_t in_3d(const struct call *c)
{
    const hipMemcpy3DParms p = parms_3d(c);
    return hipMemcpy3D(&p);
}

static hipError_t in_3d_spt(const struct call *c)
{
    const hipMemcpy3DParms p = parms_3d(c);
    return hipMemcpy3D_spt(&p);
}

static hipError_t in_3d_async(const struct call *c)
{
    const hipMemcpy3DParms p = parms_3d(c);
    return hipMemcpy3DAsync(&p, c->stream);
}

static hipError_t in_3d_async_spt(const struct call *c)
{
    const hipMemcpy3DParms p = parms_3d(c);
    return hipMemcpy3DAsync_spt(&p, c->stream);
}

static hipError_t by_graph(const struct call *c)
{
    const hipMemcpy3DParms p = parms_3d(c);
    hipGraph_t graph;
    hipGraphNode_t node;
    hipGraphExec_t exec;
    OK(hipGraphCreate(&graph, 0));
    hipError_t error = hipGraphAddMemcpyNode(&node, graph, NULL, 0, &p);
    if (error == hipSuccess) {
        OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
        error = hipGraphLaunch(exec, c->stream) ?: hipStreamSynchronize(c->stream);
        OK(hipGraphExecDestroy(exec));
    }
    OK(hipGraphDestroy(graph));
    return error;
}

static const struct function {
    const char *name;
    hipError_t (*run)(const struct call *);
} functions[] = {
    {"hipMemcpy2D{To,From}Array", plain},
    {"hipMemcpy2D{To,From}Array_spt", plain_spt},
    {"hipMemcpy2D{To,From}ArrayAsync", async},
    {"hipMemcpy2D{To,From}ArrayAsync_spt", async_spt},
    {"hipMemcpyParam2D", param},
    {"hipMemcpyParam2DAsync", param_async},
    {"hipDrvMemcpy2DUnaligned", unaligned},
    {"hipMemcpy2DArrayToArray", over_array},
    {"hipMemcpy3D", in_3d},
    {"hipMemcpy3D_spt", in_3d_spt},
    {"hipMemcpy3DAsync", in_3d_async},
    {"hipMemcpy3DAsync_spt", in_3d_async_spt},
    {"hipGraphAddMemcpyNode", by_graph},
};

static const struct box boxes[] = {
    {"all, tight", 0, 0, ROW, HEIGHT, ROW, 0},
    {"all, pitched", 0, 0, ROW, HEIGHT, ROW + 52, 0},
    {"inside", 2 * ELEMENT, 1, 9 * ELEMENT, 4, 100, 0},
    {"inside, inside", 3 * ELEMENT, 2, 5 * ELEMENT, 3, 96, 2 * 96 + 12},
    {"one element", 7 * ELEMENT, 3, ELEMENT, 1, ELEMENT, 0},
    {"last element", ROW - ELEMENT, HEIGHT - 1, ELEMENT, 1, 64, 64},
    {"one row", 0, HEIGHT - 1, ROW, 1, ROW, 0},
    {"one column", 5 * ELEMENT, 0, ELEMENT, HEIGHT, 8, 4},
    {"no width", 4, 1, 0, 3, 16, 0},
    {"no height", 4, 1, 8, 0, 16, 0},
};

/* Writes the box, reads the whole array; or writes the whole array, reads the box. */
static void try_box(const struct function *function, const struct box *box, enum place place,
                    bool to_array)
{
    static unsigned char array_model[SLICE], memory_model[ROOM], got[ROOM];
    hipArray_t array;
    hipStream_t stream;
    unsigned char *memory = memory_new(place);
    fill_pattern(array_model, SLICE, 1);
    fill_pattern(memory_model, ROOM, 2);
    OK(hipStreamCreate(&stream));
    OK(hipMallocArray(&array, &four_bytes, WIDTH, HEIGHT, 0));
    OK(hipMemcpy2DToArray(array, 0, 0, array_model, ROW, ROW, HEIGHT, hipMemcpyHostToDevice));
    memory_put(memory, memory_model);
    const struct call call = {array, memory + box->skip, place == DEVICE, box, stream, to_array};
    hipError_t error = function->run(&call);
    if (error != hipSuccess)
        fail_msg("%s, %s, %s memory: %s", function->name, box->why, place_name[place],
                 hipGetErrorName(error));
    OK(hipDeviceSynchronize());
    unsigned char *in_array = array_model + box->y * ROW + box->x;
    unsigned char *in_memory = memory_model + box->skip;
    if (to_array)
        copy_box(in_array, ROW, in_memory, box->pitch, box->width, box->height);
    else
        copy_box(in_memory, box->pitch, in_array, ROW, box->width, box->height);
    OK(hipMemcpy2DFromArray(got, ROW, array, 0, 0, ROW, HEIGHT, hipMemcpyDeviceToHost));
    compare(function->name, box->why, place, "array", got, array_model, SLICE);
    memory_get(got, memory);
    compare(function->name, box->why, place, "memory", got, memory_model, ROOM);
    OK(hipFreeArray(array));
    OK(hipStreamDestroy(stream));
    memory_free(place, memory);
}

static void boxes_are_copied_and_nothing_beside_them(void **state)
{
    (void)state;
    for (size_t f = 0; f < COUNT(functions); f++)
        for (size_t b = 0; b < COUNT(boxes); b++)
            for (int place = 0; place < PLACES; place++)
                for (int to_array = 0; to_array < 2; to_array++)
                    try_box(&functions[f], &boxes[b], place, to_array != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boxes_are_copied_and_nothing_beside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
