"""Many files at once: the threads that read them, while somebody else fetches the next."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from ingest.gkg.lexicon import lexicon
from ingest.gkg.listing import Entry
from ingest.gkg.records import Record, record_of


def records(files: Iterable[tuple[Entry, bytes, str]]) -> Iterator[Record]:
    """Yield the record of each file (what the list says, its bytes, their sha256), in their order.

    Inflating, checking and searching leave Python's lock, so threads use all cores. No more files are taken than
    there are threads to read them and one besides, so memory does not grow with the day.
    """
    n_threads = os.cpu_count() or 1
    waiting: deque[Future[Record]] = deque()
    with ThreadPoolExecutor(n_threads) as pool:
        for entry, raw, raw_sha256 in files:
            waiting.append(pool.submit(record_of, entry, raw, raw_sha256, lexicon()))
            if len(waiting) > n_threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
