#!/usr/bin/env bash
# Builds what is downloaded, into target/dist: the page for browsers, the programs for Windows and Linux, which have it,
# too, the package for Debian, the list of what is in them (SBOM), checksums.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=packages/dist out=target/dist
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
took() { printf '%-32s %9d bytes  %4d s\n' "$1" "$(stat -c %s "$out/$1")" $((SECONDS - start)); }

$here/tools.sh all
rm -rf $out && mkdir -p $out
start=$SECONDS
make tool
cp packages/web/corridor.html $out/
took corridor.html
version=$(cargo pkgid --offline | sed 's/.*[#@]//')
for target in windows:corridor.exe linux:corridor; do
  start=$SECONDS program=${target#*:}
  cp "$($here/build.sh "${target%%:*}")" $out/
  took "$program"
done
start=$SECONDS deb=taizhou-corridor_${version}_amd64.deb
$here/deb.sh "$out/corridor" "$out/$deb"
took "$deb"
start=$SECONDS sbom=taizhou-corridor-$version.cdx.json
$here/sbom.sh "$out/$sbom"
took "$sbom"
(cd $out && sha256sum -- * > SHA256SUMS && cat SHA256SUMS)
