"""The table of settings in docs/deployment.md, out of core/settings.py; `make docs` puts it there."""

import os
from pathlib import Path
from unittest.mock import patch

from core.settings import Settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "deployment.md"
BEGIN, END = "<!-- settings: made by `make docs` -->\n", "<!-- end of settings -->\n"


def table() -> str:
    """A row for each setting, with its default away from a Space and with nothing in the environment."""
    rows = ["| variable | default | what it is |", "|---|---|---|"]
    with patch.dict(os.environ, clear=True):
        for name, found in Settings.model_fields.items():
            default = found.get_default(call_default_factory=True, validated_data={})
            shown = "your user data folder" if name == "home" else _shown(default)
            rows.append(f"| `BABELSCOPE_{name.upper()}` | {shown} | {found.description} |")
    return "\n".join(rows) + "\n"


def _shown(default: object) -> str:
    if default in (None, "", ()):
        return "none"
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"


def replaced(page: str) -> str:
    """The page with the table as it is now."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}{table()}{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(replaced(PAGE.read_text("utf-8")), "utf-8")
