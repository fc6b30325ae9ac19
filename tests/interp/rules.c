/* SPDX-License-Identifier: MIT
 * Runner of rule tables.
 */
#include "rules.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_SHIFT = 10 };

/* Each row at its own multiple of 1 << SLOT_SHIFT bytes. */
static char *join(const struct rule *rules, size_t count)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        size += strlen(rules[i].text) + 64;
    char *text = malloc(size), *at = text;
    for (size_t i = 0; i < count; i++)
        at += sprintf(at, ".p2align %d\n%s\ns_endpgm\n", SLOT_SHIFT, rules[i].text);
    return text;
}

static uint32_t actual(const struct asm_machine *m, const struct rule_expect *e)
{
    const struct cairn_wave *wave = m->wave;
    switch (e->kind) {
    case 's':
        return wave->sgpr[e->index];
    case 'v':
        return wave->vgpr[e->index][e->lane];
    case 'a':
        return wave->vgpr[m->launch.agpr_offset + e->index][e->lane];
    case 'c':
        return wave->scc;
    case 'f':
        return wave->fault.kind;
    case 'm':
        return wave->mode;
    default:
        return ((const uint32_t *)m->data)[e->index];
    }
}

static bool check(const struct asm_machine *m, const struct rule *rule)
{
    bool good = true, may_fault = false;
    for (const struct rule_expect *e = rule->expect; e->kind != 0; e++) {
        uint32_t got = actual(m, e);
        may_fault = may_fault || e->kind == 'f';
        if (got == e->value)
            continue;
        print_error("%s: %c%u lane %u is %#x, not %#x\n", rule->why, e->kind, e->index, e->lane,
                    got, e->value);
        good = false;
    }
    if (m->wave->state == CAIRN_WAVE_FAULTED && !may_fault) {
        print_error("%s: %s at %s\n", rule->why, cairn_fault_text(m->wave->fault.kind),
                    m->wave->fault.insn_name);
        good = false;
    }
    return good;
}

void rules_check(const struct rule *rules, size_t count, void (*prepare)(struct asm_machine *))
{
    char *text = join(rules, count);
    struct asm_machine *m = asm_create(text);
    unsigned failed = 0;
    if (prepare != NULL)
        prepare(m);
    for (size_t i = 0; i < count; i++) {
        m->launch.entry_pc = m->code.base + (i << SLOT_SHIFT);
        asm_reset(m);
        asm_set_sgpr64(m, 16, (uintptr_t)m->data);
        asm_run(m);
        failed += !check(m, &rules[i]);
    }
    asm_destroy(m);
    free(text);
    if (failed != 0)
        fail_msg("%u of %zu rules", failed, count);
}
