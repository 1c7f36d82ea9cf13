#!/usr/bin/env bash
# Measures an optimised build. Arguments go to cargo: `scripts/bench.sh --bench checkout`.

source "$(dirname "$0")/lib.sh"

scripts/page.sh
use_rust

timed "Benchmarks" cargo bench -p kasir-tests "$@"
