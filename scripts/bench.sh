#!/usr/bin/env bash
# Measures an optimised build. Arguments are parts: `scripts/bench.sh latency`; without any, all run.

source "$(dirname "$0")/lib.sh"

scripts/page.sh
use_rust

# The benchmark starts the real binary, which Cargo puts beside it. Both are built in one go, so that
# they share their dependencies, and with the profile of a release.
chosen=(-p kasir-server -p kasir-tests)
timed "Optimised build" cargo build --profile bench "${chosen[@]}" --bin kasir --bench house
timed "Benchmarks" cargo bench "${chosen[@]}" --bench house -- "$@"
