"""Commands with all they start, which end with a block or are killed at a moment."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

PATIENCE_SECONDS = 20
# For the moment at which a command is killed.
DEADLINE_SECONDS = 120


@contextmanager
def running(
    command: Sequence[str], cwd: Path, env: Mapping[str, str], *, log: IO[bytes] | None = None,
    sign: signal.Signals = signal.SIGINT,
) -> Iterator[subprocess.Popen[bytes]]:  # fmt: skip
    """Run a command as the leader of a group; at the end the group gets the sign, and is killed where that fails."""
    worker = subprocess.Popen(
        command, cwd=cwd, env=env, start_new_session=True, stdout=log or subprocess.DEVNULL, stderr=subprocess.STDOUT
    )
    try:
        yield worker
    finally:
        for each in (sign, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(worker.pid, each)
                worker.wait(timeout=PATIENCE_SECONDS)
        worker.wait(timeout=PATIENCE_SECONDS)


def kill_when(worker: subprocess.Popen[Any], reached: Callable[[], bool]) -> None:
    """Kill a group by its leader once a moment is reached."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    try:
        while not reached():
            assert worker.poll() is None, "the command ended before it was killed"
            assert time.monotonic() < deadline, "the moment to kill it never came"
            time.sleep(0.002)
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.communicate(timeout=30)
