import geopandas, shapely, pandas as pd, numpy as np, pyarrow as pa, pyogrio
from shapely import Point, Polygon, LineString, MultiPoint, GeometryCollection, MultiLineString
df = geopandas.GeoDataFrame({
  "代码":["0701","0702","0703","0704","0705"],
  "int8":pd.array([1,None,-128,127,0],dtype="Int8"),
  "int16":pd.array([1,None,-32768,32767,0],dtype="Int16"),
  "int32":pd.array([1,None,-2**31,2**31-1,0],dtype="Int32"),
  "int64":pd.array([330003000000000123,None,-2**63,2**63-1,0],dtype="Int64"),
  "f32":np.array([0.1,np.nan,np.inf,1.5,0],dtype="f4"),
  "f64":np.array([0.1,np.nan,np.inf,1e300,0]),
  "ok":pd.array([True,None,False,True,False],dtype="boolean"),
  "at":pd.to_datetime(["2022-11-14T09:30:00.123Z",None,"2024-02-29T23:59:59Z","1999-12-31T00:00:00Z","2000-01-01T00:00:00Z"],format="ISO8601"),
  "raw":[b"\x00\xff",None,b"",b"GB",b"\x01"],
},geometry=[LineString([(121.3,28.6),(121.4,28.7)]),None,MultiPoint([(121.3,28.6),(121.4,28.7)]),
  GeometryCollection([Point(121.3,28.6),Polygon([(121.3,28.6),(121.4,28.6),(121.4,28.7)])]),
  MultiLineString([[(121.3,28.6),(121.4,28.7)],[(121.5,28.6),(121.6,28.7)]])],crs=4326)
df.to_file("kinds.gpkg",layer="kinds",engine="pyogrio",SPATIAL_INDEX="NO",METADATA_TABLES="NO",ADD_GPKG_OGR_CONTENTS="NO")
df.to_file("kinds.fgb",engine="pyogrio",SPATIAL_INDEX="NO")
