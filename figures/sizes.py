"""Widths and heights of images."""

import pyarrow as pa

from analytics.sizes import SizeBins
from figures.chart import Chart
from figures.colours import ACCENT


def width_by_height(bins: SizeBins) -> Chart:
    """A circle for each group of similar sizes: width across, height up (pixels, log 2), area by number of images."""
    side = {"type": "quantitative", "scale": {"type": "log", "base": 2, "nice": True}, "axis": {"tickCount": 6}}
    spec = {
        "mark": {"type": "circle", "opacity": 0.65, "color": ACCENT},
        "height": 280,
        "encoding": {
            "x": {**side, "field": "width", "title": "Width (pixels)"},
            "y": {**side, "field": "height", "title": "Height (pixels)"},
            "size": {"field": "images", "type": "quantitative", "scale": {"range": [30, 900]}, "legend": None},
            "tooltip": [
                {"field": "width", "format": ",.0f", "title": "mean width"},
                {"field": "height", "format": ",.0f", "title": "mean height"},
                {"field": "images", "format": ",", "title": "images"},
            ],
        },
    }
    table = pa.table({"width": bins.width, "height": bins.height, "images": bins.n})
    return Chart(table, spec, "Widths and heights of the images")
