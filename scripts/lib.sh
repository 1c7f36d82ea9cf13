# shellcheck shell=bash
# What every script here shares: where things are, how progress is told, which Rust is used.
# Sourced, never run.

set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
tools=$root/.tools

# Our own tools win over whatever else the machine has.
PATH=$tools/bin:$root/node_modules/.bin:$PATH
export PATH

# The compiler all of this is checked with. Another one may build the page, but it lints differently.
rust_version=1.95.0

step() { printf '\n==> %s\n' "$*"; }
note() { printf '    %s\n' "$*"; }
fail() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# The version of one package in Cargo.lock, so that no version is written down twice.
locked_version() {
    awk -v name="$1" '
        $1 == "name" { found = ($3 == "\"" name "\"") }
        found && $1 == "version" { gsub(/"/, "", $3); print $3; exit }
    ' Cargo.lock
}

# Chooses the compiler: the active one where it fits, otherwise the same one through rustup.
use_rust() {
    have cargo || fail "cargo is missing: install Rust from https://rustup.rs"
    case "$(rustc --version 2>/dev/null || true)" in
    "rustc $rust_version "*) return ;;
    esac
    have rustup || fail "this needs Rust $rust_version, found $(rustc --version 2>/dev/null || echo none)"
    if ! rustup run "$rust_version" rustc --version >/dev/null 2>&1; then
        step "Installing Rust $rust_version (first run only)"
        rustup toolchain install "$rust_version" --profile minimal --component rustfmt,clippy
    fi
    export RUSTUP_TOOLCHAIN=$rust_version
}

# Runs one step of a longer story and says how long it took. A failure ends the story there.
timed() {
    local name=$1 started=$SECONDS
    shift
    step "$name"
    "$@" || fail "$name: failed after $((SECONDS - started)) s"
    note "$name: $((SECONDS - started)) s"
}
