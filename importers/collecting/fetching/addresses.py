"""Where a fetch may go: http and https, to hosts all of whose addresses are global, and to the very one looked at.

The check stands where a connection is made, so it holds for redirects, robots.txt and the JSON of APIs, too. A name is
resolved once a connection, and the address that was looked at is the one connected to: an answer that changes between
a check and a use (DNS rebinding) has no place to change in.
"""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urljoin

import httpcore2
import httpx2

from importers.collecting.fetching.outcomes import REFUSED, FetchError
from importers.collecting.fetching.streams import AsyncioBackend

IP = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]
DEFAULT_PORTS = {"http": 80, "https": 443}
WEB_PORTS = frozenset((80, 443, 8080, 8443))
MAX_ADDRESS = 8192  # letters of an address
_MAX_TRIED = 3  # addresses of a name, one after the other
_NAT64 = IPv6Network("64:ff9b::/96")
# What Python's ipaddress calls global and nobody's pictures lie at, by IANA's registries of special addresses.
_SPECIAL: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("192.31.196.0/24"),  # AS112
    IPv4Network("192.52.193.0/24"),  # AMT
    IPv4Network("192.175.48.0/24"),  # AS112
    IPv4Network("168.63.129.16/32"),  # a cloud's metadata on an address that looks global
    IPv6Network("::/8"),  # unspecified, loopback, IPv4-compatible, IPv4-mapped
    IPv6Network("64:ff9b:1::/48"),  # NAT64 for local use
    IPv6Network("100::/64"),  # discard
    IPv6Network("2001::/23"),  # Teredo, ORCHID, benchmarks
    IPv6Network("2002::/16"),  # 6to4
    IPv6Network("3fff::/20"),  # documentation
    IPv6Network("5f00::/16"),  # segment routing
    IPv6Network("fec0::/10"),  # site-local
)
_NUMBER_AT_END = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)


@dataclass(frozen=True)
class Permission:
    """What else may be asked than global addresses at the web's ports. ports: None is any."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    ports: frozenset[int] | None = WEB_PORTS

    def allows(self, address: IP) -> bool:
        """Whether an address is in one of the networks."""
        return any(address.version == network.version and address in network for network in self.networks)


GLOBAL_ONLY = Permission()


def permission_of(networks: Iterable[str], *, ports: Iterable[int] | None = WEB_PORTS) -> Permission:
    """A permission for networks as people write them (10.1.0.0/16, ::1). Raises ValueError, which names the network."""
    return Permission(
        tuple(ipaddress.ip_network(text.strip()) for text in networks), None if ports is None else frozenset(ports)
    )


@dataclass(frozen=True)
class Address:
    """An address of the web, read once. host: ASCII, lower case, without brackets; target: path and query."""

    scheme: str
    host: str
    port: int
    target: bytes

    @property
    def authority(self) -> str:
        """The host, in brackets where it is of IPv6, and the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme and authority: what has one robots.txt."""
        return f"{self.scheme}://{self.authority}"

    @property
    def text(self) -> str:
        """The address as text, without a fragment."""
        return self.origin + self.target.decode("ascii")

    def url(self) -> httpcore2.URL:
        """The address for httpcore2, part by part, so that nobody reads the text a second time."""
        return httpcore2.URL(scheme=self.scheme.encode(), host=self.host.encode(), port=self.port, target=self.target)

    def joined(self, location: str) -> str:
        """Where a redirect to `location` leads, as text."""
        return urljoin(self.text, location)


def refused(sentence: str) -> FetchError:
    """An address that is not asked."""
    return FetchError(REFUSED, "address", sentence)


def parse_address(text: str, permission: Permission = GLOBAL_ONLY) -> Address:
    """Read an address. Raises FetchError (refused, address) for what is not plain http or https of a permitted port."""
    text = text.strip()
    if len(text) > MAX_ADDRESS:
        raise refused(f"The address has more than {MAX_ADDRESS:,} letters.")
    if "\\" in text or any(ord(letter) < 0x21 or ord(letter) == 0x7F for letter in text.replace(" ", "%20")):
        raise refused("The address holds letters that addresses have not, which programs read differently.")
    try:
        url = httpx2.URL(text)
        host, port = url.raw_host.decode("ascii").lower(), url.port
    except (httpx2.InvalidURL, ValueError, UnicodeError) as error:
        raise refused("The address cannot be read as one.") from error
    if url.scheme not in DEFAULT_PORTS:
        raise refused("Only addresses that begin with http:// or https:// are fetched.")
    if url.userinfo:
        raise refused("The address carries a name or a password, which is not sent.")
    port = DEFAULT_PORTS[url.scheme] if port is None else port
    if permission.ports is not None and port not in permission.ports:
        raise refused(f"Port {port} is none of the web's: {', '.join(map(str, sorted(permission.ports)))}.")
    host = host.strip("[]")
    _check_host(host)
    return Address(url.scheme, host, port, url.raw_path or b"/")


def _check_host(host: str) -> None:
    """Refuse no host, a zone, and numbers that only some programs read as one (2130706433, 0x7f.1, 0177.0.0.1)."""
    if not host or "%" in host or len(host) > 253:
        raise refused("The address names no host that could be asked.")
    if ":" in host or _NUMBER_AT_END.search(host):
        literal = _literal(host)
        if literal is None or (literal.version == 4 and str(literal) != host):
            raise refused("The host is a number that is no address in its usual form.")


def _literal(host: str) -> IP | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_global(address: IP) -> bool:
    """Whether an address is of the open internet: none of the special ones, nor one that stands for such a one."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:  # how a network without IPv4 reaches it
            return is_global(IPv4Address(int(address) & 0xFFFFFFFF))
        if address.scope_id or address.ipv4_mapped or address.sixtofour or address.teredo:
            return False
    if any(address.version == network.version and address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


async def resolve_by_system(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system, with the zones of those that have one. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(f"{info[4][0]}" for info in found))


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connections to permitted addresses alone. resolve: gives a name's addresses; inner: makes the connections."""

    def __init__(
        self,
        permission: Permission = GLOBAL_ONLY,
        *,
        resolve: Resolve = resolve_by_system,
        inner: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        self._permission, self._resolve = permission, resolve
        self._inner = inner or AsyncioBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to a host, after all its addresses were looked at. Raises FetchError, and httpcore2's errors."""
        addresses = await self._permitted(host, port, timeout)
        for place, address in enumerate(addresses):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if place == len(addresses) - 1:
                    raise
        raise httpcore2.ConnectError("the name has no address")

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Sockets of this machine are never asked."""
        raise refused("Sockets of this machine are not asked.")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)

    async def _permitted(self, host: str, port: int, timeout: float | None) -> list[str]:
        """The host's addresses, three at most, if all that it has are permitted. Raises FetchError, ConnectError."""
        if _literal(host) is not None:
            found = [host]
        else:
            try:
                async with asyncio.timeout(timeout):
                    found = await self._resolve(host, port)
            except TimeoutError as error:
                raise httpcore2.ConnectTimeout("the name was not resolved in time") from error
            except (OSError, UnicodeError) as error:
                raise httpcore2.ConnectError("the name has no address") from error
        for text in found:
            address = _literal(text)
            if address is None or not (self._permission.allows(address) or is_global(address)):
                raise refused("The host is at an address of this machine or of a private network, which is not asked.")
        return found[:_MAX_TRIED]
