#!/usr/bin/env bash
# Checks Taiji on an NVIDIA GPU and times it beside transformers and TRL on the same card: one table for SmolLM2-135M, one
# for random weights of Qwen2-7B's shape in bfloat16. Meant for less than eight minutes on a data-centre card; it has not
# been run on one yet.
#
# Usage: Scripts/gpu-check.sh [--dry-run] [--without-large]
#
# Needs `make setup CUDA=1`, `make build`, `make bench` and `Benchmarks/peers/setup.sh`, whose torch has CUDA's part. In a
# folder that `make portable` packed, the programs beside Scripts/ are taken, and .peers must be copied there too.
# --dry-run prints the commands and runs none.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

dry=false large=true
for option in "$@"; do
    case $option in
        --dry-run) dry=true ;;
        --without-large) large=false ;;
        *) echo "gpu-check: unknown option '$option'; expected --dry-run or --without-large" >&2; exit 2 ;;
    esac
done

run() {
    printf '$'; printf ' %q' "$@"; echo
    $dry || "$@"
}

programs=.build/release
[[ -x taiji ]] && programs=.
taiji=$programs/taiji bench=$programs/taiji-bench python=.peers/venv/bin/python
if ! $dry; then
    for program in "$taiji" "$bench" "$python"; do
        [[ -x $program ]] || { echo "gpu-check: $program is missing; the head of this script says what is needed" >&2; exit 1; }
    done
fi

run "$taiji" device cuda

# The same log-likelihood as on the processor, within float32's rounding.
score() {
    echo '{"prompt":"Milk and bread come from","answer":" the shop"}' | "$taiji" score --model smollm2 --device "$1"
}
echo "$ taiji score --device cpu; taiji score --device cuda"
if ! $dry; then
    python3 - "$(score cpu)" "$(score cuda)" << 'PYTHON'
import json, sys
cpu, cuda = (json.loads(line)["logLikelihood"] for line in sys.argv[1:])
print(f"log-likelihood on the processor {cpu:.5f}, on the GPU {cuda:.5f}")
sys.exit(abs(cpu - cuda) > 1e-3 and "gpu-check: the GPU computes other numbers")
PYTHON
fi

run Benchmarks/compare.py --rounds 1 --ours "--device cuda --product-type bfloat16" \
    --theirs "--device cuda --dtype bfloat16" prefill decode16 sft grpo

$large || exit 0
[[ -e .peers/qwen2-7b/config.json ]] || run "$python" Benchmarks/peers/random_weights.py qwen2-7b
run Benchmarks/compare.py --rounds 1 --ours "--device cuda --product-type bfloat16 --model .peers/qwen2-7b" \
    --theirs "--device cuda --dtype bfloat16 --model qwen2-7b" prefill decode16
# Adapters: with them 7.6 billion weights, rollouts and gradients fit into 80 GB.
run "$bench" grpo --device cuda --product-type bfloat16 --model .peers/qwen2-7b --rank 16 --prompts 1 --group 4 \
    --prompt-tokens 2048 --completion-tokens 256 --warmup 1 --steps 1
