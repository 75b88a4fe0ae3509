from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from companion.cogs.views.check import check_message
from companion.cogs.views.layout import Message
from companion.cogs.views.limits import LAYOUT_COMPONENTS, LAYOUT_TEXT
from companion.community.check import Check, ChosenChannel, FailingFeed, Meanings
from companion.community.permissions import INVITED, Permission
from companion.storage.channels import Purpose
from companion.storage.podcasts import Podcast
from tests.cogs.messages import walk

BEES = Podcast(1, "https://feeds.example/secret-token", "Hive *Minds* @everyone", None, private=True)
FINE = Check(5, (), (), (), (BEES,), (), Meanings.COMPARED)


def texts(message: Message) -> list[str]:
    parts: list[dict[str, Any]] = message.to_components()
    return [str(part["content"]) for part in walk(parts) if part.get("type") == 10]


@pytest.mark.parametrize(
    ("meanings", "said", "faultless"),
    [
        (Meanings.now(semantic=False, loading=True), "still loading", True),
        (Meanings.now(semantic=False, loading=False), "by words alone, because", False),
        (Meanings.now(semantic=True, loading=True), "searches by meaning", True),
    ],
)
def test_the_models_state_is_told(meanings: Meanings, said: str, faultless: bool) -> None:
    check = replace(FINE, meanings=meanings)

    assert said in "\n".join(texts(check_message(check)))
    assert check.faultless is faultless


def test_a_feeds_title_is_text_and_its_address_stays_secret() -> None:
    failing = FailingFeed(BEES, 1, datetime(2026, 1, 1, tzinfo=UTC), None)

    said = "\n".join(texts(check_message(replace(FINE, failing=(failing,)))))

    assert r"Hive \*Minds\* \@everyone* could not be read once" in said
    assert "secret-token" not in said


def test_everything_wrong_at_once_stays_within_discords_limits() -> None:
    everything = tuple(one for one in Permission if one in INVITED)
    long = replace(BEES, title="*" * 300)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    check = Check(
        here_id=2**63 - 1,
        here_lacks=everything,
        chosen=tuple(ChosenChannel(purpose, 2**63 - 1, gone=False, lacks=everything) for purpose in Purpose),
        unchosen=tuple(Purpose),
        podcasts=(long,) * 40,
        failing=(FailingFeed(long, 99, now, now),) * 40,
        meanings=Meanings.WORDS_ONLY,
    )

    message = check_message(check)

    assert sum(map(len, texts(message))) <= LAYOUT_TEXT
    assert len(list(walk(message.to_components()))) <= LAYOUT_COMPONENTS
    assert any("set these right, then check again" in one for one in texts(message))
