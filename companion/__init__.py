"""Companion: a Discord bot that gives a podcast community its memory."""

import os

# Before numpy is imported: its products here are small, and threads of OpenBLAS that wait for each other make a search
# take several times as long while another process is busy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
