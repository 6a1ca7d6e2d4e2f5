"""Sites by zone in GeoPandas, with a plan written by `corridor export -o plan.parquet`.

What lies on a boundary counts ("intersects", not "within"). Where several zones share it, the answer is the first in
the order of the plan, which is that of the file's rows: as `corridor locate` has it.
"""

import geopandas
import pandas


def sites_by_zone(plan="plan.parquet", points="points.parquet"):
    zones = geopandas.read_parquet(plan)
    zones = zones[zones.level.isin(["core", "zone"])][["id", "geometry"]].reset_index(drop=True)
    table = pandas.read_parquet(points)
    places = geopandas.points_from_xy(table.lon, table.lat, crs=zones.crs)
    sites = geopandas.GeoDataFrame(table, geometry=places)
    held = sites.sjoin(zones, how="left", predicate="intersects").sort_values("index_right")
    first = held[~held.index.duplicated()]
    return first.groupby("id", dropna=False).size().rename_axis("zone").rename("sites")


if __name__ == "__main__":
    print(sites_by_zone())
