"""Tells systemd how the service is: sd_notify(3) without a library."""

import os
import socket


def notify(**state: str) -> None:
    """Send `READY="1"` and its like to the socket that systemd has named; without one, nothing. Never raises."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # a name in Linux's abstract namespace
        address = "\0" + address[1:]
    text = "\n".join(f"{name}={' '.join(value.split())}" for name, value in state.items())
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as sender:
            sender.sendto(text.encode(), address)
    except OSError:
        return  # a supervisor that does not listen is no reason to stop working
