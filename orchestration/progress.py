"""How long work tells a person where it stands. Nobody listens unless a terminal does."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

Listener = Callable[[str, str], None]
_listeners: list[Listener] = []


def tell(stage: str, detail: str) -> None:
    """Say what is being done: a stage (sources, dbt, publish) and what of it."""
    for listener in _listeners:
        listener(stage, detail)


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Call `listener` with all that is told meanwhile."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
