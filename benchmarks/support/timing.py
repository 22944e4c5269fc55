"""Seconds of a piece of work, memory of a process, and the machine that both were measured on."""

import os
import platform
import resource
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` gives, and the seconds it took."""
    began = time.perf_counter()
    value = work()
    return value, time.perf_counter() - began


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that `work` takes once."""
    return timed(work)[1]


def median_seconds(work: Callable[[], object], *, rounds: int) -> float:
    """The median of the seconds that `work` takes, over `rounds` of it."""
    return statistics.median(seconds_of(work) for _ in range(rounds))


def peak_mb() -> float:
    """The largest resident size of this process so far, in MB (of 1,024 kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peak_mb_of_children() -> float:
    """The largest resident size of any one process that this one started and waited for, in MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def conditions() -> str:
    """The date, the processor, its cores and how busy they are: what stands above every table."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    processor = named or platform.processor() or platform.machine()
    return f"{date.today()}, {processor}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
