-- Sites by zone in Apache Sedona, with a plan written by `corridor export -o plan.parquet`. `plan` and `points` are
-- views:
--   Spark:    sedona.read.format("geoparquet").load("plan.parquet").createOrReplaceTempView("plan")
--             spark.read.parquet("points.parquet").createOrReplaceTempView("points")
--   SedonaDB: sedonadb.connect().read_parquet("plan.parquet").to_view("plan"), and so on
-- Points on a boundary count (ST_Intersects, not ST_Within). If several zones share it, the result is the first
-- in plan order, as in `corridor locate`. Spark does not keep the order of rows, so it is given explicitly.
WITH zones AS (
    SELECT id, ST_SetSRID(geometry, 4326) AS geometry,
           CASE id WHEN 'core' THEN 0 WHEN 'jiaojiang' THEN 1 WHEN 'huangyan' THEN 2 WHEN 'luqiao' THEN 3 END AS place
    FROM plan
    WHERE level IN ('core', 'zone')
),
held AS (
    SELECT points.site, min(zones.place) AS place
    FROM points JOIN zones ON ST_Intersects(zones.geometry, ST_SetSRID(ST_Point(points.lon, points.lat), 4326))
    GROUP BY points.site
)
SELECT zones.id AS zone, count(*) AS sites
FROM points
LEFT JOIN held ON held.site = points.site
LEFT JOIN zones ON zones.place = held.place
GROUP BY zones.id
ORDER BY zone
