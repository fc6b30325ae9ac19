/* SPDX-License-Identifier: MIT
 * The subcommands of `cairn`. Each gets its own arguments (argv[0] is its name) and returns an exit
 * status.
 */
#ifndef CAIRN_TOOLS_CAIRN_COMMANDS_H
#define CAIRN_TOOLS_CAIRN_COMMANDS_H

int command_disasm(int argc, char **argv);
int command_env(int argc, char **argv);
int command_devices(int argc, char **argv);

#endif
