/* SPDX-License-Identifier: MIT
 * One kernel from request to object file: program, analyses, lifting, passes, code generation.
 */
#include "finalizer/llvm/compile.h"

#include "base/log.h"
#include "finalizer/llvm/guard.h"
#include "finalizer/llvm/gate.h"
#include "finalizer/llvm/claims.h"
#include "finalizer/llvm/merge.h"
#include "finalizer/llvm/pipeline.h"
#include "finalizer/llvm/restart.h"
#include "finalizer/llvm/semantics.h"
#include "finalizer/llvm/target.h"
#include "fp/mode.h"

#include <llvm-c/DebugInfo.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_INSNS = 200000 };

struct compilation {
    const struct cairn_finalize_request *request;
    struct cairn_finalize_result *result;
    struct cairn_geometry geometry;
    struct cairn_program *program;
    struct cairn_liveness *live;
    struct cairn_facts *facts;
    struct cairn_target *target;
    struct cairn_lifter *lifter;
};

/* ---- analyses */

/* s_setreg of hardware register 1 (MODE): AMD "CDNA2 ISA", hwreg operand: register 5:0, offset
 * 10:6, size - 1 15:11. Only the bits that floating point looks at count. *strange: the program may
 * set others than those of f32 denormals. */
static bool writes_mode(const struct cairn_program *program, bool *strange)
{
    bool writes = false;
    *strange = false;
    for (uint32_t i = 0; i < program->insn_count; i++) {
        const struct cairn_insn *insn = &program->insns[i].insn;
        bool setreg = insn->op == CAIRN_OP_s_setreg_b32 || insn->op == CAIRN_OP_s_setreg_imm32_b32;
        uint64_t field = ((UINT64_C(2) << (insn->imm >> 11 & 31)) - 1) << (insn->imm >> 6 & 31);
        if (!setreg || (insn->imm & 63) != 1 || (field & CAIRN_FP_MODE_MASK) == 0)
            continue;
        uint64_t value = (uint64_t)insn->literal << (insn->imm >> 6 & 31) & field;
        uint64_t both = CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32, usual = CAIRN_FP_MODE_DEFAULT;
        bool known = insn->op == CAIRN_OP_s_setreg_imm32_b32 && (field & both) == both &&
                     ((value & both) == both || (value & both) == 0) &&
                     ((value ^ usual) & field & CAIRN_FP_MODE_MASK & ~both) == 0;
        writes = true;
        *strange = *strange || !known;
    }
    return writes;
}

/* What the interpreter executes, as far as it is known now: moves of indexed registers, which
 * depend on whether waves are merged, too. */
static void find_stepped(struct compilation *job, bool *stepped)
{
    const struct cairn_lift_family *family;
    for (uint32_t i = 0; i < job->program->insn_count; i++)
        stepped[i] = job->program->insns[i].indexed ||
                     cairn_lift_kind_of(&job->lifter->lift, i, &family) == CAIRN_LIFT_STEP;
}

static enum cairn_status find_facts(struct compilation *job)
{
    bool *stepped = calloc(job->program->insn_count + 1, sizeof *stepped);
    if (stepped == NULL)
        return CAIRN_ERR_NO_MEMORY;
    find_stepped(job, stepped);
    enum cairn_status status =
        cairn_facts_build(job->program, &job->geometry, stepped, &job->facts);
    free(stepped);
    return status;
}

static enum cairn_status analyse(struct compilation *job)
{
    const struct cairn_finalize_request *request = job->request;
    enum cairn_status status = cairn_program_build(
        request->gfx, request->code, request->entry_offset, MOST_INSNS, NULL, &job->program);
    if (status != CAIRN_OK)
        return status;
    uint32_t count = job->program->insn_count;
    job->lifter = calloc(1, sizeof *job->lifter);
    bool *flags = calloc(count + 1, sizeof(bool));
    if (job->lifter == NULL || flags == NULL) {
        free(flags);
        return CAIRN_ERR_NO_MEMORY;
    }
    job->lifter->full = flags;
    job->lifter->lift.request = request;
    job->lifter->lift.program = job->program;
    job->lifter->lift.geometry = &job->geometry;
    job->lifter->function.mode_written =
        writes_mode(job->program, &job->lifter->function.mode_strange);
    status = find_facts(job);
    if (status != CAIRN_OK)
        return status;
    for (uint32_t i = 0; i < count; i++)
        flags[i] = job->facts->insn[i].full_write;
    return cairn_liveness_build(job->program, flags, &job->live);
}

/* Merges the waves of a workgroup if that was asked for and may be. */
static enum cairn_status merge(struct compilation *job)
{
    struct cairn_lift *lift = &job->lifter->lift;
    const char *why = "not wanted";
    enum cairn_status status = cairn_lanes_build(lift, &job->lifter->lanes);
    if (status == CAIRN_OK)
        status = cairn_gates_create(lift, job->lifter->lanes, &job->lifter->gates);
    if (status != CAIRN_OK)
        return status;
    if (job->request->geometry.merged)
        why = cairn_merge_why_not(lift);
    job->geometry.merged = why == NULL;
    if (why != NULL)
        cairn_log(CAIRN_LOG_DEBUG, "%s: waves are not merged: %s", job->request->name, why);
    return CAIRN_OK;
}

/* ---- the module */

static void set_types(struct cairn_lift *lift)
{
    LLVMContextRef context = lift->context;
    lift->i1 = LLVMInt1TypeInContext(context);
    lift->i8 = LLVMInt8TypeInContext(context);
    lift->i16 = LLVMInt16TypeInContext(context);
    lift->i32 = LLVMInt32TypeInContext(context);
    lift->i64 = LLVMInt64TypeInContext(context);
    lift->f16 = LLVMHalfTypeInContext(context);
    lift->f32 = LLVMFloatTypeInContext(context);
    lift->f64 = LLVMDoubleTypeInContext(context);
    lift->ptr = LLVMPointerTypeInContext(context, 0);
    lift->void_type = LLVMVoidTypeInContext(context);
    lift->v1 = LLVMVectorType(lift->i1, lift->width);
    lift->v8 = LLVMVectorType(lift->i8, lift->width);
    lift->v16 = LLVMVectorType(lift->i16, lift->width);
    lift->v32 = LLVMVectorType(lift->i32, lift->width);
    lift->v64 = LLVMVectorType(lift->i64, lift->width);
    lift->vf32 = LLVMVectorType(lift->f32, lift->width);
    lift->vf64 = LLVMVectorType(lift->f64, lift->width);
}

/* A self-referring node: an alias domain, or a scope of one. */
static LLVMMetadataRef distinct(LLVMContextRef context, LLVMMetadataRef domain, const char *name)
{
    LLVMMetadataRef self = LLVMTemporaryMDNode(context, NULL, 0);
    LLVMMetadataRef text = LLVMMDStringInContext2(context, name, strlen(name));
    LLVMMetadataRef parts[] = {self, domain != NULL ? domain : text, text};
    LLVMMetadataRef node = LLVMMDNodeInContext2(context, parts, domain != NULL ? 3 : 2);
    LLVMMetadataReplaceAllUsesWith(self, node);
    return node;
}

static void set_alias_scopes(struct cairn_lifter *lifter)
{
    LLVMContextRef context = lifter->lift.context;
    struct cairn_lift_function *function = &lifter->function;
    LLVMMetadataRef domain = distinct(context, NULL, "cairn");
    LLVMMetadataRef state = distinct(context, domain, "state");
    LLVMMetadataRef guest = distinct(context, domain, "guest");
    function->kind_scope = LLVMGetMDKindIDInContext(context, "alias.scope", 11);
    function->kind_noalias = LLVMGetMDKindIDInContext(context, "noalias", 7);
    function->state_list = LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, &state, 1));
    function->guest_list = LLVMMetadataAsValue(context, LLVMMDNodeInContext2(context, &guest, 1));
}

static void set_function(struct compilation *job)
{
    struct cairn_lift *lift = &job->lifter->lift;
    LLVMTypeRef type = LLVMFunctionType(lift->i32, &lift->ptr, 1, false);
    lift->function = LLVMAddFunction(lift->module, CAIRN_NATIVE_SYMBOL, type);
    cairn_target_set_function(job->target, lift->function);
    lift->frame = LLVMGetParam(lift->function, 0);
    /* So that what never changes in it may be loaded in front of loops. */
    unsigned kind = LLVMGetEnumAttributeKindForName("dereferenceable", 15);
    LLVMAttributeRef whole =
        LLVMCreateEnumAttribute(lift->context, kind, sizeof(struct cairn_native_frame));
    LLVMAddAttributeAtIndex(lift->function, 1, whole);
}

static void set_facts(struct compilation *job)
{
    struct cairn_lift *lift = &job->lifter->lift;
    lift->live = job->live;
    lift->facts = job->facts;
    lift->width = job->geometry.width;
    lift->chunks = job->geometry.wave_size / lift->width;
    lift->region = &job->lifter->region;
}

static void set_lift(struct compilation *job)
{
    struct cairn_lifter *lifter = job->lifter;
    struct cairn_lift *lift = &lifter->lift;
    lift->context = cairn_guard_context();
    lift->module = LLVMModuleCreateWithNameInContext(job->request->name, lift->context);
    cairn_target_set_module(job->target, lift->module);
    set_types(lift);
    set_alias_scopes(lifter);
    set_function(job);
    lifter->region.scalar = LLVMCreateBuilderInContext(lift->context);
    lifter->region.lane = LLVMCreateBuilderInContext(lift->context);
}

static enum cairn_status lift_blocks(struct compilation *job)
{
    struct cairn_lift *lift = &job->lifter->lift;
    uint32_t count = job->program->block_count;
    job->lifter->function.blocks = calloc(count + 1, sizeof(LLVMBasicBlockRef));
    job->lifter->function.regions = calloc(job->program->insn_count + 1, sizeof(uint32_t));
    job->lifter->function.lifted = calloc(count + 1, sizeof(bool));
    if (job->lifter->function.blocks == NULL || job->lifter->function.regions == NULL ||
        job->lifter->function.lifted == NULL)
        return CAIRN_ERR_NO_MEMORY;
    cairn_control_begin(lift);
    for (uint32_t i = 0; i < count; i++)
        if (!cairn_control_block(lift, job->program->order[i]))
            return CAIRN_ERR_NO_MEMORY;
    cairn_restart_emit(lift);
    return job->geometry.merged ? cairn_merge_emit_table(lift) : cairn_claims_emit(lift);
}

/* With LLVM: everything behind the analyses. */
static enum cairn_status generate(void *argument)
{
    struct compilation *job = argument;
    struct cairn_finalize_result *result = job->result;
    struct cairn_lift *lift = &job->lifter->lift;
    set_lift(job);
    enum cairn_status status = cairn_semantics_open(lift->context, lift->width, job->target->level,
                                                    job->request->exact_nan, &lift->semantics);
    if (status == CAIRN_OK)
        status = lift_blocks(job);
    if (status == CAIRN_OK)
        status = cairn_pipeline_run(lift->module, job->target->machine, job->request->tier);
    if (status == CAIRN_OK)
        status = cairn_target_emit(lift->module, job->target->machine, &result->object,
                                   &result->object_bytes);
    cairn_semantics_close(lift->semantics);
    LLVMDisposeBuilder(lift->region->scalar);
    LLVMDisposeBuilder(lift->region->lane);
    LLVMDisposeModule(lift->module);
    LLVMContextDispose(lift->context);
    return status;
}

static void clean_up(struct compilation *job)
{
    if (job->target != NULL)
        cairn_target_give(job->target);
    cairn_facts_destroy(job->facts);
    cairn_liveness_destroy(job->live);
    cairn_program_destroy(job->program);
    if (job->lifter != NULL) {
        free(job->lifter->function.blocks);
        free(job->lifter->function.regions);
        free(job->lifter->function.lifted);
        cairn_gates_destroy(job->lifter->gates);
        free(job->lifter->full);
        cairn_lanes_destroy(job->lifter->lanes);
    }
    free(job->lifter);
}

enum cairn_status cairn_compile(const struct cairn_finalize_request *request,
                                struct cairn_finalize_result *result)
{
    struct compilation job = {.request = request, .result = result};
    job.geometry = request->geometry;
    job.geometry.merged = false; /* until it is known to be legal */
    *result = (struct cairn_finalize_result){0};
    enum cairn_status status = cairn_target_take(request->target, request->tier, &job.target);
    if (status == CAIRN_OK) {
        job.geometry.width = job.target->lanes;
        status = analyse(&job);
    }
    if (status == CAIRN_OK) {
        set_facts(&job);
        status = merge(&job);
    }
    if (status == CAIRN_OK)
        status = cairn_guard_run(request->name, generate, &job);
    if (status == CAIRN_OK) {
        result->merged = job.geometry.merged;
        result->insns = job.program->insn_count;
        result->stepped = job.lifter->function.stepped;
    }
    clean_up(&job);
    return status;
}
