/* SPDX-License-Identifier: MIT
 * The generator's control flow, geometry, and the text of the whole. Statements are made in
 * random_statements.c.
 */
#include "random_priv.h"

#include <stdio.h>
#include <string.h>

enum { DEPTH = 3, TEXT = RANDOM_NODE_TEXT };

/* ---- nodes */

static struct random_node *new_node(struct maker *m)
{
    struct random_node *node = &m->program->node[m->program->count++];
    memset(node, 0, sizeof *node);
    m->at = node->head, m->left = TEXT;
    return node;
}

static void to_tail(struct maker *m, struct random_node *node)
{
    node->children = (uint16_t)(m->program->node + m->program->count - node - 1);
    m->at = node->tail, m->left = TEXT;
}

static void make_list(struct maker *m, unsigned length);

static void make_if(struct maker *m)
{
    struct random_node *node = new_node(m), *other;
    unsigned d = 20 + 4 * m->depth, label = m->labels++;
    bool divergent = m->divergent, with_else = chance(m, 50), jumps = chance(m, 60);
    char a[16], b[16];
    emit(m, "v_cmp_%s_e64 vcc, %s, %s\n", chance(m, 50) ? "lt_u32" : "gt_i32", any_operand(m, a),
         operand(m, b));
    emit(m,
         chance(m, 80) ? "s_and_saveexec_b64 s[%u:%u], vcc\n"
                       : "s_mov_b64 s[%u:%u], exec\n s_and_b64 exec, exec, vcc\n",
         d, d + 1);
    if (with_else)
        emit(m, "s_xor_b64 s[%u:%u], exec, s[%u:%u]\n", d, d + 1, d, d + 1);
    if (jumps)
        emit(m, "s_cbranch_execz L%u\n", label);
    m->divergent = true;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    if (with_else) {
        other = new_node(m);
        other->branch_of_parent = true;
        snprintf(other->keep, sizeof other->keep, "L%u:\n", label);
        emit(m, "s_or_saveexec_b64 s[%u:%u], s[%u:%u]\n s_xor_b64 exec, exec, s[%u:%u]\n", d + 2,
             d + 3, d, d + 1, d + 2, d + 3);
        if (chance(m, 50))
            emit(m, "s_cbranch_execz LE%u\n", label);
        make_list(m, 1 + below(m, 4));
        to_tail(m, other);
        emit(m, "LE%u:\n s_or_b64 exec, exec, s[%u:%u]\n", label, d + 2, d + 3);
        to_tail(m, node);
        emit(m, "s_or_b64 exec, exec, s[%u:%u]\n", d, d + 1);
    } else {
        to_tail(m, node);
        emit(m, "L%u:\n s_or_b64 exec, exec, s[%u:%u]\n", label, d, d + 1);
    }
    m->depth--;
    m->divergent = divergent;
}

static void make_lane_loop(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned d = 20 + 4 * m->depth, label = m->labels++, count = 24 + m->depth, form = below(m, 4);
    bool divergent = m->divergent, no_stores = m->no_stores, simple = m->simple,
         in_loop = m->in_loop;
    emit(m, "v_and_b32 v%u, %u, v%u\n", count, m->depth ? 3 : 7, chance(m, 80) ? data(m) : 4);
    emit(m, form >= 2 ? "s_mov_b64 s[%u:%u], exec\n" : "s_mov_b64 s[%u:%u], 0\n", d, d + 1);
    emit(m, "L%u:\n", label);
    if (form == 3) /* the test comes first */
        emit(m, "v_cmp_lt_i32 vcc, 0, v%u\n s_and_b64 exec, exec, vcc\n s_cbranch_execz LX%u\n",
             count, label);
    m->divergent = m->in_loop = true;
    m->simple = m->simple || chance(m, 40);
    m->no_stores = m->no_stores || (m->simple && chance(m, 80));
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    to_tail(m, node);
    emit(m, "v_add_u32 v%u, -1, v%u\n", count, count);
    if (form == 0)
        emit(m,
             "v_cmp_gt_i32 vcc, 1, v%u\n s_or_b64 s[%u:%u], vcc, s[%u:%u]\n"
             " s_andn2_b64 exec, exec, s[%u:%u]\n s_cbranch_execnz L%u\n"
             " s_or_b64 exec, exec, s[%u:%u]\n",
             count, d, d + 1, d, d + 1, d, d + 1, label, d, d + 1);
    else if (form == 1)
        emit(m,
             "v_cmp_gt_i32_e64 s[%u:%u], 1, v%u\n s_and_b64 s[%u:%u], exec, s[%u:%u]\n"
             " s_or_b64 s[%u:%u], s[%u:%u], s[%u:%u]\n s_andn2_b64 exec, exec, s[%u:%u]\n"
             " s_cbranch_execnz L%u\n s_or_b64 exec, exec, s[%u:%u]\n",
             d + 2, d + 3, count, d + 2, d + 3, d + 2, d + 3, d, d + 1, d + 2, d + 3, d, d + 1, d,
             d + 1, label, d, d + 1);
    else if (form == 3)
        emit(m, "s_branch L%u\nLX%u:\n s_mov_b64 exec, s[%u:%u]\n", label, label, d, d + 1);
    else
        emit(m,
             "v_cmp_lt_i32 vcc, 0, v%u\n s_and_b64 exec, exec, vcc\n s_cbranch_execnz L%u\n"
             " s_mov_b64 exec, s[%u:%u]\n",
             count, label, d, d + 1);
    m->divergent = divergent, m->no_stores = no_stores, m->simple = simple, m->in_loop = in_loop;
}

static void make_uniform_loop(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++, count = 36 + m->depth;
    bool no_stores = m->no_stores, simple = m->simple, breaks = chance(m, m->apart ? 5 : 25),
         divergent = m->divergent;
    emit(m, "s_mov_b32 s%u, %u\nL%u:\n", count, 1 + below(m, m->depth ? 3 : 6), label);
    m->simple = m->simple || chance(m, 50);
    m->no_stores = m->no_stores || (m->simple && chance(m, 70));
    m->divergent = m->divergent || breaks;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    to_tail(m, node);
    if (breaks)
        emit(m, "v_cmp_eq_u32 vcc, %u, v%u\n s_cbranch_vcc%s LE%u\n", below(m, 8), data(m),
             chance(m, 50) ? "nz" : "z", label);
    emit(m, "s_sub_u32 s%u, s%u, 1\n s_cmp_lg_u32 s%u, 0\n s_cbranch_scc1 L%u\n", count, count,
         count, label);
    if (breaks)
        emit(m, "LE%u:\n", label);
    m->no_stores = no_stores, m->simple = simple, m->divergent = divergent;
}

static void make_uniform_if(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++;
    bool divergent = m->divergent;
    char a[16];
    if (chance(m, m->apart ? 95 : 60))
        emit(m, "s_cmp_%s_u32 s%u, s%u\n s_cbranch_scc%u L%u\n", chance(m, 50) ? "lt" : "ge",
             scalar(m), scalar(m), below(m, 2), label);
    else
        emit(m, "v_cmp_gt_u32 vcc, %u, %s\n s_cbranch_vccz L%u\n", below(m, 60),
             (snprintf(a, sizeof a, "v%u", data(m)), a), label);
    m->divergent = true;
    m->depth++;
    make_list(m, 1 + below(m, 4));
    m->depth--;
    to_tail(m, node);
    emit(m, "L%u:\n", label);
    m->divergent = divergent;
}

/* A function that is called where it stands, through its address. */
static void make_call(struct maker *m)
{
    struct random_node *node = new_node(m);
    unsigned label = m->labels++;
    emit(m,
         "s_getpc_b64 s[48:49]\nLG%u:\n s_add_u32 s48, s48, LF%u-LG%u\n s_addc_u32 s49, s49, 0\n"
         " s_swappc_b64 s[50:51], s[48:49]\n s_branch LR%u\nLF%u:\n",
         label, label, label, label, label);
    m->in_call = true;
    m->depth++;
    make_list(m, 1 + below(m, 5));
    m->depth--;
    m->in_call = false;
    to_tail(m, node);
    emit(m, "s_setpc_b64 s[50:51]\nLR%u:\n", label);
}

static void make_list(struct maker *m, unsigned length)
{
    for (unsigned i = 0; i < length && m->program->count + 20 < RANDOM_NODES; i++) {
        unsigned kind = m->depth < DEPTH && !m->simple ? below(m, 100) : 100;
        if (kind < 8)
            make_if(m);
        else if (kind < 14)
            make_lane_loop(m);
        else if (kind < 20)
            make_uniform_loop(m);
        else if (kind < 24)
            make_uniform_if(m);
        else if (kind < 26 && !m->in_call && !m->apart)
            make_call(m);
        else {
            new_node(m);
            m->apart ? emit_apart_statement(m) : emit_statement(m);
        }
    }
}

/* ---- the whole */

static uint32_t random_size(struct maker *m, uint32_t most)
{
    static const uint32_t sizes[] = {1, 2, 3, 4, 7, 8, 16, 31, 32, 48, 64, 65, 128, 200, 256};
    uint32_t size = PICK(m, sizes);
    return size < most ? size : most;
}

static void choose_geometry(struct maker *m)
{
    struct random_program *p = m->program;
    p->dims = below(m, 3);
    p->workgroup[0] = chance(m, 40) ? m->apart ? 128 : 64 : random_size(m, 256);
    p->workgroup[1] =
        p->dims > 0 || (!m->apart && chance(m, 10)) ? random_size(m, 256 / p->workgroup[0]) : 1;
    p->workgroup[2] = p->dims > 1 ? random_size(m, 256 / (p->workgroup[0] * p->workgroup[1])) : 1;
    bool ragged = !m->apart && chance(m, 30);
    for (unsigned i = 0; i < 3; i++) {
        uint32_t size = p->workgroup[i];
        p->group[i] = below(m, 2);
        p->grid[i] = 2 * size - (ragged && size > 1 ? below(m, size) : 0);
    }
    p->lds_bytes = m->apart || chance(m, 70) ? 65536 : chance(m, 50) ? 16384 : 2048;
}

void random_program_make(struct random_program *program, uint64_t seed, unsigned first_label)
{
    struct maker m = {
        .program = program, .random = seed * 0x9e3779b97f4a7c15 + 0x1234567, .labels = first_label};
    for (unsigned i = 0; i < 4; i++)
        (void)random_bits(&m.random);
    program->count = 0;
    m.apart = program->apart = chance(&m, 35);
    m.faults = chance(&m, 8);
    choose_geometry(&m);
    m.sum = below(&m, 5);
    if (m.apart) { /* stays even where waves must be made one: barriers are what it is for */
        new_node(&m);
        emit(&m, "s_barrier\n");
    }
    if (chance(&m, 15)) {
        new_node(&m);
        emit(&m, "s_and_b64 exec, exec, s[14:15]\n");
    }
    make_list(&m, 8 + below(&m, 30));
}

static size_t put(char *text, size_t at, const char *more)
{
    size_t left = RANDOM_PROGRAM_TEXT - at, length = strlen(more);
    length = length < left ? length : left - 1;
    memcpy(text + at, more, length);
    text[at + length] = '\0';
    return at + length;
}

static size_t write_nodes(const struct random_program *program, unsigned from, unsigned to,
                          bool hollow, char *text, size_t at)
{
    for (unsigned i = from; i < to; i += 1u + program->node[i].children) {
        const struct random_node *node = &program->node[i];
        at = put(text, at, node->keep);
        if (node->removed)
            continue;
        bool bare = node->hollow || (node->branch_of_parent && hollow);
        at = put(text, at, bare ? "" : node->head);
        at = write_nodes(program, i + 1, i + 1 + node->children, bare, text, at);
        at = put(text, at, bare ? "" : node->tail);
    }
    return at;
}

static size_t write_result(char *text, size_t at, unsigned vreg)
{
    char line[128];
    snprintf(line, sizeof line,
             "global_store_dword v5, v%u, s[10:11]\ns_add_u32 s10, s10, 4096\n"
             "s_addc_u32 s11, s11, 0\n",
             vreg);
    return put(text, at, line);
}

/* What lanes and scalar registers hold in the end goes to memory: registers that nobody reads any
 * more may differ. */
void random_program_write(const struct random_program *program, char *text)
{
    static const char start[] = "s_mov_b64 s[12:13], exec\n v_mbcnt_lo_u32_b32 v4, -1, 0\n"
                                "v_mbcnt_hi_u32_b32 v4, -1, v4\n";
    static const char *const scalars[] = {"s14",    "s15",    "s16", "s17", "s18", "s19",
                                          "vcc_lo", "vcc_hi", "s56", "s40", "s41", "s42",
                                          "s43",    "s44",    "s45", "s46", "s47"};
    char line[128];
    size_t at = put(text, 0, start);
    at = put(text, at, program->dims > 0 ? "v_and_b32 v1, 0x3ff, v0\n" : "v_mov_b32 v1, v0\n");
    at = put(text, at, program->dims > 0 ? "v_bfe_u32 v2, v0, 10, 10\n" : "v_mov_b32 v2, 0\n");
    at = put(text, at, program->dims > 1 ? "v_bfe_u32 v3, v0, 20, 10\n" : "v_mov_b32 v3, 0\n");
    for (unsigned i = 0; i < 4; i++) {
        snprintf(line, sizeof line, "v_lshlrev_b32 v%u, 2, v%u\n", 6 + i, i == 3 ? 4 : 1);
        at = put(text, at, line);
    }
    for (unsigned i = 10; i < 14; i += 2) {
        snprintf(line, sizeof line, "v_mov_b32 v%u, s6\n v_mov_b32 v%u, s7\n", i, i + 1);
        at = put(text, at, line);
    }
    if (program->apart) {
        snprintf(line, sizeof line, "s_movk_i32 s56, %u\n v_mad_u32_u24 v40, v3, s56, v2\n",
                 program->workgroup[1]);
        at = put(text, at, program->dims > 0 ? line : "v_mov_b32 v40, 0\n");
        snprintf(line, sizeof line,
                 "s_movk_i32 s56, %u\n v_mad_u32_u24 v40, v40, s56, v1\n"
                 " v_lshlrev_b32 v41, 4, v40\n v_lshlrev_b32 v40, 2, v40\n",
                 program->workgroup[0]);
        at = put(text, at, line);
    }
    at = write_nodes(program, 0, program->count, false, text, at);
    at = put(text, at, "s_mov_b64 exec, s[12:13]\n");
    if (!program->apart)
        at = put(text, at, "s_cselect_b32 s56, 1, 0\n");
    for (unsigned i = 0; i < 30; i++)
        at = write_result(text, at, 6 + i);
    for (unsigned i = program->apart ? 9 : 0; i < sizeof scalars / sizeof scalars[0]; i++) {
        snprintf(line, sizeof line, "v_mov_b32 v36, %s\n", scalars[i]);
        at = put(text, at, line);
        at = write_result(text, at, 36);
    }
    at = put(text, at, "s_endpgm\n");
}
