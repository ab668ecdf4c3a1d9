"""How long work tells a person where it stands. Nobody listens unless a command does."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

Listener = Callable[[str, str], None]
_listeners: list[Listener] = []
DAY = "day"


def tell(stage: str, detail: str) -> None:
    """Say what is being done: a stage (days, sources, landed, dbt, publish) and what of it, or that a day is done."""
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


@contextmanager
def shown(total: int) -> Generator[None]:
    """Show on standard error what is told meanwhile; `total` is the number of days of all sources to load.

    A terminal gets a bar, a log a line per stage, but none per day.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        told: set[str] = set()

        def line(stage: str, detail: str) -> None:
            text = stage if stage == "dbt" else f"{stage}: {detail}"
            if stage != DAY and text not in told:
                console.print(text, highlight=False)
                told.add(text)

        with listening(line):
            yield
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as bar:
        task = bar.add_task("starting", total=total)

        def move(stage: str, detail: str) -> None:
            bar.update(task, description=detail if stage == DAY else f"{stage}: {detail}", advance=stage == DAY)

        with listening(move):
            yield
