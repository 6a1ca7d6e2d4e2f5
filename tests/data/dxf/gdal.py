"""gdal.dxf, by the driver DXF of GDAL: python gdal.py"""

import numpy
import pyogrio
import shapely
import shapely.affinity

X, Y = 40633800, 3171800
square = shapely.box(X, Y, X + 100, Y + 100)
ring = shapely.Polygon(square.exterior, [shapely.box(X + 40, Y + 40, X + 60, Y + 60).exterior])
line = shapely.LineString([(X, Y), (X + 50, Y + 50)])
point = shapely.Point(X + 10, Y + 10, 3)
shapes = [square, shapely.affinity.translate(ring, 200, 0), line, point]
layers = numpy.array(["宗地", "宗地", "道路", "点"], dtype=object)
pyogrio.raw.write("gdal.dxf", shapely.to_wkb(shapes), [layers], ["Layer"], geometry_type="Unknown", driver="DXF")
