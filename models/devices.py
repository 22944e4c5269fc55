"""The devices that this machine can run a model on."""

from dataclasses import dataclass

import psutil

from models.errors import DeviceMissing


@dataclass(frozen=True)
class Device:
    """A device and its memory in bytes. `key` is "cpu", or "cuda:0" and so on."""

    key: str
    title: str
    free_bytes: int
    total_bytes: int


def list_devices() -> list[Device]:
    """List the CPU and every CUDA device, with free memory as of now."""
    memory = psutil.virtual_memory()
    n_cores = psutil.cpu_count(logical=True) or 1
    title = f"CPU ({n_cores} core{'s' if n_cores > 1 else ''})"
    return [Device("cpu", title, memory.available, memory.total), *_cuda_devices()]


def best_device() -> str:
    """Choose a device where nobody did: the CUDA device with most free memory, else the CPU."""
    return max(_cuda_devices(), key=lambda one: one.free_bytes, default=Device("cpu", "", 0, 0)).key


def require_device(device: str) -> str:
    """Give a device's key in full ("cuda" means "cuda:0").

    Raises DeviceMissing if this machine has no such device.
    """
    key = "cuda:0" if device == "cuda" else device
    keys = [one.key for one in list_devices()]
    if key not in keys:
        raise DeviceMissing(f"This machine has no device {device!r}; it has {', '.join(keys)}. Choose one of those.")
    return key


def _cuda_devices() -> list[Device]:
    import torch  # slow to import, and most callers of this room never need it

    devices = []
    for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        free, total = torch.cuda.mem_get_info(index)
        devices.append(Device(f"cuda:{index}", torch.cuda.get_device_name(index), free, total))
    return devices
