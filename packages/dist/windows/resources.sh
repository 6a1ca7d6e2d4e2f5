#!/usr/bin/env bash
# The icon, the manifest and the version of corridor.exe as an object file: resources.sh VERSION FOLDER
set -euo pipefail
version=$1 folder=$2
source=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$folder"
cd "$folder"
numbers=${version%%-*}.0
for file in corridor.rc corridor.manifest; do
  sed "s/@VERSION@/$version/; s/@NUMBERS@/$numbers/; s/@COMMAS@/${numbers//./,}/" "$source/$file" > $file
done
for size in 16 24 32 48 64 256; do
  rsvg-convert -w $size "$source/corridor.svg" -o $size.png
done
# The largest is stored as PNG, as Windows expects it.
icotool --create --output corridor.ico {16,24,32,48,64}.png --raw 256.png
x86_64-w64-mingw32-windres --codepage 65001 corridor.rc --output corridor.o
