"""Ports that no other process of the same test run picks.

A port is picked some seconds before it is listened on. The processes that tests are spread over
pick from different parts, so that none takes what another has picked meanwhile.
"""

import os
from typing import Final

from deploy.embedded import home
from deploy.embedded.home import Home, internal_ports

#: Of systems and servers, apart from those between the processes of a system.
PUBLIC_PORTS: Final = range(10_000, 20_000)
_ALL_INTERNAL_PORTS: Final = home.INTERNAL_PORTS


def part_of(ports: range) -> range:
    """The part of the ports that belongs to this process of the test run."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return ports[number % count :: count]


def keep_ports_apart() -> None:
    """Has this process pick ports of brokers from its own part."""
    home.INTERNAL_PORTS = part_of(_ALL_INTERNAL_PORTS)


def public_port() -> int:
    """A port on which nothing listens."""
    return home.free_port(within=part_of(PUBLIC_PORTS))


def pick_internal_ports(folder: Home) -> None:
    """Picks for an installation what it would pick itself, unless it has ports already."""
    folder.prepare()
    if not folder.ports_file.exists():
        internal_ports(folder)
