#!/usr/bin/env bash
# What `make dist` made, where it is to run: the static program in an empty root, the package in a Debian of nothing but
# its base, corridor.exe under wine in folders with Chinese names. PROGRAM is a program of this machine, to compare with.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=packages/dist dist=$PWD/target/dist work=$PWD/target/dist-test native=$(realpath "$1")
rm -rf "$work/root" "$work/台州" && mkdir -p "$work"
say() { printf '== %s\n' "$*"; }
fail() { echo "$*" >&2; exit 1; }

say "corridor.exe needs no DLL but those of Windows"
x86_64-w64-mingw32-objdump -p "$dist/corridor.exe" | sed -n 's/.*DLL Name: //p' | sort > "$work/dlls"
grep -iE 'stdc|gcc|pthread|sqlite|proj' "$work/dlls" && fail "corridor.exe needs these"
tr '\n' ' ' < "$work/dlls"; echo

say "the same bytes from all programs, in folders with Chinese names"
$here/wine/setup.sh "$work/wine" "$dist/corridor.exe"
# A root with the program and nothing else: no libraries, no locale, no /tmp.
mkdir -p "$work/root/台州" && cp "$dist/corridor" "$work/root/"
make_results() { # FOLDER PROGRAM…: the answers in a folder; names relative to it
  local folder=$1; shift
  mkdir -p "$folder/点位"
  cp data/landmarks.csv "$folder/点位/地标.csv"
  cp data/sample-parcels.txt "$folder/点位/地块.txt"
  (cd "$folder" && export LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=0 &&
    "$@" -q locate 点位/地标.csv -o 点位/结果.csv --columns position,zone,path,distance_to_boundary_m,certainty &&
    "$@" -q locate 点位/地标.csv -o 点位/结果.gpkg &&
    "$@" -q convert 点位/地标.csv -o 点位/投影.csv --to-crs EPSG:4549 &&
    "$@" -q overlay 点位/地块.txt -o 点位/地块.csv --report 点位/报告.html &&
    "$@" -q overlay 点位/地块.txt --report 点位/报告.xlsx &&
    "$@" -q map 点位/地标.csv -o 点位/图.svg &&
    "$@" -q map 点位/地标.csv -o 点位/图.html)
}
make_results "$work/台州/本机" "$native"
make_results "$work/台州/静态" "$dist/corridor"
make_results "$work/台州/视窗" "$work/wine/bin/corridor"
# In a ZIP archive, as a workbook is, each entry has a byte for the system that it comes from: 3 is Unix, 0 is Windows.
is_same() { cmp -s "$1" "$2" || { [[ $1 = *.xlsx ]] && ! cmp -l "$1" "$2" | awk '$2 != 3 || $3 != 0' | grep -q .; }; }
compared=0 unequal=0
for file in "$work"/台州/本机/点位/*; do
  for other in 静态 视窗; do
    compared=$((compared + 1))
    is_same "$file" "$work/台州/$other/点位/${file##*/}" || { unequal=$((unequal + 1)); echo "$other: ${file##*/}"; }
  done
done
echo "$compared files compared, $unequal unequal"
[ $unequal = 0 ] || fail "the programs write different files"

say "paths of more than 260 characters"
# In fewer than 512 bytes, which is what SQLite takes on Linux.
name=台州湾科创走廊-a-name-of-sixty-characters-that-makes-the-path-long
long=$work/台州/$name/$name/$name/$name
mkdir -p "$long"
long_results() { # PROGRAM: whole paths in the arguments
  rm -f "$long"/*
  cp data/landmarks.csv "$long/地标.csv" && cp data/sample-parcels.txt "$long/地块.txt"
  SOURCE_DATE_EPOCH=0 "$1" -q locate "$long/地标.csv" -o "$long/结果.gpkg"
  "$1" -q convert "$long/结果.gpkg" -o "$long/结果.csv"
  "$1" -q overlay "$long/地块.txt" -o "$long/地块.csv" --report "$long/报告.html"
  (cd "$long" && LC_ALL=C.UTF-8 sha256sum -- *)
}
long_results "$native" > "$work/long"
long_results "$work/wine/bin/corridor" | diff "$work/long" -
echo "${#long} characters: the same $(wc -l < "$work/long") files"

say "an output that another program has open"
x86_64-w64-mingw32-gcc-posix -municode -Os -s $here/wine/hold.c -o "$work/hold.exe"
held=$work/台州/视窗/点位/结果.csv
coproc hold { WINEPREFIX=$work/wine/prefix WINEDEBUG=-all exec wine "$work/hold.exe" "$held"; }
read -r _ <&"${hold[0]}"
for lang in en zh; do
  status=0
  "$work/wine/bin/corridor" --lang $lang -q locate data/landmarks.csv -o "$held" --overwrite 2> "$work/said" || status=$?
  cat "$work/said"
  if [ $status != 4 ] || ! grep -q Excel "$work/said"; then fail "exit code $status"; fi
done
# shellcheck disable=SC2154 # Set by coproc.
kill "$hold_PID"
wait "$hold_PID" || true

say "files dropped onto the program"
dropped=$work/台州/视窗/拖放
rm -rf "$dropped" && mkdir "$dropped"
echo 'lang = "zh"' > "$dropped/corridor.toml"
cp data/landmarks.csv "$dropped/地标.csv" && cp data/sample-parcels.txt "$dropped/地块.txt"
(cd "$dropped" && "$work/wine/bin/corridor" "$dropped/地标.csv" "$dropped/地块.txt")
ls "$dropped"
for result in 地标-片区.csv 地块-报告.xlsx; do
  [ -s "$dropped/$result" ] || fail "there is no $result"
done

say "the static program in an empty root"
cp data/landmarks.csv "$work/root/台州/"
chroot "$work/root" /corridor --version | head -1
chroot "$work/root" /corridor -q locate 台州/landmarks.csv --to-crs EPSG:4549 -f csv | cmp - <("$native" -q locate data/landmarks.csv --to-crs EPSG:4549 -f csv)

say "the package in a bare Debian"
command -v debootstrap >/dev/null || apt-get install -y -qq --no-install-recommends debootstrap
debian=$work/debian
if [ ! -e "$debian/etc/ready" ]; then
  rm -rf "$debian"
  # The mirror of this machine.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -1)
  debootstrap --variant=minbase --include=man-db,bash-completion bookworm "$debian" "$mirror" > "$work/debootstrap.log" ||
    fail "debootstrap failed: $work/debootstrap.log"
  touch "$debian/etc/ready"
fi
chroot "$debian" dpkg --purge taizhou-corridor 2>/dev/null || true
cp "$dist"/taizhou-corridor_*.deb "$debian/corridor.deb"
chroot "$debian" dpkg -i /corridor.deb
chroot "$debian" corridor locate --at 121.36898 28.65590
# The settings of a minimal Debian leave man pages out in some images, but not here.
for page in corridor corridor-locate corridor-overlay; do
  chroot "$debian" env MANWIDTH=80 LC_ALL=C.UTF-8 man $page | grep -q "$page" || fail "no page $page"
done
chroot "$debian" env LC_ALL=C.UTF-8 man -L zh_CN corridor | grep -q 台州 || fail "no Chinese page"
chroot "$debian" bash -c '. /usr/share/bash-completion/bash_completion; _completion_loader corridor
  COMP_WORDS=(corridor loc) COMP_CWORD=1; _corridor corridor loc corridor; printf "%s\n" "${COMPREPLY[@]}"' | grep -qx locate ||
  fail "no completion of commands"
chroot "$debian" dpkg --purge taizhou-corridor
echo "all is as it should be"
