"""No test reaches beyond this machine, whatever library tries to; light, since every process of the tests loads it."""

import ipaddress
import sys


def keep_to_loopback() -> None:
    """From now on a socket of this process that connects to another machine raises PermissionError."""
    sys.addaudithook(_only_loopback)


def _only_loopback(event: str, arguments: tuple[object, ...]) -> None:
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not _is_loopback(str(address[0])):
        raise PermissionError(f"tests use loopback only, not {address}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"
