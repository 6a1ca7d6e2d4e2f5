#!/usr/bin/env bash
# A folder of wine's own with corridor.exe in it, and `corridor` to run it like any program: setup.sh FOLDER PROGRAM.exe
set -euo pipefail
folder=$(realpath -m "$1") program=$2 here=$(dirname "$0")
command -v wine >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends wine wine64; } ||
  { echo "wine is needed" >&2; exit 1; }
mkdir -p "$folder/bin"
cp "$program" "$folder/bin/corridor.exe"
export WINEPREFIX=$folder/prefix WINEDEBUG=-all
if [ ! -e "$WINEPREFIX/drive_c" ]; then
  WINEDLLOVERRIDES='mscoree,mshtml=' wineboot --init >/dev/null 2>&1
fi
[ -e "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" ] ||
  x86_64-w64-mingw32-gcc-posix -shared -Os -s "$here/bcryptprimitives.c" -o "$folder/bin/bcryptprimitives.dll" -ladvapi32
# Names of files are UTF-8 to wine only in a locale of UTF-8.
cat > "$folder/bin/corridor" <<SCRIPT
#!/bin/sh
[ "\${LC_ALL-}" != C ] || export LC_ALL=C.UTF-8
export WINEPREFIX='$WINEPREFIX' WINEDEBUG=-all
exec wine '$folder/bin/corridor.exe' "\$@"
SCRIPT
chmod +x "$folder/bin/corridor"
