// SPDX-License-Identifier: MIT
#pragma once
#if !defined(FACTOR) || !defined(SUMMAND) || !defined(TEXT)
#error "options of the target or of all targets are missing"
#endif
