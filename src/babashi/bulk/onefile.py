"""One task: a file of enterprises in, a file of results out; whole or not at all, and only once.

The output carries the digest of input and job in its footer. It is written under another name, flushed to the
disk and renamed, so that a file of that name is always complete, whenever the machine stops.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from babashi.bulk.answers import RESULTS
from babashi.bulk.job import Job, Outcome, Task
from babashi.bulk.keys import Codes, refuse_repeated
from babashi.bulk.layout import FileLayout, Refused, layout_of
from babashi.bulk.reading import BatchReader
from babashi.bulk.sums import ItemSums
from babashi.register_io.layout import USCC

DIGEST_KEY: Final = b"babashi.digest"
ROWS_KEY: Final = b"babashi.enterprises"
PARTIAL_MARK: Final = ".partial-"
_CHUNK: Final = 1 << 20
_SUM: Final = pa.decimal128(38, 2)
SUMMARY: Final = pa.schema([
    ("item", pa.string()), ("eligible", pa.int64()), ("ineligible", pa.int64()), ("unknown", pa.int64()),
    ("amount_min_sum", _SUM), ("amount_max_sum", _SUM), ("amount_unknown", pa.int64()),
    ("top", pa.list_(pa.struct([("uscc", pa.string()), ("amount_max", pa.decimal128(18, 2))]))),
])  # fmt: skip
"""One row an item. ``amount_unknown``: eligible, but the ceiling can't be computed from what is known."""


def match_file(job: Job, task: Task) -> Outcome:
    """Do a task, unless it has been done; whatever goes wrong with the file or the disk is in the outcome."""
    begun = time.perf_counter()
    try:
        return _match_file(job, task, begun)
    except Refused as error:
        return Outcome(str(task.source), "refused", problems=error.problems)
    except pa.ArrowInvalid as error:
        return Outcome(
            str(task.source), "refused", problems=(f"不是完好的 Parquet 文件：{_first_line(error)}",)
        )
    except OSError as error:
        reason = error.strerror or _first_line(error)
        return Outcome(str(task.source), "failed", problems=(f"读写不了：{reason}",))
    except MemoryError:
        return Outcome(str(task.source), "failed", problems=("内存不够；请减少 --workers，或把文件分小",))
    except Exception as error:  # a mistake of ours in one file must not take the others with it
        return Outcome(str(task.source), "failed", problems=(f"内部错误：{type(error).__name__}: {error}",))


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _match_file(job: Job, task: Task, begun: float) -> Outcome:
    with task.source.open("rb") as stream:
        digest = _digest(stream, job)
        done = finished(task.target, digest)
        if done is not None:
            return Outcome(str(task.source), "skipped", *done, time.perf_counter() - begun)
        before = os.fstat(stream.fileno())
        stream.seek(0)
        layout, batches = _opened(stream, job)
        notes = layout.ignored
        with _Output(task.target, SUMMARY if job.mode == "summary" else RESULTS, digest) as output:
            rows = _answer_all(job, batches, layout, stream, output)
            after = os.fstat(stream.fileno())
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                raise Refused(["匹配时文件被改动，没有输出；请等文件写完后再运行"])
            output.complete(rows)
    return Outcome(str(task.source), "done", rows, output.pairs, time.perf_counter() - begun, notes=notes)


def _digest(stream: Any, job: Job) -> str:
    running = hashlib.sha256(job.digest.encode())
    while chunk := stream.read(_CHUNK):
        running.update(chunk)
    return running.hexdigest()


def finished(target: Path, digest: str) -> tuple[int, int] | None:
    """Enterprises and rows of an output that is there already and answers the same question."""
    try:
        found = pq.read_metadata(target)
    except (OSError, pa.ArrowInvalid):
        return None
    said = found.metadata or {}
    if said.get(DIGEST_KEY) != digest.encode():
        return None
    return int(said.get(ROWS_KEY, b"0")), found.num_rows


# -- reading ---------------------------------------------------------------------------------------------


def _opened(stream: Any, job: Job) -> tuple[FileLayout, Iterator[pa.RecordBatch]]:
    """The layout (with what was ignored), and the columns that the rules read, batch by batch."""
    file = pq.ParquetFile(stream)
    full = layout_of(file.schema_arrow, job.dictionary)
    answerer, specs = job.answerer, job.dictionary.tables
    keys = {
        table: set(spec.columns) if spec.distinct_rows and table in answerer.counted else set(spec.key)
        for table, spec in specs.items()
    }
    layout = full.restricted(answerer.references, keys)
    paths = _paths(file.schema, layout)
    words = _word_paths(file.schema, layout, job)
    stream.seek(0)
    reading = pq.ParquetFile(stream, read_dictionary=words, pre_buffer=False)
    layout = FileLayout(layout.facts, layout.tables, full.ignored)
    return layout, _coalesced(_batches(reading, paths, job.batch_rows), job.batch_rows)


def _batches(file: pq.ParquetFile, paths: list[str], rows: int) -> Iterator[pa.RecordBatch]:
    """Row group by row group: Arrow can't join the dictionaries of two inside a list."""
    for number in range(file.num_row_groups):
        yield from file.iter_batches(rows, row_groups=[number], columns=paths, use_threads=False)


def _leaves(schema: Any, column: str) -> list[str]:
    paths = [schema.column(place).path for place in range(len(schema))]
    return [path for path in paths if path == column or path.startswith(f"{column}.")]


def _paths(schema: Any, layout: FileLayout) -> list[str]:
    """Leaf columns to read. Of a child table at least one: its lists say how many rows there are."""
    paths = list(layout.facts.values())
    for child in layout.tables.values():
        leaves = _leaves(schema, child.name)
        paths += [
            path for path in leaves if any(path.endswith(f".{name}") for name in child.fields.values())
        ] or leaves[:1]
    return paths


def _word_paths(schema: Any, layout: FileLayout, job: Job) -> list[str]:
    """Columns of codes: their dictionaries are read as they are, no text is made of them."""
    kinds = ("code", "codes", "year")
    paths = [name for fact, name in layout.facts.items() if job.dictionary.facts[fact].type in kinds]
    for table, child in layout.tables.items():
        columns = job.dictionary.tables[table].columns
        names = [name for key, name in child.fields.items() if columns[key].type in kinds]
        paths += [p for p in _leaves(schema, child.name) if any(p.endswith(f".{name}") for name in names)]
    text = {path for path in paths if str(schema.column(_at(schema, path)).physical_type) == "BYTE_ARRAY"}
    return sorted(text)


def _at(schema: Any, path: str) -> int:
    return next(place for place in range(len(schema)) if schema.column(place).path == path)


def _coalesced(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.RecordBatch]:
    """The same rows in batches that are worth their overhead, however small the row groups of the file."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) * 2 >= rows:
            yield _as_one(waiting)
            waiting = []
    if waiting:
        yield _as_one(waiting)


def _as_one(parts: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches(parts).unify_dictionaries().combine_chunks()
    return table.to_batches()[0] if table.num_rows else parts[0]


def _answer_all(
    job: Job, batches: Iterator[pa.RecordBatch], layout: FileLayout, stream: Any, output: _Output
) -> int:
    answerer = job.answerer
    reader = BatchReader(layout, job.dictionary, answerer.references, answerer.counted, job.parameters)
    codes, sums = Codes(layout.facts[USCC]), ItemSums.nothing(len(job.items))
    rows = 0
    for part in batches:
        usccs = codes.take(part.column(layout.facts[USCC]))
        batch = reader.batch(part, rows)
        rows += part.num_rows
        if job.mode == "summary":
            sums.add(answerer.sums(batch, usccs, job.top), job.top)
        elif job.mode == "all":
            output.write(answerer.everything(batch, usccs))
        else:
            output.write(answerer.results(batch, usccs, job.few))
    if codes.suspects():
        stream.seek(0)
        refuse_repeated(pq.read_table(stream, columns=[layout.facts[USCC]]).column(0), layout.facts[USCC])
    if job.mode == "summary":
        output.write(summary_of(job, sums))
    return rows


# -- writing ---------------------------------------------------------------------------------------------


class _Output:
    """A Parquet file that appears whole, when :meth:`complete` was called, or not at all."""

    def __init__(self, target: Path, schema: pa.Schema, digest: str) -> None:
        self.pairs = 0
        self._target = target
        handle, name = tempfile.mkstemp(prefix=f".{target.name}{PARTIAL_MARK}", dir=target.parent)
        self._temporary = Path(name)
        self._stream = os.fdopen(handle, "wb")
        self._digest = digest
        words = [field.name for field in schema if types.is_dictionary(field.type)]
        lists = [f"{field.name}.list.element" for field in schema if types.is_list(field.type)]
        self._writer = pq.ParquetWriter(
            self._stream, schema, compression="zstd", compression_level=1, use_dictionary=[*words, *lists],
            dictionary_pagesize_limit=1 << 27, write_statistics=False, store_decimal_as_integer=True,
        )  # fmt: skip

    def write(self, rows: pa.RecordBatch) -> None:
        """One row group."""
        self._writer.write_batch(rows, row_group_size=max(rows.num_rows, 1))
        self.pairs += rows.num_rows

    def complete(self, rows: int) -> None:
        """Close, flush to the disk, and take the name."""
        self._writer.add_key_value_metadata({DIGEST_KEY: self._digest.encode(), ROWS_KEY: str(rows).encode()})
        self._writer.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._temporary.chmod(0o644)
        self._temporary.replace(self._target)
        folder = os.open(self._target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def __enter__(self) -> _Output:
        return self

    def __exit__(self, *problem: object) -> None:
        if not self._stream.closed:
            with contextlib.suppress(OSError, pa.ArrowException):
                self._writer.close()
            self._stream.close()
        self._temporary.unlink(missing_ok=True)


def summary_of(job: Job, sums: ItemSums) -> pa.RecordBatch:
    """The sums of all items as rows."""
    eligible, ineligible = sums.counts[:, 0], sums.counts[:, 1]
    tops = [
        [{"uscc": code, "amount_max": Decimal(fen).scaleb(-2)} for fen, code in entries]
        for entries in sums.top
    ]
    return pa.RecordBatch.from_arrays(
        [
            pa.array([item.full_id for item in job.items], pa.string()),
            pa.array(eligible),
            pa.array(ineligible),
            pa.array(sums.rows - eligible - ineligible),
            pa.array([Decimal(fen).scaleb(-2) for fen in sums.floor], _SUM),
            pa.array([Decimal(fen).scaleb(-2) for fen in sums.ceiling], _SUM),
            pa.array(sums.unpriced, pa.int64()),
            pa.array(tops, SUMMARY.field("top").type),
        ],
        schema=SUMMARY,
    )
