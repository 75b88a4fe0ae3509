"""The addresses of who asks the web server."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address


def address_in(text: str | None) -> IPv4Address | IPv6Address | None:
    """The address that is written there; None for anything else. An IPv4 address in IPv6's clothes is one of IPv4."""
    try:
        address = ip_address((text or "").strip())
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
