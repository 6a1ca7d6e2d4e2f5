#!/usr/bin/env bash
# Installs what `make dist` needs on a Debian with Rust, into the system and into target/dist-tools; says what it cannot.
set -euo pipefail
cd "$(dirname "$0")/../.."
tools=$PWD/target/dist-tools

missing=()
for need in x86_64-w64-mingw32-g++-posix:g++-mingw-w64-x86-64-posix rsvg-convert:librsvg2-bin icotool:icoutils \
  dpkg-deb:dpkg python3:python3-venv; do
  command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } ||
    { echo "These packages of Debian are needed, and could not be installed: ${missing[*]}" >&2; exit 1; }
fi
.cargo/cmake --version >/dev/null

rustup target add x86_64-pc-windows-gnu x86_64-unknown-linux-musl ||
  { echo "Rust's libraries for Windows and musl are needed: rustup target add" >&2; exit 1; }
if ! cmp -s packages/dist/requirements.txt "$tools/requirements.txt"; then
  python3 -m venv "$tools/venv" && "$tools/venv/bin/pip" install --quiet -r packages/dist/requirements.txt ||
    { echo "zig and cargo-zigbuild are needed, which come by pip" >&2; exit 1; }
  cp packages/dist/requirements.txt "$tools/"
fi
[ -x "$tools/bin/cargo-cyclonedx" ] || cargo install --quiet --locked cargo-cyclonedx@0.5.9 --root "$tools" ||
  { echo "cargo-cyclonedx 0.5.9 is needed: cargo install --locked cargo-cyclonedx@0.5.9" >&2; exit 1; }
