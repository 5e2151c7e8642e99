"""``python -m koda_desktop.services.sandbox.objectstore``: the store as a process of its own.

Listens on 127.0.0.1 only. The credentials come from a file that only this account may read (JSON,
access key id to secret), never from the command line. Once connections are accepted, ``--announce``
names a file that is written with the process id, its start and the port.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from pathlib import Path

import uvicorn

from koda_desktop.errors import KodaError
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.services.sandbox.objectstore.app import ObjectStoreApp
from koda_desktop.services.sandbox.objectstore.authentication import Authenticator
from koda_desktop.services.sandbox.objectstore.store import MIN_PART, Store
from koda_desktop.services.sandbox.processes import identify
from koda_desktop.services.sandbox.state import ServerState, bindable_socket

EXIT_PORT_TAKEN = 48
EXIT_DATA_IN_USE = 49


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="objectstore", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for objects")
    parser.add_argument("--credentials", type=Path, required=True, help="JSON file of keys")
    parser.add_argument("--announce", type=Path, help="file to write process and port to")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--bucket", action="append", default=[], help="bucket to make sure of")
    parser.add_argument("--min-part-size", type=int, default=MIN_PART, help="bytes; for tests")
    return parser.parse_args(argv)


def _listening_socket(port: int) -> socket.socket:
    listener = bindable_socket()
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _server(arguments: argparse.Namespace) -> uvicorn.Server:
    store = Store.open(arguments.data, arguments.region, arguments.min_part_size)
    for name in arguments.bucket:
        store.ensure_bucket(name)
    keys = json.loads(arguments.credentials.read_text())
    config = uvicorn.Config(
        ObjectStoreApp(store, Authenticator(keys, arguments.region)),
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,  # a request line holds the signed query of presigned URLs
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM. 48: the port is taken; 49: another process serves this folder."""
    arguments = _arguments(argv)
    arguments.data.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(arguments.data / "store.lock").wait(0)
    except KodaError:
        return EXIT_DATA_IN_USE
    with lock:
        server = _server(arguments)
        try:
            listener = _listening_socket(arguments.port)
        except OSError:
            return EXIT_PORT_TAKEN
        with listener:
            if arguments.announce:
                ServerState(listener.getsockname()[1], identify(os.getpid())).save(
                    arguments.announce
                )
            server.run(sockets=[listener])
    return 0


if __name__ == "__main__":
    sys.exit(main())
