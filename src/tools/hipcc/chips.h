/* SPDX-License-Identifier: MIT
 * The chips that hipcc compiles for when nothing names any.
 */
#ifndef CAIRN_TOOLS_HIPCC_CHIPS_H
#define CAIRN_TOOLS_HIPCC_CHIPS_H

/* Calls `visit` for each different chip of CAIRN_DEVICES ("gfx90a" if it is not set). */
void each_default_chip(void (*visit)(const char *chip, void *user), void *user);

#endif
