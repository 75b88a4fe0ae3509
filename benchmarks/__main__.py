"""Every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import retrieval

raise SystemExit(retrieval.main())
