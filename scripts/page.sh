#!/usr/bin/env bash
# Builds the payment page into dist/, which the server embeds. Does nothing when nothing it is made
# from has changed since the last time.

source "$(dirname "$0")/lib.sh"

# One digest over everything the page is made from, and over what makes it.
inputs_digest() {
    find frontend shared style Cargo.toml Cargo.lock Trunk.toml package-lock.json scripts -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

scripts/install.sh page
use_rust

stamp=$tools/page-inputs
digest=$(inputs_digest)
if [[ -e dist/manifest.json && "$(cat "$stamp" 2>/dev/null || true)" == "$digest" ]]; then
    step "The page in dist/ is up to date"
    exit
fi

step "Building the page into dist/"
rm -f "$stamp"
# Trunk builds offline: what the page is made from must be here before. A second time this asks nobody.
cargo fetch --quiet --locked --target wasm32-unknown-unknown
# Its own stack traces would hide the message of whatever failed.
if ! RUST_BACKTRACE=0 trunk --log warn build; then
    rm -rf dist/.stage
    fail "the page was not built; dist/ is as it was before"
fi
echo "$digest" >"$stamp"
