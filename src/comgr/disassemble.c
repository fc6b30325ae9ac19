/* SPDX-License-Identifier: MIT
 * Disassembling one instruction at a time, with Cairn's own decoder.
 */
#include "comgr/comgr.h"

#include "base/log.h"
#include "isa/isa.h"

#include <stdlib.h>

enum { INSTRUCTION_MAX_BYTES = 24, INSTRUCTION_MIN_BYTES = 4, TEXT_BYTES = 512 };

struct disassembly {
    const struct cairn_gfx *gfx;
    uint64_t (*read)(uint64_t from, char *to, uint64_t size, void *user_data);
    void (*print)(const char *instruction, void *user_data);
    void (*annotate)(uint64_t address, void *user_data);
};

amd_comgr_status_t amd_comgr_create_disassembly_info(
    const char *isa_name,
    uint64_t (*read_memory_callback)(uint64_t from, char *to, uint64_t size, void *user_data),
    void (*print_instruction_callback)(const char *instruction, void *user_data),
    void (*print_address_annotation_callback)(uint64_t address, void *user_data),
    amd_comgr_disassembly_info_t *out)
{
    if (isa_name == NULL || comgr_isa_find(isa_name) == NULL || read_memory_callback == NULL ||
        print_instruction_callback == NULL || print_address_annotation_callback == NULL ||
        out == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    const char *processor = comgr_isa_target(isa_name);
    const struct cairn_gfx *gfx = cairn_gfx_by_name(processor, strcspn(processor, ":"));
    if (gfx == NULL) {
        CAIRN_LOG_ONCE("comgr: no instruction tables for %s yet", processor);
        return AMD_COMGR_STATUS_ERROR;
    }
    struct disassembly *info = calloc(1, sizeof *info);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    *info = (struct disassembly){.gfx = gfx,
                                 .read = read_memory_callback,
                                 .print = print_instruction_callback,
                                 .annotate = print_address_annotation_callback};
    if (!comgr_handle_add(COMGR_DISASSEMBLY, info, &out->handle)) {
        free(info);
        return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    return AMD_COMGR_STATUS_SUCCESS;
}

amd_comgr_status_t amd_comgr_destroy_disassembly_info(amd_comgr_disassembly_info_t handle)
{
    struct disassembly *info = comgr_handle_take(COMGR_DISASSEMBLY, handle.handle);
    if (info == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    free(info);
    return AMD_COMGR_STATUS_SUCCESS;
}

/* The address that a branch with an immediate distance goes to. */
static bool branch_target(const struct cairn_insn *insn, uint64_t address, uint64_t *out)
{
    bool scalar = insn->encoding == CAIRN_ENC_SOPP || insn->encoding == CAIRN_ENC_SOPK;
    if (!scalar || (cairn_isa_flags(insn) & CAIRN_ISA_BRANCH) == 0)
        return false;
    *out = address + insn->size_bytes + (uint64_t)(int64_t)insn->imm * 4;
    return true;
}

amd_comgr_status_t amd_comgr_disassemble_instruction(amd_comgr_disassembly_info_t handle,
                                                     uint64_t address, void *user_data,
                                                     uint64_t *size)
{
    const struct disassembly *info = comgr_handle_find(COMGR_DISASSEMBLY, handle.handle);
    if (info == NULL || size == NULL)
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    char code[INSTRUCTION_MAX_BYTES], text[TEXT_BYTES] = "\t"; /* as LLVM's printer begins */
    uint64_t got = info->read(address, code, sizeof code, user_data);
    struct cairn_insn insn;
    if (got > sizeof code)
        got = sizeof code;
    if (cairn_isa_decode(info->gfx, cairn_bytes_of(code, got), &insn) != CAIRN_OK) {
        *size = got < INSTRUCTION_MIN_BYTES ? got : INSTRUCTION_MIN_BYTES;
        return AMD_COMGR_STATUS_ERROR;
    }
    *size = insn.size_bytes;
    cairn_isa_format(info->gfx, &insn, address, text + 1, sizeof text - 1);
    info->print(text, user_data);
    uint64_t target;
    if (branch_target(&insn, address, &target))
        info->annotate(target, user_data);
    return AMD_COMGR_STATUS_SUCCESS;
}
