#!/usr/bin/env bash
# Installs what is missing, by name: `scripts/install.sh page` or `scripts/install.sh page browser`.
# Everything but the Debian packages stays inside this folder (.tools/, node_modules/).
# A second run finds everything in place and says nothing.

source "$(dirname "$0")/lib.sh"

trunk_version=0.21.14

# Runs `cargo install` for a tool. Tools are run for seconds, so they are optimised lightly: this
# halves the first run. They are built beside their final place, never in the caller's target folder.
install_tool() {
    env CARGO_TARGET_DIR="$tools/build" \
        CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_DEBUG=0 \
        CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
        CARGO_PROFILE_RELEASE_STRIP=symbols \
        cargo install --quiet --root "$tools" --force "$@"
    rm -rf "$tools/build"
}

# The tool's version number as it prints it itself; empty where it is missing or broken.
version_of() { "$1" --version 2>/dev/null | awk '{ print $2; exit }' || true; }

install_wasm_target() {
    [[ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown/lib" ]] && return
    have rustup || fail "the Rust target wasm32-unknown-unknown is missing, and rustup, which would add it, too"
    step "Adding the Rust target wasm32-unknown-unknown (first run only)"
    rustup target add wasm32-unknown-unknown
}

install_lint_components() {
    cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
    have rustup || fail "rustfmt and clippy are missing"
    step "Adding rustfmt and clippy (first run only)"
    rustup component add rustfmt clippy
}

install_trunk() {
    [[ "$(version_of trunk)" == "$trunk_version" ]] && return
    step "Installing Trunk $trunk_version (first run only, a few minutes)"
    # Without its default features it asks nobody for updates and cannot download: Trunk.toml is offline.
    install_tool --locked trunk --version "$trunk_version" --no-default-features
}

# The tool and the library must be of one version, so the version is read from Cargo.lock.
install_wasm_bindgen() {
    local wanted
    wanted=$(locked_version wasm-bindgen)
    [[ -n "$wanted" ]] || fail "Cargo.lock does not name wasm-bindgen"
    [[ "$(version_of wasm-bindgen)" == "$wanted" ]] && return
    step "Installing wasm-bindgen $wanted (first run only, a minute or two)"
    # Not --locked: its lock file names a version of webpki-roots that not every registry has.
    install_tool wasm-bindgen-cli --version "=$wanted" --bin wasm-bindgen --no-default-features
    [[ "$(version_of wasm-bindgen)" == "$wanted" ]] ||
        fail "wasm-bindgen $(version_of wasm-bindgen) was installed, but Cargo.lock names $wanted"
}

install_npm_packages() {
    local stamp=node_modules/.installed
    cmp -s package-lock.json "$stamp" && return
    have npm || fail "npm is missing: install Node.js 20 or newer (Debian packages nodejs and npm)"
    step "Installing the npm packages (first run only)"
    npm ci --ignore-scripts --no-audit --no-fund
    cp package-lock.json "$stamp"
}

# Installs what only the system can give: `debian_packages "what it is" package...`.
debian_packages() {
    local what=$1
    shift
    if ! have apt-get || [[ $EUID -ne 0 ]]; then
        fail "$what is missing. Install the Debian packages: $*"
    fi
    step "Installing $what from Debian: $* (first run only)"
    if [[ -z "${apt_updated:-}" ]]; then
        apt-get -o DPkg::Lock::Timeout=600 -qq update
        apt_updated=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 -qq install -y \
        --no-install-recommends "$@" >/dev/null
}

install_browser() {
    { have chromium && have chromedriver; } ||
        debian_packages "a browser with its driver" chromium chromium-driver
    have zbarimg || debian_packages "a reader of barcodes" zbar-tools
}

install_postgres() {
    # Debian keeps initdb off the PATH, one per version.
    have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null ||
        debian_packages PostgreSQL postgresql
}

use_rust
for what; do
    case "$what" in
    page)
        install_wasm_target
        install_npm_packages
        install_wasm_bindgen
        install_trunk
        ;;
    lint)
        install_wasm_target
        install_lint_components
        ;;
    browser)
        install_npm_packages
        install_browser
        ;;
    postgres) install_postgres ;;
    *) fail "nothing is called '$what' here; there are: page, lint, browser, postgres" ;;
    esac
done
