"""Build hook: the package's dependencies are the lines of base.in, so that they are written down once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

FOLDER = Path(__file__).parent


def read(name: str) -> list[str]:
    """The requirement lines of one .in file, without comments, blanks and references to other files."""
    lines = (line.split("#")[0].strip() for line in (FOLDER / name).read_text("utf-8").splitlines())
    return [line for line in lines if line and not line.startswith("-")]


class CustomMetadataHook(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = read("base.in")
        metadata["optional-dependencies"] = {
            path.stem: read(path.name) for path in sorted(FOLDER.glob("*.in")) if path.stem != "base"
        }
