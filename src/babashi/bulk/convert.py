"""A register as Parquet files: the bridge from the exchange format to matching in bulk."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from babashi.bulk.layout import written_keys, written_schema
from babashi.bulk.run import RunError
from babashi.bulk.writing import arrow_of_batch, parquet_options
from babashi.register_io.cells import format_value
from babashi.register_io.register import SYNTHETIC_MARKER, Register
from babashi.rules.columnar import batch_of_subjects
from babashi.rules.facts import FactDictionary
from babashi.rules.values import Subject

CHUNK_ROWS: Final = 20_000
ROW_GROUP_ROWS: Final = 131_072


def write_register(
    register: Register,
    dictionary: FactDictionary,
    folder: Path,
    *,
    files: int = 1,
    labels: bool = False,
    progress: Callable[[int], None] | None = None,
) -> list[Path]:
    """Write the register as ``files`` Parquet files of about equal size, and its parameter tables as CSV beside
    them. The folder must be new or empty. Each file appears whole or not at all."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RunError(f"{folder} 已经存在，而且不是空文件夹；请换一个位置，或先清空它")
    if files > max(1, len(register.enterprises)):
        raise RunError(f"只有 {len(register.enterprises)} 户企业，分不成 {files} 个文件；请减少 --files")
    folder.mkdir(parents=True, exist_ok=True)
    tables = [name for name, table in register.tables.items() if table is not None]
    keys = written_keys(dictionary, register.enterprises.columns_present, tables)
    schema = written_schema(dictionary, keys, labels=labels)
    subjects, total, written = register.subjects(), len(register.enterprises), []
    for number in range(files):
        count = total * (number + 1) // files - total * number // files
        path = folder / f"part-{number:05d}.parquet"
        with (
            _whole(path) as temporary,
            pq.ParquetWriter(temporary, schema, **parquet_options(schema)) as writer,
        ):
            for part in _chunks(islice(subjects, count)):
                writer.write_table(_arrow(part, dictionary, keys, labels=labels), ROW_GROUP_ROWS)
                if progress is not None:
                    progress(len(part))
        written.append(path)
    _write_parameters(register, folder, labels)
    if register.synthetic:
        (folder / SYNTHETIC_MARKER).write_text(
            "本文件夹里的数据全部是程序生成的合成数据。\n", encoding="utf-8"
        )
    return written


def _arrow(
    part: Sequence[tuple[str, Subject]], dictionary: FactDictionary, keys: Sequence[str], *, labels: bool
) -> pa.Table:
    codes = pa.array([uscc for uscc, _ in part], pa.string())
    batch = batch_of_subjects([subject for _, subject in part], dictionary)
    return arrow_of_batch(batch, codes, dictionary, keys, labels=labels)


def _chunks(subjects: Iterator[tuple[str, Subject]]) -> Iterator[list[tuple[str, Subject]]]:
    while part := list(islice(subjects, CHUNK_ROWS)):
        yield part


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A name to write to; the file takes its own when it is complete and on the disk."""
    temporary = path.with_name(f".{path.name}.partial")
    try:
        yield temporary
        with temporary.open("rb") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _write_parameters(register: Register, folder: Path, labels: bool) -> None:
    for name, table in register.parameters.items():
        if table is None:
            continue
        columns = table.layout.columns
        with (
            _whole(folder / f"{name}.csv") as temporary,
            temporary.open("w", encoding="utf-8", newline="") as stream,
        ):
            writer = csv.writer(stream)
            writer.writerow([column.label if labels else column.id for column in columns])
            for values in table.values:
                writer.writerow(
                    [format_value(value, spec) for value, spec in zip(values, columns, strict=True)]
                )
