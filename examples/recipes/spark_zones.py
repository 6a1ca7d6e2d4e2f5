"""Sites by zone in Apache Spark without Sedona, with a plan written by `corridor export -o plan.parquet`.

The plan goes to each worker, which asks Shapely batch by batch; nothing is shuffled before the sums. What lies on a
boundary counts, and where several zones share it, the answer is the first in the order of the plan: as
`corridor locate` has it. Python in the workers is the one that runs this.
"""

import os
import sys

import geopandas
import pandas
import pyspark.sql.functions as functions
from pyspark.sql import SparkSession


def zone_of(plan="plan.parquet"):
    """A column function of longitude and latitude."""
    zones = geopandas.read_parquet(plan)
    zones = zones[zones.level.isin(["core", "zone"])][["id", "geometry"]].reset_index(drop=True)

    @functions.pandas_udf("string")
    def zone(lon: pandas.Series, lat: pandas.Series) -> pandas.Series:
        places = geopandas.GeoSeries(geopandas.points_from_xy(lon, lat), crs=zones.crs)
        sites, held = zones.sindex.query(places, predicate="intersects")
        first = pandas.Series(held).groupby(sites).min()
        return zones.id.reindex(first.reindex(range(len(places)))).reset_index(drop=True)

    return zone


def sites_by_zone(plan="plan.parquet", points="points.parquet"):
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.config("spark.ui.enabled", False).getOrCreate()
    zone = zone_of(plan)
    table = spark.read.parquet(points).select(zone("lon", "lat").alias("zone"))
    return table.groupBy("zone").count().toPandas().set_index("zone")["count"]


if __name__ == "__main__":
    print(sites_by_zone())
