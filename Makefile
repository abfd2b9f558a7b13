# `make` lists the targets. Each does all the set-up it needs.

# One set of flags for every build, so that `build`, `test` and `demo` share their work. The import check makes SwiftPM
# exit with status 1 even where its last line says "Build complete!": the status counts.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing --explicit-target-dependency-import-check error

# SwiftPM keeps what a manifest came to by its environment: this makes it look again once MPI is there.
export TAIJI_MPI_HEADER = $(wildcard /usr/lib/x86_64-linux-gnu/openmpi/include/mpi.h)

# The same for Redis, which the service can keep its store in.
export TAIJI_REDIS_HEADER = $(wildcard /usr/include/hiredis/hiredis.h)

# What `taiji --version` says it was built from.
export TAIJI_COMMIT = $(shell git rev-parse --short HEAD 2> /dev/null || echo unknown)

# Where `make install` puts the program.
PREFIX ?= $(HOME)/.local

CONFIG ?= Configs/demo.yaml
RUN ?= runs/demo
PORT ?= 8080

SHELL := /bin/bash
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup serving build bench serve test lint format guards demo reproduce install portable clean

help: ## this list
	@sed -nE 's/^([a-z]+):.*## (.*)/make \1|\2/p' Makefile | column -t -s '|' 2> /dev/null \
	  || sed -nE 's/^([a-z]+):.*## (.*)/make \1: \2/p' Makefile

setup: ## fetch libtorch, DuckDB, the models, the data and FAISS; again: nothing. CUDA=1: what GPUs need too
	@Scripts/bootstrap.sh $(if $(CUDA),--cuda)

serving: ## the same for the service: SQLite's headers, and Redis where it can be had
	@Scripts/bootstrap.sh --serving

build: setup ## build the program, .build/release/taiji
	@swift build $(SWIFT_FLAGS) --product taiji

bench: setup ## build the benchmarks, .build/release/taiji-bench
	@swift build $(SWIFT_FLAGS) --product taiji-bench

serve: build serving ## serve a finished run on this machine: RUN=runs/demo PORT=8080
	@swift build $(SWIFT_FLAGS) --product taiji-serve
	@.build/release/taiji serve --run $(RUN) --port $(PORT)

test: serving ## build and run all tests; the last line is their sum
	@swift build $(SWIFT_FLAGS) --build-tests
	@swift test $(SWIFT_FLAGS) --skip-build --disable-xctest

lint: ## the formatter's rules and the house rules
	@swift format lint --strict --recursive --parallel Sources Tests Package.swift
	@Scripts/lint.sh

format: ## rewrite the Swift files as the formatter wants them
	@swift format --in-place --recursive --parallel Sources Tests Package.swift

guards: ## show that an undeclared import and a warning fail the build
	@Scripts/check-build-guards.sh $(SWIFT_FLAGS)

demo: build ## the whole run on real data, in minutes: CONFIG=Configs/demo.yaml RUN=runs/demo
	@Scripts/measured.sh .build/release/taiji run --config $(CONFIG) --run $(RUN)

reproduce: build ## the experiment of Docs/Hypotheses.md with all its arms, a night; goes on where it was: RUN=runs/reproduce
	@Scripts/measured.sh .build/release/taiji experiment --config Configs/reproduce.yaml \
	  --run $(if $(filter command line,$(origin RUN)),$(RUN),runs/reproduce)

install: build bench serving ## a program that runs from any folder: PREFIX=$HOME/.local
	@swift build $(SWIFT_FLAGS) --product taiji-serve
	@swift build $(SWIFT_FLAGS) --product generate-manual
	@Scripts/install.sh "$(PREFIX)"

portable: setup ## pack programs for a GPU machine without Swift, under .build-portable: OUT=.build-portable
	@Scripts/portable.sh "$(or $(OUT),.build-portable)"

clean: ## remove what the build made; keeps .deps and runs
	@rm -rf .build .build-guards .build-portable
