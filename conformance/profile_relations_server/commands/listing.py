"""Lists the variants and the faults, for people and as JSON."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from typing import Any

from profile_relations_server.contract import contract_file
from profile_relations_server.faults import list_faults
from profile_relations_server.service.variants import list_variants

LEDGER = "requirements.toml"


@cache
def load_ledger() -> dict[str, Any]:
    """Loads the ledger of requirements and freedoms as it stands in its file."""
    return tomllib.loads(contract_file(LEDGER).read_text("utf-8"))


def variants_table(*, as_json: bool) -> str:
    """Describes every variant: its values with the default first, the freedom that allows it, and what it decides."""
    facts = {freedom["id"]: freedom["fact"] for freedom in load_ledger()["freedom"]}
    rows = [
        {
            "name": item.name,
            "values": item.values,
            "fact": facts[item.freedom],
            "freedom": item.freedom,
            "says": item.says,
        }
        for item in list_variants()
    ]
    if as_json:
        return json.dumps(rows, indent=2) + "\n"
    lines = [f"{row['name']}={'|'.join(row['values'])}\n    {row['freedom']}: {row['says']}" for row in rows]
    return "\n".join(lines) + "\n"


def faults_table(*, as_json: bool) -> str:
    """Describes every fault: the requirements that it breaks, and what the server then does."""
    rows = [{"name": item.name, "breaks": item.breaks, "says": item.says} for item in list_faults()]
    if as_json:
        return json.dumps(rows, indent=2) + "\n"
    return "".join(f"{row['name']}\n    {', '.join(row['breaks'])}: {row['says']}\n" for row in rows)
