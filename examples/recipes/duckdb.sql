-- Sites by zone in DuckDB, behind INSTALL spatial; LOAD spatial; by a plan that `corridor export -o plan.parquet` wrote.
-- What lies on a boundary counts (ST_Intersects, not ST_Within). Where several zones share it, the answer is the first
-- in the order of the plan, which is that of the file's rows: as `corridor locate` has it.
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
