#!/usr/bin/env bash
# Packs programs that need no Swift on the machine they are copied to, which runs Linux with the same or a later C library:
# portable.sh FOLDER makes FOLDER/taiji and FOLDER/taiji.tar.xz of it. Swift's libraries are linked in; FAISS, MPI, the
# models and libtorch are left out, since a GPU machine has a libtorch for its GPU in Python's torch package.
#
# There, with the version of torch that .deps has:
#   tar xf taiji.tar.xz
#   ln -s "$(python3 -c 'import torch; print(torch.__path__[0])')/lib" taiji/lib
#   taiji/taiji device cuda
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target=${1:?"usage: Scripts/portable.sh FOLDER"}
scratch=.build-portable
mkdir -p "$target" "$scratch/libraries"
target=$(cd "$target" && pwd)

# Foundation's networking needs libcurl; a machine may have it without the link that a linker looks for.
curl=$(PATH=$PATH:/sbin ldconfig -p | awk '$1 == "libcurl.so.4" && !found { found = $NF } END { print found }')
[[ -n $curl ]] || { echo "portable: libcurl.so.4 was not found; install libcurl4" >&2; exit 1; }
ln -sf "$curl" "$scratch/libraries/libcurl.so"
for product in taiji taiji-bench; do
    TAIJI_FAISS=off TAIJI_MPI=off swift build -c release --static-swift-stdlib --scratch-path "$scratch" \
        --product "$product" -Xlinker --gc-sections -Xlinker "-L$PWD/$scratch/libraries"
done

partial=$(mktemp -d "$target/.taiji.XXXXXX")
trap 'rm -rf "$partial"' EXIT
release=$scratch/release
cp "$release"/taiji "$release"/taiji-bench "$partial"
strip "$partial"/taiji "$partial"/taiji-bench
cp -r "$release"/*.resources Configs "$partial"
mkdir -p "$partial"/{Scripts,Benchmarks}
cp Scripts/gpu-check.sh "$partial"/Scripts
cp -r Benchmarks/compare.py Benchmarks/peers "$partial"/Benchmarks
find "$partial" -name __pycache__ -prune -exec rm -rf {} +
chmod 755 "$partial"
foreign=$(ldd "$partial"/taiji "$partial"/taiji-bench | grep -E "libswift|Foundation|faiss|openblas|libmpi" || true)
[[ -z $foreign ]] || { echo "portable: a library was not linked in:" "$foreign" >&2; exit 1; }
rm -rf "$target/taiji"
mv "$partial" "$target/taiji"
trap - EXIT
tar -C "$target" -c taiji | xz -3 -T0 > "$target/taiji.tar.xz"
echo "portable: $target/taiji.tar.xz, $(du -m "$target/taiji.tar.xz" | cut -f1) MB; $(du -sm "$target/taiji" | cut -f1) MB unpacked"
