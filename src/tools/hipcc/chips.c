/* SPDX-License-Identifier: MIT
 * The chips that hipcc compiles for when nothing names any: those of the configured devices.
 */
#include "chips.h"

#include "base/option.h"

#include <stdbool.h>
#include <string.h>

enum { DEVICES_MAX = 64 };

void each_default_chip(void (*visit)(const char *chip, void *user), void *user)
{
    char seen[DEVICES_MAX][32];
    size_t count = 0;
    const char *at = cairn_option_text(CAIRN_OPTION_DEVICES);
    while (*at != '\0' && count < DEVICES_MAX) {
        size_t length = strcspn(at, ",");
        size_t chip = strcspn(at, ",:"); /* features say how the device runs, not what to compile */
        if (chip > 0 && chip < sizeof seen[0]) {
            memcpy(seen[count], at, chip);
            seen[count][chip] = '\0';
            bool repeated = false;
            for (size_t i = 0; i < count; i++)
                repeated |= strcmp(seen[i], seen[count]) == 0;
            if (!repeated)
                visit(seen[count++], user);
        }
        at += length + (at[length] == ',');
    }
}
