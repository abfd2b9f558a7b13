#!/usr/bin/env bash
# Makes .peers/ at the package's root, which git ignores: a Python environment with the peers, pinned, and what they read.
# Needs python3 with venv, g++ and `make setup`; takes about fifteen minutes on two cores, most of it llama.cpp's compilation,
# and 7 GB of disk, most of it the CUDA libraries that the plain torch wheel brings along. Again: nothing twice.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

[[ -e .deps/models/smollm2 ]] || { echo "peers: the model is missing; run \`make setup\` first" >&2; exit 1; }
command -v g++ > /dev/null || { echo "peers: g++ is missing; install it with: apt-get install g++" >&2; exit 1; }

python=.peers/venv/bin/python
[[ -x $python ]] || python3 -m venv .peers/venv
export PIP_DISABLE_PIP_VERSION_CHECK=1

# The service's peer needs little: `Benchmarks/peers/setup.sh serve` brings that alone.
if [[ ${1:-} == serve ]]; then
    "$python" -m pip install --quiet torch==2.15.0 safetensors==0.8.0 numpy==2.4.6 fastapi==0.165.0 uvicorn==0.54.0 \
        orjson==3.13.0 uvloop==0.23.0 httptools==0.9.0
    echo "peers: ready for the service's benchmark"
    exit 0
fi

# llama.cpp at ggml-org/llama.cpp@0c1e57098 (ggml 0.25.3), compiled for this processor.
llama() {
    "$python" -c 'import llama_cpp; assert llama_cpp.__version__ == "0.3.36"' 2> /dev/null && return
    echo "peers: compiling llama.cpp"
    "$python" -m pip install --quiet cmake==4.4.4 ninja==1.13.2 scikit-build-core==1.1.2
    # Without AMX, whose kernels of this release end with an illegal instruction in a virtual machine.
    local amx="-mno-amx-tile -mno-amx-int8 -mno-amx-bf16"
    [[ $(uname -m) == x86_64 ]] || amx=
    PATH=$PWD/.peers/venv/bin:$PATH CMAKE_ARGS="-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF" CFLAGS=$amx CXXFLAGS=$amx \
        "$python" -m pip install --quiet --no-build-isolation --no-binary llama-cpp-python llama-cpp-python==0.3.36
}

# What `Scripts/remote-check.py` needs: a server of OpenAI's interface that is not ours.
if [[ ${1:-} == remote ]]; then
    llama
    "$python" -m pip install --quiet fastapi==0.165.0 uvicorn==0.54.0 sse-starlette==3.7.0 \
        starlette-context==0.5.1 pydantic-settings==2.16.3 openai==3.57.0
    echo "peers: ready for the check of remote models"
    exit 0
fi

# The same libtorch as Taiji's: 2.15.
"$python" -m pip install --quiet torch==2.15.0 transformers==5.23.0 tokenizers==0.23.3 accelerate==1.15.0 gguf==0.19.0 \
    safetensors==0.8.0 numpy==2.4.6 trl==1.16.0 datasets==5.2.0 torch-rechub==0.9.0 scikit-learn==1.9.1 faiss-cpu==1.15.1

llama

if [[ ! -e .peers/ready ]]; then
    "$python" Benchmarks/peers/weights.py > .peers/weights.log 2>&1 ||
        { echo "peers: the weights could not be written; .peers/weights.log says why" >&2; exit 1; }
    touch .peers/ready
fi
echo "peers: ready"
