"""What the service answers, with examples; OpenAPI's schemas are made of these."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class _Body(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class Health(_Body):
    """The process is there."""

    status: str = Field(examples=["ok"])


class Readiness(_Body):
    """Whether requests can be answered: every index that there is has been opened."""

    ready: bool
    n_datasets: int = Field(examples=[1])


class VersionInfo(_Body):
    """Which code answers, and which format of index it reads."""

    version: str = Field(examples=["0.2.0"])
    index_format: int = Field(examples=[1])


class SpaceInfo(_Body):
    """The model that made the vectors. words: how words are compared with them: clip, conse, or not at all."""

    name: str = Field(examples=["efficientnet-lite0"])
    model: str = Field(examples=["efficientnet-lite0"])
    dim: int = Field(examples=[1280])
    weights_sha256: str = Field(examples=[_SHA])
    words: str = Field(examples=["conse"])


class NetworkInfo(_Body):
    """The network that classifies. score: balanced accuracy (or mean average precision) on unseen pictures."""

    run: int = Field(examples=[14])
    model: str = Field(examples=["resnet18"])
    score: float | None = Field(examples=[0.91])
    several: bool = Field(
        description="whether a picture may carry several labels; then each is a probability of its own"
    )


class DatasetInfo(_Body):
    """A dataset, and what can be asked of it."""

    name: str = Field(examples=["animals"])
    slug: str = Field(examples=["animals-1f3c9a"], description="stands for the name in addresses, whatever is in it")
    n_images: int = Field(examples=[31848])
    n_vectors: int = Field(examples=[31848])
    n_classes: int = Field(examples=[10])
    task: str = Field(examples=["single"])
    licence: str | None = Field(examples=["CC BY 4.0"])
    space: SpaceInfo | None
    search: str = Field(examples=["exact: every vector compared"])
    network: NetworkInfo | None
    detection_run: int | None = Field(examples=[3])
    people_blurred: bool
    version: str = Field(examples=["000007"])
    made_at: str = Field(examples=["2026-11-30T12:00:00Z"])


class DatasetList(_Body):
    """The datasets that the caller may see, by name."""

    datasets: list[DatasetInfo]


class ClassInfo(_Body):
    """A class. n_images: that carry it now."""

    index: int = Field(examples=[0])
    name: str = Field(examples=["cheetah"])
    n_images: int = Field(examples=[3180])


class ClassList(_Body):
    """The classes, by index."""

    classes: list[ClassInfo]


class Measures(_Body):
    """brightness: mean luma (0 to 255). contrast: its standard deviation. sharpness: the Laplacian's variance.

    entropy: of the luma's histogram, in bits.
    """

    brightness: float = Field(examples=[118.2])
    contrast: float = Field(examples=[52.7])
    sharpness: float = Field(examples=[913.0])
    entropy: float = Field(examples=[7.3])


class ImageInfo(_Body):
    """An image; labels are those that count after all decisions."""

    id: int = Field(examples=[17])
    path: str = Field(examples=["train/cheetah/0017.jpg"])
    labels: list[str] = Field(examples=[["cheetah"]])
    split: str | None = Field(examples=["train"])
    licence: str | None = Field(examples=["CC BY 4.0"])
    source_url: str | None = Field(examples=[None])
    width: int = Field(examples=[640])
    height: int = Field(examples=[480])
    bytes: int = Field(examples=[48213])
    format: str = Field(examples=["JPEG"])
    sha256: str = Field(examples=[_SHA])
    quality: Measures
    has_vector: bool


class ImagePage(_Body):
    """A page of images by id. next: what `after` is to be for the page behind it; null on the last."""

    images: list[ImageInfo]
    n_matching: int = Field(examples=[3180])
    next: int | None = Field(examples=[117])


class Neighbour(_Body):
    """An image that is like what was asked about. cosine: 1 for the same direction."""

    id: int = Field(examples=[4711])
    cosine: float = Field(examples=[0.943])
    path: str = Field(examples=["train/cheetah/4711.jpg"])
    labels: list[str] = Field(examples=[["cheetah"]])
    split: str | None = Field(examples=["train"])


class NeighbourList(_Body):
    """The nearest images, nearest first. version: of the index that was searched."""

    neighbours: list[Neighbour]
    method: str = Field(examples=["exact: every vector compared"])
    version: str = Field(examples=["000007"])


class ClassShare(_Body):
    """A class and its probability."""

    index: int = Field(examples=[0])
    name: str = Field(examples=["cheetah"])
    probability: float = Field(examples=[0.87])


class Classification(_Body):
    """What the network says of a picture, the likeliest class first. The probabilities are not calibrated."""

    classes: list[ClassShare]
    network: NetworkInfo


class Copy(_Body):
    """An image that is the same picture, or nearly. because: the first of what holds: file, pixels, hash, cosine.

    bits: of 64, by which perceptual hashes differ. cosine: of the vectors. Null where it was not compared.
    """

    id: int = Field(examples=[4711])
    because: str = Field(examples=["pixels"])
    bits: int | None = Field(examples=[0])
    cosine: float | None = Field(examples=[0.9993])
    path: str = Field(examples=["train/cheetah/4711.jpg"])
    labels: list[str] = Field(examples=[["cheetah"]])
    split: str | None = Field(examples=["train"])


class CopyList(_Body):
    """Whether a picture is in the dataset already: the same file, the same pixels, or nearly the same."""

    is_in: bool
    copies: list[Copy]


class DetectedObject(_Body):
    """A detected object; its box in pixels of the upright picture."""

    name: str = Field(examples=["cheetah"])
    score: float = Field(examples=[0.91])
    box: list[float] = Field(examples=[[12.0, 8.5, 320.0, 240.0]], min_length=4, max_length=4)


class ObjectList(_Body):
    """The objects in an image, the surest first."""

    objects: list[DetectedObject]
    detection_run: int = Field(examples=[3])
    model: str = Field(examples=["yolo.onnx"])


class VectorQuery(_Body):
    """A vector of the dataset's embedding space; it need not have length one."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"vector": [0.12, 0.7, 0.0], "limit": 10}]}
    )

    vector: list[Annotated[float, Field(allow_inf_nan=False, ge=-1e18, le=1e18)]] = Field(
        min_length=1, max_length=16_384
    )
    limit: int = Field(10, ge=1, le=100)
    class_: str | None = Field(None, alias="class", max_length=500)
    split: str | None = Field(None, max_length=500)
    licence: str | None = Field(None, max_length=500)


Name = Annotated[str, StringConstraints(max_length=500)]
