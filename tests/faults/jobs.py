"""What the harness kills: a job, with the worker's part and the observer's part."""

from __future__ import annotations

from random import Random

from tests.faults.places import Place
from tests.faults.world import World


class WrongError(AssertionError):
    """Something was lost, done twice, or left undone."""


def require(true: bool, *said: object) -> None:
    """Raises `WrongError` where it is not so."""
    if not true:
        raise WrongError(" ".join(map(str, said)))


class Job:
    """Work that can be killed at any point. `work` runs in the worker, everything else in the harness.

    Nothing of the harness's process is seen by the worker, and the other way round: what they share is the folder, and
    the Discord where the job ``talks`` to one.
    """

    name: str
    talks: bool = False

    def world(self) -> World:
        """The Discord of a new round."""
        return World(keeps=False)

    async def prepare(self, place: Place, world: World, dice: Random) -> None:
        """Fills the folder and the Discord of a new round; what differs between rounds is by the dice."""

    async def work(self, place: Place) -> None:
        """Does all the work, or what is left of it; acknowledges each thing that is done."""
        raise NotImplementedError

    async def accompany(self, place: Place, world: World) -> None:
        """What happens outside while a worker runs; cancelled when that has ended."""

    async def check_stopped(self, place: Place, world: World) -> None:
        """Looks at what a killed worker left. Raises `WrongError`."""

    async def check_done(self, place: Place, world: World) -> None:
        """Looks at what there is once a worker has ended by itself. Raises `WrongError`."""
