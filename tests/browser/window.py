"""A browser window on the sandbox, driven by what a person sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Locator, Page, async_playwright, expect

_CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE = 30_000
"""Milliseconds to wait for an answer."""
_NOTICED = 500
"""Milliseconds after which the page has noticed another size of its window."""
_ONLY_DISCORD = """
[data-workbench] { position: fixed !important; left: -4000px !important; }
"""


def chromium() -> str | None:
    """The chromium of this machine: ``CHROMIUM`` in the environment, or the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)


class Window:
    """The sandbox as a member sees it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def messages(self) -> Locator:
        """The channel's messages, oldest first."""
        return self.page.locator("#channel-message-list > article")

    @property
    def latest(self) -> Locator:
        """The newest message of the channel."""
        return self.messages.last

    @property
    def modal(self) -> Locator:
        """The open form."""
        return self.page.locator("#modal-root .modal-dialog")

    async def look_as(self, member: str) -> None:
        """Switches to another member."""
        await self.page.get_by_label("Viewing as").select_option(label=member)
        await expect(self.latest).to_be_visible(timeout=_PATIENCE)
        await expect(self.page.locator("#preview-app")).to_have_attribute("aria-busy", "false", timeout=_PATIENCE)

    async def type_command(self, name: str, /, **options: str) -> None:
        """Types a command and its options into the composer, without sending it."""
        composer = self.page.locator("#channel-composer-input")
        typing = self.page.locator(".command-context-close")
        await expect(composer.or_(typing).first).to_be_visible(timeout=_PATIENCE)
        if not await composer.is_visible():
            await self.clear_command()
        await composer.fill("")
        await composer.press_sequentially(f"/{name}")
        await self.page.locator(".command-popup").get_by_text(f"/{name}", exact=True).first.click()
        for option, value in options.items():
            await self.option(option)
            await self.page.locator(f'input[data-option="{option}"]').press_sequentially(value)

    async def option(self, name: str) -> None:
        """Puts the cursor into an option, opening it first if it is not a required one."""
        field = self.page.locator(f'input[data-option="{name}"]')
        if not await field.count():
            await self.page.locator(".command-ghost").click()
            await self.page.locator(".command-popup").get_by_text(name, exact=True).first.click()
        await field.click()

    async def send(self) -> None:
        """Sends the command and waits for the answer."""
        before = await self.latest_id()
        await self.page.locator("#send-message").click()
        await self._newer_than(before)

    async def press(self, label: str, *, message: Locator | None = None, nth: int = 0) -> None:
        """Presses a button of a message, by default of the newest one, and waits for the message that answers."""
        before = await self.latest_id()
        await (message or self.latest).get_by_role("button", name=label).nth(nth).click()
        await self._newer_than(before)

    async def open_form(self, label: str, *, message: Locator | None = None) -> None:
        """Presses a button that opens a form."""
        await (message or self.latest).get_by_role("button", name=label).first.click()
        await expect(self.modal).to_be_visible(timeout=_PATIENCE)

    async def write_form(self, text: str) -> None:
        """Replaces the text in the open form."""
        await self.modal.locator(".modal-input").fill(text)

    async def submit_form(self) -> None:
        """Sends the open form and waits for the answer."""
        before = await self.latest_id()
        await self.modal.get_by_role("button", name="Submit").click()
        await self._newer_than(before)

    async def clear_command(self) -> None:
        """Leaves the command that is being typed."""
        await self.page.locator(".command-context-close").click()

    def message(self, message_id: str) -> Locator:
        """The message with that id."""
        return self.page.locator(f'article[data-message-id="{message_id}"]')

    async def latest_id(self) -> str:
        """The id of the newest message."""
        return await self.latest.get_attribute("data-message-id") or ""

    async def picture(self, path: Path, target: Locator | None = None) -> None:
        """Takes a picture of a message, or of the whole window."""
        await self.page.mouse.move(0, 0)
        if target is None:
            await self.page.screenshot(path=path, animations="disabled")
            return
        size = self.page.viewport_size or {"width": 0, "height": 0}
        box = await target.bounding_box() or {"height": 0}
        # What does not fit into the window would be hidden under the channel's heading.
        await self.page.set_viewport_size({"width": size["width"], "height": int(box["height"]) + 300})
        await self.settled()
        await target.scroll_into_view_if_needed()
        await target.screenshot(path=path, animations="disabled")
        await self.page.set_viewport_size({"width": size["width"], "height": size["height"]})
        await self.settled()

    async def settled(self) -> None:
        """Waits until the page took in how large its window is: until then it may still scroll."""
        await self.page.wait_for_timeout(_NOTICED)
        await expect(self.page.get_by_text("Updating viewport")).to_have_count(0, timeout=_PATIENCE)
        await expect(self.page.locator("#preview-app")).to_have_attribute("aria-busy", "false", timeout=_PATIENCE)

    async def suggestions(self) -> Locator:
        """What is offered for the option that is being typed, once it is there."""
        offered = self.page.locator('.command-popup [role="option"]')
        await expect(offered.first).to_be_visible(timeout=_PATIENCE)
        return offered

    async def _newer_than(self, message_id: str) -> None:
        await expect(self.latest).not_to_have_attribute("data-message-id", message_id, timeout=_PATIENCE)
        await expect(self.page.locator("#preview-app")).to_have_attribute("aria-busy", "false", timeout=_PATIENCE)


@asynccontextmanager
async def opened_window(
    executable: str, url: str, *, width: int = 1100, height: int = 900, scale: float = 1, bare: bool = False
) -> AsyncGenerator[Window]:
    """A window of that size on the sandbox's address; ``bare`` hides everything that is not Discord's."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(_ARGUMENTS))
        context = await browser.new_context(
            viewport={"width": width, "height": height}, device_scale_factor=scale, bypass_csp=bare
        )
        page = await context.new_page()
        page.set_default_timeout(_PATIENCE)
        await page.goto(url)
        window = Window(page)
        await expect(window.latest).to_be_visible(timeout=_PATIENCE)
        await window.settled()
        if bare:
            await page.add_style_tag(content=_ONLY_DISCORD)
        yield window
        await browser.close()
