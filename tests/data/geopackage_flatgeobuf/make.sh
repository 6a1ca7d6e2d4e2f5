P="--config OGR_SQLITE_PRAGMA page_size=512"
PARCELS='select "代码",big,area_m2,ok,day,at,"名称" from parcels'
ogr2ogr $P -f GPKG -dsco ADD_GPKG_OGR_CONTENTS=NO -lco SPATIAL_INDEX=NO -a_srs EPSG:4549 -nlt GEOMETRY -nln 地块 -lco GEOMETRY_NAME=shape -lco FID=OBJECTID -sql "$PARCELS" layers.gpkg parcels.csv
ogr2ogr $P -update -lco SPATIAL_INDEX=NO -a_srs EPSG:4490 -nlt POINTZ -nln stations -sql 'select code,name from stations' layers.gpkg stations.csv
ogr2ogr $P -update -nln notes layers.gpkg notes.csv
# Eastings with the prefix of their zone.
mkdir zone
sed -E 's/([(,])63([0-9]{4} )/\14063\2/g' parcels.csv > zone/parcels.csv
cp parcels.csvt zone
ogr2ogr -f FlatGeobuf -a_srs EPSG:4528 -nlt GEOMETRY -sql "$PARCELS" parcels.fgb zone/parcels.csv
rm -r zone
ogr2ogr -f FlatGeobuf -a_srs EPSG:4490 -nlt POINTZ -lco SPATIAL_INDEX=NO -sql 'select code,name from stations' stations.fgb stations.csv
# Every kind of curve and surface.
CURVES="-a_srs EPSG:4549 -nlt GEOMETRY -nln curves -lco SPATIAL_INDEX=NO curves.csv -oo GEOM_POSSIBLE_NAMES=WKT -oo KEEP_GEOM_COLUMNS=NO"
ogr2ogr $P -f GPKG -dsco ADD_GPKG_OGR_CONTENTS=NO curves.gpkg $CURVES
ogr2ogr -f FlatGeobuf curves.fgb $CURVES
