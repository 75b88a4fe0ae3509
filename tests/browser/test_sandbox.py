from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from companion.archive.encoders import ToyEncoder
from companion.bot.sandbox import opened
from companion.bot.sandbox_week import MESSAGES
from tests.browser.window import Window, chromium, opened_window

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.sqlite_only("a sandbox has a file of its own")]


@pytest_asyncio.fixture
async def window() -> AsyncGenerator[Window]:
    executable = chromium()
    if executable is None:
        pytest.skip("There is no chromium on this machine: install it, or name it in CHROMIUM.")
    async with opened(ToyEncoder) as sandbox, opened_window(executable, sandbox.url) as opened_on_it:
        yield opened_on_it


async def test_a_newcomer_finds_a_question_its_answer_and_a_riff(window: Window) -> None:
    await expect(window.messages).to_have_count(MESSAGES + 3)
    await expect(window.messages.nth(MESSAGES + 1)).to_contain_text("Priya used /search")
    await expect(window.latest).to_contain_text("@Jonas riffs on @Priya")


async def test_search_riff_more_like_this_and_context_work_by_typing_and_pressing(window: Window) -> None:
    await window.type_command("search", query="how much does one hive sensor box cost")
    await window.send()
    await expect(window.latest).to_contain_text("how much does one hive sensor box cost")
    await expect(window.latest).to_contain_text("@Priya asked")
    await expect(window.latest.locator("blockquote").first).to_be_visible()

    await window.open_form("Riff")
    await expect(window.modal.locator(".modal-input")).to_have_value("how much does one hive sensor box cost")
    await window.write_form("what do the hive boxes measure")
    await window.submit_form()
    await expect(window.latest).to_contain_text("what do the hive boxes measure")
    await expect(window.latest).to_contain_text("riffs on their own search")

    await window.press("More like this")
    await expect(window.latest).to_contain_text("More like")
    await expect(window.latest.locator("blockquote").first).to_be_visible()

    await window.press("Context")
    await expect(window.latest).to_contain_text("Only you can see this")
    await expect(window.latest.locator("blockquote").first).to_be_visible()


async def test_another_member_turns_pages_without_changing_what_the_asker_sees(window: Window) -> None:
    await window.type_command("search", query="how much does one hive sensor box cost")
    await window.send()
    await expect(window.messages).to_have_count(MESSAGES + 4)
    public = window.messages.nth(MESSAGES + 3)
    await expect(public.get_by_role("button", name="Page 2")).to_be_visible()
    await window.look_as("Jonas")
    before = await public.inner_text()

    await window.press("Page 2", message=public)

    await expect(window.latest).to_contain_text("Only you can see this")
    await expect(window.latest).to_contain_text("page 2")
    assert await public.inner_text() == before


async def test_episodes_are_suggested_while_typing(window: Window) -> None:
    await window.type_command("search", query="tide", episode="brass")

    await expect(await window.suggestions()).to_contain_text(["A Brass Machine That Adds Up the Sea"])
