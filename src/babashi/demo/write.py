"""Writing a synthetic district in the exchange format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from babashi.demo.district import averages, enterprises
from babashi.register_io.layout import ENTERPRISES, USCC, RegisterLayout
from babashi.register_io.writer import Format, open_register_writer
from babashi.rules.facts import FactDictionary

AVERAGES: Final = "rd_intensity_average"
_PROGRESS_ROWS: Final = 500


def write_district(
    folder: Path,
    dictionary: FactDictionary,
    *,
    count: int,
    seed: int,
    form: Format = "csv",
    labels: bool = False,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write ``count`` enterprises of the district of ``seed`` into a new folder, marked as synthetic.

    Nothing is left behind when it fails. Raises
    :class:`~babashi.register_io.writer.RegisterWriteError` when the folder can't be used. Facts and tables
    that a district has added to its dictionary stay empty, so unknown; what it has taken out is left out.
    ``progress`` gets the number of enterprises written so far.
    """
    layout = RegisterLayout.of(dictionary)
    columns = {table.id: table.column_ids for table in layout}
    with open_register_writer(folder, layout, form=form, labels=labels, synthetic=True) as writer:
        for row in averages(seed) if AVERAGES in columns else ():
            writer.write(AVERAGES, [row.get(column) for column in columns[AVERAGES]])
        for number, enterprise in enumerate(enterprises(count, seed), start=1):
            writer.write(ENTERPRISES, [enterprise.facts.get(column) for column in columns[ENTERPRISES]])
            for table, rows in enterprise.children.items():
                for child in rows if table in columns else ():
                    values = [enterprise.uscc if c == USCC else child.get(c) for c in columns[table]]
                    writer.write(table, values)
            if progress is not None and number % _PROGRESS_ROWS == 0:
                progress(number)
