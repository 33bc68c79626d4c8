"""Where things are kept and how the app behaves; read once, in app.py and the CLI."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

DATA = Path(__file__).resolve().parent.parent / "data"

EMBEDDED = "static-26"
"""The encoder that comes with the package: the default one, and the one whose word vectors `q=lex` uses."""

Mode = Literal["private", "session", "public"]


class Settings(BaseSettings):
    """Each value can be set in the environment as BABELSCOPE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="BABELSCOPE_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("babelscope", appauthor=False)),
        description="Folder for everything that is written: grades, indexes, collections.",
    )
    host: str = Field("127.0.0.1", description="Address to serve on.")
    port: int = Field(7860, ge=1, le=65535, description="Port to serve on.")
    mode: Mode = Field(
        "private", description="Who uses it: one trusted machine, a session with sign-in, or the public."
    )
    collection: str = Field("demo", description="Collection that a page without one opens.")

    @property
    def store_path(self) -> Path:
        return self.home / "store.db"

    @property
    def index_root(self) -> Path:
        return self.home / "index"

    @property
    def cache_root(self) -> Path:
        return self.home / "cache"

    @property
    def collections_root(self) -> Path:
        return self.home / "collections"
