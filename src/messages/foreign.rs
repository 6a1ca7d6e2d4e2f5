//! Formats that are recognised but not supported: their Chinese names, and how to convert them.

use crate::error::ForeignFormat;

/// The Chinese name of a format.
pub(super) fn chinese(format: ForeignFormat) -> &'static str {
    match format {
        ForeignFormat::MapInfoTab => "MapInfo TAB文件",
        ForeignFormat::MapInfoMif => "MapInfo MIF文件",
        ForeignFormat::Dwg => "DWG图形",
        ForeignFormat::Gml => "GML文件",
        ForeignFormat::Gpx => "GPX文件",
        ForeignFormat::Osm => "OpenStreetMap文件",
        ForeignFormat::EsriJson => "Esri JSON（非GeoJSON）",
        ForeignFormat::TopoJson => "TopoJSON（非GeoJSON）",
        ForeignFormat::Html => "网页（HTML）",
        ForeignFormat::ExcelXml => "Excel 2003 XML表格",
        ForeignFormat::Et => "WPS表格（.et）",
        ForeignFormat::Xlsb => "二进制Excel工作簿（.xlsb）",
        ForeignFormat::Document => "文字文档",
        ForeignFormat::Pdf => "PDF文档",
        ForeignFormat::Image => "图片",
        ForeignFormat::Rar => "RAR压缩包",
        ForeignFormat::SevenZip => "7z压缩包",
        ForeignFormat::Tar => "tar归档",
        ForeignFormat::Compressed => "bzip2、xz或zstd压缩文件",
        ForeignFormat::NestedZip => "压缩包中的zip压缩包",
        ForeignFormat::AccessDatabase => "Access数据库或个人地理数据库（.mdb）",
        ForeignFormat::Sqlite => "SQLite数据库，其中没有GeoPackage表",
        ForeignFormat::Arrow => "Arrow或Feather文件",
        ForeignFormat::Tiles => "地图瓦片文件",
        ForeignFormat::ShapefilePart => "Shapefile的配套文件（如.dbf、.shx）",
        ForeignFormat::Xml => "未知种类的XML文件",
    }
}

/// How to convert a file to a supported format, in English and Chinese.
pub(super) fn advice(format: ForeignFormat) -> (&'static str, &'static str) {
    match format {
        ForeignFormat::MapInfoTab
        | ForeignFormat::MapInfoMif
        | ForeignFormat::Gml
        | ForeignFormat::Osm
        | ForeignFormat::AccessDatabase
        | ForeignFormat::Sqlite
        | ForeignFormat::Xml => (
            "convert it to GeoPackage in QGIS (Export > Save Features As) or with GDAL: ogr2ogr NEW.gpkg FILE",
            "请用QGIS（导出>要素另存为）或GDAL（ogr2ogr 新文件.gpkg 文件）转换为GeoPackage",
        ),
        ForeignFormat::Gpx => (
            "convert its waypoints or tracks to GeoPackage in QGIS or with GDAL: ogr2ogr NEW.gpkg FILE waypoints",
            "请用QGIS或GDAL（ogr2ogr 新文件.gpkg 文件 waypoints）将航点或轨迹转换为GeoPackage",
        ),
        ForeignFormat::Dwg => ("save it as DXF in the CAD program", "请在CAD软件中另存为DXF"),
        ForeignFormat::EsriJson => (
            "ask the service for GeoJSON (f=geojson), or convert it with GDAL: ogr2ogr NEW.geojson FILE",
            "请向服务请求GeoJSON（f=geojson），或用GDAL转换：ogr2ogr 新文件.geojson 文件",
        ),
        ForeignFormat::TopoJson => {
            ("convert it with GDAL: ogr2ogr NEW.geojson FILE", "请用GDAL转换：ogr2ogr 新文件.geojson 文件")
        }
        ForeignFormat::Html | ForeignFormat::ExcelXml | ForeignFormat::Xlsb => {
            ("open it in Excel or WPS and save it as .xlsx", "请用Excel或WPS打开并另存为.xlsx")
        }
        ForeignFormat::Et => ("open it in WPS and save it as .xlsx", "请用WPS打开并另存为.xlsx"),
        ForeignFormat::Document | ForeignFormat::Pdf => {
            ("copy its table into a workbook and save that as .xlsx", "请将其中的表格复制到工作簿，另存为.xlsx")
        }
        ForeignFormat::Image | ForeignFormat::Tiles => (
            "ask for the vector data it was made from, such as GeoPackage, shapefile or GeoJSON",
            "请索取制图所用的矢量数据，如GeoPackage、Shapefile、GeoJSON",
        ),
        ForeignFormat::Rar | ForeignFormat::SevenZip | ForeignFormat::Tar | ForeignFormat::Compressed => {
            ("unpack it first, or pack it as .zip", "请先解压，或改用.zip压缩")
        }
        ForeignFormat::NestedZip => {
            ("unpack the outer archive first and give the inner one", "请先解压外层压缩包，再指定内层压缩包")
        }
        ForeignFormat::Arrow => ("save it as Parquet or CSV", "请另存为Parquet或CSV"),
        ForeignFormat::ShapefilePart => (
            "give the .shp file, its companions beside it, or all of them in one .zip; a .dbf alone: open it in Excel or WPS and save it as .xlsx",
            "请指定.shp文件（配套文件放在同一目录），或将全部文件打包为一个.zip；仅有.dbf时请用Excel或WPS打开并另存为.xlsx",
        ),
    }
}
