#!/usr/bin/env bash
# Format, lints and documentation: whatever a reviewer should not have to say.

source "$(dirname "$0")/lib.sh"

scripts/install.sh lint
use_rust

# The server embeds this folder; to be checked, it only has to exist.
mkdir -p dist

timed "Format" cargo fmt --all --check
timed "Lints" cargo clippy --workspace --all-targets --features kasir-tests/browser -- -D warnings
timed "Lints of the page, as the browser compiles it" \
    cargo clippy -p kasir-frontend -p kasir-shared --features kasir-frontend/hydrate \
    --target wasm32-unknown-unknown -- -D warnings
timed "Documentation" env RUSTDOCFLAGS=-Dwarnings cargo doc --workspace --no-deps
