from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
def test_the_model_is_loaded_without_telling_anybody(tmp_path: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('something was looked up in the network')\n"
        "socket.getaddrinfo = refuse\n"
        "from companion.archive.encoders import load_encoder\n"
        "assert load_encoder(None).encode(['honey']).shape == (1, 384)\n"
        "print([name for name in sys.modules if name.startswith('openvino_telemetry.')])"
    )
    environment = os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}

    said = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    assert (said.stdout, said.stderr) == ("[]\n", "")
    assert list(tmp_path.iterdir()) == [], "no id of this machine is kept"
