/* SPDX-License-Identifier: MIT
 * Code object metadata: the MessagePack map of the AMDGPU note becomes kernel and argument records
 * (AMDGPUUsage, "Code Object V3..V6 Metadata"). Keys that are not in the tables are skipped.
 */
#include "base/log.h"
#include "obj/msgpack.h"
#include "obj/obj_priv.h"

#include <stddef.h>

enum field_kind {
    FIELD_U8,
    FIELD_U32,
    FIELD_BOOL,
    FIELD_TEXT,
    FIELD_U32X3,
    FIELD_ARGS,
    FIELD_KIND,
    FIELD_VALUE_KIND
};

struct field {
    const char *key;
    enum field_kind kind;
    size_t offset;
    bool required;
};

#define KERNEL(key, kind, member, required)                                                        \
    {key, kind, offsetof(struct cairn_kernel_info, member), required}
static const struct field kernel_fields[] = {
    KERNEL(".name", FIELD_TEXT, name, true),
    KERNEL(".symbol", FIELD_TEXT, symbol, true),
    KERNEL(".kernarg_segment_size", FIELD_U32, kernarg_size, true),
    KERNEL(".kernarg_segment_align", FIELD_U32, kernarg_align, false),
    KERNEL(".group_segment_fixed_size", FIELD_U32, group_size, true),
    KERNEL(".private_segment_fixed_size", FIELD_U32, private_size, true),
    KERNEL(".wavefront_size", FIELD_U32, wavefront_size, true),
    KERNEL(".sgpr_count", FIELD_U32, sgpr_count, false),
    KERNEL(".vgpr_count", FIELD_U32, vgpr_count, false),
    KERNEL(".agpr_count", FIELD_U32, agpr_count, false),
    KERNEL(".max_flat_workgroup_size", FIELD_U32, max_workgroup_size, false),
    KERNEL(".sgpr_spill_count", FIELD_U32, sgpr_spills, false),
    KERNEL(".vgpr_spill_count", FIELD_U32, vgpr_spills, false),
    KERNEL(".reqd_workgroup_size", FIELD_U32X3, reqd_workgroup_size, false),
    KERNEL(".uses_dynamic_stack", FIELD_BOOL, uses_dynamic_stack, false),
    KERNEL(".uniform_work_group_size", FIELD_BOOL, uniform_workgroup_size, false),
    KERNEL(".kind", FIELD_KIND, kind, false),
    KERNEL(".args", FIELD_ARGS, args, false),
};

#define ARG(key, kind, member, required)                                                           \
    {key, kind, offsetof(struct cairn_kernel_arg, member), required}
static const struct field arg_fields[] = {
    ARG(".name", FIELD_TEXT, name, false),
    ARG(".type_name", FIELD_TEXT, type_name, false),
    ARG(".offset", FIELD_U32, offset_bytes, true),
    ARG(".size", FIELD_U32, size_bytes, true),
    ARG(".value_kind", FIELD_VALUE_KIND, kind, true),
    ARG(".pointee_align", FIELD_U32, pointee_align, false),
    ARG(".is_const", FIELD_BOOL, is_const, false),
    ARG(".is_restrict", FIELD_BOOL, is_restrict, false),
    ARG(".is_volatile", FIELD_BOOL, is_volatile, false),
    ARG(".address_space", FIELD_U8, address_space, false),
    ARG(".access", FIELD_U8, access, false),
};

enum { FIELDS_MAX = 32, KERNEL_MIN_BYTES = 16, ARG_MIN_BYTES = 8 };

struct reader {
    struct cairn_bytes in;
    struct cairn_arena *arena;
    const char *where; /* for messages: the kernel being read, or "metadata" */
};

static const char *const arg_kind_texts[] = {
#define ARG_KIND(id, text) text,
#include "obj/arg_kind.def"
#undef ARG_KIND
};

/* Words that stand for a number: address spaces (DWARF-like order of the document) and access
 * kinds. */
static const char *const address_spaces[] = {"generic", "global",   "region",
                                             "local",   "constant", "private"};
static const char *const accesses[] = {"", "read_only", "write_only", "read_write"};

static bool text_is(const struct cairn_msgpack_item *item, const char *text)
{
    return item->kind == CAIRN_MSGPACK_TEXT && item->data.left == strlen(text) &&
           memcmp(item->data.at, text, item->data.left) == 0;
}

static size_t text_index(const struct cairn_msgpack_item *item, const char *const *texts,
                         size_t count, size_t otherwise)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(item, texts[i]))
            return i;
    return otherwise;
}

static enum cairn_status bad_value(const struct reader *reader, const char *key)
{
    return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "metadata of %s: %s has a wrong type or value",
                      reader->where, key);
}

static enum cairn_status read_u32(struct reader *reader, const char *key,
                                  const struct cairn_msgpack_item *item, uint32_t *out)
{
    if (item->kind != CAIRN_MSGPACK_UINT || item->number > UINT32_MAX)
        return bad_value(reader, key);
    *out = (uint32_t)item->number;
    return CAIRN_OK;
}

static enum cairn_status read_text(struct reader *reader, const char *key,
                                   const struct cairn_msgpack_item *item, const char **out)
{
    if (item->kind != CAIRN_MSGPACK_TEXT || memchr(item->data.at, '\0', item->data.left) != NULL)
        return bad_value(reader, key);
    *out = cairn_arena_copy_text(reader->arena, (const char *)item->data.at, item->data.left);
    return *out != NULL ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
}

static enum cairn_status read_u32x3(struct reader *reader, const char *key,
                                    const struct cairn_msgpack_item *item, uint32_t out[3])
{
    if (item->kind != CAIRN_MSGPACK_ARRAY || item->number != 3)
        return bad_value(reader, key);
    for (int i = 0; i < 3; i++) {
        struct cairn_msgpack_item element;
        enum cairn_status status = cairn_msgpack_take(&reader->in, &element);
        if (status == CAIRN_OK)
            status = read_u32(reader, key, &element, &out[i]);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}

static enum cairn_status read_args(struct reader *reader, const struct cairn_msgpack_item *item,
                                   struct cairn_kernel_info *kernel);

static enum cairn_status read_field(struct reader *reader, const struct field *field,
                                    const struct cairn_msgpack_item *item, void *record)
{
    char *at = (char *)record + field->offset;
    switch (field->kind) {
    case FIELD_U32:
        return read_u32(reader, field->key, item, (uint32_t *)(void *)at);
    case FIELD_TEXT:
        return read_text(reader, field->key, item, (const char **)(void *)at);
    case FIELD_U32X3:
        return read_u32x3(reader, field->key, item, (uint32_t *)(void *)at);
    case FIELD_BOOL: /* older producers write 0 and 1 */
        if (item->kind != CAIRN_MSGPACK_BOOL && item->kind != CAIRN_MSGPACK_UINT)
            return bad_value(reader, field->key);
        *(bool *)at = item->number != 0;
        return CAIRN_OK;
    case FIELD_U8:
        *(uint8_t *)at = (uint8_t)(field->offset == offsetof(struct cairn_kernel_arg, access)
                                       ? text_index(item, accesses, 4, 0)
                                       : text_index(item, address_spaces, 6, 0));
        return cairn_msgpack_skip(&reader->in, item);
    case FIELD_KIND:
        *(int *)(void *)at = text_is(item, "init")   ? CAIRN_KERNEL_INIT
                             : text_is(item, "fini") ? CAIRN_KERNEL_FINI
                                                     : CAIRN_KERNEL_NORMAL;
        return cairn_msgpack_skip(&reader->in, item);
    case FIELD_VALUE_KIND:
        *(enum cairn_arg_kind *)(void *)at = (enum cairn_arg_kind)text_index(
            item, arg_kind_texts, CAIRN_ARG_KIND_COUNT, CAIRN_ARG_UNKNOWN);
        return cairn_msgpack_skip(&reader->in, item);
    case FIELD_ARGS:
        return read_args(reader, item, record);
    }
    return CAIRN_ERR_BAD_FORMAT;
}

static const struct field *find_field(const struct field *fields, size_t count,
                                      const struct cairn_msgpack_item *key)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(key, fields[i].key))
            return &fields[i];
    return NULL;
}

/* One map into one record. */
static enum cairn_status read_record(struct reader *reader, const struct field *fields,
                                     size_t count, void *record)
{
    bool seen[FIELDS_MAX] = {false};
    struct cairn_msgpack_item map, key, value;
    enum cairn_status status = cairn_msgpack_take(&reader->in, &map);
    if (status != CAIRN_OK)
        return OBJ_REJECT(status, "metadata of %s ends early", reader->where);
    if (map.kind != CAIRN_MSGPACK_MAP)
        return bad_value(reader, "record");
    for (uint64_t i = 0; i < map.number; i++) {
        status = cairn_msgpack_take(&reader->in, &key);
        if (status == CAIRN_OK)
            status = cairn_msgpack_take(&reader->in, &value);
        if (status != CAIRN_OK)
            return OBJ_REJECT(status, "metadata of %s ends early", reader->where);
        const struct field *field = find_field(fields, count, &key);
        if (field != NULL) {
            seen[field - fields] = true;
            status = read_field(reader, field, &value, record);
        } else {
            status = cairn_msgpack_skip(&reader->in, &value);
        }
        if (status != CAIRN_OK)
            return status;
    }
    for (size_t i = 0; i < count; i++)
        if (fields[i].required && !seen[i])
            return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "metadata of %s lacks %s", reader->where,
                              fields[i].key);
    return CAIRN_OK;
}

static enum cairn_status read_args(struct reader *reader, const struct cairn_msgpack_item *item,
                                   struct cairn_kernel_info *kernel)
{
    if (item->kind != CAIRN_MSGPACK_ARRAY || item->number > reader->in.left / ARG_MIN_BYTES)
        return bad_value(reader, ".args");
    struct cairn_kernel_arg *args =
        cairn_arena_alloc_array(reader->arena, item->number, sizeof *args);
    if (args == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint64_t i = 0; i < item->number; i++) {
        args[i].name = args[i].type_name = "";
        enum cairn_status status =
            read_record(reader, arg_fields, sizeof arg_fields / sizeof arg_fields[0], &args[i]);
        if (status != CAIRN_OK)
            return status;
    }
    kernel->args = args;
    kernel->arg_count = (uint32_t)item->number;
    return CAIRN_OK;
}

/* What the fields mean together. */
static enum cairn_status check_kernel(const struct cairn_kernel_info *kernel)
{
    if (kernel->wavefront_size != 32 && kernel->wavefront_size != 64)
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE, "kernel %s: wavefront size %u", kernel->name,
                          kernel->wavefront_size);
    if ((kernel->kernarg_align & (kernel->kernarg_align - 1)) != 0 || kernel->kernarg_align > 4096)
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE, "kernel %s: kernarg alignment %u", kernel->name,
                          kernel->kernarg_align);
    for (uint32_t i = 0; i < kernel->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &kernel->args[i];
        if (arg->offset_bytes > kernel->kernarg_size ||
            arg->size_bytes > kernel->kernarg_size - arg->offset_bytes)
            return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE,
                              "kernel %s: argument %u at offset %u size %u exceeds kernarg size %u",
                              kernel->name, i, arg->offset_bytes, arg->size_bytes,
                              kernel->kernarg_size);
    }
    return CAIRN_OK;
}

/* Room for `more` records behind `count` old ones, which are copied; NULL when memory is out. */
static void *extend(struct cairn_arena *arena, const void *old, size_t count, size_t more,
                    size_t size)
{
    size_t total;
    if (!cairn_size_add(count, more, &total))
        return NULL;
    void *at = cairn_arena_alloc_array(arena, total, size);
    if (at != NULL && count != 0)
        memcpy(at, old, count * size);
    return at;
}

static enum cairn_status read_kernels(struct reader *reader, const struct cairn_msgpack_item *item,
                                      struct cairn_obj *obj)
{
    if (item->kind != CAIRN_MSGPACK_ARRAY || item->number > reader->in.left / KERNEL_MIN_BYTES)
        return bad_value(reader, "amdhsa.kernels");
    struct cairn_kernel_info *kernels =
        extend(reader->arena, obj->kernels, obj->kernel_count, item->number, sizeof *kernels);
    if (kernels == NULL)
        return CAIRN_ERR_NO_MEMORY;
    uint64_t end = obj->kernel_count + item->number;
    for (uint64_t i = obj->kernel_count; i < end; i++) {
        enum cairn_status status = read_record(
            reader, kernel_fields, sizeof kernel_fields / sizeof kernel_fields[0], &kernels[i]);
        if (status == CAIRN_OK)
            status = check_kernel(&kernels[i]);
        if (status != CAIRN_OK)
            return status;
        if (kernels[i].kernarg_align == 0)
            kernels[i].kernarg_align = 8;
    }
    obj->kernels = kernels;
    obj->kernel_count = (uint32_t)end;
    return CAIRN_OK;
}

static enum cairn_status read_printf(struct reader *reader, const struct cairn_msgpack_item *item,
                                     struct cairn_obj *obj)
{
    if (item->kind != CAIRN_MSGPACK_ARRAY)
        return bad_value(reader, "amdhsa.printf");
    const char **formats = extend(reader->arena, obj->printf_formats, obj->printf_count,
                                  item->number, sizeof *formats);
    if (formats == NULL)
        return CAIRN_ERR_NO_MEMORY;
    uint64_t end = obj->printf_count + item->number;
    for (uint64_t i = obj->printf_count; i < end; i++) {
        struct cairn_msgpack_item text;
        enum cairn_status status = cairn_msgpack_take(&reader->in, &text);
        if (status == CAIRN_OK)
            status = read_text(reader, "amdhsa.printf", &text, &formats[i]);
        if (status != CAIRN_OK)
            return status;
    }
    obj->printf_formats = formats;
    obj->printf_count = (uint32_t)end;
    return CAIRN_OK;
}

enum cairn_status cairn_obj_read_metadata(struct cairn_obj_whole *whole, struct cairn_bytes note)
{
    struct reader reader = {.in = note, .arena = &whole->arena, .where = "code object"};
    struct cairn_msgpack_item map, key, value;
    enum cairn_status status = cairn_msgpack_take(&reader.in, &map);
    if (status != CAIRN_OK || map.kind != CAIRN_MSGPACK_MAP)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "metadata note is not a map");
    for (uint64_t i = 0; i < map.number; i++) {
        status = cairn_msgpack_take(&reader.in, &key);
        if (status == CAIRN_OK)
            status = cairn_msgpack_take(&reader.in, &value);
        if (status != CAIRN_OK)
            return OBJ_REJECT(status, "metadata note ends early, at entry %llu",
                              (unsigned long long)i);
        if (text_is(&key, "amdhsa.kernels"))
            status = read_kernels(&reader, &value, &whole->obj);
        else if (text_is(&key, "amdhsa.printf"))
            status = read_printf(&reader, &value, &whole->obj);
        else
            status = cairn_msgpack_skip(&reader.in, &value);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}
