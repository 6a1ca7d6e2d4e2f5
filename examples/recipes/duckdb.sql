-- Sites by zone in DuckDB, after INSTALL spatial; LOAD spatial; with a plan written by `corridor export -o
-- plan.parquet`.
-- Points on a boundary count (ST_Intersects, not ST_Within). If several zones share it, the result is the first
-- in plan order, which is that of the file's rows, as in `corridor locate`.
WITH zones AS (
    SELECT file_row_number AS place, id, geometry
    FROM read_parquet('plan.parquet', file_row_number = true)
    WHERE level IN ('core', 'zone')
),
sites AS (
    SELECT site, ST_Point(lon, lat) AS geometry FROM 'points.parquet'
),
answers AS (
    SELECT sites.site, arg_min(zones.id, zones.place) AS zone
    FROM sites LEFT JOIN zones ON ST_Intersects(zones.geometry, sites.geometry)
    GROUP BY sites.site
)
SELECT zone, count(*) AS sites FROM answers GROUP BY zone ORDER BY zone;
