#!/usr/bin/env bash
# What the programs are made of, as CycloneDX JSON: sbom.sh OUTPUT. For both targets at once; PROJ, SQLite and zstd are
# part of the packages proj-sys, libsqlite3-sys and zstd-sys.
set -euo pipefail
output=$1 name=sbom-being-made
export PATH=$PWD/target/dist-tools/bin:$PATH
trap 'rm -f $name.json' EXIT
# With SOURCE_DATE_EPOCH it has no random number and no time of its own.
cargo cyclonedx --quiet --format json --spec-version 1.5 --target all --no-build-deps --override-filename $name
# The folder of this machine.
sed "s#path+file://$PWD#path+file://.#g" $name.json > "$output"
