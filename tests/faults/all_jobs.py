"""The jobs that are killed, by name."""

from __future__ import annotations

from tests.faults.archive_jobs import Embed, Ingest
from tests.faults.booking import Book
from tests.faults.forgetting import Forget
from tests.faults.jobs import Job
from tests.faults.migrating import Migrate
from tests.faults.posting import Post
from tests.faults.reminding import Remind
from tests.faults.restoring import Restore
from tests.faults.voting import Vote

JOBS: dict[str, Job] = {
    job.name: job for job in (Ingest(), Vote(), Post(), Remind(), Book(), Migrate(), Embed(), Restore(), Forget())
}
