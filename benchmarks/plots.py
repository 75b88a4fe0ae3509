"""How the cost of a search grows with the archive, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

PICTURE = Path(__file__).with_name("speed.png")


def draw(rows: Sequence[dict[str, Any]]) -> None:
    """Draws the median time of every engine over the number of vectors, where matplotlib is installed."""
    try:
        matplotlib: Any = import_module("matplotlib")
    except ImportError:
        print("No picture: matplotlib is not installed (`pip install -r benchmarks/requirements.txt`).")
        return
    matplotlib.use("Agg")
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(7, 4.2))
    for engine in dict.fromkeys(row["engine"] for row in rows if "p50" in row):
        points = sorted((row["vectors"], row["p50"]) for row in rows if row["engine"] == engine and "p50" in row)
        axes.plot(*zip(*points, strict=True), marker="o", linewidth=2.5 if engine == "Companion" else 1, label=engine)
    axes.set(xscale="log", yscale="log", xlabel="vectors", ylabel="milliseconds a query (median)")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(PICTURE, dpi=120)
