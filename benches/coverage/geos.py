"""The coverage check of GEOS, from file to answer: geos.py FILE [GAP_WIDTH]"""

import sys
import time

import numpy as np
import pyogrio
import shapely

path, gap_width = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 1.0
start = time.perf_counter()
_, _, wkb, (names,) = pyogrio.raw.read(path, columns=["name"])
shapes = shapely.from_wkb(wkb)
del wkb
read = time.perf_counter()
edges = shapely.coverage_invalid_edges(shapes, gap_width=gap_width)
invalid = np.flatnonzero(~shapely.is_empty(edges))
print(f"{len(shapes)} polygons, {len(invalid)} with invalid edges; read in {read - start:.2f} s, "
      f"checked in {time.perf_counter() - read:.2f} s; GEOS {'.'.join(map(str, shapely.geos_version))}, "
      f"Shapely {shapely.__version__}, GDAL {'.'.join(map(str, pyogrio.__gdal_version__))}")
