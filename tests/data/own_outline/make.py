"""Makes zones.json: four zones that share their borders, in EPSG:4528 (CGCS2000, zone 40), made up.

The shapefile is written from it by the program, in GBK and without a .cpg file:

    python3 make.py > zones.json
    corridor convert zones.json --crs EPSG:4528 --encoding GBK -o 片区.shp
"""
import json

# Corners of the borders, easting and northing; borders are shared corner by corner.
WEST = [(40630310.25, 3169400.5), (40629905.75, 3171210.25), (40630120.5, 3173405.75), (40631002.25, 3174880.5)]
NORTH = [(40631002.25, 3174880.5), (40634210.75, 3175320.25), (40637405.5, 3174905.75), (40640110.25, 3175110.5)]
EAST = [(40640110.25, 3175110.5), (40641320.5, 3172605.25), (40640905.75, 3169800.5), (40639810.25, 3167905.75)]
SOUTH = [(40639810.25, 3167905.75), (40636605.5, 3167210.25), (40633402.75, 3167805.5), (40630310.25, 3169400.5)]
NORTH_CENTRE, EAST_CENTRE = (40634210.75, 3172810.25), (40638105.5, 3171405.75)
WEST_CENTRE, SOUTH_CENTRE = (40633310.25, 3170205.5), (40636605.5, 3169310.25)
CORE = [WEST_CENTRE, NORTH_CENTRE, (40636810.75, 3173105.25), EAST_CENTRE, SOUTH_CENTRE]
ZONES = [
    ("中央创新核", "核心区", 12.2, 2, CORE),
    ("西部智造片", "片区", 23.3, 5, [*WEST, NORTH[1], NORTH_CENTRE, WEST_CENTRE, SOUTH[2]]),
    ("东部数创片", "片区", 21.7, 5, [NORTH[1], NORTH[2], *EAST[:3], EAST_CENTRE, CORE[2], NORTH_CENTRE]),
    ("南部生态片", "片区", 18.6, None, [WEST_CENTRE, SOUTH_CENTRE, EAST_CENTRE, EAST[2], EAST[3], *SOUTH[1:3]]),
]


def feature(name, level, area, accuracy, corners):
    properties = {"片区名称": name, "级别": level, "规划面积": area, "精度": accuracy}
    geometry = {"type": "Polygon", "coordinates": [[*corners, corners[0]]]}
    return json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}, ensure_ascii=False)


features = ",\n".join(feature(*zone) for zone in ZONES)
print(f'{{"type": "FeatureCollection", "features": [\n{features}\n]}}')
