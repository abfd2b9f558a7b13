#!/usr/bin/env bash
# Puts the built programs where they run from any folder: install.sh PREFIX. Programs, their libraries, models and data go to
# PREFIX/lib/taiji, links to PREFIX/bin, manual pages and shell completions to PREFIX/share. Installing again replaces it whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

prefix=${1:?"usage: Scripts/install.sh PREFIX"}
release=.build/release
for program in taiji taiji-bench taiji-serve; do
    [[ -x $release/$program ]] || { echo "install: $release/$program is missing; run make build" >&2; exit 1; }
done
mkdir -p "$prefix"/{bin,lib,share/man/man1,share/bash-completion/completions}
mkdir -p "$prefix"/share/{zsh/site-functions,fish/vendor_completions.d}
prefix=$(cd "$prefix" && pwd)

home=$prefix/lib/taiji
partial=$(mktemp -d "$prefix/lib/.taiji.XXXXXX")
trap 'rm -rf "$partial"' EXIT
cp "$release"/taiji "$release"/taiji-bench "$release"/taiji-serve "$partial"
cp -r "$release"/*.resources "$partial"
mkdir -p "$partial"/lib "$partial"/.deps
# The libraries that the build took from .deps; those of the system stay where they are.
ldd "$release"/taiji | sed -nE 's/.* => (.*\.deps\/.*) \(.*/\1/p' | sort -u | while IFS= read -r library; do
    cp -L "$library" "$partial"/lib
done
for part in bin models data plotly; do
    if [[ -e .deps/$part ]]; then cp -rL ".deps/$part" "$partial"/.deps; fi
done
cp -r Configs "$partial"
chmod 755 "$partial"
rm -rf "$home"
mv "$partial" "$home"
trap - EXIT
for program in taiji taiji-bench; do ln -sf "../lib/taiji/$program" "$prefix/bin/$program"; done

"$release"/generate-manual "$home/taiji" --multi-page --section 1 --output-directory "$prefix/share/man/man1"
"$release"/generate-manual "$home/taiji-bench" --section 1 --output-directory "$prefix/share/man/man1"
for program in taiji taiji-bench; do
    "$home/$program" --generate-completion-script bash > "$prefix/share/bash-completion/completions/$program"
    "$home/$program" --generate-completion-script zsh > "$prefix/share/zsh/site-functions/_$program"
    "$home/$program" --generate-completion-script fish > "$prefix/share/fish/vendor_completions.d/$program.fish"
done
echo "install: $prefix/bin/taiji and taiji-bench; manual pages and completions in $prefix/share"
