#!/usr/bin/env bash
# Damages small files at random and looks whether a reader traps, hangs, reads outside them or takes too much memory
# (libFuzzer with the address sanitizer).
#
# Usage: Scripts/fuzz.sh safetensors|gguf|tokenizer|request [SECONDS]     (600 seconds if not given)
#
# Works in .build/fuzz/TARGET: the program, the corpus, which later runs go on from, and inputs that failed.
# The exit status is 0 if nothing was found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

usage() { sed -nE 's/^# (Usage:.*)/\1/p' "${BASH_SOURCE[0]}" >&2; exit 2; }
target=${1:-}
seconds=${2:-600}
[[ $seconds =~ ^[0-9]+$ ]] || usage

case $target in
    safetensors)
        sources=(Sources/ModelFiles/JSON/*.swift Sources/ModelFiles/Safetensors/Safetensors{Header,Type}.swift
            Sources/ModelFiles/ModelFileError.swift Fuzzing/SafetensorsTarget.swift) ;;
    gguf)
        sources=(Sources/ModelFiles/GGUF/{Dequantization,GGUFCursor,GGUFHeader,GGUFTensorType,GGUFValue}.swift
            Sources/ModelFiles/ModelFileError.swift Fuzzing/GGUFTarget.swift) ;;
    tokenizer)
        mapfile -t sources < <(find Sources/Tokenization Sources/ModelFiles/JSON -name '*.swift' | sort)
        sources+=(Fuzzing/TokenizerTarget.swift) ;;
    request)
        sources=(Sources/ModelFiles/JSON/*.swift Sources/Pipeline/Records/Item.swift
            Sources/Pipeline/Configuration/{NearestKey,ServeConfiguration}.swift
            Sources/RankingServer/{ServerError,Records/LiveEvent,Ranking/RankRequest}.swift
            Sources/RankingServer/HTTP/{JSON,Problem,RequestBody,RequestForms}.swift Fuzzing/RequestTarget.swift) ;;
    *) usage ;;
esac

work=.build/fuzz/$target
mkdir -p "$work/corpus" "$work/failures"
program=$work/fuzz
# Checked arithmetic stays on in an optimized build. All sources are one module here, under the name that some of
# them import; of several modules, the imports of each other are left out.
if [[ $target == request ]]; then
    rm -rf "$work/sources"
    mkdir -p "$work/sources"
    for source in "${sources[@]}"; do
        sed -E '/^(public )?import (Pipeline|ModelFiles)$/d' "$source" > "$work/sources/$(basename "$source")"
    done
    sources=("$work"/sources/*.swift)
fi
swiftc -O -parse-as-library -swift-version 6 -enable-upcoming-feature InternalImportsByDefault \
    -module-name ModelFiles -sanitize=fuzzer,address "${sources[@]}" -o "$program"
python3 Fuzzing/seeds.py "$target" "$work/seeds"
"$program" "$work/corpus" "$work/seeds" -dict="Fuzzing/dictionary-$target.txt" -artifact_prefix="$work/failures/" \
    -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=256 -max_len=16384 \
    -print_final_stats=1
