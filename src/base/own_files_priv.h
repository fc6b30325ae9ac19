/* SPDX-License-Identifier: MIT
 * How new files are called before they are whole: who opens (own_files.c) and who tidies up
 * (own_files_trim.c) agree on it.
 */
#ifndef CAIRN_BASE_OWN_FILES_PRIV_H
#define CAIRN_BASE_OWN_FILES_PRIV_H

#include "base/own_files.h"

#define CAIRN_OWN_TEMPORARY ".new-"

#endif
