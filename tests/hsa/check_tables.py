#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the order of entries in hsa_api_trace.h with abi/hsa-runtime64/api_table.txt.

usage: check_tables.py HEADER TABLES"""
import re
import sys

STRUCTS = {"core": "CoreApiTable", "amd_ext": "AmdExtTable", "finalizer_ext": "FinalizerExtTable",
           "image_ext": "ImageExtTable", "tools": "ToolsApiTable", "pc_sampling_ext": "PcSamplingExtTable"}


def main():
    header = open(sys.argv[1], encoding="utf-8").read()
    wanted = {}
    for line in open(sys.argv[2], encoding="utf-8"):
        words = line.split("#")[0].split()
        if words[:1] == ["table"]:
            names = wanted.setdefault(words[1], [])
        elif words:
            names.append(words[0])
    for table, names in wanted.items():
        body = re.search(r"typedef struct %s \{(.*?)\n\}" % STRUCTS[table], header, re.S).group(1)
        found = [a or b for a, b in re.findall(r"HSA_API_ENTRY\((\w+)\)|\(\*\s*(\w+)_fn\)", body)]
        if found != names:
            row = next((i for i, (a, b) in enumerate(zip(found, names)) if a != b), min(len(found), len(names)))
            sys.exit(f"{table}: {len(found)} entries, {len(names)} wanted; they differ from row {row} on")
    print(f"{sum(map(len, wanted.values()))} entries in order")


if __name__ == "__main__":
    main()
