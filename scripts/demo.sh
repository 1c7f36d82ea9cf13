#!/usr/bin/env bash
# Builds everything as it would run in production, and serves a shop, Kasir and the other side.

source "$(dirname "$0")/lib.sh"

scripts/page.sh
use_rust

step "Building the server and the demo"
cargo build --release -p kasir-server --bin kasir -p kasir-tests --bin kasir-demo
exec "${CARGO_TARGET_DIR:-target}/release/kasir-demo" "$@"
