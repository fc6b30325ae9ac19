/* SPDX-License-Identifier: MIT
 * Random well-formed gfx90a programs as text, for a workgroup of any shape: nested divergent and
 * uniform control flow, memory by regular and random addresses, LDS, barriers, lanes that look at
 * each other. A program is a list of nodes that can be taken away one by one, so that a failing one
 * can be made small. What the machine must hold at entry is said at the registers below.
 */
#ifndef CAIRN_TESTS_FINALIZER_RANDOM_PROGRAM_H
#define CAIRN_TESTS_FINALIZER_RANDOM_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RANDOM_NODES = 400, RANDOM_NODE_TEXT = 640, RANDOM_PROGRAM_TEXT = 1 << 17 };

/* Scalar registers at entry; the rest is random. s[0:3] is the scratch descriptor. */
enum {
    RANDOM_S_DATA = 6, /* pair: RANDOM_DATA_BYTES that may be read and written, and 8 KiB around */
    RANDOM_S_MOVING = 8,  /* pair: the same; goes up and down */
    RANDOM_S_OUT = 10,    /* pair: RANDOM_OUT_ROWS times 4096 bytes for the results */
    RANDOM_S_SMALL = 52,  /* four multiples of 4 below 1024 */
    RANDOM_S_BIASED = 60, /* pair: data - RANDOM_BIAS */
    RANDOM_S_SHARED = 64, /* pair: address of LDS */
    RANDOM_S_OWN = 66,    /* pair: 16 bytes for each work-item, and behind them RANDOM_SUMS_AT */
};
enum { RANDOM_V_OUT = 5 }; /* 4 * number of the work-item in its workgroup */
enum { RANDOM_DATA_BYTES = 1 << 18, RANDOM_OUT_ROWS = 48 };
/* In LDS: 16 bytes for each work-item; then dwords to exchange values through; then dwords that
 * atomics go to. In memory at RANDOM_S_OWN: no dwords to exchange. */
enum { RANDOM_EXCHANGE_AT = 4096, RANDOM_SUMS_AT = 6144 };
#define RANDOM_BIAS 0x7fffff00u

struct random_node {
    uint16_t children; /* nodes behind this one that it encloses */
    bool removed, hollow, branch_of_parent;
    char keep[32]; /* printed even if the node is removed: labels that others jump to */
    char head[RANDOM_NODE_TEXT], tail[RANDOM_NODE_TEXT];
};

struct random_program {
    uint32_t workgroup[3], grid[3], group[3]; /* group: which one is run */
    uint32_t dims;                            /* ids wanted: 0 x, 1 x y, 2 x y z */
    uint32_t lds_bytes;
    /* Waves do not see what others do but behind barriers, and scalar registers are the same in
     * all: the order of the waves does not matter. */
    bool apart;
    unsigned count;
    struct random_node node[RANDOM_NODES];
};

uint64_t random_bits(uint64_t *state);
/* Labels are numbered from `first_label` on; RANDOM_NODES apart they are different. */
void random_program_make(struct random_program *program, uint64_t seed, unsigned first_label);
/* The text, into RANDOM_PROGRAM_TEXT bytes. */
void random_program_write(const struct random_program *program, char *text);

#endif
