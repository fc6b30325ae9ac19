/* SPDX-License-Identifier: MIT
 * Target ids: parsing, printing, and the rule which code runs on which device (AMDGPUUsage, "Target
 * ID").
 */
#include "obj/obj.h"
#include "obj/obj_priv.h"

#include <stdio.h>

enum { GENERIC_VERSION_SHIFT = 24 };

static const struct {
    uint32_t mach;
    const char *processor;
} machs[] = {
#define MACH(value, name) {value, name},
#include "obj/mach.def"
#undef MACH
};

static const struct {
    const char *generic, *members;
} generics[] = {
#define GENERIC(name, members) {name, members},
#include "obj/mach.def"
#undef GENERIC
};

const char *cairn_obj_mach_name(uint32_t mach)
{
    for (size_t i = 0; i < sizeof machs / sizeof machs[0]; i++)
        if (machs[i].mach == mach)
            return machs[i].processor;
    return NULL;
}

/* V4 and later code features in two bits each: unsupported, any, off, on. V3: one bit for "on". */
static void read_features(uint32_t flags, uint32_t abi_version, struct cairn_target_id *target)
{
    if (abi_version >= 4) {
        target->xnack = (enum cairn_feature)(flags >> 8 & 3);
        target->sramecc = (enum cairn_feature)(flags >> 10 & 3);
    } else {
        target->xnack = flags & 0x100 ? CAIRN_FEATURE_ON : CAIRN_FEATURE_OFF;
        target->sramecc = flags & 0x200 ? CAIRN_FEATURE_ON : CAIRN_FEATURE_OFF;
    }
}

enum cairn_status cairn_target_id_from_flags(uint32_t e_flags, uint32_t abi_version,
                                             struct cairn_target_id *out)
{
    const char *name = cairn_obj_mach_name(e_flags & 0xff);
    if (name == NULL)
        return CAIRN_ERR_UNSUPPORTED;
    struct cairn_target_id target = {0};
    strcpy(target.processor, name);
    read_features(e_flags, abi_version, &target);
    if (abi_version >= 6)
        target.generic_version = e_flags >> GENERIC_VERSION_SHIFT;
    *out = target;
    return CAIRN_OK;
}

/* "name+" or "name-" at text[0..length). */
static enum cairn_status parse_feature(const char *text, size_t length, struct cairn_target_id *id)
{
    if (length < 2 || (text[length - 1] != '+' && text[length - 1] != '-'))
        return CAIRN_ERR_BAD_FORMAT;
    enum cairn_feature value = text[length - 1] == '+' ? CAIRN_FEATURE_ON : CAIRN_FEATURE_OFF;
    if (length == 6 && memcmp(text, "xnack", 5) == 0)
        id->xnack = value;
    else if (length == 8 && memcmp(text, "sramecc", 7) == 0)
        id->sramecc = value;
    else
        return CAIRN_ERR_BAD_FORMAT;
    return CAIRN_OK;
}

/* Where the processor begins: after the triple, if there is one. Generic processors hold dashes
 * too, so the search is for the first "gfx" at a word start. */
static size_t processor_start(const char *text, size_t length)
{
    for (size_t i = 0; i + 3 <= length; i++)
        if (memcmp(text + i, "gfx", 3) == 0 && (i == 0 || text[i - 1] == '-'))
            return i;
    return length;
}

enum cairn_status cairn_target_id_parse(const char *text, size_t length,
                                        struct cairn_target_id *out)
{
    size_t start = processor_start(text, length);
    struct cairn_target_id id = {.xnack = CAIRN_FEATURE_ANY, .sramecc = CAIRN_FEATURE_ANY};
    const char *colon = memchr(text + start, ':', length - start);
    size_t end = colon != NULL ? (size_t)(colon - text) : length;
    if (end == start || end - start >= sizeof id.processor)
        return CAIRN_ERR_BAD_FORMAT;
    memcpy(id.processor, text + start, end - start);
    while (end < length) {
        size_t from = end + 1;
        colon = memchr(text + from, ':', length - from);
        end = colon != NULL ? (size_t)(colon - text) : length;
        if (parse_feature(text + from, end - from, &id) != CAIRN_OK)
            return CAIRN_ERR_BAD_FORMAT;
    }
    *out = id;
    return CAIRN_OK;
}

static bool is_member(const char *members, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = members; (at = strstr(at, name)) != NULL; at += length)
        if ((at == members || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
            return true;
    return false;
}

bool cairn_target_id_is_generic(const struct cairn_target_id *id)
{
    return strstr(id->processor, "-generic") != NULL;
}

static bool processor_fits(const char *code, const char *device)
{
    if (strcmp(code, device) == 0)
        return true;
    for (size_t i = 0; i < sizeof generics / sizeof generics[0]; i++)
        if (strcmp(code, generics[i].generic) == 0)
            return is_member(generics[i].members, device);
    return false;
}

static bool feature_fits(enum cairn_feature code, enum cairn_feature device)
{
    return code == CAIRN_FEATURE_UNSUPPORTED || code == CAIRN_FEATURE_ANY || code == device;
}

bool cairn_target_id_fits(const struct cairn_target_id *code, const struct cairn_target_id *device)
{
    return processor_fits(code->processor, device->processor) &&
           feature_fits(code->xnack, device->xnack) && feature_fits(code->sramecc, device->sramecc);
}

static const char *feature_text(enum cairn_feature value, const char *on, const char *off)
{
    return value == CAIRN_FEATURE_ON ? on : value == CAIRN_FEATURE_OFF ? off : "";
}

size_t cairn_target_id_format(const struct cairn_target_id *id, char *text, size_t size)
{
    int length = snprintf(text, size, "%s%s%s", id->processor,
                          feature_text(id->sramecc, ":sramecc+", ":sramecc-"),
                          feature_text(id->xnack, ":xnack+", ":xnack-"));
    return length < 0 ? 0 : (size_t)length;
}
