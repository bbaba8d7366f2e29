"""How fast a register is generated, read and turned into subjects, and how much memory that takes.

Run: ``python bench/register.py [--enterprises 100000] [--repeat 3] [--xlsx] [--json]``. Each reading is a
fresh process, so that peak memory is that of one reading; the figures are medians.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from babashi.demo import write_district
from babashi.register_io import read_register
from babashi.rules.facts import FactDictionary


def measure_reading(folder: Path) -> dict[str, float]:
    """Seconds for reading and for all subjects, rows of all tables, peak memory in MiB."""
    dictionary = FactDictionary.load()
    start = time.perf_counter()
    register = read_register(folder, dictionary)
    read = time.perf_counter()
    subjects = sum(1 for _ in register.subjects())
    done = time.perf_counter()
    if register.has_errors or subjects != len(register.enterprises):
        raise SystemExit(f"reading went wrong: {register.problems[:3]}")
    rows = sum(len(register.table(table.id) or ()) for table in register.layout)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"read_s": read - start, "subjects_s": done - read, "rows": rows, "peak_mib": peak}


def main() -> None:
    """Generate once, read several times, print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--xlsx", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measure_reading(arguments.child)))
        return
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base) / "district"
        start = time.perf_counter()
        form = "xlsx" if arguments.xlsx else "csv"
        write_district(folder, FactDictionary.load(), count=arguments.enterprises, seed=1, form=form)
        generated = time.perf_counter() - start
        command = [sys.executable, __file__, "--child", str(folder)]
        runs = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(arguments.repeat)
        ]
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1024 / 1024
    result = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    result |= {"enterprises": arguments.enterprises, "form": form, "generate_s": generated, "input_mib": size}
    if arguments.json:
        print(json.dumps(result))
        return
    for key, value in result.items():
        print(f"{key:12} {value:>14,.2f}" if isinstance(value, float) else f"{key:12} {value:>14}")


if __name__ == "__main__":
    main()
