#!/usr/bin/env bash
# Everything that must hold, from the format to the stories in a real browser. Installs what is
# missing, says how long each step took, and stops at the first that fails.

source "$(dirname "$0")/lib.sh"

scripts/install.sh page lint browser postgres
use_rust

# The names of the test targets that need a browser, as arguments for cargo.
browser_targets() {
    cargo metadata --no-deps --format-version 1 | node -e '
        const { packages } = JSON.parse(require("fs").readFileSync(0, "utf8"));
        for (const { targets } of packages)
            for (const target of targets)
                if (target["required-features"]?.includes("browser") && target.kind.includes("test"))
                    console.log("--test\n" + target.name);
    '
}

mapfile -t stories < <(browser_targets)
[[ ${#stories[@]} -gt 0 ]] || fail "no test target has required-features = [\"browser\"]"

scripts/lint.sh
timed "The page" scripts/page.sh
# Together, so that the binaries which some stories start are built from the same dependencies.
timed "Server and tests" cargo build --workspace --lib --bins --tests
timed "Tests" cargo test --workspace --lib --bins --tests
timed "Examples in the documentation" cargo test --workspace --doc
# The whole workspace is selected so that its dependencies are the ones already built.
timed "Stories in a browser" cargo test --workspace --features kasir-tests/browser "${stories[@]}"
timed "Sizes of the page" node scripts/pack.mjs --check

step "All of it holds, after $((SECONDS / 60)) min $((SECONDS % 60)) s"
