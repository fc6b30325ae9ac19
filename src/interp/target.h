/* SPDX-License-Identifier: MIT
 * Files of vector instructions are compiled several times, each for a host CPU level; which one is
 * used is chosen once. Names with linkage in such files are written CAIRN_TARGET(name).
 */
#ifndef CAIRN_INTERP_TARGET_H
#define CAIRN_INTERP_TARGET_H

#ifndef CAIRN_TARGET_LEVEL
#define CAIRN_TARGET_LEVEL base
#endif

#define CAIRN_TARGET_PASTE2(name, level) name##_##level
#define CAIRN_TARGET_PASTE(name, level)  CAIRN_TARGET_PASTE2(name, level)
#define CAIRN_TARGET(name)               CAIRN_TARGET_PASTE(name, CAIRN_TARGET_LEVEL)

#endif
