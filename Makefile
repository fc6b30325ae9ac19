# SPDX-License-Identifier: MIT
# Front door of the build. Everything else is CMake (see CMakePresets.json).
PRESET ?= release
PREFIX ?= $(CURDIR)/out/cairn
JOBS   ?= $(shell nproc)
BUILD  := build/$(PRESET)
STAGE  := $(CURDIR)/$(BUILD)/stage

.PHONY: all deps configure build stage demo check check-slow install bench deb deb-check fuzz coverage lines format clean help

all: build

help:
	@echo "make deps            install what the build needs with apt (root or sudo)"
	@echo "make demo            build, compile the HIP examples with our hipcc, run them on the software GPU"
	@echo "make check           all tests; closes with 'N passed, N failed'"
	@echo "make check-slow      the long tests, too"
	@echo "make install PREFIX=dir   a ROCm-shaped tree that works from any place"
	@echo "make deb              Debian packages in out/deb, which install under /opt/cairn"
	@echo "make bench           speed figures: Cairn, PoCL and native C side by side (BENCH=--quick: small sizes)"
	@echo "make fuzz SECONDS=600     fuzz every parser"
	@echo "make coverage        write docs/COVERAGE.md from the tables"
	@echo "make lines           lines of src/hsa that its tests execute; fails below 90 %"
	@echo "make format          clang-format all sources"
	@echo "PRESET=debug|asan|tsan chooses another build"

deps:
	@sh scripts/deps.sh

configure: deps
	@cmake --preset $(PRESET) >.configure.log 2>&1 || { cat .configure.log; exit 1; }
	@rm -f .configure.log

build: configure
	@cmake --build --preset $(PRESET) -j $(JOBS)

stage: build
	@cmake --install $(BUILD) --prefix "$(STAGE)" >/dev/null

install: build
	@cmake --install $(BUILD) --prefix "$(PREFIX)" >/dev/null
	@echo "installed in $(PREFIX)"

deb: build
	@sh scripts/deb.sh $(BUILD) out/deb

# ROOT: a fresh Debian 12, such as debootstrap --variant=minbase makes it; needs root
deb-check: deb
	@sh tests/install/deb.sh "$(ROOT)" out/deb

demo: stage
	@sh scripts/demo.sh "$(STAGE)" $(BUILD)/demo

# Real code for the disassembler's test; without network that test is skipped, and the totals say so.
build/cache/librocrand.so.1:
	@sh tests/isa/fetch.sh build/cache || true

check: stage build/cache/librocrand.so.1
	@sh scripts/check.sh $(BUILD) $(JOBS) -LE slow

check-slow: stage
	@sh scripts/check.sh $(BUILD) $(JOBS)

# BENCH=--quick: small sizes, about a minute; other options: bench/kernels/run.py --help
BENCH ?=
bench: stage
	@sh scripts/deps.sh bench || echo "bench: without PoCL"
	@sh scripts/bench.sh $(BUILD) $(BENCH)

SECONDS ?= 600
fuzz: deps
	@sh scripts/fuzz.sh $(SECONDS)

coverage: build
	@python3 gen/coverage/coverage.py $(BUILD)/tests/house/covers . \
		$(addprefix --lifts ,$(wildcard $(BUILD)/tests/house/lifts))

lines: deps
	@cmake --preset release -B build/lines -DCAIRN_LINES=ON >/dev/null
	@cmake --build build/lines -j $(JOBS) >/dev/null
	@sh scripts/lines.sh build/lines $(JOBS)

format:
	@git ls-files '*.c' '*.h' | grep -v '^docs/' | xargs clang-format-22 -i

clean:
	rm -rf build out
