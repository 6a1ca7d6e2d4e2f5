#!/usr/bin/env bash
# Builds the program for one target, and prints its path: build.sh windows | linux
# Run again it gives the same bytes: neither times nor folders of this machine get into it. Both targets share a target
# folder, so that build scripts and macros are compiled once.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD here=$PWD/packages/dist cross=target/cross
cargo_home=${CARGO_HOME:-$HOME/.cargo}
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export CMAKE=$root/.cargo/cmake
options=(--release --locked --bin corridor --features tool --target-dir "$cross")
[ -f packages/web/corridor.html ] || make tool >&2
rust_paths="--remap-path-prefix=$(rustc --print sysroot)=rust --remap-path-prefix=$cargo_home=cargo --remap-path-prefix=$root=."
c_paths="-ffile-prefix-map=$cargo_home=cargo -ffile-prefix-map=$root=."

case ${1-} in
windows)
  target=x86_64-pc-windows-gnu gnu=x86_64-w64-mingw32
  export CMAKE_TOOLCHAIN_FILE_x86_64_pc_windows_gnu=$here/windows/proj.cmake
  export CC_x86_64_pc_windows_gnu=$gnu-gcc-posix CXX_x86_64_pc_windows_gnu=$gnu-g++-posix
  export AR_x86_64_pc_windows_gnu=$gnu-ar
  export CFLAGS_x86_64_pc_windows_gnu=$c_paths CXXFLAGS_x86_64_pc_windows_gnu=$c_paths
  # The libraries of C++ and of GCC become part of the program, which then needs no DLL but those of Windows.
  export CXXSTDLIB_x86_64_pc_windows_gnu=static=stdc++
  libraries=$(dirname "$($gnu-gcc-posix -print-file-name=libstdc++.a)")
  export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER=$gnu-gcc-posix
  export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUSTFLAGS="$rust_paths -C target-feature=+crt-static -L native=$libraries \
-C link-arg=-lshell32 -C link-arg=-lole32 -C link-arg=-Wl,--no-insert-timestamp"
  "$here/windows/resources.sh" "$(cargo pkgid --offline | sed 's/.*[#@]//')" $cross/resources >&2
  cargo rustc --target $target "${options[@]}" -- -C link-arg=$cross/resources/corridor.o >&2
  echo $cross/$target/release/corridor.exe
  ;;
linux)
  # zig has musl and a C++ library for it; the packages of Debian have a C compiler for musl, but none for C++.
  target=x86_64-unknown-linux-musl
  export PATH=$root/target/dist-tools/venv/bin:$PATH
  export CMAKE_TOOLCHAIN_FILE_x86_64_unknown_linux_musl=$here/linux/proj.cmake
  export CFLAGS_x86_64_unknown_linux_musl=$c_paths CXXFLAGS_x86_64_unknown_linux_musl=$c_paths
  export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=$rust_paths
  cargo zigbuild --target $target "${options[@]}" >&2
  echo $cross/$target/release/corridor
  ;;
*)
  echo "build.sh windows | linux" >&2
  exit 2
  ;;
esac
