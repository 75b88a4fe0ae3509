"""The one guarded way out to the web: bounded in size, time and redirects, and never to a private address.

Feeds name the addresses that are fetched, so whoever writes a feed could point Companion at the operator's own network.
Every address is therefore checked where it is used: literal ones before the request, those of names in the resolver
whose answer is the one connected to, and all of it again for each redirect.
"""

from __future__ import annotations

import asyncio
import functools
import re
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Protocol, TypeVar

import aiohttp
from yarl import URL

from companion import __version__
from companion.archive.latest import Latest
from companion.archive.public_addresses import Allows, PrivateAddressError, PublicResolver, is_public, refusal
from companion.storage.errors import CompanionError

MEBIBYTE = 1 << 20
_CHUNK = 1 << 16
_REDIRECTS = 5
_BACK_OFF = 60.0
_LONGEST_BACK_OFF = 3600.0
_PATIENCE = 3
_REMEMBERED = 1_000
"""Hosts with trouble that are known."""
_LARGEST_SKIPPED = 256 * MEBIBYTE
"""Bytes of a file that are read only to get to those behind them."""
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-\d{1,15}/(\d{1,15}|\*)", re.ASCII)


class FetchError(CompanionError):
    """An address that could not, or may not, be fetched. ``retry_after`` are the seconds that its host asked for,
    ``status`` is what it answered with in place of the file."""

    def __init__(self, sentence: str, *, retry_after: float | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after
        self.status = status


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. ``body`` is decompressed; with ``not_modified`` it is empty, with ``truncated`` it broke off early.

    ``moved_to`` is where the address moved to for good, as its host says (301, 308).
    """

    url: str
    body: bytes
    media_type: str
    charset: str | None
    etag: str | None
    last_modified: str | None
    not_modified: bool = False
    truncated: bool = False
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a file: its bytes from ``first`` on, and how many bytes the ``total`` is, where the host says."""

    body: bytes
    first: int
    total: int | None


_Read = TypeVar("_Read")
_Reads = Callable[[aiohttp.ClientResponse, str, str | None], Awaitable[_Read]]
"""Reads a response from an address, which may have moved for good."""


class FetchesSpans(Protocol):
    """What cutting clips out of audio needs of a fetcher."""

    async def span(self, url: str, first: int, last: int) -> Span: ...


class Fetches(Protocol):
    """What readers of sources need of a fetcher."""

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched: ...


class Fetcher:
    """Fetches public addresses by GET.

    ``allows`` decides about each address (tests let the loopback in); ``seconds`` bounds a whole fetch, redirects
    included. Hosts that answer 429 or 503 are left alone for as long as they ask, and hosts that fail again and again
    for ever longer.
    """

    def __init__(self, *, allows: Allows = is_public, seconds: float = 120.0) -> None:
        self._allows = allows
        self._seconds = seconds
        self._left_alone: Latest[str, float] = Latest(_REMEMBERED)
        self._failures: Latest[str, int] = Latest(_REMEMBERED)

    async def get(
        self, url: str, *, max_bytes: int, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Fetch ``url``, reading at most ``max_bytes`` of decompressed body.

        ``etag`` and ``last_modified``, from an earlier answer, make the request conditional. Raises FetchError with a
        sentence that names the host, never the whole address (which may be a secret).
        """
        headers = {"Accept-Encoding": "gzip"}
        headers |= {"If-None-Match": etag} if etag else {}
        headers |= {"If-Modified-Since": last_modified} if last_modified else {}
        return await self._fetch(url, headers, functools.partial(self._answer, max_bytes=max_bytes))

    async def span(self, url: str, first: int, last: int) -> Span:
        """The bytes of a file from ``first`` to ``last``, both in it; fewer where it ends before.

        A host that knows no ranges is read from the beginning, and no further than ``last``. Raises FetchError as `get`
        does.
        """
        headers = {"Accept-Encoding": "identity", "Range": f"bytes={first}-{last}"}
        return await self._fetch(url, headers, functools.partial(self._part, first=first, last=last))

    async def _fetch(self, url: str, headers: Mapping[str, str], read: _Reads[_Read]) -> _Read:
        host = _host(url)
        try:
            async with asyncio.timeout(self._seconds):
                answer = await self._follow(url, headers, read)
        except TimeoutError:
            self._failed(host)
            raise FetchError(f"{host} took longer than {self._seconds:g} seconds to answer; try again later.") from None
        except aiohttp.ClientConnectorDNSError as error:
            reason = error.os_error
            if isinstance(reason, PrivateAddressError):
                raise FetchError(str(reason)) from None
            self._failed(host)
            raise FetchError(f"There is no host “{host}”, or its name cannot be looked up now.") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            self._failed(host)
            raise FetchError(f"{host} could not be fetched: {_reason(error)}.") from error
        self._failures.forget(host)
        return answer

    def _failed(self, host: str) -> None:
        """After some failures in a row a host is not asked again for a while, lest each of its files be waited for."""
        failures = (self._failures.get(host) or 0) + 1
        self._failures.put(host, failures)
        if failures >= _PATIENCE:
            pause = min(_BACK_OFF * 2 ** (failures - _PATIENCE), _LONGEST_BACK_OFF)
            self._left_alone.put(host, asyncio.get_running_loop().time() + pause)

    async def _follow(self, url: str, headers: Mapping[str, str], read: _Reads[_Read]) -> _Read:
        headers = {"User-Agent": f"Companion/{__version__} (podcast archive)", **headers}
        connector = aiohttp.TCPConnector(resolver=PublicResolver(self._allows), limit=4)
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=20, sock_read=30)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout, auto_decompress=False) as session:
            for_good, moved_to = True, None
            for _ in range(_REDIRECTS + 1):
                target = self._checked(url)
                async with session.get(target, headers=headers, allow_redirects=False) as response:
                    location = response.headers.get("Location")
                    if response.status in (301, 302, 303, 307, 308) and location:
                        url = str(target.join(URL(location)))
                        # What a passing redirect leads to is not where the address moved.
                        for_good = for_good and response.status in (301, 308)
                        moved_to = url if for_good else moved_to
                        continue
                    self._refuse_busy(response, url)
                    return await read(response, url, moved_to)
        raise FetchError(f"{_host(url)} redirects more than {_REDIRECTS} times.")

    def _checked(self, url: str) -> URL:
        """The address, where it may be fetched; raises FetchError where not."""
        target = URL(url)
        if target.scheme not in ("http", "https") or not target.host:
            raise FetchError("Only http and https addresses can be fetched.")
        try:
            literal = ip_address(target.host.partition("%")[0])
        except ValueError:
            literal = None
        if literal is not None and not self._allows(literal):
            raise FetchError(refusal(target.host))
        wait = (self._left_alone.get(target.host) or 0.0) - asyncio.get_running_loop().time()
        if wait > 0:
            raise FetchError(f"{target.host} needs a pause; try again in {wait:.0f} seconds.", retry_after=wait)
        return target

    def _refuse_busy(self, response: aiohttp.ClientResponse, url: str) -> None:
        if response.status in (429, 503):
            host = _host(url)
            pause = seconds_to_wait(response.headers.get("Retry-After", ""), response.headers.get("Date", ""))
            self._left_alone.put(host, asyncio.get_running_loop().time() + pause)
            busy = f"{host} is too busy (status {response.status}); try again in {pause:.0f} seconds."
            raise FetchError(busy, retry_after=pause)

    async def _part(
        self, response: aiohttp.ClientResponse, url: str, _moved_to: str | None, first: int, last: int
    ) -> Span:
        if response.status == 200:
            at, total = 0, response.content_length
            if first > _LARGEST_SKIPPED:
                raise FetchError(f"{_host(url)} knows no ranges, and the part asked for lies too far into the file.")
        elif response.status == 206 and (told := _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))):
            at, total = int(told[1]), int(told[2]) if told[2] != "*" else None
        else:
            raise _not_the_file(response, url)
        if at > first:
            raise FetchError(f"{_host(url)} answered with another part of the file than was asked for.")
        body = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk[max(first - at, 0) : max(last + 1 - at, 0)]
            at += len(chunk)
            if at > last:
                break
        return Span(bytes(body), first, total)

    async def _answer(
        self, response: aiohttp.ClientResponse, url: str, moved_to: str | None, max_bytes: int
    ) -> Fetched:
        host = _host(url)
        not_modified = response.status == 304
        if response.status != 200 and not not_modified:
            raise _not_the_file(response, url)
        if (response.content_length or 0) > max_bytes:
            raise FetchError(_too_large(host, max_bytes))
        body, truncated = (b"", False) if not_modified else await _read(response, host, max_bytes)
        return Fetched(
            url=url,
            body=body,
            media_type=response.content_type.lower(),
            charset=response.charset,
            etag=response.headers.get("ETag"),
            last_modified=response.headers.get("Last-Modified"),
            not_modified=not_modified,
            truncated=truncated,
            moved_to=moved_to,
        )


async def _read(response: aiohttp.ClientResponse, host: str, max_bytes: int) -> tuple[bytes, bool]:
    """The body, and whether it broke off; decompressed piece by piece, lest a small answer fill the memory."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    inflate = inflation(encoding)
    if inflate is None and encoding not in ("identity", ""):
        raise FetchError(f"{host} answered in an encoding that was not asked for ({encoding[:20]}).")
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk if inflate is None else inflate.decompress(chunk, max_bytes - len(body) + 1)
            if len(body) > max_bytes:
                raise FetchError(_too_large(host, max_bytes))
    except (aiohttp.ClientPayloadError, ConnectionError):
        return bytes(body), True
    except zlib.error:
        if not body:
            raise FetchError(f"{host} answered with data that does not decompress.") from None
        return bytes(body), True
    return bytes(body), inflate is not None and not inflate.eof


# Its class has no public name.
def inflation(encoding: str) -> zlib._Decompress | None:  # pyright: ignore[reportPrivateUsage]
    """A decompressor for a content encoding, None where there is nothing to decompress."""
    if encoding in ("gzip", "x-gzip", "deflate"):
        return zlib.decompressobj(zlib.MAX_WBITS | 32)
    return None


def seconds_to_wait(retry_after: str, date: str) -> float:
    """The seconds that a `Retry-After` asks for, at most an hour; a date counts from the host's own ``date``."""
    retry_after = retry_after.strip()
    if retry_after.isdecimal():
        return min(float(retry_after), _LONGEST_BACK_OFF)
    try:
        seconds = (parsedate_to_datetime(retry_after) - parsedate_to_datetime(date)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return _BACK_OFF
    return min(max(seconds, 0.0), _LONGEST_BACK_OFF)


def _host(url: str) -> str:
    try:
        return URL(url).host or "The address"
    except ValueError:
        return "The address"


def _not_the_file(response: aiohttp.ClientResponse, url: str) -> FetchError:
    instead = f"{_host(url)} answered with status {response.status} instead of the file."
    return FetchError(instead, status=response.status)


def _too_large(host: str, max_bytes: int) -> str:
    return f"{host} answers with more than {max_bytes / MEBIBYTE:.0f} MiB, which is not read."


def _reason(error: BaseException) -> str:
    # What these say of themselves has the whole address in it, which may be a secret.
    if isinstance(error, aiohttp.ClientResponseError):
        return "it does not answer in HTTP"
    if isinstance(error, aiohttp.InvalidURL):
        return "it is no address"
    return (str(error) or type(error).__name__).strip().rstrip(".")
