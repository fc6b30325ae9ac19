/* SPDX-License-Identifier: MIT
 * The face of the code object reader: ELF code objects V3-V6, metadata, kernel descriptors, offload
 * bundles plain and compressed, target ids. Every input is hostile: all offsets and counts are
 * bounded, errors are logged once with the file offset and value that was wrong. It maps and
 * relocates nothing itself; the loader (src/hsa) does, from what is listed here.
 */
#ifndef CAIRN_OBJ_OBJ_H
#define CAIRN_OBJ_OBJ_H

#include "base/bytes.h"
#include "gfx/gfx.h"

/* A feature of a target id: "gfx90a:sramecc+:xnack-". */
enum cairn_feature {
    CAIRN_FEATURE_UNSUPPORTED,
    CAIRN_FEATURE_ANY,
    CAIRN_FEATURE_OFF,
    CAIRN_FEATURE_ON
};

struct cairn_target_id {
    char processor[32]; /* "gfx90a", "gfx9-generic"; need not be a chip we have */
    enum cairn_feature xnack, sramecc;
    uint32_t generic_version; /* code object V6, 0 otherwise */
};

/* Parses "gfx90a:xnack+" or "amdgcn-amd-amdhsa--gfx90a:xnack+" (AMDGPUUsage, "Target ID"). */
CAIRN_MUST_CHECK enum cairn_status cairn_target_id_parse(const char *text, size_t length,
                                                         struct cairn_target_id *out);
/* What the ELF header's e_flags of a code object of this version (3 to 6) state. UNSUPPORTED:
 * unknown processor. */
CAIRN_MUST_CHECK enum cairn_status
cairn_target_id_from_flags(uint32_t e_flags, uint32_t abi_version, struct cairn_target_id *out);
/* May code built for `code` run on a device that is `device` (whose features are ON or OFF)? */
bool cairn_target_id_fits(const struct cairn_target_id *code, const struct cairn_target_id *device);
/* "gfx90a:sramecc+:xnack-" into text; snprintf-like result. */
size_t cairn_target_id_format(const struct cairn_target_id *id, char *text, size_t size);

/* 64 bytes, AMDGPUUsage "Kernel Descriptor". */
struct cairn_kernel_descriptor {
    uint32_t group_segment_fixed_size;
    uint32_t private_segment_fixed_size;
    uint32_t kernarg_size;
    uint8_t reserved0[4];
    int64_t kernel_code_entry_byte_offset;
    uint8_t reserved1[20];
    uint32_t compute_pgm_rsrc3;
    uint32_t compute_pgm_rsrc1;
    uint32_t compute_pgm_rsrc2;
    uint16_t kernel_code_properties;
    uint16_t kernarg_preload;
    uint8_t reserved3[4];
};
_Static_assert(sizeof(struct cairn_kernel_descriptor) == 64, "AMDGPU kernel descriptor");

/* enum cairn_arg_kind: one for each metadata value_kind; table obj/arg_kind.def. */
enum cairn_arg_kind {
#define ARG_KIND(id, text) CAIRN_ARG_##id,
#include "obj/arg_kind.def"
#undef ARG_KIND
    CAIRN_ARG_KIND_COUNT
};

struct cairn_kernel_arg {
    const char *name;      /* "" if absent */
    const char *type_name; /* "" if absent */
    uint32_t offset_bytes, size_bytes;
    enum cairn_arg_kind kind;
    uint32_t pointee_align; /* 0 if absent */
    uint8_t address_space;  /* 0 generic/absent, else as metadata */
    uint8_t access;
    bool is_const, is_restrict, is_volatile;
};

struct cairn_kernel_info {
    const char *name;   /* "_Z3addPf" */
    const char *symbol; /* "_Z3addPf.kd" */
    uint32_t kernarg_size, kernarg_align;
    uint32_t group_size, private_size;
    uint32_t wavefront_size, sgpr_count, vgpr_count, agpr_count, max_workgroup_size;
    uint32_t sgpr_spills, vgpr_spills;
    uint32_t reqd_workgroup_size[3]; /* zeros if absent */
    bool uses_dynamic_stack, uniform_workgroup_size;
    enum { CAIRN_KERNEL_NORMAL, CAIRN_KERNEL_INIT, CAIRN_KERNEL_FINI } kind;
    uint32_t arg_count;
    const struct cairn_kernel_arg *args; /* explicit, then hidden */
};

struct cairn_obj_segment { /* PT_LOAD */
    uint64_t vaddr, file_offset, file_size, memory_size, align;
    bool writable, executable;
};

enum cairn_symbol_kind {
    CAIRN_SYMBOL_FUNCTION,
    CAIRN_SYMBOL_OBJECT,
    CAIRN_SYMBOL_KERNEL_DESCRIPTOR,
    CAIRN_SYMBOL_OTHER
};

struct cairn_obj_symbol {
    const char *name;
    uint64_t value, size; /* value: vaddr */
    enum cairn_symbol_kind kind;
    bool defined, global, weak;
};

struct cairn_obj_relocation {
    uint64_t vaddr; /* where, inside a segment */
    uint32_t type;  /* R_AMDGPU_*: ABS32_LO 1, ABS32_HI 2, ABS64 3, ABS32 6, RELATIVE64 13 */
    int64_t addend;
    uint32_t symbol; /* index into symbols, UINT32_MAX if none */
};

/* A code object, parsed. Strings and arrays live as long as it does. */
struct cairn_obj {
    struct cairn_bytes image; /* borrowed: the caller keeps the bytes until cairn_obj_destroy */
    uint32_t abi_version;     /* code object version: 3, 4, 5, 6 */
    struct cairn_target_id target;
    uint32_t segment_count, symbol_count, relocation_count, kernel_count, printf_count;
    const struct cairn_obj_segment *segments;
    const struct cairn_obj_symbol *symbols; /* dynamic symbols */
    const struct cairn_obj_relocation *relocations;
    const struct cairn_kernel_info *kernels; /* from the metadata note */
    const char *const *printf_formats;       /* amdhsa.printf */
};

/* Parses `image`. Caller destroys *out. Errors: BAD_FORMAT, TRUNCATED, UNSUPPORTED, NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_obj_create(struct cairn_bytes image,
                                                    struct cairn_obj **out);
void cairn_obj_destroy(struct cairn_obj *obj);
const struct cairn_kernel_info *cairn_obj_find_kernel(const struct cairn_obj *obj,
                                                      const char *symbol);

/* One entry of an offload bundle (clang-offload-bundler). */
struct cairn_bundle_entry {
    char id[128];             /* "hipv4-amdgcn-amd-amdhsa--gfx90a:xnack+" */
    struct cairn_bytes image; /* into the bundle's bytes */
};

/* A fat binary: plain bundle, compressed bundle (CCOB, zlib or zstd), or a bare code object ELF. */
struct cairn_bundle {
    uint32_t entry_count;
    const struct cairn_bundle_entry *entries;
};

CAIRN_MUST_CHECK enum cairn_status cairn_bundle_create(struct cairn_bytes bytes,
                                                       struct cairn_bundle **out);
void cairn_bundle_destroy(struct cairn_bundle *bundle);
/* Tells `visit` where a plain bundle's entries say that their images lie; `bytes` need only hold
 * the table, and nothing says that the images are there. BAD_FORMAT, TRUNCATED. */
typedef void cairn_bundle_visit(const char *id, uint64_t offset, uint64_t size, void *user);
CAIRN_MUST_CHECK enum cairn_status cairn_bundle_places(struct cairn_bytes bytes,
                                                       cairn_bundle_visit *visit, void *user);
/* Bytes that the bundle at `at` takes, for callers that hold only a pointer
 * (`__hipRegisterFatBinary`). Reads headers only; `limit` bounds them. */
CAIRN_MUST_CHECK enum cairn_status cairn_bundle_size(const void *at, size_t limit, size_t *size);
/* The entry that fits `device` best (exact features before "any", specific chip before generic), or
 * NULL. Host entries never match. */
const struct cairn_bundle_entry *cairn_bundle_select(const struct cairn_bundle *bundle,
                                                     const struct cairn_target_id *device);

#endif
