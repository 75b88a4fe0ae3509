"""Which addresses may be fetched, and the resolver that answers with no others.

A name is checked in the answer that is connected to, so that it cannot stand for another address a moment later.
"""

from __future__ import annotations

import asyncio
import socket
import unicodedata
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import unquote

from aiohttp.abc import AbstractResolver, ResolveResult

_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = 0x00005EFE
"""What stands before an IPv4 address in the last half of an IPv6 one (RFC 5214), but for the bit that says global."""
_NEVER = tuple(map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "3fff::/20")))
"""Of no use, or of private networks once, and not known as such to every Python."""
_LOCAL = frozenset(("localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "arpa"))
"""What names end with that a single network gives."""

Allows = Callable[[IPv4Address | IPv6Address], bool]
"""Decides whether an address may be connected to."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """May the address be fetched: is it one of the public internet, also behind its IPv6 spelling?"""
    if isinstance(address, IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if embedded is None and address in _NAT64:
            embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is None and (int(address) >> 32) & 0xFDFFFFFF == _ISATAP:
            embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        if embedded is not None:
            return is_public(embedded)
    if any(address in network for network in _NEVER):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_public_host(host: str, allows: Allows = is_public) -> bool:
    """May a link for everybody name this host, by all that can be told without looking it up? Written in any way that
    browsers take."""
    name = unicodedata.normalize("NFKC", unquote(host)).replace("。", ".").rstrip(".").casefold()
    try:
        return allows(ip_address(name.partition("%")[0]))
    except ValueError:
        last = name.rpartition(".")[2]
        # What ends with a number is an address in another spelling, such as 127.1.
        return "." in name and last not in _LOCAL and not last[:1].isdigit()


class PrivateAddressError(OSError):
    """A name that stands for addresses that may not be fetched."""


class PublicResolver(AbstractResolver):
    """Resolves names by the system and leaves out addresses that are not allowed."""

    def __init__(self, allows: Allows) -> None:
        self._allows = allows

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG
        )
        results: list[ResolveResult] = []
        for found_family, _, protocol, _, address in found:
            literal = str(address[0])
            if self._allows(ip_address(literal.partition("%")[0])):
                results.append(
                    ResolveResult(
                        hostname=host,
                        host=literal,
                        port=port,
                        family=found_family,
                        proto=protocol,
                        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                    )
                )
        if found and not results:
            raise PrivateAddressError(refusal(host))
        return results

    async def close(self) -> None:
        """Nothing is held open."""


def refusal(host: str) -> str:
    """The sentence for a host at such an address."""
    return f"{host} is an address of a private network, which is not fetched; give a public one."
