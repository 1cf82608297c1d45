"""Kafka's jars: fetched through jgo by the lines of `kafka.lock`, each checked against its hash.

A line of the lock is `<sha256>  <group>:<artifact>:<version>`. The jars are kept per user, so
several checkouts and test runs share them; a file that a broken download left, or that was
changed, does not match its hash and is fetched again.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deploy.embedded.errors import EmbeddedError
from deploy.embedded.home import KAFKA_VERSION

if TYPE_CHECKING:
    from jgo.maven import MavenContext

LOCK = Path(__file__).with_name("kafka.lock")
#: Kafka's broker, and the logging back end without which it says nothing.
WANTED = (f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}", "org.slf4j:slf4j-simple:1.7.36")
PARALLEL_DOWNLOADS = 4

#: Called with the number of jars at hand and the number of all.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One locked jar."""

    sha256: str
    group: str
    artifact: str
    version: str

    def path_in(self, cache: Path) -> Path:
        folder = cache.joinpath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"


def class_path(progress: Progress = lambda _have, _all: None) -> list[Path]:
    """The jars of the broker, fetched where they are missing; raises EmbeddedError if that fails."""
    cache = cache_folder()
    jars = tuple(locked_jars())
    missing = [jar for jar in jars if not _intact(jar, cache)]
    if missing:
        have = len(jars) - len(missing)
        progress(have, len(jars))
        _download(missing, cache, lambda fetched: progress(have + fetched, len(jars)))
    return [jar.path_in(cache) for jar in jars]


def cache_folder() -> Path:
    """Where the jars are kept: `$XDG_CACHE_HOME/tessera/jars`, by default under `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "tessera" / "jars"


def locked_jars() -> Iterator[Jar]:
    """The lines of the lock."""
    for line in LOCK.read_text("ascii").splitlines():
        digest, coordinate = line.split()
        yield Jar(digest, *coordinate.split(":"))


def _intact(jar: Jar, cache: Path) -> bool:
    path = jar.path_in(cache)
    if not path.exists():
        return False
    if sha256(path.read_bytes()).hexdigest() == jar.sha256:
        return True
    path.unlink()
    return False


def _download(jars: Sequence[Jar], cache: Path, fetched: Callable[[int], None]) -> None:
    # Imported here because it takes half a second, which only the first start should pay.
    from jgo.maven import MavenContext  # noqa: PLC0415

    cache.mkdir(parents=True, exist_ok=True)
    # A jar enters the cache whole, by a rename, so processes that fetch at the same time agree.
    with TemporaryDirectory(prefix="incoming-", dir=cache) as incoming:
        context = MavenContext(repo_cache=Path(incoming))
        pool = ThreadPoolExecutor(PARALLEL_DOWNLOADS)
        try:
            downloads = [pool.submit(_fetch, jar, context, cache) for jar in jars]
            for done, download in enumerate(as_completed(downloads), 1):
                download.result()
                fetched(done)
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch(jar: Jar, context: "MavenContext", cache: Path) -> None:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    name = f"{jar.artifact} {jar.version}"
    try:
        component.artifact(packaging="jar").resolve()
    except (OSError, RuntimeError) as error:
        raise EmbeddedError(f"{name} could not be downloaded: {error}") from error
    if not _intact(jar, context.repo_cache):
        raise EmbeddedError(f"{name} as downloaded does not have the hash of {LOCK.name}.")
    path = jar.path_in(cache)
    path.parent.mkdir(parents=True, exist_ok=True)
    jar.path_in(context.repo_cache).replace(path)


def write_lock() -> None:
    """Resolve what Kafka needs and write the lock anew."""
    from jgo.maven import MavenContext  # noqa: PLC0415

    lines = []
    with TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch))
        inputs, transitive = context.resolver.resolve(
            [context.create_dependency(coordinate) for coordinate in WANTED]
        )
        running = [found for found in transitive if found.scope in ("compile", "runtime")]
        for artifact in [found.artifact for found in (*inputs, *running)]:
            digest = sha256(artifact.resolve().read_bytes()).hexdigest()
            lines.append(f"{digest}  {artifact.groupId}:{artifact.artifactId}:{artifact.version}\n")
    LOCK.write_text("".join(sorted(lines, key=lambda line: line.split()[1])), "ascii")


if __name__ == "__main__":
    write_lock()
