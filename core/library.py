"""The collections there are and their indexes: taken in, built, opened, each once."""

import shutil
import threading
from pathlib import Path

from core.collections.beir import read_beir, write_beir
from core.collections.importing import Summary, Wish, imported
from core.collections.importing import collection_id as imported_id
from core.collections.preview import Preview, preview
from core.collections.quarantine import Quarantine
from core.collections.rows import is_folder
from core.errors import BadInput, NotIndexed, NotWritable, UnknownName
from core.index import Index, index_path, read_info
from core.indexing import Standing, build, is_complete, standing
from core.protocols import Control, Progress
from core.records import Collection
from core.service import LocalService
from core.settings import DATA, EMBEDDED, Settings

DEMO = "demo"


class Library:
    """Reads nothing until it is asked; safe to use from several threads."""

    def __init__(self, settings: Settings, service: LocalService) -> None:
        self.settings, self.service = settings, service
        self._lock = threading.RLock()
        self._collections: dict[str, Collection] = {}
        self._indexes: dict[Path, Index] = {}

    def collections(self) -> list[str]:
        """The ids of all collections, the demo first."""
        own = self.settings.collections_root.glob("*/corpus.jsonl")
        names = (path.parent.name for path in own)  # a folder with a dot is one that is not whole yet
        return [DEMO, *sorted(name for name in names if name != DEMO and not name.startswith("."))]

    def collection(self, collection_id: str) -> Collection:
        """Raises UnknownName."""
        with self._lock:
            if collection_id not in self._collections:
                if collection_id not in self.collections():
                    raise UnknownName("collection", collection_id, self.collections())
                self._collections[collection_id] = read_beir(self._folder(collection_id), collection_id)
            return self._collections[collection_id]

    def preview(self, path: Path, wish: Wish) -> Preview:
        """What `take` would make of it, from its first rows. Raises BadInput where it cannot be used at all."""
        return preview(path, wish, among=self.service.card(EMBEDDED).languages)

    def add(self, folder: Path, collection_id: str | None = None) -> Collection:
        """Takes a BEIR folder in: its content is copied into the home. Raises BadInput for an id that is taken."""
        return self._keep(read_beir(folder, collection_id))

    def take(
        self, path: Path, wish: Wish, *, progress: Progress | None = None, control: Control | None = None
    ) -> tuple[Collection, Summary]:
        """Takes a file of documents in, or a BEIR folder. Raises BadInput; rows that cannot be used are kept beside it.

        They stand in collections/<id>.refused.jsonl; when they are too many, nothing else is written.
        """
        if is_folder(path):
            if wish.columns or wish.language:
                raise BadInput(f"{path} is a folder, whose rows name their columns and languages; leave both out.")
            collection = self.add(path, wish.name)
            return collection, Summary("BEIR folder", rows=len(collection.documents))
        name = imported_id(path, wish.name)
        among = self.service.card(EMBEDDED).languages
        with Quarantine(self.settings.collections_root / f"{name}.refused.jsonl") as quarantine:
            found, summary = imported(path, wish, quarantine, among=among, progress=progress, control=control)
            collection = self._keep(found)
            quarantine.keep()
        return collection, summary

    def _keep(self, collection: Collection) -> Collection:
        """Writes it into the home, unless it is there already."""
        own = self._folder(imported_id(self.settings.collections_root, collection.collection_id))
        if collection.collection_id in self.collections():
            if self.collection(collection.collection_id).checksums != collection.checksums:
                raise BadInput(
                    f"There is another collection '{collection.collection_id}' already; give this one another id."
                )
            return self.collection(collection.collection_id)
        taken = own.with_name(f".{own.name}.new")
        try:
            shutil.rmtree(taken, ignore_errors=True)
            write_beir(collection, taken)
            taken.replace(own)
        except OSError as error:
            shutil.rmtree(taken, ignore_errors=True)  # a full disk gets its room back
            raise NotWritable(own, error) from error
        return collection

    def build(self, collection_id: str, *, progress: Progress | None = None, control: Control | None = None) -> Index:
        """The complete index of that collection with the embedded encoder; quick where it is complete already."""
        collection = self.collection(collection_id)
        index = build(
            collection,
            [EMBEDDED],
            root=self.settings.index_root,
            service=self.service,
            progress=progress,
            control=control,
        )
        with self._lock:
            known = self._indexes.get(index.path)
            if known is None or known.info != index.info:
                self._indexes[index.path] = index
            return self._indexes[index.path]

    def is_built(self, collection_id: str) -> bool:
        """Whether `build` would have nothing to do."""
        return is_complete(self.collection(collection_id), [self.service.card(EMBEDDED)], self.settings.index_root)

    def standing(self, collection_id: str) -> Standing:
        """How far its index is, whoever builds it. Raises Damaged."""
        cards = [self.service.card(EMBEDDED)]
        return standing(self.collection(collection_id), cards, self.settings.index_root)

    def index(self, collection_id: str) -> Index:
        """Raises NotIndexed, with the command that builds it, or Damaged."""
        collection = self.collection(collection_id)
        path = index_path(self.settings.index_root, collection)
        with self._lock:
            info = read_info(path)  # each time: another process, or a build that still goes on, may have added to it
            if info is None:
                raise self._not_indexed(collection_id)
            if path not in self._indexes or self._indexes[path].info != info:
                self._indexes[path] = Index(path, info)
            return self._indexes[path]

    def _not_indexed(self, collection_id: str) -> NotIndexed:
        changed = self.standing(collection_id).state == "changed"
        what = "has changed since it was indexed" if changed else "is not indexed yet"
        return NotIndexed(f"'{collection_id}' {what}; build the index with: babelscope index {collection_id}")

    def _folder(self, collection_id: str) -> Path:
        return DATA / DEMO if collection_id == DEMO else self.settings.collections_root / collection_id
