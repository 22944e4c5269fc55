"""The devices of this machine."""

import pytest
import torch

from models.devices import best_device, list_devices, require_device
from models.errors import DeviceMissing


def test_the_cpu_comes_first_with_its_memory() -> None:
    cpu = list_devices()[0]
    assert cpu.key == "cpu"
    assert 0 < cpu.free_bytes <= cpu.total_bytes
    assert "core" in cpu.title


def test_a_device_that_is_not_here_is_named_with_those_that_are() -> None:
    with pytest.raises(DeviceMissing, match="no device 'cuda:7'; it has cpu"):
        require_device("cuda:7")


def test_cuda_devices_are_listed_with_name_and_free_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    free = [1_000, 3_000]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda index: (free[index], 4_000))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: f"Card {index}")
    assert [(d.key, d.title, d.free_bytes) for d in list_devices()[1:]] == [
        ("cuda:0", "Card 0", 1_000),
        ("cuda:1", "Card 1", 3_000),
    ]
    assert require_device("cuda") == "cuda:0"
    assert best_device() == "cuda:1"  # the one with most free memory


def test_without_a_gpu_the_cpu_is_the_best_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert best_device() == "cpu"
