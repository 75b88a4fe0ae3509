"""The jobs that are killed, by name."""

from __future__ import annotations

from tests.faults.archive_jobs import Embed, Ingest
from tests.faults.jobs import Job
from tests.faults.migrating import Migrate

JOBS: dict[str, Job] = {job.name: job for job in (Ingest(), Embed(), Migrate())}
