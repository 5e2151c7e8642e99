"""``python -m koda_desktop.services.sandbox.stripe``: the make-believe Stripe as its own process.

Listens on 127.0.0.1 only. The keys come from a file that only this account may read (JSON, key to
what it may do), never from the command line. Once connections are accepted, ``--announce`` names a
file that is written with the process id, its start and the port.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
import time
from pathlib import Path

import uvicorn

from koda_desktop.errors import KodaError
from koda_desktop.runtime.filelock import FileLock
from koda_desktop.services.sandbox.processes import identify
from koda_desktop.services.sandbox.state import ServerState, bindable_socket
from koda_desktop.services.sandbox.stripe.app import StripeApp
from koda_desktop.services.sandbox.stripe.store import Store
from koda_desktop.services.sandbox.stripe.world import World

EXIT_PORT_TAKEN = 48
EXIT_DATA_IN_USE = 49


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="stripe", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder for the state")
    parser.add_argument("--keys", type=Path, required=True, help="JSON file of keys")
    parser.add_argument("--announce", type=Path, help="file to write process and port to")
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    return parser.parse_args(argv)


def _listening_socket(port: int) -> socket.socket:
    listener = bindable_socket()
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _server(store: Store, keys: Path, port: int) -> uvicorn.Server:
    world = World(store, f"http://127.0.0.1:{port}", lambda: int(time.time()))
    config = uvicorn.Config(
        StripeApp(world, json.loads(keys.read_text())),
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,  # a request line may hold the token of an onboarding link
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return uvicorn.Server(config)


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM. 48: the port is taken; 49: another process serves this folder."""
    arguments = _arguments(argv)
    arguments.data.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(arguments.data / "stripe.lock").wait(0)
    except KodaError:
        return EXIT_DATA_IN_USE
    with lock:
        try:
            listener = _listening_socket(arguments.port)
        except OSError:
            return EXIT_PORT_TAKEN
        with listener:
            port = listener.getsockname()[1]
            store = Store(arguments.data / "stripe.sqlite")
            if arguments.announce:
                ServerState(port, identify(os.getpid())).save(arguments.announce)
            _server(store, arguments.keys, port).run(sockets=[listener])
            store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
