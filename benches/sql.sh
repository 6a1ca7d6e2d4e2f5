#!/usr/bin/env bash
# SQL against `locate` on the same Parquet: compares the results and the times.
#
# benches/sql.sh CORRIDOR FOLDER [ROWS]: a program with the feature `datafusion`, a folder to work in, ten million rows.
set -euo pipefail
corridor=$(realpath "$1") && mkdir -p "$2" && cd "$2"
rows=${3:-10000000}
rounds=${ROUNDS:-3}
sql() { "$corridor" -q sql --overwrite "$@"; }

[ -f "points-$rows.parquet" ] || sql -o "points-$rows.parquet" "
  SELECT value AS id, 121.19 + 0.33 * (value * 0.754877666 - floor(value * 0.754877666)) AS lon,
         28.54 + 0.175 * (value * 0.569840291 - floor(value * 0.569840291)) AS lat
  FROM generate_series(1, $rows)"

seconds() {
  local began=$EPOCHREALTIME
  "$@"
  awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'
}
# The columns of `locate` and the equivalent SQL functions.
compare() {
  local name=$1 columns=$2 functions=$3 located asked
  for _ in $(seq "$rounds"); do
    located=$(seconds "$corridor" -q locate "points-$rows.parquet" --columns "$columns" -o located.parquet --overwrite)
    asked=$(seconds sql "SELECT *, $functions FROM 'points-$rows.parquet'" -o asked.parquet)
    echo "$name: locate $located s, sql $asked s"
  done
  local differs=""
  for column in ${columns//,/ }; do
    differs+="${differs:+ OR }(located.$column IS DISTINCT FROM asked.$column)"
  done
  echo "$name: rows of both, and rows that differ"
  sql "SELECT count(*) AS rows, count(CASE WHEN $differs THEN 1 END) AS differ
       FROM 'located.parquet' AS located JOIN 'asked.parquet' AS asked ON located.id = asked.id"
}

compare zone zone,path "corridor_zone(lon, lat) AS zone, corridor_path(lon, lat) AS path"
compare distance zone,distance_to_boundary_m,certainty "corridor_zone(lon, lat) AS zone,
  corridor_distance_m(lon, lat) AS distance_to_boundary_m, corridor_certainty(lon, lat) AS certainty"

for partitions in 1 2; do
  echo "sums by zone, $partitions partition(s): $(seconds sql --partitions $partitions -o "sums-$partitions.csv" "
    SELECT corridor_zone(lon, lat) AS zone, count(*) AS sites FROM 'points-$rows.parquet' GROUP BY 1 ORDER BY 1") s"
done
cmp sums-1.csv sums-2.csv && cat sums-1.csv
