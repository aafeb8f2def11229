"""Lets an editable installation find the package of the contract in the folder `openapi/`.

Hatchling alone can't: it adds folders to the search path, and this package has another name than its folder. The
library that it offers for this, `editables`, must be there at run time, which uv does not see to.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Python runs a line of a .pth file when it starts. It has no globals of its own, so the function is given what it uses.
_LINE = (
    "import sys, importlib.util; sys.meta_path.append(type('ContractFinder', (), {{'find_spec': staticmethod("
    "lambda name, path=None, target=None, util=importlib.util: "
    "util.spec_from_file_location(name, {init!r}) if name == 'profile_relations_contract' else None)}}))\n"
)


class EditableContract(BuildHookInterface[Any]):
    """Adds a finder of the package to an editable installation; it is written outside of the tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Writes the line that Python runs."""
        self.written: Path | None = None
        if version != "editable":
            return
        self.written = Path(tempfile.mkdtemp())
        path = self.written / "_profile_relations_contract.pth"
        path.write_text(_LINE.format(init=str(Path(self.root, "openapi", "__init__.py"))), "utf-8")
        build_data["force_include_editable"][str(path)] = path.name

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's
        """Removes what was written: the wheel has it now."""
        if self.written:
            shutil.rmtree(self.written)
