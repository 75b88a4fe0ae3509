"""Which hosts a link for everybody may name, told from the name alone."""

from __future__ import annotations

import pytest

from companion.archive.public_addresses import is_public_host


@pytest.mark.parametrize(
    "host",
    ["media.example", "Media.Example.", "bücher.example", "93.184.216.34", "2606:2800:220:1::1", "4chan.example"],
)
def test_a_public_host_may_be_named(host: str) -> None:
    assert is_public_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "nas",
        "nas.local",
        "NAS.LAN.",
        "router.home.arpa",
        "wiki.corp",
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.0x1",
        "127%2e0%2e0%2e1",
        "１２７。0。0。1",
        "10.0.0.8",
        "192.168.1.20",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1%eth0",
        "fd00::1",
        "",
        ".",
    ],
)
def test_a_host_of_one_network_may_not_in_whatever_spelling(host: str) -> None:
    assert not is_public_host(host)
