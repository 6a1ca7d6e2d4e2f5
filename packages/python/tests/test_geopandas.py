"""Answers are those of GeoPandas, for 200,000 rows."""

import pytest

import taizhou_corridor as tc

gpd = pytest.importorskip("geopandas")
np = pytest.importorskip("numpy")


@pytest.fixture(scope="module")
def features(plan):
    return plan.features.to_geopandas()


def test_zones_are_those_of_sjoin(plan, features, points):
    x, y = points
    sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4326)
    zones = features[features.level.isin(["core", "zone"])][["id", "geometry"]].to_crs(4326)
    joined = sites.sjoin(zones, predicate="intersects")
    expected = joined.groupby(joined.index)["id"].first().reindex(sites.index)
    by_numpy = plan.locate(x, y, columns=["zone"]).to_pandas()["zone"].astype(object)
    by_frame = plan.locate(sites, columns=["zone"]).to_pandas()["zone"].astype(object)
    assert expected.notna().sum() > 20_000
    for ours in (by_numpy, by_frame):
        assert len(ours) == len(sites)
        assert (ours.isna() == expected.isna()).all()
        assert (ours.dropna() == expected.dropna()).all()


def test_parts_are_those_of_overlay(plan, features):
    count = 200_000
    random = np.random.default_rng(3)
    from shapely import box

    x, y = 121.19 + 0.33 * random.random(count), 28.54 + 0.175 * random.random(count)
    size = 0.0005 + 0.002 * random.random(count)
    parcels = gpd.GeoDataFrame({"number": np.arange(count)}, geometry=box(x, y, x + size, y + size), crs=4326)
    ours = plan.overlay(parcels, columns=["zone", "share", "relation"]).to_pandas()
    parts = ours[ours.relation.isin(["within", "straddles"]) & ours.zone.notna()]
    zones = features[features.level.isin(["core", "zone"])][["id", "geometry"]].to_crs(4326)
    expected = parcels.overlay(zones, how="intersection", keep_geom_type=True)
    expected["share"] = expected.area / parcels.set_index("number").area.reindex(expected.number).to_numpy()
    both = parts.assign(id=parts.zone.astype(str)).merge(expected, on=["number", "id"], how="outer", suffixes=("", "_g"))
    missing = both[both.share.isna() | both.share_g.isna()]
    # Corners that only touch, and slivers below the resolution of the overlay of GeoPandas.
    assert (missing[["share", "share_g"]].fillna(0).max(axis=1) < 1e-9).all()
    # Shares of areas in degrees differ from those on the ellipsoid by the change of the scale within a parcel.
    assert (both.share - both.share_g).abs().max() < 1e-4
    assert len(expected) > 20_000


def test_the_index_is_kept(plan):
    sites = gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=gpd.points_from_xy([121.44, 0], [28.6584, 0]),
                             index=[70, 3], crs=4326)
    assert plan.locate(sites, long=True).to_geopandas().index.tolist() == [70, 70, 3]
    assert plan.locate(sites).to_geopandas().crs == 4326
    named = sites.set_index("name")
    assert plan.locate(named).to_geopandas().index.tolist() == ["a", "b"]


def test_another_system(plan, points, root):
    x, y = (each[:5000] for each in points)
    sites = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y), crs=4326)
    expected = plan.locate(sites, columns=["zone"]).to_pandas()["zone"].astype(object).fillna("-")
    for epsg in (4549, 4528, 32651, 3857, 4490):
        moved = sites.to_crs(epsg)
        ours = plan.locate(moved, columns=["zone"]).to_pandas()["zone"].astype(object).fillna("-")
        assert (ours == expected).mean() > 0.9999, epsg
    parcels = tc.read(root / "data/sample-parcels.geojson").to_geopandas()
    want = plan.overlay(parcels, columns=["area_m2", "zone"]).to_pandas()
    got = plan.overlay(parcels.to_crs(4549), columns=["area_m2", "zone"])
    assert got.to_geopandas().crs == 4549
    # Edges are straight in either system.
    assert np.allclose(got.to_pandas().area_m2.fillna(0), want.area_m2.fillna(0), rtol=1e-4)


def test_pieces_are_geometries(plan, root):
    parcels = tc.read(root / "data/sample-parcels.geojson").to_geopandas().to_crs(4549)
    pieces = plan.overlay(parcels, pieces=True).to_geopandas()
    drawn = pieces[~pieces.geometry.isna()]
    # On the plane areas are larger by up to a thousandth.
    assert ((drawn.area / drawn.area_m2 - 1).abs() < 2e-3).all() and len(drawn) > 40
    assert pieces["编号"].notna().all() and pieces.crs == 4549


def test_a_plan_of_ones_own(plan, features):
    again = tc.Plan.read(features)
    assert again.ids == plan.ids and again.features.to_geopandas().equals(features)
    blocks = gpd.GeoDataFrame({"街区": ["A", "B"], "area": [433.6, 12.0]},
                              geometry=gpd.GeoSeries.from_wkt(["POLYGON((121.40 28.60,121.42 28.60,121.42 28.62,121.40 28.60))",
                                                               "POLYGON((121.5 28.5,121.6 28.5,121.6 28.6,121.5 28.5))"]),
                              crs=4326).to_crs(4549)
    own = tc.Plan.read(blocks, name_field="街区", accuracy=5)
    assert own.ids == ["A", "B"]
    assert own.locate([121.415], [28.605]).to_pandas().zone.tolist() == ["A"]
    assert own.features.to_geopandas().crs == 4549
    mapped = tc.Plan.read(blocks, fields={"name": "街区", "published_area_km2": "area:ha"})
    assert mapped.areas().to_pandas().published_area_km2.tolist()[:2] == [4.336, 0.12]
    assert "core" in plan.describe("core")
