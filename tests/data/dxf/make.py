"""The drawings of this folder, by ezdxf: python make.py"""

import ezdxf

# Eastings with the prefix of zone 40, near Taizhou station.
X, Y = 40633800, 3171800


def at(x, y):
    return (X + x, Y + y)


def parcels(doc):
    """Closed and open polylines, bulges, circles, texts: the same in every version."""
    msp = doc.modelspace()
    for name, colour in [("地块", 1), ("注记", 7), ("道路", 3), ("隐藏", 5)]:
        doc.layers.add(name, color=colour)
    doc.layers.get("隐藏").off()
    polyline = msp.add_polyline2d if doc.dxfversion == "AC1009" else msp.add_lwpolyline

    def add(vertices, layer="地块", close=True):
        vertices = [(*at(x, y), bulge) for x, y, bulge in vertices]
        return polyline(vertices, format="xyb", close=close, dxfattribs={"layer": layer})

    # A square, one with a semicircle at its east side, a lens of two arcs, one that ends where it begins.
    add([(0, 0, 0), (100, 0, 0), (100, 100, 0), (0, 100, 0)])
    add([(200, 0, 0), (300, 0, 1), (300, 100, 0), (200, 100, 0)])
    add([(400, 0, 0.5), (500, 0, 0.5)])
    add([(600, 0, 0), (700, 0, 0), (700, 100, -0.25), (600, 100, 0), (600, 0, 0)], close=False)
    # A pond in the square: an island, not a hole.
    add([(20, 20, 0), (40, 20, 0), (40, 40, 0), (20, 40, 0)])
    # Not closed by mistake, and a road.
    add([(0, 200, 0), (100, 200, 0), (100, 300, 0), (0, 300, 0)], close=False)
    add([(0, 400, 0), (100, 420, 0.2), (200, 400, 0)], layer="道路", close=False)
    msp.add_circle(at(250, 250), 50, dxfattribs={"layer": "地块"})
    add([(800, 0, 0), (900, 0, 0), (900, 100, 0)], layer="隐藏")
    for text, x, y in [("R2-01 居住", 70, 70), ("池塘", 30, 30), ("A33%%d", 250, 50), ("图名", -500, -500)]:
        msp.add_text(text, height=5, dxfattribs={"layer": "注记"}).set_placement(at(x, y))
    msp.add_line(at(0, 0), at(5, 5), dxfattribs={"layer": "道路"})
    msp.add_line(at(5, 0), at(5, 5), dxfattribs={"layer": "道路"})
    msp.add_arc(at(0, 0), 3, 0, 90, dxfattribs={"layer": "道路"})


def blocks(doc):
    """References to blocks: scaled, turned, mirrored, in each other, arrays; symbols with attributes."""
    msp = doc.modelspace()
    doc.layers.add("建筑")
    house = doc.blocks.new("house", base_point=(1, 1))
    house.add_lwpolyline([(1, 1), (11, 1), (11, 6), (1, 6)], close=True)
    house.add_lwpolyline([(2, 2, 1), (4, 2, 1)], format="xyb", close=True, dxfattribs={"layer": "建筑"})
    house.add_line((1, 1), (11, 6))
    row = doc.blocks.new("两栋")
    row.add_blockref("house", (0, 0))
    row.add_blockref("house", (20, 0), dxfattribs={"rotation": 90})
    symbol = doc.blocks.new("tree")
    symbol.add_circle((0, 0), 1)
    symbol.add_attdef("NAME", (0, 2))

    layer = {"layer": "建筑"}
    msp.add_blockref("house", at(0, 0), dxfattribs=layer)
    msp.add_blockref("house", at(100, 0), dxfattribs={**layer, "xscale": 2, "yscale": 3, "rotation": 30})
    msp.add_blockref("house", at(200, 0), dxfattribs={**layer, "xscale": -1})
    msp.add_blockref("两栋", at(300, 0), dxfattribs={**layer, "rotation": 90})
    array = {"column_count": 3, "row_count": 2, "column_spacing": 15, "row_spacing": 10}
    msp.add_blockref("house", at(400, 0), dxfattribs={**layer, **array})
    tree = msp.add_blockref("tree", at(500, 0), dxfattribs={"layer": "树"})
    tree.add_auto_attribs({"NAME": "香樟"})
    msp.add_point((*at(510, 0), 4.25), dxfattribs={"layer": "树"})
    # Mirrored in space: the extrusion points down.
    mirrored = msp.add_lwpolyline([(-X, Y + 50), (-X - 10, Y + 50), (-X - 10, Y + 60)], close=True)
    mirrored.dxf.extrusion = (0, 0, -1)
    mirrored.dxf.layer = "建筑"
    high = msp.add_lwpolyline([at(20, 50), at(30, 50), at(30, 60)], close=True, dxfattribs=layer)
    high.dxf.elevation = 12.5
    msp.add_polyline3d([(*at(40, 50), 1), (*at(50, 50), 2), (*at(50, 60), 3)], close=True, dxfattribs=layer)
    doc.layout("Layout1").add_line((0, 0), (1, 1))


def hatches(doc):
    """Hatches with a hole and with edges of all kinds, ellipses, texts of several lines, a spline."""
    msp = doc.modelspace()
    layer = {"layer": "用地"}
    hatch = msp.add_hatch(color=2, dxfattribs=layer)
    hatch.paths.add_polyline_path([at(0, 0), at(100, 0), at(100, 100), at(0, 100)], is_closed=True)
    hatch.paths.add_polyline_path([(*at(40, 50), 1), (*at(60, 50), 1)], is_closed=True, flags=16)
    hatch = msp.add_hatch(color=3, dxfattribs=layer)
    edges = hatch.paths.add_edge_path()
    edges.add_line(at(200, 0), at(300, 0))
    edges.add_arc(at(300, 50), 50, 270, 90, ccw=True)
    edges.add_line(at(300, 100), at(200, 100))
    edges.add_arc(at(200, 50), 50, 270, 90, ccw=False)
    hatch = msp.add_hatch(color=4, dxfattribs=layer)
    edges = hatch.paths.add_edge_path()
    edges.add_ellipse(at(450, 50), major_axis=(40, 30), ratio=0.5, start_angle=0, end_angle=360)
    hatch = msp.add_hatch(color=5, dxfattribs=layer)
    edges = hatch.paths.add_edge_path()
    edges.add_spline(control_points=[at(600, 0), at(650, 50), at(600, 100), at(600, 0)], degree=3)
    msp.add_ellipse(at(750, 50), major_axis=(30, 40), ratio=0.25, dxfattribs=layer)
    msp.add_ellipse(at(750, 50), major_axis=(30, 40), ratio=0.25, start_param=0, end_param=1, dxfattribs=layer)
    msp.add_spline([at(0, 0), at(1, 1), at(2, 0)], dxfattribs=layer)
    label = r"{\fSimSun|b0|i0|c134;科研\P用地} 1.25公顷"
    msp.add_mtext(label, dxfattribs={"insert": at(10, 10), "layer": "注记"})


def save(build, version, name, **how):
    doc = ezdxf.new(version, setup=False)
    doc.header["$INSUNITS"] = 6
    if version in ("R12", "R2000"):
        doc.encoding = "gbk"
    build(doc)
    doc.saveas(name, **how)


for version in ["R12", "R2000", "R2007", "R2018"]:
    save(parcels, version, f"parcels_{version.lower()}.dxf")
save(parcels, "R12", "parcels_r12_binary.dxf", fmt="bin")
save(parcels, "R2018", "parcels_r2018_binary.dxf", fmt="bin")
save(blocks, "R2010", "blocks.dxf")
save(hatches, "R2010", "hatches.dxf")
