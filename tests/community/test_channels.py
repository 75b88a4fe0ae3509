from __future__ import annotations

import pytest

from companion.community.channels import (
    ForbiddenChannelError,
    NoSuchChannelError,
    NoSuchPurposeError,
    NothingChosenError,
    Place,
    ServerChannels,
    WrongKindOfChannelError,
    purpose_of,
)
from companion.community.permissions import INVITED, NEWS, Permission
from companion.storage.channels import Purpose
from companion.storage.engine import Database

HERE, MO = 81384788765712384, 11
OPEN = Place(5, INVITED.value)


async def test_a_channel_is_chosen_replaced_and_forgotten(database: Database) -> None:
    kept_by = ServerChannels(database)

    first = await kept_by.choose(HERE, Purpose.NEWS, OPEN, MO)
    second = await kept_by.choose(HERE, Purpose.NEWS, Place(6, INVITED.value), MO)

    assert (first.before, second.before) == (None, 5)
    assert not second.podcasts
    assert await kept_by.forget(HERE, Purpose.NEWS) == 6
    with pytest.raises(NothingChosenError, match="No channel is chosen for news"):
        await kept_by.forget(HERE, Purpose.NEWS)


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        (None, NoSuchChannelError),
        (Place(5, INVITED.value, receives_posts=False), WrongKindOfChannelError),
        (Place(5, 0), ForbiddenChannelError),
    ],
)
async def test_a_channel_in_which_nothing_could_be_posted_is_refused_and_not_kept(
    database: Database, place: Place | None, refusal: type[Exception]
) -> None:
    kept_by = ServerChannels(database)

    with pytest.raises(refusal):
        await kept_by.choose(HERE, Purpose.NEWS, place, MO)

    assert await kept_by.chosen(HERE) == {}


def test_a_made_up_purpose_is_refused_with_those_there_are() -> None:
    with pytest.raises(NoSuchPurposeError, match="choose `news` or `notices`"):
        purpose_of("fame")


def test_what_is_missing_depends_on_where_it_is() -> None:
    threads_only = INVITED & ~Permission.SEND_MESSAGES

    assert Place(5, threads_only.value).lacks_to_answer() == (Permission.SEND_MESSAGES,)
    assert Place(5, threads_only.value, thread=True).lacks_to_answer() == ()
    assert Place(5, 0).lacks(NEWS) == tuple(one for one in Permission if one in NEWS.needs)
