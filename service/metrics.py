"""Prometheus's numbers of one service: requests, seconds, batches, indexes."""

from dataclasses import dataclass, field

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
CONTENT_TYPE = CONTENT_TYPE_LATEST
disable_created_metrics()  # when a number began is a second number for each, which nobody reads


@dataclass(frozen=True, eq=False)
class Metrics:
    """The numbers of one service; each has a registry of its own, so that two may run in a process."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    requests: Counter = field(init=False)
    seconds: Histogram = field(init=False)
    underway: Gauge = field(init=False)
    search_seconds: Histogram = field(init=False)
    pictures: Counter = field(init=False)
    images: Gauge = field(init=False)
    vectors: Gauge = field(init=False)
    swaps: Counter = field(init=False)

    def __post_init__(self) -> None:
        made = {
            "requests": Counter(
                "vitrine_requests_total", "Requests answered", ("route", "method", "status"), registry=self.registry
            ),
            "seconds": Histogram(
                "vitrine_request_seconds",
                "Seconds until a request was answered",
                ("route",),
                buckets=_SECONDS,
                registry=self.registry,
            ),
            "underway": Gauge("vitrine_requests_underway", "Requests being answered", registry=self.registry),
            "search_seconds": Histogram(
                "vitrine_search_seconds",
                "Seconds that a search waited and took",
                buckets=_SECONDS,
                registry=self.registry,
            ),
            "pictures": Counter(
                "vitrine_pictures_total", "Pictures that were sent", ("outcome",), registry=self.registry
            ),
            "images": Gauge("vitrine_index_images", "Images in the index", ("dataset",), registry=self.registry),
            "vectors": Gauge("vitrine_index_vectors", "Vectors in the index", ("dataset",), registry=self.registry),
            "swaps": Counter("vitrine_index_swaps_total", "Indexes that took another's place", registry=self.registry),
        }
        for name, metric in made.items():
            object.__setattr__(self, name, metric)

    def text(self) -> bytes:
        """All numbers as Prometheus reads them."""
        return generate_latest(self.registry)
