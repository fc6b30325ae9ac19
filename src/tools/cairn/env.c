/* SPDX-License-Identifier: MIT
 * cairn env: the option table with present values.
 */
#include "commands.h"

#include "base/option.h"

#include <stdio.h>
#include <stdlib.h>

int command_env(int argc, char **argv)
{
    if (argc != 1) {
        fprintf(stderr, "cairn env: takes no argument, got %s\n", argv[1]);
        return 2;
    }
    for (int i = 0; i < CAIRN_OPTION_COUNT; i++) {
        const struct cairn_option_info *info = cairn_option_describe((enum cairn_option)i);
        const char *value = getenv(info->variable);
        printf("%s=%s%s\n    %s (%s; default: %s)\n", info->variable,
               value != NULL ? value : info->default_value, value != NULL ? "" : "  (default)",
               info->help, info->kind,
               info->default_value[0] != '\0' ? info->default_value : "none");
    }
    return 0;
}
