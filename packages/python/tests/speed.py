"""Zones of 5 million NumPy points: seconds and memory, beside the spatial join of GeoPandas in the same run.

Each in a process of its own: `python speed.py [ROWS]`.
"""

import subprocess
import sys

START = """
import resource, sys, time
import numpy as np
count = int(sys.argv[1])
random = np.random.default_rng(5)
x, y = 121.19 + 0.33 * random.random(count), 28.54 + 0.175 * random.random(count)
from taizhou_corridor import Plan
plan = Plan.bundled()
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
"""
OURS = """
plan.locate(x[:10], y[:10], columns="zone")
before, start = peak(), time.perf_counter()
table = plan.locate(x, y, columns="zone")
first = time.perf_counter() - start
after = peak()
times = []
for _ in range(4):
    start = time.perf_counter()
    table = plan.locate(x, y, columns="zone")
    times.append(time.perf_counter() - start)
inside = table.summary["inside"] + table.summary["boundary"]
print(min(times + [first]), after - before, inside)
"""
GEOPANDAS = """
import geopandas as gpd
features = plan.features.to_geopandas().to_crs(4326)
zones = features[features.level.isin(["core", "zone"])][["id", "geometry"]]
before, start = peak(), time.perf_counter()
sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4326)
made = time.perf_counter() - start
joined = sites.sjoin(zones, predicate="intersects")
print(time.perf_counter() - start, peak() - before, joined.index.nunique(), made)
"""


def run(script, count):
    done = subprocess.run([sys.executable, "-c", START + script, str(count)], capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return [float(word) for word in done.stdout.split()]


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    seconds, memory, inside = run(OURS, count)
    theirs, their_memory, their_inside, made = run(GEOPANDAS, count)
    print(f"{count:,} points, of which {inside:,.0f} and {their_inside:,.0f} are in a zone")
    print(f"locate:          {seconds:.3f} s, {memory:.0f} MB above the coordinates ({16 * count / 1e6:.0f} MB)")
    print(f"GeoPandas sjoin: {theirs:.3f} s, of which points {made:.3f} s, {their_memory:.0f} MB; ratio {theirs / seconds:.0f}")
    if inside != their_inside:
        sys.exit("the numbers differ")
