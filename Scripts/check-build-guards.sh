#!/usr/bin/env bash
# Shows that the build refuses an undeclared import and a warning: with the flags that the Makefile builds with, given as
# arguments, and this package's own manifest. A probe is added to a copy of the sources; the tree itself is not touched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

(($# > 0)) || { echo "usage: $0 SWIFT_BUILD_FLAG...  (\`make guards\` gives the right ones)" >&2; exit 2; }
readonly flags=("$@") copy=$PWD/.build-guards/package log=$PWD/.build-guards/log
# Two modules that import no other and build in seconds.
readonly module=DuckDB undeclared=Evaluation

rm -rf "$copy"
mkdir -p "$copy"
trap 'rm -rf "$copy"' EXIT
cp -Rp Package.swift Sources Tests "$copy"
if [[ -f Package.resolved ]]; then cp -p Package.resolved "$copy"; fi

build() {
    swift build --package-path "$copy" --scratch-path .build-guards/build "${flags[@]}" --target "$1" > "$log" 2>&1
}

fail() {
    tail -n 20 "$log" >&2
    echo "guard: $*" >&2
    exit 1
}

# expect_refusal WHAT MESSAGE: the build fails with the probe that is on standard input, and for the reason it should.
expect_refusal() {
    local probe=$copy/Sources/$module/BuildGuardProbe.swift
    cat > "$probe"
    if build "$module"; then fail "$1 fails the build: no"; fi
    grep -q "$2" "$log" || fail "with $1 the build fails, but not for that reason"
    rm "$probe"
    echo "guard: $1 fails the build: yes"
}

for target in "$undeclared" "$module"; do
    build "$target" || fail "$target does not build even without a probe, so nothing can be shown"
done
expect_refusal "an undeclared import" "Target $module imports another target ($undeclared)" <<< "import $undeclared"
expect_refusal "a warning" "BuildGuardProbe.swift:2:.*error: .*never used" <<< 'func probe() {
    let unused = 1
}'
build "$module" || fail "$module does not build after the probes are gone"
