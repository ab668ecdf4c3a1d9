"""A command with all it starts, which ends with the block."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PATIENCE_SECONDS = 20


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
