"""Address prefixes as cloud providers publish them, counted. Pure."""

import ipaddress
from collections.abc import Iterable

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(prefixes: Iterable[str]) -> list[Network]:
    """Return prefixes such as `34.1.208.0/20` as networks. Raises ValueError where one is none."""
    return [ipaddress.ip_network(prefix, strict=False) for prefix in prefixes]


def count(prefixes: Iterable[str]) -> dict[str, int]:
    """Return the number of prefixes of each family, and of IPv4 addresses; what lies in two prefixes counts once."""
    networks = networks_of(prefixes)
    four = [network for network in networks if isinstance(network, ipaddress.IPv4Network)]
    return {
        "n_ipv4_prefixes": len(four),
        "n_ipv6_prefixes": len(networks) - len(four),
        "n_ipv4_addresses": sum(network.num_addresses for network in ipaddress.collapse_addresses(four)),
    }
