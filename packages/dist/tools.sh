#!/usr/bin/env bash
# Installs what a build needs on a Debian with Rust, into the system and into target/dist-tools, and says what it cannot:
# tools.sh windows | all
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$PWD/target/dist-tools
need() { echo "needed, and could not be installed: $*" >&2; exit 1; }

packages=()
for tool in x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix rsvg-convert:librsvg2-bin icotool:icoutils; do
  command -v "${tool%%:*}" >/dev/null || packages+=("${tool#*:}")
done
if [ ${#packages[@]} -gt 0 ]; then
  echo "installing ${packages[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}"; } ||
    need "${packages[*]} (Debian)"
fi
.cargo/cmake --version >/dev/null
rustup target add x86_64-pc-windows-gnu || need "Rust for x86_64-pc-windows-gnu"
[ "$1" = all ] || exit 0

command -v npm >/dev/null || { apt-get install -y -qq --no-install-recommends nodejs npm; } || need "Node.js 20 and npm"
rustup target add x86_64-unknown-linux-musl || need "Rust for x86_64-unknown-linux-musl"
if ! cmp -s packages/dist/requirements.txt "$tools/requirements.txt"; then
  { python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" install --quiet -r packages/dist/requirements.txt; } ||
    need "zig and cargo-zigbuild (pip, python3-venv)"
  cp packages/dist/requirements.txt "$tools/"
fi
[ -x "$tools/bin/cargo-cyclonedx" ] || cargo install --quiet --locked cargo-cyclonedx@0.5.9 --root "$tools" ||
  need "cargo-cyclonedx (cargo)"
