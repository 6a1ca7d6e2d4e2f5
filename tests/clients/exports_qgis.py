"""Opens styled exports in QGIS and draws them: `exports_qgis.py FOLDER`, with the Python that QGIS is for."""

import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
from qgis.core import QgsApplication, QgsMapRendererSequentialJob, QgsMapSettings, QgsVectorLayer  # noqa: E402
from qgis.PyQt.QtCore import QSize  # noqa: E402

application = QgsApplication([], False)
application.initQgis()
for name in ["styled.gpkg", "styled.geojson", "shp/styled.shp", "shp/fgb.fgb"]:
    path = os.path.join(sys.argv[1], name)
    layer = QgsVectorLayer(path, "plan", "ogr")
    assert layer.isValid() and layer.featureCount() == 16, name
    renderer = layer.renderer()
    assert renderer.type() == "categorizedSymbol" and renderer.classAttribute() == "id", name
    categories = {category.value(): category.label() for category in renderer.categories()}
    assert categories["core"] == "中央创新核 Central Innovation Core", categories
    assert layer.labelsEnabled(), name
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    extent = layer.extent()
    extent.scale(1.1)
    settings.setExtent(extent)
    settings.setOutputSize(QSize(1000, 600))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    image.save(path + ".png")
    colours = {image.pixelColor(x, y).name() for x in range(0, 1000, 5) for y in range(0, 600, 5)}
    assert len(colours) > 8, f"{name} is drawn in {len(colours)} colours"
print("exports: QGIS opens 4 files with their style")
# Its own end would outlive what Python still holds of it.
sys.stdout.flush()
os._exit(0)
