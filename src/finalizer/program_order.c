/* SPDX-License-Identifier: MIT
 * The graph of the blocks: predecessors, depth-first order, loops. Loops are found as in Havlak,
 * "Nesting of Reducible and Irreducible Loops" (1997), from the innermost header out, with a
 * union-find over blocks that already are in a loop; what irreducible flow adds to a loop is left
 * out. Nearly linear, and without recursion, whatever the code.
 */
#include "finalizer/program_priv.h"

#include <stdlib.h>

enum { NO_NUMBER = UINT32_MAX };

/* Everything by block number, but what says "by number": by position in depth-first order. */
struct graph {
    struct cairn_program *program;
    uint32_t count;
    uint32_t *roots; /* the entry, then blocks that no way leads to from roots before */
    uint32_t root_count;
    uint32_t *stack;
    uint8_t *visited_ways, *open;
    uint32_t *number;                   /* position in depth-first order, or NO_NUMBER */
    uint32_t *block, *last;             /* by number: the block; the last number below it */
    uint32_t *from, *from_first;        /* ways into a block: from[from_first[b]..] */
    uint32_t *leader, *parent, *marked; /* by number: union-find; header around; in which list */
    uint32_t *depth;                    /* by number */
    uint32_t *list;
    uint32_t numbers, finished;
    bool marks_headers;
};

static void *array(uint32_t count, size_t size)
{
    return calloc((size_t)count + 1, size);
}

static bool graph_allocate(struct graph *graph, struct cairn_program *program)
{
    uint32_t n = program->block_count;
    uint32_t **arrays[] = {&graph->roots,  &graph->stack,      &graph->number, &graph->block,
                           &graph->last,   &graph->from_first, &graph->leader, &graph->parent,
                           &graph->marked, &graph->depth,      &graph->list};
    bool whole = true;
    graph->program = program;
    graph->count = n;
    for (unsigned i = 0; i < sizeof arrays / sizeof arrays[0]; i++) {
        *arrays[i] = array(n + 1, sizeof(uint32_t));
        whole &= *arrays[i] != NULL;
    }
    graph->from = array(2 * n, sizeof *graph->from);
    graph->visited_ways = array(n, 1);
    graph->open = array(n, 1);
    return whole && graph->from != NULL && graph->visited_ways != NULL && graph->open != NULL;
}

static void graph_clear(struct graph *graph)
{
    free(graph->roots);
    free(graph->stack);
    free(graph->number);
    free(graph->block);
    free(graph->last);
    free(graph->from_first);
    free(graph->leader);
    free(graph->parent);
    free(graph->marked);
    free(graph->depth);
    free(graph->list);
    free(graph->from);
    free(graph->visited_ways);
    free(graph->open);
}

/* ---- depth-first walks */

static void enter(struct graph *graph, uint32_t *height, uint32_t block)
{
    graph->number[block] = graph->numbers;
    graph->block[graph->numbers++] = block;
    graph->open[block] = true;
    graph->visited_ways[block] = 0;
    graph->stack[(*height)++] = block;
}

/* Numbers all that can be reached from `root`. Blocks that are finished go to the end of
 * program->order, backwards: in reverse post-order in the end. */
static void search(struct graph *graph, uint32_t root)
{
    uint32_t height = 0;
    struct cairn_program *program = graph->program;
    enter(graph, &height, root);
    while (height > 0) {
        uint32_t block = graph->stack[height - 1], ways[2];
        unsigned count = cairn_block_ways(program, block, ways);
        if (graph->visited_ways[block] == count) {
            graph->open[block] = false;
            graph->last[graph->number[block]] = graph->numbers - 1;
            program->order[graph->count - ++graph->finished] = block;
            height--;
            continue;
        }
        uint32_t to = ways[graph->visited_ways[block]++];
        if (graph->number[to] == NO_NUMBER)
            enter(graph, &height, to);
        else if (graph->open[to] && graph->marks_headers)
            program->blocks[to].loop_header = program->blocks[to].resumable = true;
    }
}

static void restart(struct graph *graph)
{
    graph->numbers = graph->finished = 0;
    for (uint32_t i = 0; i < graph->count; i++)
        graph->number[i] = NO_NUMBER;
}

/* From the entry, then from what is left over, which only computed jumps can lead to. */
static void find_roots(struct graph *graph)
{
    restart(graph);
    graph->roots[graph->root_count++] = graph->program->entry;
    search(graph, graph->program->entry);
    for (uint32_t i = 0; i < graph->count; i++) {
        if (graph->number[i] != NO_NUMBER)
            continue;
        graph->program->blocks[i].resumable = true;
        graph->roots[graph->root_count++] = i;
        search(graph, i);
    }
}

/* ---- ways in */

/* from_first and from, of static edges only or of all ways. */
static void list_sources(struct graph *graph, bool all)
{
    const struct cairn_program *program = graph->program;
    for (uint32_t i = 0; i <= graph->count; i++)
        graph->from_first[i] = 0;
    for (unsigned pass = 0; pass < 2; pass++) {
        for (uint32_t i = graph->count; i > 0; i--) {
            uint32_t ways[2];
            unsigned count = cairn_block_ways(program, i - 1, ways);
            unsigned end = program->blocks[i - 1].end;
            if (!all && (end == CAIRN_END_CALL || end == CAIRN_END_INDIRECT))
                count = end == CAIRN_END_CALL;
            for (unsigned k = 0; k < count; k++) {
                if (pass == 0)
                    graph->from_first[ways[k]]++;
                else
                    graph->from[--graph->from_first[ways[k]]] = i - 1;
            }
        }
        for (uint32_t i = 1; i <= graph->count && pass == 0; i++)
            graph->from_first[i] += graph->from_first[i - 1];
    }
}

static bool give_predecessors(struct graph *graph)
{
    struct cairn_program *program = graph->program;
    list_sources(graph, false);
    uint32_t total = graph->from_first[graph->count];
    program->edges = array(total, sizeof *program->edges);
    if (program->edges == NULL)
        return false;
    for (uint32_t i = 0; i < total; i++)
        program->edges[i] = graph->from[i];
    for (uint32_t i = 0; i < graph->count; i++) {
        program->blocks[i].predecessors = program->edges + graph->from_first[i];
        program->blocks[i].predecessor_count = graph->from_first[i + 1] - graph->from_first[i];
    }
    return true;
}

/* ---- loops; all by number */

static uint32_t find(struct graph *graph, uint32_t x)
{
    while (graph->leader[x] != x) {
        graph->leader[x] = graph->leader[graph->leader[x]];
        x = graph->leader[x];
    }
    return x;
}

static bool below(const struct graph *graph, uint32_t x, uint32_t header)
{
    return x >= header && x <= graph->last[header];
}

static void add_to_loop(struct graph *graph, uint32_t *count, uint32_t x, uint32_t header)
{
    x = find(graph, x);
    if (x == header || graph->marked[x] == header || !below(graph, x, header))
        return;
    graph->marked[x] = header;
    graph->list[(*count)++] = x;
}

/* Gathers the loop of `header` backwards from its back edges. */
static void collect_loop(struct graph *graph, uint32_t header)
{
    uint32_t count = 0, block = graph->block[header];
    for (uint32_t i = graph->from_first[block]; i < graph->from_first[block + 1]; i++)
        if (below(graph, graph->number[graph->from[i]], header))
            add_to_loop(graph, &count, graph->number[graph->from[i]], header);
    for (uint32_t k = 0; k < count; k++) {
        uint32_t x = graph->list[k], inner = graph->block[x];
        for (uint32_t i = graph->from_first[inner]; i < graph->from_first[inner + 1]; i++)
            if (!below(graph, graph->number[graph->from[i]], x))
                add_to_loop(graph, &count, graph->number[graph->from[i]], header);
    }
    for (uint32_t k = 0; k < count; k++)
        graph->leader[graph->list[k]] = graph->parent[graph->list[k]] = header;
}

static void measure_loops(struct graph *graph)
{
    enum { MAX_DEPTH = UINT8_MAX };
    struct cairn_program_block *blocks = graph->program->blocks;
    for (uint32_t i = 0; i < graph->count; i++) {
        graph->leader[i] = i;
        graph->parent[i] = graph->marked[i] = NO_NUMBER;
    }
    for (uint32_t i = graph->count; i > 0; i--)
        if (blocks[graph->block[i - 1]].loop_header)
            collect_loop(graph, i - 1);
    for (uint32_t i = 0; i < graph->count; i++) {
        struct cairn_program_block *block = &blocks[graph->block[i]];
        uint32_t around = graph->parent[i] == NO_NUMBER ? 0 : graph->depth[graph->parent[i]];
        graph->depth[i] = around + block->loop_header;
        block->loop_depth = (uint8_t)(graph->depth[i] < MAX_DEPTH ? graph->depth[i] : MAX_DEPTH);
    }
}

/* Code that goes back in the order may yield there, back edge of a loop or not. */
static void mark_backward(struct cairn_program *program)
{
    for (uint32_t i = 0; i < program->block_count; i++)
        program->blocks[program->order[i]].position = i;
    for (uint32_t i = 0; i < program->block_count; i++) {
        uint32_t ways[2];
        unsigned count = cairn_block_ways(program, i, ways);
        for (unsigned k = 0; k < count; k++)
            if (program->blocks[ways[k]].position <= program->blocks[i].position)
                program->blocks[ways[k]].resumable = true;
    }
}

/* ---- all of it */

enum cairn_status cairn_blocks_order(struct cairn_program *program)
{
    struct graph graph = {0};
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    free(program->order);
    free(program->edges);
    program->edges = NULL;
    program->order = array(program->block_count, sizeof *program->order);
    if (program->order == NULL || !graph_allocate(&graph, program))
        goto clear;
    graph.marks_headers = true;
    find_roots(&graph);
    graph.marks_headers = false;
    list_sources(&graph, true);
    measure_loops(&graph);
    restart(&graph);
    for (uint32_t i = graph.root_count; i > 0; i--) /* so that the entry comes out first */
        if (graph.number[graph.roots[i - 1]] == NO_NUMBER)
            search(&graph, graph.roots[i - 1]);
    mark_backward(program);
    if (give_predecessors(&graph))
        status = CAIRN_OK;
clear:
    graph_clear(&graph);
    return status;
}
