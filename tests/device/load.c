/* SPDX-License-Identifier: MIT
 * The loader of the device tests.
 */
#include "load.h"

#include "obj/obj.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RELATIVE64 = 13 };

struct loaded {
    struct cairn_obj *obj;
    struct cairn_code *code;
    void *image;
    uint8_t *memory;
};

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *image = malloc(*size);
    assert_non_null(image);
    assert_int_equal(fread(image, 1, *size, file), *size);
    fclose(file);
    return image;
}

static const char *name_of(void *user, uint64_t pc)
{
    const struct loaded *loaded = user;
    uint64_t at = pc - (uint64_t)loaded->memory;
    for (uint32_t i = 0; i < loaded->obj->symbol_count; i++) {
        const struct cairn_obj_symbol *symbol = &loaded->obj->symbols[i];
        if (symbol->kind == CAIRN_SYMBOL_FUNCTION && at - symbol->value < symbol->size)
            return symbol->name;
    }
    return NULL;
}

static void place(struct loaded *loaded, struct cairn_device *device)
{
    const struct cairn_obj *obj = loaded->obj;
    uint64_t end = 0;
    void *at;
    for (uint32_t i = 0; i < obj->segment_count; i++)
        if (obj->segments[i].vaddr + obj->segments[i].memory_size > end)
            end = obj->segments[i].vaddr + obj->segments[i].memory_size;
    assert_int_equal(cairn_memory_alloc(device, CAIRN_MEMORY_CODE, end, 0, 0, &at), CAIRN_OK);
    loaded->memory = at;
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *segment = &obj->segments[i];
        uint8_t *to = loaded->memory + segment->vaddr;
        memcpy(to, obj->image.at + segment->file_offset, segment->file_size);
        if (segment->executable)
            assert_int_equal(cairn_code_register((uint64_t)to, segment->memory_size, name_of,
                                                 loaded, &loaded->code),
                             CAIRN_OK);
    }
    for (uint32_t i = 0; i < obj->relocation_count; i++) {
        assert_int_equal(obj->relocations[i].type, RELATIVE64);
        uint64_t value = (uint64_t)loaded->memory + (uint64_t)obj->relocations[i].addend;
        memcpy(loaded->memory + obj->relocations[i].vaddr, &value, sizeof value);
    }
}

struct loaded *load_file(struct cairn_device *device, const char *path)
{
    size_t size;
    struct loaded *loaded = calloc(1, sizeof *loaded);
    assert_non_null(loaded);
    loaded->image = read_file(path, &size);
    assert_int_equal(cairn_obj_create(cairn_bytes_of(loaded->image, size), &loaded->obj), CAIRN_OK);
    place(loaded, device);
    assert_non_null(loaded->code);
    return loaded;
}

void load_drop(struct loaded *loaded)
{
    cairn_code_unregister(loaded->code);
    assert_int_equal(cairn_memory_free(loaded->memory), CAIRN_OK);
    cairn_obj_destroy(loaded->obj);
    free(loaded->image);
    free(loaded);
}

uint64_t load_kernel(const struct loaded *loaded, const char *name)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "%s.kd", name);
    for (uint32_t i = 0; i < loaded->obj->symbol_count; i++)
        if (strcmp(loaded->obj->symbols[i].name, wanted) == 0)
            return (uint64_t)loaded->memory + loaded->obj->symbols[i].value;
    fail_msg("no kernel %s", name);
    return 0;
}
