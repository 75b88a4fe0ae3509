"""OpenVINO, without its telemetry.

As it is imported it would make an id for this machine in the user's home and tell Google Analytics of the import. It
does without where the package that does that is not there.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def openvino() -> Any:
    """The library. Import it through this alone."""
    # None stands for a module that cannot be imported.
    sys.modules["openvino_telemetry"] = None  # pyright: ignore[reportArgumentType]
    return import_module("openvino")
