"""Runs the recipes of this folder, and compares each result with that of `corridor locate`.

check.py CORRIDOR FOLDER: the program, and a folder to work in. What is not installed is left out, and named.
"""

import csv
import os
import pathlib
import random
import shutil
import subprocess
import sys

RECIPES = pathlib.Path(__file__).parent
ROWS = 200_000


def make_points():
    """Random sites in and around the corridor, some on vertices shared by zones, some without a position."""
    import pyarrow
    import pyarrow.parquet

    random.seed(1)
    lon = [121.19 + 0.33 * random.random() for _ in range(ROWS)]
    lat = [28.54 + 0.175 * random.random() for _ in range(ROWS)]
    lon[:3], lat[:3] = [121.44, None, 121.429], [28.6584, 28.6, None]
    points = pyarrow.table({"site": list(range(ROWS)), "lon": lon, "lat": lat})
    pyarrow.parquet.write_table(points, "points.parquet")


def by_locate(corridor):
    """Invalid rows are counted as outside: they are in no zone."""
    command = [corridor, "-q", "locate", "points.parquet", "--columns", "zone", "-o", "zones.csv", "--overwrite"]
    if subprocess.run(command).returncode not in (0, 1):
        sys.exit("locate failed")
    with open("zones.csv", encoding="utf-8") as file:
        zones = [row["zone"] or None for row in csv.DictReader(file)]
    return {zone: zones.count(zone) for zone in set(zones)}


def by_geopandas():
    sys.path.insert(0, str(RECIPES))
    from geopandas_zones import sites_by_zone

    return {zone if isinstance(zone, str) else None: int(count) for zone, count in sites_by_zone().items()}


def by_duckdb():
    import duckdb

    # Without access to DuckDB's extension server, this names the extension file.
    extension = os.environ.get("DUCKDB_SPATIAL")
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"} if extension else {})
    try:
        connection.execute(f"LOAD '{extension}'" if extension else "INSTALL spatial; LOAD spatial")
    except duckdb.IOException as error:
        raise ImportError(error) from error
    return dict(connection.execute((RECIPES / "duckdb.sql").read_text(encoding="utf-8")).fetchall())


def by_sedona_db():
    """SedonaDB is Sedona's single-node engine: it runs the same SQL as Spark."""
    import pyarrow
    import sedonadb

    connection = sedonadb.connect()
    for name in ("plan", "points"):
        connection.read_parquet(f"{name}.parquet").to_view(name)
    answer = pyarrow.table(connection.sql((RECIPES / "sedona.sql").read_text(encoding="utf-8")))
    return dict(zip(answer["zone"].to_pylist(), answer["sites"].to_pylist()))


def by_spark():
    if shutil.which("java") is None:
        raise ImportError("Spark needs Java")
    sys.path.insert(0, str(RECIPES))
    from spark_zones import sites_by_zone

    return {zone if isinstance(zone, str) else None: int(count) for zone, count in sites_by_zone().items()}


def main():
    corridor, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    make_points()
    subprocess.run([corridor, "-q", "export", "-o", "plan.parquet", "--overwrite"], check=True)
    expected = by_locate(corridor)
    print("locate", expected)
    wrong = 0
    for recipe in (by_geopandas, by_duckdb, by_sedona_db, by_spark):
        try:
            found = recipe()
        except ImportError as error:
            print(f"{recipe.__name__}: left out, {error}")
            continue
        wrong += found != expected
        print(recipe.__name__, "the same" if found == expected else f"ANOTHER ANSWER: {found}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
