"""Every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import answers, reading, retrieval, speed

raise SystemExit(reading.main() or retrieval.main() or answers.main([]) or speed.main())
