#!/bin/sh
# What `corridor` writes, opened by the programs that people open it with.
# They are installed under target/clients, and with --install that is all; ogrinfo, LibreOffice and QGIS
# (python3-qgis) are used where they are there.
set -eu
cd "$(dirname "$0")/../.."
here=target/clients/exports
mkdir -p "$here"

if [ "${1:-}" = --install ] || [ ! -d "$here/node_modules" ]; then
    [ -d "$here/venv" ] || python3 -m venv "$here/venv"
    "$here/venv/bin/pip" install --quiet --disable-pip-version-check -r tests/clients/exports.requirements.txt
    npm install --loglevel=error --no-audit --no-fund --ignore-scripts --prefix "$here" \
        mapshaper@0.7.70 geojsonhint@2.0.0 @placemarkio/check-geojson@0.1.14 topojson-client@3.1.0
fi
[ "${1:-}" != --install ] || exit 0

if [ -z "${CORRIDOR:-}" ]; then
    cargo build --quiet
    CORRIDOR=target/debug/corridor
fi
export CORRIDOR

rm -rf "$here/files" && mkdir "$here/files"
"$here/venv/bin/python" tests/clients/exports.py "$here/files"
rm -rf "$here/reports" && mkdir "$here/reports"
"$here/venv/bin/python" tests/clients/reports.py "$here/reports"
# Node finds packages above the script that is run.
cp tests/clients/exports.mjs "$here/exports.mjs"
node "$here/exports.mjs" "$here/files"
# QGIS comes with the Python of the system.
python=/usr/bin/python3
if "$python" -c "import qgis.core" 2>/dev/null; then
    "$python" tests/clients/exports_qgis.py "$here/files"
else
    echo "QGIS is not there: left out"
fi
