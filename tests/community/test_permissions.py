from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from companion.community.permissions import (
    ANSWERS,
    FOR_PURPOSE,
    INVITED,
    NEWS,
    Permission,
    in_place,
    invite_link,
    labels,
    missing,
)
from companion.storage.channels import Purpose

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("permission", Permission)
def test_names_and_bits_are_discords(permission: Permission) -> None:
    name = (permission.name or "").lower().replace("view_channels", "view_channel")
    assert discord.Permissions.VALID_FLAGS[name] == permission.value


def test_the_invite_link_asks_for_what_features_need_and_never_for_administrator() -> None:
    asked = parse_qs(urlsplit(invite_link(1234)).query)

    assert asked == {
        "client_id": ["1234"],
        "permissions": [str(INVITED.value)],
        "scope": ["bot applications.commands"],
    }
    assert Permission.ADMINISTRATOR not in INVITED
    assert "scope=bot+applications.commands" in invite_link(1234)


def test_the_readme_invites_with_these_permissions_and_names_each() -> None:
    assert re.findall(r"permissions=(\d+)", README) == [str(INVITED.value)]
    listed = re.search(r"the permissions ([^.]*)\.", README)
    assert listed is not None
    named = re.findall(r"\*([^*]+)\*", " ".join(listed.group(1).split()))
    assert named == [one.label for one in Permission if one in INVITED]


def test_every_purpose_of_a_channel_has_its_needs() -> None:
    assert set(FOR_PURPOSE) == set(Purpose)
    assert all(Permission.VIEW_CHANNELS in feature.needs for feature in FOR_PURPOSE.values())


def test_what_is_missing_comes_in_discords_order() -> None:
    lacks = missing(Permission.SEND_MESSAGES.value, NEWS.needs)

    assert lacks == (Permission.VIEW_CHANNELS, Permission.READ_MESSAGE_HISTORY)
    assert labels(lacks) == "View Channels and Read Message History"
    assert missing(NEWS.needs.value, NEWS.needs) == ()


def test_an_administrator_lacks_nothing() -> None:
    assert missing(Permission.ADMINISTRATOR.value, INVITED) == ()


def test_a_thread_needs_its_own_permission_to_send() -> None:
    assert in_place(ANSWERS.needs, thread=False) == Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES
    assert in_place(ANSWERS.needs, thread=True) == Permission.VIEW_CHANNELS | Permission.SEND_MESSAGES_IN_THREADS
