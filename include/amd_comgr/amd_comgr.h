/* SPDX-License-Identifier: MIT
 * The code object manager: compiling, linking, inspecting and disassembling AMDGPU code. Names,
 * numbers and signatures are those of interface 3 (ROCm 6.4 and 7); the constants of interface 2
 * differ and are at the end. Objects are named by handles. Functions may be called by any threads
 * at once as long as no two of them work on the same object, or on sets that share one.
 *
 * Sizes: where a function takes `size` and a buffer, a NULL buffer asks for the size, which for
 * text includes the terminating zero; with a buffer at most `*size` bytes are copied.
 *
 * Every function returns INVALID_ARGUMENT for a handle that names no live object of the right type,
 * for NULL where a result should go and for constants outside of their enumeration;
 * OUT_OF_RESOURCES when memory is out. What else it returns is said beside it.
 */
#ifndef AMD_COMGR_H_
#define AMD_COMGR_H_

#include <stddef.h>
#include <stdint.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifndef AMD_COMGR_CALL
#define AMD_COMGR_CALL
#endif
#ifndef AMD_COMGR_API
#define AMD_COMGR_API AMD_COMGR_CALL
#endif

#define AMD_COMGR_INTERFACE_VERSION_MAJOR 3
#define AMD_COMGR_INTERFACE_VERSION_MINOR 0

#ifdef __cplusplus
extern "C" {
#endif

typedef enum amd_comgr_status_s {
    AMD_COMGR_STATUS_SUCCESS = 0,
    AMD_COMGR_STATUS_ERROR = 1,
    AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT = 2,
    AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES = 3,
} amd_comgr_status_t;

typedef enum amd_comgr_language_s {
    AMD_COMGR_LANGUAGE_NONE = 0,
    AMD_COMGR_LANGUAGE_OPENCL_1_2 = 1,
    AMD_COMGR_LANGUAGE_OPENCL_2_0 = 2,
    AMD_COMGR_LANGUAGE_HIP = 3,
    AMD_COMGR_LANGUAGE_LLVM_IR = 4, /* text or bitcode */
    AMD_COMGR_LANGUAGE_LAST = AMD_COMGR_LANGUAGE_LLVM_IR
} amd_comgr_language_t;

typedef enum amd_comgr_data_kind_s {
    AMD_COMGR_DATA_KIND_UNDEF = 0x0,
    AMD_COMGR_DATA_KIND_SOURCE = 0x1,
    AMD_COMGR_DATA_KIND_INCLUDE = 0x2, /* found by #include under its name */
    AMD_COMGR_DATA_KIND_PRECOMPILED_HEADER = 0x3,
    AMD_COMGR_DATA_KIND_DIAGNOSTIC = 0x4,
    AMD_COMGR_DATA_KIND_LOG = 0x5,
    AMD_COMGR_DATA_KIND_BC = 0x6, /* LLVM bitcode */
    AMD_COMGR_DATA_KIND_RELOCATABLE = 0x7,
    AMD_COMGR_DATA_KIND_EXECUTABLE = 0x8, /* a code object that can be loaded */
    AMD_COMGR_DATA_KIND_BYTES = 0x9,
    AMD_COMGR_DATA_KIND_FATBIN = 0x10, /* an offload bundle of code objects */
    AMD_COMGR_DATA_KIND_AR = 0x11,
    AMD_COMGR_DATA_KIND_BC_BUNDLE = 0x12,
    AMD_COMGR_DATA_KIND_AR_BUNDLE = 0x13,
    AMD_COMGR_DATA_KIND_OBJ_BUNDLE = 0x14,
    AMD_COMGR_DATA_KIND_SPIRV = 0x15,
    AMD_COMGR_DATA_KIND_LAST = AMD_COMGR_DATA_KIND_SPIRV
} amd_comgr_data_kind_t;

/* What an action does with the data of its input set; each result is added to the result set, under
 * the name of what it was made from with another ending. INVALID_ARGUMENT where an action needs an
 * isa name or a language that is not set; ERROR where the compiler, assembler or linker refuses. */
typedef enum amd_comgr_action_kind_s {
    AMD_COMGR_ACTION_SOURCE_TO_PREPROCESSOR = 0x0,  /* source -> source */
    AMD_COMGR_ACTION_ADD_PRECOMPILED_HEADERS = 0x1, /* copies the set: there are none */
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC = 0x2,
    AMD_COMGR_ACTION_LINK_BC_TO_BC = 0x3, /* takes bundles and archives of bundles, too */
    AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE = 0x4,
    AMD_COMGR_ACTION_CODEGEN_BC_TO_ASSEMBLY = 0x5, /* bc -> source */
    AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_RELOCATABLE = 0x6,
    AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE = 0x7,
    AMD_COMGR_ACTION_ASSEMBLE_SOURCE_TO_RELOCATABLE = 0x8,
    AMD_COMGR_ACTION_DISASSEMBLE_RELOCATABLE_TO_SOURCE = 0x9,
    AMD_COMGR_ACTION_DISASSEMBLE_EXECUTABLE_TO_SOURCE = 0xA,
    AMD_COMGR_ACTION_DISASSEMBLE_BYTES_TO_SOURCE = 0xB,
    AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC = 0xC,
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE = 0xD, /* HIP only */
    AMD_COMGR_ACTION_COMPILE_SOURCE_TO_EXECUTABLE = 0xE,
    AMD_COMGR_ACTION_UNBUNDLE = 0xF, /* the bundle entries of the action info */
    AMD_COMGR_ACTION_COMPILE_SPIRV_TO_RELOCATABLE = 0x10, /* not supported: ERROR */
    AMD_COMGR_ACTION_TRANSLATE_SPIRV_TO_BC = 0x13,        /* not supported: ERROR */
    AMD_COMGR_ACTION_LAST = AMD_COMGR_ACTION_TRANSLATE_SPIRV_TO_BC
} amd_comgr_action_kind_t;

typedef enum amd_comgr_metadata_kind_s {
    AMD_COMGR_METADATA_KIND_NULL = 0,
    AMD_COMGR_METADATA_KIND_STRING = 1, /* numbers and truth values as decimal text, too */
    AMD_COMGR_METADATA_KIND_MAP = 2,
    AMD_COMGR_METADATA_KIND_LIST = 3,
    AMD_COMGR_METADATA_KIND_LAST = AMD_COMGR_METADATA_KIND_LIST
} amd_comgr_metadata_kind_t;

typedef enum amd_comgr_symbol_type_s { /* the ELF types, and UNKNOWN */
                                       AMD_COMGR_SYMBOL_TYPE_UNKNOWN = -1,
                                       AMD_COMGR_SYMBOL_TYPE_NOTYPE = 0,
                                       AMD_COMGR_SYMBOL_TYPE_OBJECT = 1,
                                       AMD_COMGR_SYMBOL_TYPE_FUNC = 2,
                                       AMD_COMGR_SYMBOL_TYPE_SECTION = 3,
                                       AMD_COMGR_SYMBOL_TYPE_FILE = 4,
                                       AMD_COMGR_SYMBOL_TYPE_COMMON = 5,
                                       AMD_COMGR_SYMBOL_TYPE_AMDGPU_HSA_KERNEL = 0xa
} amd_comgr_symbol_type_t;

typedef enum amd_comgr_symbol_info_s {
    AMD_COMGR_SYMBOL_INFO_NAME_LENGTH = 0,  /* uint64_t, without the terminating zero */
    AMD_COMGR_SYMBOL_INFO_NAME = 1,         /* char[NAME_LENGTH + 1] */
    AMD_COMGR_SYMBOL_INFO_TYPE = 2,         /* amd_comgr_symbol_type_t */
    AMD_COMGR_SYMBOL_INFO_SIZE = 3,         /* uint64_t */
    AMD_COMGR_SYMBOL_INFO_IS_UNDEFINED = 4, /* bool */
    AMD_COMGR_SYMBOL_INFO_VALUE = 5,        /* uint64_t */
    AMD_COMGR_SYMBOL_INFO_LAST = AMD_COMGR_SYMBOL_INFO_VALUE
} amd_comgr_symbol_info_t;

typedef struct amd_comgr_data_s {
    uint64_t handle;
} amd_comgr_data_t;
typedef struct amd_comgr_data_set_s {
    uint64_t handle;
} amd_comgr_data_set_t;
typedef struct amd_comgr_action_info_s {
    uint64_t handle;
} amd_comgr_action_info_t;
typedef struct amd_comgr_metadata_node_s {
    uint64_t handle;
} amd_comgr_metadata_node_t;
typedef struct amd_comgr_symbol_s { /* lives as long as its data object's bytes */
    uint64_t handle;
} amd_comgr_symbol_t;
typedef struct amd_comgr_disassembly_info_s {
    uint64_t handle;
} amd_comgr_disassembly_info_t;
typedef struct amd_comgr_symbolizer_info_s {
    uint64_t handle;
} amd_comgr_symbolizer_info_t;

typedef struct code_object_info_s {
    const char *isa; /* in: what to look for */
    size_t size;     /* out: 0 if there is none */
    uint64_t offset; /* out: from the start of the bundle */
} amd_comgr_code_object_info_t;

/* ---- library ---- */

amd_comgr_status_t AMD_COMGR_API amd_comgr_status_string(amd_comgr_status_t status,
                                                         const char **status_string);
void AMD_COMGR_API amd_comgr_get_version(size_t *major, size_t *minor);

/* ---- isa names: "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-" ---- */

amd_comgr_status_t AMD_COMGR_API amd_comgr_get_isa_count(size_t *count);
/* The text lives as long as the library. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_isa_name(size_t index, const char **isa_name);
/* A map; the caller destroys the node. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_isa_metadata(const char *isa_name,
                                                            amd_comgr_metadata_node_t *metadata);

/* ---- data objects: counted references, one for the creator ---- */

amd_comgr_status_t AMD_COMGR_API amd_comgr_create_data(amd_comgr_data_kind_t kind,
                                                       amd_comgr_data_t *data);
amd_comgr_status_t AMD_COMGR_API amd_comgr_release_data(amd_comgr_data_t data);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_data_kind(amd_comgr_data_t data,
                                                         amd_comgr_data_kind_t *kind);
/* Copies the bytes. Symbols of the bytes before are invalid afterwards. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_set_data(amd_comgr_data_t data, size_t size,
                                                    const char *bytes);
/* INVALID_ARGUMENT: the slice cannot be read whole. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_set_data_from_file_slice(amd_comgr_data_t data,
                                                                    int file_descriptor,
                                                                    uint64_t offset, uint64_t size);
/* NULL: the empty name. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_set_data_name(amd_comgr_data_t data, const char *name);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_data(amd_comgr_data_t data, size_t *size,
                                                    char *bytes);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_data_name(amd_comgr_data_t data, size_t *size,
                                                         char *name);
/* For code objects and relocatables. INVALID_ARGUMENT: it states none. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_data_isa_name(amd_comgr_data_t data, size_t *size,
                                                             char *isa_name);

/* ---- data sets: ordered, each object once ---- */

amd_comgr_status_t AMD_COMGR_API amd_comgr_create_data_set(amd_comgr_data_set_t *data_set);
amd_comgr_status_t AMD_COMGR_API amd_comgr_destroy_data_set(amd_comgr_data_set_t data_set);
/* INVALID_ARGUMENT also for an include without a name. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_data_set_add(amd_comgr_data_set_t data_set,
                                                        amd_comgr_data_t data);
/* UNDEF: removes all. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_data_set_remove(amd_comgr_data_set_t data_set,
                                                           amd_comgr_data_kind_t data_kind);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_data_count(amd_comgr_data_set_t data_set,
                                                             amd_comgr_data_kind_t data_kind,
                                                             size_t *count);
/* Adds a reference, which the caller releases. INVALID_ARGUMENT also for an index past the end. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_data_get_data(amd_comgr_data_set_t data_set,
                                                                amd_comgr_data_kind_t data_kind,
                                                                size_t index,
                                                                amd_comgr_data_t *data);

/* ---- action infos ---- */

amd_comgr_status_t AMD_COMGR_API amd_comgr_create_action_info(amd_comgr_action_info_t *action_info);
amd_comgr_status_t AMD_COMGR_API amd_comgr_destroy_action_info(amd_comgr_action_info_t action_info);
/* NULL or empty: none. INVALID_ARGUMENT also for a name that is not supported. */
amd_comgr_status_t AMD_COMGR_API
amd_comgr_action_info_set_isa_name(amd_comgr_action_info_t action_info, const char *isa_name);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_get_isa_name(
    amd_comgr_action_info_t action_info, size_t *size, char *isa_name);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_language(
    amd_comgr_action_info_t action_info, amd_comgr_language_t language);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_get_language(
    amd_comgr_action_info_t action_info, amd_comgr_language_t *language);
/* Options for the compiler, assembler or linker that the action starts. Copied. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_option_list(
    amd_comgr_action_info_t action_info, const char *options[], size_t count);
/* ERROR: no list was ever set. */
amd_comgr_status_t AMD_COMGR_API
amd_comgr_action_info_get_option_list_count(amd_comgr_action_info_t action_info, size_t *count);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_get_option_list_item(
    amd_comgr_action_info_t action_info, size_t index, size_t *size, char *option);
/* What UNBUNDLE takes out: "hip-amdgcn-amd-amdhsa--gfx90a". NULL: none. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_bundle_entry_ids(
    amd_comgr_action_info_t action_info, const char *bundle_entry_ids[], size_t count);
amd_comgr_status_t AMD_COMGR_API
amd_comgr_action_info_get_bundle_entry_id_count(amd_comgr_action_info_t action_info, size_t *count);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_get_bundle_entry_id(
    amd_comgr_action_info_t action_info, size_t index, size_t *size, char *bundle_entry_id);
/* Kept and without effect: the compiler is a process of its own and reads files. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_vfs(amd_comgr_action_info_t action_info,
                                                               bool should_use_vfs);
/* Whether actions that compile to bitcode or generate code link the device libraries. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_device_lib_linking(
    amd_comgr_action_info_t action_info, bool should_link_device_libs);
/* Where relative includes are looked for. NULL or empty: nowhere else. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_set_working_directory_path(
    amd_comgr_action_info_t action_info, const char *path);
amd_comgr_status_t AMD_COMGR_API amd_comgr_action_info_get_working_directory_path(
    amd_comgr_action_info_t action_info, size_t *size, char *path);
/* With logging a LOG object is added to each result set. */
amd_comgr_status_t AMD_COMGR_API
amd_comgr_action_info_set_logging(amd_comgr_action_info_t action_info, bool logging);
amd_comgr_status_t AMD_COMGR_API
amd_comgr_action_info_get_logging(amd_comgr_action_info_t action_info, bool *logging);

/* Empties `result` first. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_do_action(amd_comgr_action_kind_t kind,
                                                     amd_comgr_action_info_t info,
                                                     amd_comgr_data_set_t input,
                                                     amd_comgr_data_set_t result);

/* ---- metadata: trees; every node that a function returns is destroyed by the caller, those that a
 * callback is given are not ---- */

/* Of a code object: the map of its AMDGPU note. INVALID_ARGUMENT: it has none, or it is damaged. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_data_metadata(amd_comgr_data_t data,
                                                             amd_comgr_metadata_node_t *metadata);
amd_comgr_status_t AMD_COMGR_API amd_comgr_destroy_metadata(amd_comgr_metadata_node_t metadata);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_metadata_kind(amd_comgr_metadata_node_t metadata,
                                                             amd_comgr_metadata_kind_t *kind);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_metadata_string(amd_comgr_metadata_node_t metadata,
                                                               size_t *size, char *string);
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_metadata_map_size(amd_comgr_metadata_node_t metadata,
                                                                 size_t *size);
/* In the order of the keys. What the callback returns ends nothing: AMD's HIP counts on that. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_iterate_map_metadata(
    amd_comgr_metadata_node_t metadata,
    amd_comgr_status_t (*callback)(amd_comgr_metadata_node_t key, amd_comgr_metadata_node_t value,
                                   void *user_data),
    void *user_data);
/* ERROR: no such key. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_metadata_lookup(amd_comgr_metadata_node_t metadata,
                                                           const char *key,
                                                           amd_comgr_metadata_node_t *value);
amd_comgr_status_t AMD_COMGR_API
amd_comgr_get_metadata_list_size(amd_comgr_metadata_node_t metadata, size_t *size);
amd_comgr_status_t AMD_COMGR_API amd_comgr_index_list_metadata(amd_comgr_metadata_node_t metadata,
                                                               size_t index,
                                                               amd_comgr_metadata_node_t *value);

/* ---- symbols of a relocatable (.symtab) or an executable (.dynsym) ---- */

/* A callback that does not return SUCCESS ends it: ERROR. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_iterate_symbols(
    amd_comgr_data_t data,
    amd_comgr_status_t (*callback)(amd_comgr_symbol_t symbol, void *user_data), void *user_data);
/* ERROR: no such symbol. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_symbol_lookup(amd_comgr_data_t data, const char *name,
                                                         amd_comgr_symbol_t *symbol);
amd_comgr_status_t AMD_COMGR_API amd_comgr_symbol_get_info(amd_comgr_symbol_t symbol,
                                                           amd_comgr_symbol_info_t attribute,
                                                           void *value);

/* ---- names ---- */

/* BYTES to BYTES; what is not a mangled name is copied. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_demangle_symbol_name(
    amd_comgr_data_t mangled_symbol_name, amd_comgr_data_t *demangled_symbol_name);
/* Collects the names of defined symbols of bitcode or an executable. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_populate_mangled_names(amd_comgr_data_t data,
                                                                  size_t *count);
/* ERROR: not populated, or an index past the end. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_get_mangled_name(amd_comgr_data_t data, size_t index,
                                                            size_t *size, char *mangled_name);
/* Collects pairs of text and symbol from variables named __amdgcn_name_expr_*, as hiprtc writes
 * them. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_populate_name_expression_map(amd_comgr_data_t data,
                                                                        size_t *count);
/* ERROR: not populated; INVALID_ARGUMENT: no such expression. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_map_name_expression_to_symbol_name(
    amd_comgr_data_t data, size_t *size, const char *name_expression, char *symbol_name);

/* ---- bundles and files ---- */

/* Where in a FATBIN, or an EXECUTABLE, or BYTES that are either, the code for each isa lies. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_lookup_code_object(
    amd_comgr_data_t data, amd_comgr_code_object_info_t *info_list, size_t info_list_size);
/* The file offset of an address of an executable. `slice_size`: bytes from there on that are of the
 * same sort; `nobits`: they take no room in the file. INVALID_ARGUMENT: no segment has the address.
 */
amd_comgr_status_t AMD_COMGR_API amd_comgr_map_elf_virtual_address_to_code_object_offset(
    amd_comgr_data_t data, uint64_t elf_virtual_address, uint64_t *code_object_offset,
    uint64_t *slice_size, bool *nobits);

/* ---- instructions ---- */

/* `read_memory_callback` returns how many of the bytes could be read; `print_instruction_callback`
 * gets the text, `print_address_annotation_callback` each operand that is an absolute address. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_create_disassembly_info(
    const char *isa_name,
    uint64_t (*read_memory_callback)(uint64_t from, char *to, uint64_t size, void *user_data),
    void (*print_instruction_callback)(const char *instruction, void *user_data),
    void (*print_address_annotation_callback)(uint64_t address, void *user_data),
    amd_comgr_disassembly_info_t *disassembly_info);
amd_comgr_status_t AMD_COMGR_API
amd_comgr_destroy_disassembly_info(amd_comgr_disassembly_info_t disassembly_info);
/* ERROR: no instruction; `*size` is then what to skip. */
amd_comgr_status_t AMD_COMGR_API
amd_comgr_disassemble_instruction(amd_comgr_disassembly_info_t disassembly_info, uint64_t address,
                                  void *user_data, uint64_t *size);

/* ---- addresses to source ---- */

amd_comgr_status_t AMD_COMGR_API
amd_comgr_create_symbolizer_info(amd_comgr_data_t code_object,
                                 void (*print_symbol_callback)(const char *symbol, void *user_data),
                                 amd_comgr_symbolizer_info_t *symbolizer_info);
amd_comgr_status_t AMD_COMGR_API
amd_comgr_destroy_symbolizer_info(amd_comgr_symbolizer_info_t symbolizer_info);
/* Code: "function at file:line:column", then a line " (inlined by) function at ..." for each that
 * it was inlined into; data: symbol, its start and size, and where it was declared, each on a line.
 * An empty line ends both. "??" for what is not known. */
amd_comgr_status_t AMD_COMGR_API amd_comgr_symbolize(amd_comgr_symbolizer_info_t symbolizer_info,
                                                     uint64_t address, bool is_code,
                                                     void *user_data);

#ifdef __cplusplus
}
#endif

#endif
