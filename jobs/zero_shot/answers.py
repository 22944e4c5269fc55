"""What a page that waits can ask of ConSE, which compares words with pictures by way of ImageNet's class names."""

import numpy as np

from jobs.engine.questions import Answer, Answers


def imagenet() -> Answer:
    """`vectors` of the sentences that ImageNet's class names make."""
    from models import conse

    return {"vectors": conse.class_vectors().tolist()}


def scores(*, texts: list[str]) -> Answer:
    """`scores`: the cosine of each text with each ImageNet class name; what ConSE is made of in `about`."""
    from models import conse

    return {"scores": conse.text_scores(texts).tolist(), "about": conse.describe()}


def mixtures(*, vectors: str, out: str, model: str) -> Answer:
    """Of which ImageNet classes the vectors in the file `vectors` are made; arrays into the file `out`."""
    from models import conse

    mixed = conse.mixtures(np.load(vectors, mmap_mode="r"), model=model)
    np.savez(out, classes=mixed.classes, weights=mixed.weights, lengths=mixed.lengths)
    return {}


ANSWERS: Answers = {"conse": scores, "imagenet": imagenet, "mixtures": mixtures}
