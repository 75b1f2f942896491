"""Serves the app on this machine, with the worker that analyses beside it."""

import ipaddress
import os
import socket
from pathlib import Path

from legato.errors import BadInput
from legato.store import open_catalogue

PORT = 8750
"""Port where none is given."""


def data_folder(given: Path | None) -> Path:
    """Where the catalogue lies: as given, else `LEGATO_DATA`, else `legato-data` in the home folder."""
    return given or Path(os.environ.get("LEGATO_DATA") or Path.home() / "legato-data")


def loopback(host: str) -> str:
    """The address, if it is one that only this machine reaches.

    Raises
    ------
    BadInput
        Others could reach it: without accounts nobody else may.
    """
    address = "127.0.0.1" if host == "localhost" else host
    try:
        reached = not ipaddress.ip_address(address).is_loopback
    except ValueError:
        reached = True
    if reached:
        raise BadInput(f"--host {host}: others could reach the app there, and it has no accounts yet; use 127.0.0.1")
    return address


def open_socket(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes a free one.

    Raises
    ------
    BadInput
        The port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise BadInput(
            f"--port {port}: cannot be used ({error.strerror}); give another, or 0 for a free one"
        ) from error
    return made


def served_at(host: str, port: int) -> str:
    """The address to open in a browser."""
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve(folder: Path, url: str | None, listening: socket.socket) -> None:
    """Answer requests until interrupted."""
    import uvicorn

    from legato.web.app import create_app
    from legato.web.retention import apply_retention
    from legato.web.worker import Worker

    host, port = listening.getsockname()[:2]
    catalogue = open_catalogue(folder, url)
    try:
        apply_retention(catalogue)
        named = [served_at(host, port).partition("://")[2], f"localhost:{port}"]
        config = uvicorn.Config(
            create_app(catalogue, named),
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            # A page that follows a job never ends its request by itself.
            timeout_graceful_shutdown=2,
        )
        with Worker(folder, url):
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        catalogue.close()
