/* SPDX-License-Identifier: MIT
 * Random programs in the interpreter and in finalized code: all that they write must be the same.
 * Programs that once differed are kept as text in corpus/ and run first. test_finalizer_random
 * [COUNT [FIRST]]: seeds FIRST to FIRST + COUNT - 1; a failing program is made small and printed.
 */
#include "native_rig.h"
#include "random_program.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BATCH = 16, SLOT_BYTES = 32768, STATES = 2, MOST_ITEMS = 1024, ROWS = 64, AGPR_ROW = 48 };
enum { DATA_AT = 1 << 16, OWN_AT = DATA_AT + RANDOM_DATA_BYTES + (1 << 14), OUT_AT = 1 << 19 };

static uint64_t first_seed = 1;
static unsigned seeds = 64, merged;

/* What a program is compiled as. */
struct variant {
    struct native_options options;
    uint64_t data_seed;
};

static struct variant variant_of(uint64_t seed)
{
    static const enum cairn_target_level older[] = {CAIRN_TARGET_BASE, CAIRN_TARGET_V3};
    enum cairn_target_level best = native_best_target();
    uint64_t random = seed * 0x9e3779b97f4a7c15 ^ 0x5555;
    for (unsigned i = 0; i < 3; i++)
        (void)random_bits(&random);
    enum cairn_target_level target = random % 3 == 0 ? older[random / 3 % 2] : best;
    return (struct variant){
        .options = {.target = target < best ? target : best,
                    .tier = random / 7 % 5 == 0 ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK,
                    .exact_nan = true},
        .data_seed = random,
    };
}

/* ---- the machine */

static void set_launch(struct asm_machine *m, const struct random_program *program, unsigned slot)
{
    struct cairn_launch *launch = &m->launch;
    launch->entry_pc = m->code.base + (uint64_t)slot * SLOT_BYTES;
    launch->vgprs = ROWS;
    launch->agpr_offset = AGPR_ROW;
    launch->lds_bytes = program->lds_bytes;
    launch->private_bytes = program->apart ? 0 : ASM_PRIVATE_BYTES;
    launch->rsrc2 = (launch->rsrc2 & ~(3u << 11)) | program->dims << 11;
    for (unsigned i = 0; i < 3; i++) {
        launch->workgroup[i] = program->workgroup[i];
        launch->grid[i] = program->grid[i];
        launch->workgroups[i] = 2;
    }
}

static void set_scalars(struct asm_machine *m, struct cairn_wave *wave, uint64_t *random)
{
    uint64_t data = (uintptr_t)m->data + DATA_AT;
    for (unsigned i = 12; i < 80; i++)
        wave->sgpr[i] = (uint32_t)random_bits(random) >> (random_bits(random) % 3 * 10);
    cairn_wave_write64(wave, CAIRN_CODE_VCC_LO, random_bits(random) << 9 ^ random_bits(random));
    for (unsigned i = 0; i < 4; i++)
        wave->sgpr[RANDOM_S_SMALL + i] = (uint32_t)random_bits(random) & 0x3fc;
    cairn_wave_write64(wave, RANDOM_S_DATA, data);
    cairn_wave_write64(wave, RANDOM_S_MOVING, data);
    cairn_wave_write64(wave, RANDOM_S_OUT, (uintptr_t)m->data + OUT_AT);
    cairn_wave_write64(wave, RANDOM_S_BIASED, data - RANDOM_BIAS);
    cairn_wave_write64(wave, RANDOM_S_SHARED, (uintptr_t)m->group.lds);
    cairn_wave_write64(wave, RANDOM_S_OWN, (uintptr_t)m->data + OWN_AT);
    wave->scc = (uint32_t)random_bits(random) & 1;
}

static void set_vectors(struct cairn_wave *wave, uint64_t *random)
{
    for (unsigned i = 1; i < ROWS; i++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            wave->vgpr[i][lane] = (uint32_t)random_bits(random) >> (random_bits(random) % 3 * 10);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        wave->vgpr[RANDOM_V_OUT][lane] = 4 * (wave->index * CAIRN_WAVE_LANES + lane);
}

static void set_state(struct asm_machine *m, const struct random_program *program, uint64_t random)
{
    struct cairn_workgroup_needs needs;
    cairn_workgroup_measure(&m->launch, &needs);
    cairn_workgroup_init(&m->group, &m->launch, program->group, m->memory[3], m->memory[4],
                         (uint8_t *)m->memory[4] + needs.vgpr_bytes, m->memory[2], false);
    m->wave = &m->group.waves[0];
    uint64_t same = random;
    for (uint32_t i = 0; i < m->group.wave_count; i++) {
        uint64_t scalars = program->apart ? same : random + i;
        set_scalars(m, &m->group.waves[i], &scalars);
        set_vectors(&m->group.waves[i], &random);
    }
    if (needs.scratch_bytes > 0)
        memset(m->group.waves[0].scratch, 0, needs.scratch_bytes);
    uint64_t *words = (void *)m->data, *lds = (void *)m->group.lds;
    for (unsigned i = 0; i < OUT_AT / 8; i++)
        words[i] = random_bits(&random) >> (i % 4 * 8);
    memset(m->data + OUT_AT, 0, ASM_DATA_BYTES - OUT_AT);
    memset(lds, 0, ASM_LDS_BYTES);
    for (unsigned i = 0; i < program->lds_bytes / 8; i++)
        lds[i] = random_bits(&random) >> (i % 4 * 8);
}

/* ---- comparing */

/* Behind a fault only its name counts. */
static bool faults_differ(const struct cairn_wave *a, const struct cairn_wave *b, char *what,
                          size_t size)
{
    static const struct cairn_wave none;
    a = a != NULL ? a : &none, b = b != NULL ? b : &none;
    if (a->index == b->index && a->fault.kind == b->fault.kind && a->fault.pc == b->fault.pc &&
        a->fault.address == b->fault.address && a->fault.lane == b->fault.lane)
        return false;
    snprintf(what, size, "fault %d, %d; pc %#llx, %#llx; address %#llx, %#llx; lane %d, %d",
             (int)a->fault.kind, (int)b->fault.kind, (unsigned long long)a->fault.pc,
             (unsigned long long)b->fault.pc, (unsigned long long)a->fault.address,
             (unsigned long long)b->fault.address, a->fault.lane, b->fault.lane);
    return true;
}

static bool runs_differ(struct asm_machine *m, struct cairn_native_code *code, bool apart,
                        char *what, size_t size)
{
    struct native_state *before = native_capture(m);
    native_run(NULL, m);
    struct cairn_wave copy;
    const struct cairn_wave *fault = native_faulted(m);
    if (fault != NULL)
        copy = *fault, fault = &copy;
    struct native_state *expected = native_capture_vectors(m);
    native_restore(m, before);
    if (!apart)
        native_run(code, m);
    else if (native_run_group(code, m))
        merged++;
    struct native_state *got = native_capture_vectors(m);
    bool differs = fault != NULL || native_faulted(m) != NULL
                       ? faults_differ(fault, native_faulted(m), what, size)
                       : native_differs(expected, got, what, size);
    native_free(before);
    native_free(expected);
    native_free(got);
    return differs;
}

static bool program_differs(struct asm_machine *m, const struct random_program *program,
                            unsigned slot, const struct variant *variant, char *what, size_t size)
{
    bool differs = false;
    set_launch(m, program, slot);
    struct native_options options = variant->options;
    options.merged = program->apart;
    struct cairn_native_code *code = native_compile(m, &options, NULL);
    if (code == NULL) {
        snprintf(what, size, "the finalizer does not take it");
        return true;
    }
    for (unsigned i = 0; i < STATES && !differs; i++) {
        set_state(m, program, variant->data_seed + i);
        differs = runs_differ(m, code, program->apart, what, size);
    }
    native_destroy(code);
    return differs;
}

static bool alone_differs(const struct random_program *program, const struct variant *variant,
                          char *what, size_t size)
{
    static char text[RANDOM_PROGRAM_TEXT];
    random_program_write(program, text);
    struct asm_machine *m = asm_create_items(text, MOST_ITEMS);
    bool differs = program_differs(m, program, 0, variant, what, size);
    asm_destroy(m);
    return differs;
}

/* ---- making it small */

static void shrink(struct random_program *program, const struct variant *variant)
{
    char what[256];
    for (unsigned pass = 0; pass < 2; pass++)
        for (unsigned i = program->count; i > 0; i--) {
            struct random_node *node = &program->node[i - 1];
            if (node->removed)
                continue;
            node->removed = true;
            if (alone_differs(program, variant, what, sizeof what))
                continue;
            node->removed = false;
            if (node->children == 0 || node->hollow || node->branch_of_parent)
                continue;
            node->hollow = true;
            if (!alone_differs(program, variant, what, sizeof what))
                node->hollow = false;
        }
}

static void print_program(const struct random_program *program, const struct variant *variant)
{
    static char text[RANDOM_PROGRAM_TEXT];
    random_program_write(program, text);
    print_error(
        "; workgroup %u %u %u grid %u %u %u group %u %u %u dims %u lds %u target %d tier %d "
        "data %#llx\n",
        program->workgroup[0], program->workgroup[1], program->workgroup[2], program->grid[0],
        program->grid[1], program->grid[2], program->group[0], program->group[1], program->group[2],
        program->dims, program->lds_bytes, (int)variant->options.target, (int)variant->options.tier,
        (unsigned long long)variant->data_seed);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        print_error("%s\n", line);
}

/* ---- batches: one call of the assembler */

static unsigned run_batch(struct random_program *programs, uint64_t seed, unsigned count)
{
    static char text[BATCH * (RANDOM_PROGRAM_TEXT + 32)];
    char what[256];
    size_t at = 0;
    unsigned failed = 0;
    for (unsigned i = 0; i < count; i++) {
        random_program_make(&programs[i], seed + i, i * RANDOM_NODES);
        at += (size_t)sprintf(text + at, ".org %u\n", i * SLOT_BYTES);
        random_program_write(&programs[i], text + at);
        at += strlen(text + at);
    }
    struct asm_machine *m = asm_create_items(text, MOST_ITEMS);
    for (unsigned i = 0; i < count; i++) {
        struct variant variant = variant_of(seed + i);
        if (!program_differs(m, &programs[i], i, &variant, what, sizeof what))
            continue;
        failed++;
        print_error("seed %llu: %s\n", (unsigned long long)seed + i, what);
        if (getenv("CAIRN_TEST_NO_SHRINK") != NULL)
            continue;
        shrink(&programs[i], &variant);
        if (alone_differs(&programs[i], &variant, what, sizeof what))
            print_error("; %s\n", what);
        print_program(&programs[i], &variant);
    }
    asm_destroy(m);
    return failed;
}

static void random_programs_agree(void **state)
{
    (void)state;
    unsigned failed = 0;
    struct random_program *programs = calloc(BATCH, sizeof *programs);
    assert_non_null(programs);
    for (unsigned i = 0; i < seeds && failed < 8; i += BATCH)
        failed += run_batch(programs, first_seed + i, seeds - i < BATCH ? seeds - i : BATCH);
    free(programs);
    print_message("%u of %u programs ran with all waves at once\n", merged / STATES, seeds);
    assert_int_equal(failed, 0);
}

/* ---- the corpus */

static void run_kept(const char *path)
{
    static char text[RANDOM_PROGRAM_TEXT];
    struct random_program p = {0};
    struct variant variant = {.options = {.exact_nan = true}};
    unsigned target, tier, apart = 0;
    unsigned long long data;
    char what[256];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = '\0';
    const char *line = strstr(text, "; workgroup");
    assert_non_null(line);
    int fields =
        sscanf(line,
               "; workgroup %u %u %u grid %u %u %u group %u %u %u dims %u lds %u target %u "
               "tier %u data %llx apart %u",
               &p.workgroup[0], &p.workgroup[1], &p.workgroup[2], &p.grid[0], &p.grid[1],
               &p.grid[2], &p.group[0], &p.group[1], &p.group[2], &p.dims, &p.lds_bytes, &target,
               &tier, &data, &apart);
    assert_true(fields >= 14);
    p.apart = apart;
    variant.data_seed = data;
    variant.options.tier = (enum cairn_tier)tier;
    struct asm_machine *m = asm_create_items(text, MOST_ITEMS);
    for (unsigned level = CAIRN_TARGET_BASE; level <= (unsigned)native_best_target(); level++) {
        variant.options.target = (enum cairn_target_level)level;
        if (program_differs(m, &p, 0, &variant, what, sizeof what))
            fail_msg("%s, level %u: %s", path, level, what);
    }
    asm_destroy(m);
}

static void programs_that_once_differed_agree(void **state)
{
    (void)state;
    unsigned count = 0;
    const char *other = getenv("CAIRN_TEST_CORPUS"), *corpus = other != NULL ? other : CORPUS;
    DIR *folder = opendir(corpus);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[512];
        if (strstr(entry->d_name, ".s") == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s", corpus, entry->d_name);
        run_kept(path);
        count++;
    }
    closedir(folder);
    assert_true(count > 0);
}

int main(int argc, char **argv)
{
    if (argc > 2)
        first_seed = strtoull(argv[2], NULL, 0);
    if (argc > 1)
        seeds = (unsigned)strtoul(argv[1], NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_that_once_differed_agree),
        cmocka_unit_test(random_programs_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
