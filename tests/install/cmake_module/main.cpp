// SPDX-License-Identifier: MIT
// Compiled by the project's own C++ compiler.
#include "parts.h"

#include <cstdio>

int main()
{
    bool good = doubled(21) == 42 && scaled(7) == 22;
    puts(good ? "PASSED" : "FAILED");
    return !good;
}
