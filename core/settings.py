"""Where things are kept and how the app behaves; read once, in app.py and the CLI."""

import os
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

DATA = Path(__file__).resolve().parent.parent / "data"

EMBEDDED = "static-26"
"""The encoder that comes with the package: the default one, and the one whose word vectors `q=lex` uses."""

Mode = Literal["private", "session", "public"]


def on_space() -> bool:
    """Whether this is a Hugging Face Space, which changes some defaults."""
    return "SPACE_ID" in os.environ


def _hub_token() -> SecretStr | None:
    token = os.environ.get("HF_TOKEN")
    return SecretStr(token) if token else None


class Settings(BaseSettings):
    """Each value can be set in the environment as BABELSCOPE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="BABELSCOPE_", frozen=True, extra="forbid")

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("babelscope", appauthor=False)),
        description="Folder for everything that is written: grades, indexes, collections.",
    )
    host: str = Field(
        default_factory=lambda: "0.0.0.0" if on_space() else "127.0.0.1",  # noqa: S104  # a Space is asked from outside
        description="Address to serve on; on a Space 0.0.0.0.",
    )
    port: int = Field(7860, ge=1, le=65535, description="Port to serve on.")
    mode: Mode = Field(
        default_factory=lambda: "public" if on_space() else "private",
        description="Who uses it: one trusted machine, a session with sign-in, or the public; on a Space the public.",
    )
    secret: SecretStr | None = Field(
        None, min_length=16, description="Key that signs cookies; otherwise one is made once and kept in the home."
    )
    names: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Host names the app is reached by where a proxy changes them, with commas between: lab.example."
    )
    trust_proxy: bool = Field(
        default_factory=on_space,
        description="Whether X-Forwarded-Host, -Proto and -For are a proxy's of ours; on a Space they are.",
    )
    collection: str = Field("demo", description="Collection that a page without one opens.")
    labels_to: str = Field(
        "", description="Private bucket (owner/name) or dataset (datasets/owner/name) on the Hub that keeps the grades."
    )
    labels_token: SecretStr | None = Field(
        default_factory=_hub_token, description="Token that may write there; HF_TOKEN otherwise."
    )
    labels_every: int = Field(30, ge=1, le=60, description="Seconds between two pushes of new grades.")

    @field_validator("names", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Names or whole origins, `https://lab.example:8443`, as one text or several."""
        if isinstance(value, str):
            value = value.replace(",", " ").split()
        if isinstance(value, (list, tuple)):
            return tuple(str(name).rpartition("://")[2].rstrip("/").lower() for name in value)
        return value

    @field_validator("home")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError("that is no folder")
        return value

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
    def models_root(self) -> Path:
        return self.home / "models"

    @property
    def collections_root(self) -> Path:
        return self.home / "collections"
