#!/usr/bin/env bash
# Runs a command and then says how long it took and, where GNU time is installed, the most memory it held.
set -uo pipefail

memory=$(mktemp)
trap 'rm -f "$memory"' EXIT
SECONDS=0
if [[ -x /usr/bin/time ]]; then
    /usr/bin/time --quiet --format %M --output "$memory" "$@"
else
    "$@"
fi
status=$?
if ((status != 0)); then exit "$status"; fi

line="wall time $((SECONDS / 60)) min $((SECONDS % 60)) s"
if [[ -s $memory ]]; then line+=", peak memory $(($(< "$memory") / 1024)) MiB"; fi
echo "$line"
