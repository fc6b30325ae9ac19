/* SPDX-License-Identifier: MIT
 * Finalized code for the machine of asm_harness.h, and state of both engines side by side. Errors
 * of the rig end the test program with a message.
 */
#ifndef CAIRN_TESTS_FINALIZER_NATIVE_RIG_H
#define CAIRN_TESTS_FINALIZER_NATIVE_RIG_H

#include "asm_harness.h"

#include "finalizer/finalizer.h"

struct cairn_native_code;

struct native_options {
    enum cairn_target_level target;
    enum cairn_tier tier;
    bool exact_nan;
    bool merged; /* wanted: all waves at once, by native_run_group */
};

/* Compiles the kernel at machine->launch.entry_pc for the machine's launch. NULL: the finalizer
 * does not take it. *stepped (may be NULL): instructions left to the interpreter. Caller destroys
 * with native_destroy. */
struct cairn_native_code *native_compile(const struct asm_machine *machine,
                                         const struct native_options *options, uint32_t *stepped);
void native_destroy(struct cairn_native_code *code);

/* Runs all waves in turn, as asm_run does, in finalized code (NULL: in the interpreter). Returns
 * the state of the wave that faulted, else of wave 0. */
enum cairn_wave_state native_run(struct cairn_native_code *code, struct asm_machine *machine);

/* Runs the workgroup as the device does, all waves at once if the code is of that sort: then true.
 */
bool native_run_group(struct cairn_native_code *code, struct asm_machine *machine);

/* The best level that this host can run. */
enum cairn_target_level native_best_target(void);

/* All that a kernel can change. */
struct native_state;
struct native_state *native_capture(const struct asm_machine *machine);
/* The same but for scalar registers, which are set to zero first: where those that count have gone
 * to memory. */
struct native_state *native_capture_vectors(struct asm_machine *machine);
/* The first wave that faulted, or NULL. */
const struct cairn_wave *native_faulted(const struct asm_machine *machine);
void native_restore(struct asm_machine *machine, const struct native_state *state);
/* The first difference in words, into `text`; false if there is none. Not looked at: trap state,
 * counters, fuel, and vector registers, which finalized code does not keep when nobody reads them
 * later. */
bool native_differs(const struct native_state *a, const struct native_state *b, char *text,
                    size_t size);
void native_free(struct native_state *state);

#endif
