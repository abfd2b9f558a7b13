#!/usr/bin/env bash
# The house rules that a formatter cannot see. Every breach is one line, `file:line: what is wrong`; the exit status is 1
# if there is any. Looks at what git tracks or would track.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

breaches=0
report() {
    echo "$*" >&2
    breaches=$((breaches + 1))
}

command -v git > /dev/null || { echo "lint: git is missing" >&2; exit 1; }
mapfile -d '' -t listed < <(git ls-files -z --cached --others --exclude-standard)
files=()
for file in "${listed[@]}"; do
    if [[ -f $file ]]; then files+=("$file"); fi
done
((${#files[@]} > 0)) || { echo "lint: git lists no files here" >&2; exit 1; }

# Prints those of the files whose path matches a regular expression, each ended by NUL.
matching() {
    local file
    for file in "${files[@]}"; do
        if [[ $file =~ $1 ]]; then printf '%s\0' "$file"; fi
    done
}

# forbid PATHS PATTERN SENTENCE: reports every line that has the pattern, in files whose path matches; comments may.
forbid() {
    local line
    while IFS= read -r line; do report "$line: $3"; done < <(
        matching "$1" | xargs -0 -r grep -InHE "$2" | grep -vE '^[^:]+\.(swift|h|cpp):[0-9]+: *//' || true
    )
}

check_lengths() {
    local file lines bytes
    while IFS= read -r -d '' file; do
        lines=$(wc -l < "$file")
        if ((lines > 400)); then report "$file: $lines lines; a file has at most 400"; fi
    done < <(matching '^(Sources|Tests|Scripts|Reference|Benchmarks)/.*\.(swift|h|cpp|py|sh|sql)$')
    for file in "${files[@]}"; do
        bytes=$(stat -c %s "$file")
        if ((bytes > 500000)); then report "$file: $bytes bytes; a tracked file has at most 500000"; fi
    done
}

check_forbidden_words() {
    forbid '^Sources/.*\.swift$' '\btry!|\bas!|\bfatalError\(' "throw a typed error instead of stopping the program"
    forbid . 'pypi[.]|pythonhosted[.]|download[.]pytorch[.]|huggingface[.]co\b|anaconda[.]org|debian[.]org' \
        "names a registry's host; name the package and its version"
    # Golden texts (JSON) are there to be encoded; they name folders as any text may.
    forbid '[.](swift|h|cpp|py|sh|sql|md|yaml|txt)$|^Makefile$|^[.]ci/' '(^|[^A-Za-z0-9_.})>*-])/(work|root|tmp|home|opt)\b' \
        "names a folder of one machine; use a relative path or the system's temporary folder"
}

# The table is Scripts/modules.txt. Tests may import any module, but a C shim only where its importer is tested.
check_imports() {
    local breach found
    found=$(
        matching '^(Sources|Tests)/.*\.swift$' | xargs -0 -r awk '
            FILENAME == "Scripts/modules.txt" {
                if ($0 !~ /^#/ && NF == 4) { level[$2] = $1; module[$3] = $2; importer[$2] = $4 }
                next
            }
            FNR == 1 {
                split(FILENAME, parts, "/")
                isTest = parts[1] == "Tests"
                own = isTest ? parts[2] : module[parts[2]]
                if (!isTest && own == "") print FILENAME ":1: " parts[2] " is not in Scripts/modules.txt; give it a level"
            }
            /^[ \t]*((@[A-Za-z_]+|public|package|internal|fileprivate|private)[ \t]+)*import[ \t]/ {
                line = $0
                sub(/\/\/.*/, "", line)
                sub(/^.*import[ \t]+((struct|class|enum|protocol|func|var|let|typealias)[ \t]+)?/, "", line)
                sub(/[^A-Za-z0-9_].*$/, "", line)
                place = FILENAME ":" FNR ": " own
                if (!(line in level) || line == own) next
                if (importer[line] != "*" && importer[line] != own && importer[line] "Tests" != own)
                    print place " imports " line ", which only " importer[line] " may"
                else if (!isTest && own != "" && level[line] >= level[own])
                    print place " (level " level[own] ") imports " line " (level " level[line] "); only lower levels may be imported"
            }' Scripts/modules.txt
    )
    while IFS= read -r breach; do
        if [[ -n $breach ]]; then report "$breach"; fi
    done <<< "$found"
}

check_scripts() {
    local file
    while IFS= read -r -d '' file; do
        bash -n "$file" || report "$file: bash cannot parse it"
    done < <(matching '(^Scripts/.*\.sh|^\.ci/run)$')
    while IFS= read -r -d '' file; do
        python3 -c 'import sys; compile(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1], "exec")' "$file" ||
            report "$file: python3 cannot parse it"
    done < <(matching '^(Reference|Scripts|Benchmarks)/.*\.py$')
}

# Width of lines in characters, length of functions, and paths of steps outside of their declarations.
check_shapes() {
    local breach
    while IFS= read -r breach; do report "$breach"; done < <(
        printf '%s\n' "${files[@]}" | python3 Scripts/shapes.py
    )
}

check_lengths
check_shapes
check_forbidden_words
check_imports
check_scripts
if ((breaches > 0)); then
    echo "lint: $breaches breaches of the house rules" >&2
    exit 1
fi
echo "lint: ${#files[@]} files keep the house rules"
