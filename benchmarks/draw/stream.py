"""Draws from a stream of Arrow record batches in bounded memory: `python benchmarks/draw/stream.py [--rows N]`.

Batches are made as they are needed and thrown away: time of making them is measured apart and taken off. Prints the rate and
how much the process grew from the first tenth of the stream to its end.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import qascore as qa

STRATA, SIZE, SEED = 24, 100_000, 20260101


def batches(rows: int, batch: int) -> Iterator[pa.RecordBatch]:
    """Conversations with ascending ids; 24 queues of unequal size, as whole numbers."""
    rng = np.random.default_rng(1)
    share = np.cumsum(np.arange(1, STRATA + 1)) / (STRATA * (STRATA + 1) / 2)
    for first in range(0, rows, batch):
        count = min(batch, rows - first)
        queue = np.searchsorted(share, rng.random(count)).astype(np.int64)
        ids = np.arange(first, first + count, dtype=np.int64)
        yield pa.record_batch({"conversation_id": ids, "queue": queue})


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--batch", type=int, default=1_000_000)
    parser.add_argument("--capacity", type=int, default=20_000, help="conversations remembered of each queue")
    options = parser.parse_args()

    sketch = qa.DrawSketch(id="conversation_id", strata="queue", capacity=options.capacity, seed=SEED)
    seconds, processor, early = 0.0, 0.0, 0.0
    for number, batch in enumerate(batches(options.rows, options.batch), 1):
        start, used = time.perf_counter(), time.process_time()
        sketch.add(batch)
        seconds += time.perf_counter() - start
        processor += time.process_time() - used
        if number * options.batch * 10 <= options.rows or number == 1:
            early = peak()
    start, used = time.perf_counter(), time.process_time()
    plan = sketch.allocate(size=min(SIZE, options.rows // 10), max_per_stratum=options.capacity)
    drawn = sketch.result(plan)
    seconds += time.perf_counter() - start
    processor += time.process_time() - used
    assert sketch.population_size == options.rows
    assert drawn.num_rows == plan.sample_size
    print(
        f"{drawn.num_rows} of {options.rows} conversations drawn: {options.rows / seconds / 1e6:.1f} million a second "
        f"({options.rows / processor / 1e6:.1f} by processor time), most memory {peak():.0f} MiB, of which "
        f"{peak() - early:.0f} after the first tenth"
    )


if __name__ == "__main__":
    main()
