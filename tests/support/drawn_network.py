"""A ResNet-18 whose weights are set by hand: it sees red, green or blue, and nothing else. Its answers are known."""

import torch

from models.resnets import MEAN, STD, new_resnet

COLOURS = ("red", "green", "blue")
GAIN = 40.0


def colour_network() -> torch.nn.Module:
    """Class c is how much of colour c the network sees at its places; every residual branch is silent.

    A place of a feature map holds the mean of a colour over the other two within 7 x 7 pixels, at least 0, and the
    largest of 3 x 3 such; later stages only hand it on.
    """
    network = new_resnet("resnet18", n_classes=3).eval().requires_grad_(False)
    for name, module in network.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            silent = name.endswith("bn2")
            module.weight.fill_(0.0 if silent else (1 + module.eps) ** 0.5)
            module.bias.zero_()
    network.conv1.weight.zero_()
    for colour in range(3):
        for channel in range(3):
            sign = 1.0 if channel == colour else -0.5
            network.conv1.weight[colour, channel] = sign * STD[channel] / 49
    for stage in (network.layer2, network.layer3, network.layer4):
        handed = stage[0].downsample[0]
        handed.weight.zero_()
        for colour in range(3):
            handed.weight[colour, colour] = 1.0
    network.fc.weight.zero_()
    network.fc.bias.zero_()
    for colour in range(3):
        network.fc.weight[colour, colour] = GAIN
    shift = torch.tensor([MEAN[c] - 0.5 * (sum(MEAN) - MEAN[c]) for c in range(3)])
    network.bn1.running_mean[:3] = -shift  # so that grey is nothing
    return network
