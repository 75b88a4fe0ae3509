"""Every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import reading, retrieval

raise SystemExit(reading.main() or retrieval.main())
