// SPDX-License-Identifier: MIT
// Rows of the programs that call every function of HIP's device documentation: a name, what a
// kernel computes with it, and what the host says that should be. `PROGRAM --names` lists the names
// and needs no GPU; documented.py compares that list with documented.txt.
#ifndef CAIRN_TESTS_DOCUMENTED_ROWS_H
#define CAIRN_TESTS_DOCUMENTED_ROWS_H

#include "buffer.h"

#include <algorithm>
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

struct Row {
    const char *names; // separated by blanks; the last one's ":type" is that of all
    void (*run)();
};
inline std::vector<Row> &rows()
{
    static std::vector<Row> all;
    return all;
}
struct AddRow {
    AddRow(const char *names, void (*run)())
    {
        rows().push_back({names, run});
    }
};

inline const char *running = "";
inline int failures;

// Counts a difference; the first few are printed.
template <typename... Args> void fail(const char *format, Args... args)
{
    if (++failures > 60)
        return;
    std::printf("FAIL %s: ", running);
    std::printf(format, args...);
    std::printf("\n");
}

inline void print_names(const char *names)
{
    const char *last = std::strrchr(names, ' ');
    const char *type = std::strchr(last ? last + 1 : names, ':');
    std::string all(names);
    for (size_t at = 0; at < all.size();) {
        size_t end = std::min(all.find(' ', at), all.size());
        std::string name = all.substr(at, end - at);
        bool has_type = name.find(':') != std::string::npos;
        std::printf("%s%s\n", name.c_str(), type && !has_type ? type : "");
        at = end + 1;
    }
}

// --names lists, a word runs the rows whose names contain it, nothing runs all.
inline int run_rows(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : nullptr;
    if (only && std::strcmp(only, "--names") == 0) {
        for (const Row &row : rows())
            print_names(row.names);
        return 0;
    }
    size_t count = 0;
    for (const Row &row : rows()) {
        if (only && !std::strstr(row.names, only))
            continue;
        running = row.names;
        row.run();
        count++;
    }
    std::printf("%s: %zu rows, %d failures\n", failures ? "FAILED" : "PASSED", count, failures);
    return failures != 0 || count == 0;
}

#endif
