/* SPDX-License-Identifier: MIT
 * Each shuffle here takes two inputs, so that it is one instruction of the host. Four dwords a lane
 * come apart in two levels: 8 shuffles for 4 registers of AVX-512, instead of 12.
 */
#include "finalizer/llvm/lift_shuffle.h"

enum { MAX_ELEMENTS = 64 };

static LLVMValueRef shuffle(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b,
                            const unsigned *elements, unsigned count)
{
    LLVMValueRef mask[MAX_ELEMENTS];
    for (unsigned i = 0; i < count; i++)
        mask[i] = cairn_lift_const32(lift, elements[i]);
    return LLVMBuildShuffleVector(lift->builder, a, b, LLVMConstVector(mask, count), "");
}

static LLVMValueRef poison_like(LLVMValueRef value)
{
    return LLVMGetPoison(LLVMTypeOf(value));
}

/* a behind b. */
static LLVMValueRef concatenate(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b)
{
    unsigned elements[MAX_ELEMENTS], count = 2 * LLVMGetVectorSize(LLVMTypeOf(a));
    for (unsigned i = 0; i < count; i++)
        elements[i] = i;
    return shuffle(lift, a, b, elements, count);
}

LLVMValueRef cairn_lift_every(struct cairn_lift *lift, LLVMValueRef from, unsigned first,
                              unsigned step)
{
    unsigned elements[MAX_ELEMENTS];
    for (unsigned i = 0; i < lift->width; i++)
        elements[i] = first + step * i;
    return shuffle(lift, from, poison_like(from), elements, lift->width);
}

LLVMValueRef cairn_lift_weave2(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b)
{
    unsigned elements[MAX_ELEMENTS];
    for (unsigned i = 0; i < 2 * lift->width; i++)
        elements[i] = i / 2 + (i % 2 ? lift->width : 0);
    return shuffle(lift, a, b, elements, 2 * lift->width);
}

/* ---- three dwords: each result has elements of all three inputs; two shuffles each. */

void cairn_lift_unweave3(struct cairn_lift *lift, const LLVMValueRef *parts, LLVMValueRef *columns)
{
    unsigned width = lift->width;
    for (unsigned column = 0; column < 3; column++) {
        unsigned first[MAX_ELEMENTS], second[MAX_ELEMENTS];
        for (unsigned i = 0; i < width; i++) {
            unsigned at = 3 * i + column;
            first[i] = at < 2 * width ? at : 0;
            second[i] = at < 2 * width ? i : at - width;
        }
        LLVMValueRef two = shuffle(lift, parts[0], parts[1], first, width);
        columns[column] = shuffle(lift, two, parts[2], second, width);
    }
}

void cairn_lift_weave3(struct cairn_lift *lift, const LLVMValueRef *columns, LLVMValueRef *parts)
{
    unsigned width = lift->width;
    for (unsigned part = 0; part < 3; part++) {
        unsigned first[MAX_ELEMENTS], second[MAX_ELEMENTS];
        for (unsigned i = 0; i < width; i++) {
            unsigned at = part * width + i, column = at % 3, lane = at / 3;
            first[i] = column < 2 ? column * width + lane : 0;
            second[i] = column < 2 ? i : width + lane;
        }
        LLVMValueRef two = shuffle(lift, columns[0], columns[1], first, width);
        parts[part] = shuffle(lift, two, columns[2], second, width);
    }
}

/* ---- four dwords */

/* Transposes 4x4 dwords within each 128 bits: its own inverse. */
static void transpose_quads(struct cairn_lift *lift, const LLVMValueRef *in, LLVMValueRef *out)
{
    static const unsigned picks[4][4] = {{0, 16, 1, 17},
                                         {2, 18, 3, 19},
                                         {0, 1, 16, 17},
                                         {2, 3, 18, 19}}; /* from 16: of the second input */
    unsigned width = lift->width, element[4][MAX_ELEMENTS];
    for (unsigned pick = 0; pick < 4; pick++)
        for (unsigned i = 0; i < width; i++) {
            unsigned from = picks[pick][i % 4];
            element[pick][i] = (i & ~3u) + (from & 15) + (from & 16 ? width : 0);
        }
    LLVMValueRef low[2], high[2];
    for (unsigned i = 0; i < 2; i++) {
        low[i] = shuffle(lift, in[2 * i], in[2 * i + 1], element[0], width);
        high[i] = shuffle(lift, in[2 * i], in[2 * i + 1], element[1], width);
    }
    out[0] = shuffle(lift, low[0], low[1], element[2], width);
    out[1] = shuffle(lift, low[0], low[1], element[3], width);
    out[2] = shuffle(lift, high[0], high[1], element[2], width);
    out[3] = shuffle(lift, high[0], high[1], element[3], width);
}

/* Halves of a and b, low (0) or high (1) ones. */
static LLVMValueRef halves(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b, unsigned which)
{
    unsigned elements[MAX_ELEMENTS], half = lift->width / 2;
    for (unsigned i = 0; i < lift->width; i++)
        elements[i] = which * half + (i < half ? i : i + half);
    return shuffle(lift, a, b, elements, lift->width);
}

/* 16 lanes: first pairs of columns of eight lanes, then columns. */
static void unweave4_wide(struct cairn_lift *lift, const LLVMValueRef *parts, LLVMValueRef *columns)
{
    LLVMValueRef pair[2][2];
    for (unsigned p = 0; p < 2; p++)
        for (unsigned columns2 = 0; columns2 < 2; columns2++) {
            unsigned elements[16];
            for (unsigned i = 0; i < 16; i++)
                elements[i] = i % 8 * 4 + 2 * columns2 + i / 8;
            pair[p][columns2] = shuffle(lift, parts[2 * p], parts[2 * p + 1], elements, 16);
        }
    for (unsigned column = 0; column < 4; column++)
        columns[column] = halves(lift, pair[0][column / 2], pair[1][column / 2], column % 2);
}

static void weave4_wide(struct cairn_lift *lift, const LLVMValueRef *columns, LLVMValueRef *parts)
{
    for (unsigned p = 0; p < 2; p++) {
        LLVMValueRef low = halves(lift, columns[0], columns[1], p);
        LLVMValueRef high = halves(lift, columns[2], columns[3], p);
        for (unsigned part = 0; part < 2; part++) {
            unsigned elements[16];
            for (unsigned i = 0; i < 16; i++)
                elements[i] = part * 4 + i / 4 + 8 * (i % 4);
            parts[2 * p + part] = shuffle(lift, low, high, elements, 16);
        }
    }
}

void cairn_lift_unweave4(struct cairn_lift *lift, const LLVMValueRef *parts, LLVMValueRef *columns)
{
    if (lift->width == 16) {
        unweave4_wide(lift, parts, columns);
        return;
    }
    LLVMValueRef quads[4];
    for (unsigned i = 0; i < 4; i++)
        quads[i] = halves(lift, parts[i / 2], parts[i / 2 + 2], i % 2);
    transpose_quads(lift, quads, columns);
}

void cairn_lift_weave4(struct cairn_lift *lift, const LLVMValueRef *columns, LLVMValueRef *parts)
{
    if (lift->width == 16) {
        weave4_wide(lift, columns, parts);
        return;
    }
    LLVMValueRef quads[4];
    transpose_quads(lift, columns, quads);
    for (unsigned i = 0; i < 4; i++)
        parts[i] = halves(lift, quads[i % 2 * 2], quads[i % 2 * 2 + 1], i / 2);
}

/* quads[k] has lanes k, k + 4, k + 8 ... */
void cairn_lift_columns_of_lanes(struct cairn_lift *lift, const LLVMValueRef *lanes,
                                 LLVMValueRef *columns)
{
    LLVMValueRef quads[4];
    for (unsigned k = 0; k < 4; k++) {
        quads[k] = concatenate(lift, lanes[k], lanes[k + 4]);
        if (lift->width == 16)
            quads[k] = concatenate(lift, quads[k], concatenate(lift, lanes[k + 8], lanes[k + 12]));
    }
    transpose_quads(lift, quads, columns);
}

void cairn_lift_lanes_of_columns(struct cairn_lift *lift, const LLVMValueRef *columns,
                                 LLVMValueRef *lanes)
{
    LLVMValueRef quads[4];
    transpose_quads(lift, columns, quads);
    for (unsigned lane = 0; lane < lift->width; lane++) {
        unsigned elements[4];
        for (unsigned i = 0; i < 4; i++)
            elements[i] = lane / 4 * 4 + i;
        lanes[lane] = shuffle(lift, quads[lane % 4], poison_like(quads[lane % 4]), elements, 4);
    }
}
