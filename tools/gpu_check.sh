#!/usr/bin/env bash
# Checks speech on a real graphics card: every kernel against its CPU twin, whole networks and sentences against the CPU, a voice model,
# the published size, then both backends' speed with the time of every kernel.
#
#   [PEAK_TFLOPS=…] tools/gpu_check.sh [PART OF THE ADAPTER'S NAME]
#
# Needs a graphics driver and the Rust toolchain. Prints what it measured as JSON; the exit status says whether everything agreed.
# With the adapter's peak in f32 by its vendor as PEAK_TFLOPS it also says which share of it each kernel reaches. CubeCL is not built
# beside it (decision 041): its own benchmarks run on the same adapter.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
    # The program and the tests of whole runs choose by the first name, wgpu's own helper in the kernel tests by the second.
    export JAM_FLOW_ADAPTER="$1" WGPU_ADAPTER_NAME="$1"
fi
unset SKIP_GPU_TESTS

echo "gpu_check: kernels against their twins" >&2
cargo test --release --locked --workspace --lib kernels:: -- --nocapture
echo "gpu_check: networks and sentences against the CPU" >&2
cargo test --release --locked --workspace --test gpu_flow -- --nocapture --test-threads=1
echo "gpu_check: the published size against the CPU (8 GB of memory)" >&2
cargo test --release --locked --workspace --test gpu_flow published -- --ignored --nocapture
echo "gpu_check: a voice model against the CPU" >&2
cargo test --release --locked --workspace --test voice_model alike -- --nocapture
echo "gpu_check: speed" >&2
cargo build --release --locked --workspace --bins
# Measured anew, whatever was remembered of this adapter.
settings="$(mktemp -d)"
trap 'rm -rf "$settings"' EXIT
XDG_CONFIG_HOME="$settings" "${CARGO_TARGET_DIR:-target}/release/jam-flow" bench --compute cpu,gpu --json | tee "$settings/bench.json"
if [ -n "${PEAK_TFLOPS:-}" ]; then
    python3 - "$settings/bench.json" "$PEAK_TFLOPS" >&2 <<'PYTHON'
import json
import sys

peak_gflops = 1000 * float(sys.argv[2])
with open(sys.argv[1], encoding="utf-8") as file:
    backends = json.load(file)["backends"]
for kernel in (kernel for backend in backends for kernel in backend["kernels"]):
    share = 100 * kernel["gflops"] / peak_gflops
    print(f"gpu_check: {kernel['name']}: {kernel['gflops']:.1f} GFLOP/s, {share:.1f} % of the peak")
PYTHON
fi
