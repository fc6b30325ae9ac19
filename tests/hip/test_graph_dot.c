/* SPDX-License-Identifier: MIT
 * Drawings of graphs hold every node and edge, by the words that ROCm's have; what an executable
 * graph's fill may be changed to.
 */
#include "rig.h"

#include <unistd.h>

enum { N = 256 };

static unsigned times(const char *text, const char *word)
{
    unsigned count = 0;
    for (text = strstr(text, word); text != NULL; text = strstr(text + strlen(word), word))
        count++;
    return count;
}

static void draw(hipGraph_t graph, unsigned flags, char *text, size_t size)
{
    char path[] = "/tmp/cairn-dot-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    OK(hipGraphDebugDotPrint(graph, path, flags));
    ssize_t got = read(fd, text, size - 1);
    close(fd);
    unlink(path);
    assert_true(got > 0);
    text[got] = '\0';
}

struct nodes {
    hipGraph_t graph, child;
    int *data, *host;
};

static void build(struct nodes *nodes)
{
    int n = N, factor = 3;
    hipGraphNode_t fill, scale, copy, node;
    hipArray_t array;
    hipChannelFormatDesc format = {32, 0, 0, 0, hipChannelFormatKindSigned};
    OK(hipMalloc((void **)&nodes->data, N * 4));
    OK(hipHostMalloc((void **)&nodes->host, N * 4, 0));
    OK(hipMallocArray(&array, &format, 16, 16, 0));
    void *args[] = {&nodes->data, &n, &factor};
    hipKernelNodeParams kernel = {.func = (void *)kernel_scale,
                                  .gridDim = {N / 64, 1, 1},
                                  .blockDim = {64, 1, 1},
                                  .kernelParams = args};
    hipMemsetParams memset_params = {
        .dst = nodes->data, .elementSize = 4, .height = 1, .value = 1, .width = N};
    hipMemcpy3DParms box = {.srcPtr = {nodes->host, 64, 16, 16},
                            .dstArray = array,
                            .extent = {16, 16, 1},
                            .kind = hipMemcpyHostToDevice};
    OK(hipGraphCreate(&nodes->graph, 0));
    OK(hipGraphCreate(&nodes->child, 0));
    OK(hipGraphAddMemsetNode(&fill, nodes->graph, NULL, 0, &memset_params));
    OK(hipGraphAddKernelNode(&scale, nodes->graph, &fill, 1, &kernel));
    OK(hipGraphAddMemcpyNode1D(&copy, nodes->graph, &scale, 1, nodes->host, nodes->data, N * 4,
                               hipMemcpyDeviceToHost));
    OK(hipGraphAddMemcpyNode1D(&node, nodes->child, NULL, 0, nodes->data, nodes->host, N * 4,
                               hipMemcpyDefault));
    OK(hipGraphAddMemcpyNode(&node, nodes->child, NULL, 0, &box));
    OK(hipGraphAddEmptyNode(&node, nodes->child, NULL, 0));
    OK(hipGraphAddChildGraphNode(&node, nodes->graph, &copy, 1, nodes->child));
}

static const struct word_case {
    unsigned flags;
    const char *word;
    unsigned times;
} words[] = {
    {0, "->", 3},
    {0, "subgraph", 2},
    {0, "KERNEL", 1},
    {0, "MEMCPY", 3},
    {0, "DtoH", 1},
    {0, "HtoD", 1}, /* told by the addresses */
    {0, "HtoA", 1},
    {0, "MEMSET", 1},
    {0, "EMPTY", 1},
    {0, "scale", 1},
    {0, "64 x 1 x 1", 0},
    {0, "pitch", 0},
    {hipGraphDebugDotFlagsKernelNodeParams, "64 x 1 x 1", 1},
    {hipGraphDebugDotFlagsKernelNodeAttributes, "priority", 1},
    {hipGraphDebugDotFlagsMemsetNodeParams, "pitch", 1},
    {hipGraphDebugDotFlagsMemcpyNodeParams, "pitch", 6},
    {hipGraphDebugDotFlagsVerbose, "pitch", 7},
    {hipGraphDebugDotFlagsVerbose, "priority", 1},
    {hipGraphDebugDotFlagsVerbose, "MEMCPY", 3},
    {hipGraphDebugDotFlagsVerbose, "->", 3},
};

static void a_drawing_has_every_node_and_edge(void **state)
{
    struct nodes nodes;
    char text[8192];
    build(&nodes);
    for (size_t i = 0; i < COUNT(words); i++) {
        draw(nodes.graph, words[i].flags, text, sizeof text);
        if (times(text, words[i].word) != words[i].times)
            fail_msg("flags %#x: '%s' is there %u times, not %u, in\n%s", words[i].flags,
                     words[i].word, times(text, words[i].word), words[i].times, text);
    }
    EXPECT(hipGraphDebugDotPrint(nodes.graph, NULL, 0), hipErrorInvalidValue);
    EXPECT(hipGraphDebugDotPrint(NULL, "/tmp/cairn-dot", 0), hipErrorInvalidValue);
    EXPECT(hipGraphDebugDotPrint(nodes.graph, "/nowhere/cairn-dot", 0), hipErrorOperatingSystem);
    OK(hipGraphDestroy(nodes.graph));
    OK(hipGraphDestroy(nodes.child));
    OK(hipFree(nodes.data));
    OK(hipHostFree(nodes.host));
}

static const struct fill_case {
    size_t width, height;
    hipError_t plain, exec;
} fills[] = {
    {16, 4, hipSuccess, hipSuccess},           /* as it was */
    {32, 4, hipSuccess, hipErrorInvalidValue}, /* wider */
    {16, 2, hipSuccess, hipErrorInvalidValue}, /* fewer rows */
    {100, 1, hipSuccess, hipSuccess},          /* one row may be of any length */
};

static void an_executable_fill_of_rows_keeps_its_size(void **state)
{
    char *data;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t node;
    OK(hipMalloc((void **)&data, 4 * 128));
    hipMemsetParams params = {
        .dst = data, .elementSize = 1, .height = 4, .width = 16, .pitch = 128, .value = 7};
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemsetNode(&node, graph, NULL, 0, &params));
    for (size_t i = 0; i < COUNT(fills); i++) {
        OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
        hipMemsetParams changed = params;
        changed.width = fills[i].width;
        changed.height = fills[i].height;
        EXPECT(hipGraphExecMemsetNodeSetParams(exec, node, &changed), fills[i].exec);
        hipGraphNodeParams any = {.type = hipGraphNodeTypeMemset, .memset = changed};
        EXPECT(hipGraphExecNodeSetParams(exec, node, &any), fills[i].exec);
        OK(hipGraphExecDestroy(exec));
        EXPECT(hipGraphMemsetNodeSetParams(node, &changed), fills[i].plain);
        OK(hipGraphMemsetNodeSetParams(node, &params));
    }
    OK(hipGraphDestroy(graph));
    OK(hipFree(data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_drawing_has_every_node_and_edge),
        cmocka_unit_test(an_executable_fill_of_rows_keeps_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
