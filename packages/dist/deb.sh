#!/usr/bin/env bash
# Packs the static program for Debian: deb.sh PROGRAM OUTPUT.deb
# dpkg-deb is all that it takes, and gives the same bytes for the same SOURCE_DATE_EPOCH; cargo-deb would be one more
# tool to build, and builds the program itself.
set -euo pipefail
program=$1 output=$2
version=$("$program" --version | sed -n '1s/corridor //p')
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

install -D -m 755 "$program" "$root/usr/bin/corridor"
shell() { install -D -m 644 /dev/stdin "$root/usr/share/$1"; }
"$program" completions bash | shell bash-completion/completions/corridor
"$program" completions zsh | shell zsh/vendor-completions/_corridor
"$program" completions fish | shell fish/vendor_completions.d/corridor.fish
page() { gzip --no-name --best | install -D -m 644 /dev/stdin "$root/usr/share/man/$1.gz"; }
"$program" man --lang en | page man1/corridor.1
"$program" man --lang zh | page zh_CN/man1/corridor.1
commands=$("$program" --lang en --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]\+\) .*/\1/p' | grep -vx help)
for command in $commands; do
  "$program" man $command --lang en | page man1/corridor-$command.1
  "$program" man $command --lang zh | page zh_CN/man1/corridor-$command.1
done
for file in README.md README.zh.md LICENSE LICENSE-MIT LICENSE-APACHE; do
  install -D -m 644 $file "$root/usr/share/doc/taizhou-corridor/$file"
done
install -D -m 644 LICENSE "$root/usr/share/doc/taizhou-corridor/copyright"
gzip --no-name --best < CHANGELOG.md | install -D -m 644 /dev/stdin "$root/usr/share/doc/taizhou-corridor/changelog.gz"

install -d "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: taizhou-corridor
Version: $version
Architecture: amd64
Section: science
Priority: optional
Maintainer: The Taizhou Corridor contributors <maintainers@taizhou-corridor.invalid>
Installed-Size: $(du -sk --apparent-size "$root/usr" | cut -f1)
Description: which planning zone contains a site or parcel
 The command corridor locates sites and overlays parcels with the zones of the
 Taizhou Bay Science & Technology Innovation Corridor, or with any polygon
 layer, and states how certain each answer is. The bundled outline is an
 indicative model, not the official one.
 .
 The program is linked statically and depends on no other package.
CONTROL
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
chmod 644 "$root"/DEBIAN/*
dpkg-deb --root-owner-group -Zxz --build "$root" "$output" >/dev/null
