/* SPDX-License-Identifier: MIT
 * Files that the build makes for these tests, in the folder INPUTS. Comes after cmocka.h.
 */
#ifndef TESTS_OBJ_LOAD_H
#define TESTS_OBJ_LOAD_H

#include "base/bytes.h"

#include <stdio.h>
#include <stdlib.h>

/* All of a file; malloc'ed. The test fails without it. */
static inline struct cairn_bytes load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, INPUTS "%s", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, size, file), size);
    fclose(file);
    return cairn_bytes_of(data, size);
}

#endif
