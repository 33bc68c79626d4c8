"""The panel beside the results: a document in full, why it came, its translations; and the words that may be struck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.accounts import Account, Part, accounts
from core.errors import BadInput, UnknownName, shortened
from core.explaining import Matches, Word, matches
from core.grammar import parse
from core.protocols import EncoderCard
from core.records import Document, Query
from core.settings import EMBEDDED
from core.systems import Fuse, Rerank, Source, crosses, walk, with_dropped
from core.text import cleaned
from core.workbench import Workbench
from ui.cards import CARDS, score_text, unled
from ui.events import Answer
from ui.incoming import text, texts
from ui.links import MOST_SYSTEMS
from ui.marks import Added, Marks, Pieces, Wanted, added, cosine, cut, lines, tints

READ = 200_000
"""Characters of a text that are shown at most."""
MATCHED = 20_000
"""Characters of a text that are looked through for answers in another language."""
ROWS, COLUMNS = 300, 60
"""Words of a passage and of a query that the matrix shows at most."""
TRANSLATIONS = 40
MOST_SHOWN = MOST_SYSTEMS * CARDS

Json = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """A document that somebody looks at, and the search that it came from."""

    collection: str
    query: Query
    document: Document


class Why:
    """What the panel asks; every function takes one dict."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def match(self, data: object) -> Answer:
        """For each card [doc, start, stop] of a search the tints of its title and of `text[start:stop]`."""
        collection, query = self._asked(data)
        cards = cards_of(data)
        documents = self.bench.documents(collection, [doc_id for doc_id, _, _ in cards])
        known = [card for card in cards if card[0] in documents]
        shown = [(cleaned(documents[doc].title), cleaned(documents[doc].text)[a:b]) for doc, a, b in known]
        return {"tints": [[*card, *found] for card, found in zip(known, self._tinted(query, shown), strict=True)]}

    def read(self, data: object) -> Answer:
        """The document in full, marked as the column of `system` marks it."""
        look = self._look(data)
        return {"sheet": self._sheets(look.query, [look.document], self._added(look, text(data, "system", 2_000)))[0]}

    def translations(self, data: object) -> Answer:
        """The documents of the same group, language by language; the one that is looked at is the first."""
        look = self._look(data)
        kin = [
            document
            for document in self.bench.collection(look.collection).documents
            if document.group == look.document.group and document.doc_id != look.document.doc_id
        ]
        kin = sorted(kin, key=lambda document: document.language)[:TRANSLATIONS] if look.document.group else []
        return {"sheets": self._sheets(look.query, [look.document, *kin], {})}

    def explain(self, data: object) -> Answer:
        """The parts of the score, stage by stage, the last stage first; and which word answers which."""
        look, system = self._look(data), text(data, "system", 2_000)
        languages = texts(data, "documents", 500, 35)
        (trace,) = self.bench.search(look.query, [system], collection_id=look.collection, languages=languages)
        if trace.fault:
            raise trace.fault
        found = accounts(
            trace,
            look.document,
            index=self.bench.index(look.collection),
            service=self.bench.service,
            languages=languages,
        )
        passage = cleaned(look.document.content)[:MATCHED]
        (matrix,) = matches(look.query.text, [passage], model=EMBEDDED, service=self.bench.service)
        card = self.bench.service.card(EMBEDDED)
        return {
            "accounts": [account_json(account) for account in reversed(found)],
            "matrix": matrix_json(matrix, look.query.text, passage, card),
        }

    def strike(self, data: object) -> Answer:
        """The name of the system without that added word, or with it again."""
        word = text(data, "word", 200)
        struck = isinstance(data, Mapping) and data.get("struck") is True
        if not word or '"' in word or word.split() != [word]:
            raise BadInput(f"'{shortened(word)}' is not one word, so it cannot be struck out.")
        name = str(with_dropped(parse(text(data, "system", 2_000)), word, dropped=struck))
        return {"system": str(parse(name))}

    def _asked(self, data: object) -> tuple[str, Query]:
        collection = text(data, "collection", 200)
        query, _ = self.bench.query(collection, text(data, "query", 10_000), text(data, "language", 35))
        return collection, query

    def _look(self, data: object) -> Look:
        collection, query = self._asked(data)
        doc_id = text(data, "doc", 200)
        document = self.bench.documents(collection, [doc_id]).get(doc_id)
        if document is None:
            raise UnknownName("document", doc_id)
        return Look(collection, query, document)

    def _added(self, look: Look, system: str) -> Added:
        """What that system added in the document's language; nothing where it does not cross languages."""
        if not system or not any(crosses(stage) for stage in walk(parse(system))):
            return {}
        (trace,) = self.bench.search(look.query, [system], collection_id=look.collection)
        return added(trace).get(look.document.language, {})

    def _sheets(self, query: Query, documents: Sequence[Document], more: Added) -> list[Json]:
        wanted = Wanted(query)
        shown = [(cleaned(document.title), cleaned(document.text)[:READ]) for document in documents]
        found = self._tinted(query, [(title, words[:MATCHED]) for title, words in shown])
        sheets = []
        for document, (title, words), (over, under) in zip(documents, shown, found, strict=True):
            exact = wanted.exact(document.language)
            sheets.append(
                {
                    "id": document.doc_id,
                    "language": document.language,
                    "group": document.group,
                    "title": cut(title, lines(title, document.language, exact, more)),
                    "text": cut(words, lines(words, document.language, exact, more)),
                    "tints": [over, [*under, (words[MATCHED:], 0)] if len(words) > MATCHED else under],
                }
            )
        return sheets

    def _tinted(self, query: Query, shown: Sequence[tuple[str, str]]) -> list[tuple[Pieces, Pieces]]:
        """The tints of (title, text) pairs, all in one go."""
        threshold = self.bench.service.card(EMBEDDED).match_threshold
        passages = [f"{title}\n{words}" for title, words in shown]
        found = matches(query.text, passages, model=EMBEDDED, service=self.bench.service)
        tinted = []
        for (title, words), passage, one in zip(shown, passages, found, strict=True):
            marks: Marks = tints(one, query.text, threshold)
            middle = len(title) + 1
            tinted.append((cut(passage, marks, 0, len(title)), cut(passage, marks, middle, middle + len(words))))
        return tinted


def cards_of(data: object) -> list[tuple[str, int, int]]:
    """The cards that a page names, each [doc, start, stop]."""
    given = data.get("cards") if isinstance(data, Mapping) else None
    if not isinstance(given, list) or len(given) > MOST_SHOWN:
        raise BadInput(f"The page sent no 'cards', or more than {MOST_SHOWN}; reload it.")
    cards = []
    for card in given:
        match card:
            case [str(doc_id), int(start), int(stop)] if 0 <= start <= stop <= start + MATCHED:
                cards.append((doc_id, start, stop))
            case _:
                raise BadInput("The page sent a card that this version does not read; reload it.")
    return cards


def account_json(account: Account) -> Json:
    """One stage's arithmetic; the parts of a sum by size, those of lists and of words in their order."""
    stage = account.stage
    lexical = isinstance(stage, Source) and stage.kind == "bm25"
    parts = sorted(account.parts, key=lambda part: -part.value) if lexical else account.parts
    most = max((abs(part.value) for part in parts), default=0.0) or 1.0
    return {
        "stage": f">> {stage.own_name}" if isinstance(stage, Rerank) else str(stage),
        "kind": "lists" if isinstance(stage, Fuse) else stage.kind,
        "rank": account.rank,
        "score": score_text(stage, account.score) if account.rank else "",
        "exact": account.exact,
        "parts": [part_json(stage, part) | {"share": round(abs(part.value) / most, 3)} for part in parts],
    }


def part_json(stage: object, part: Part) -> Json:
    """A summand as it is written."""
    how = ""
    match stage:
        case Fuse(kind="rrf", k=k) if part.rank:
            how = f"1 / ({k} + {part.rank})"
        case Fuse(kind="wsum") if part.rank:
            how = f"{unled(f'{part.weight:.3g}')} × {unled(f'{part.value / part.weight if part.weight else 0:.3f}')}"
        case Fuse(kind="mean", parts=parts):
            how = f"−{round(-part.value * len(parts))} / {len(parts)}"
        case Source() if part.answer:
            how = cosine(part.weight)
    number = f"{part.value:.2f}" if isinstance(stage, Source) and stage.kind == "bm25" else f"{part.value:.4f}"
    return {"what": part.what, "answer": part.answer, "rank": part.rank, "how": how, "value": unled(number)}


def matrix_json(found: Matches, query: str, passage: str, card: EncoderCard) -> Json:
    """Rows are the passage's words, columns the query's; the third of a row says whether it answers one of them."""
    answering = {match.word for match in found.found}
    rows, columns = found.passage[:ROWS], found.query[:COLUMNS]
    return {
        "query": [[query[word.start : word.end], faded(word, card)] for word in columns],
        "passage": [
            [passage[word.start : word.end], faded(word, card), at in answering] for at, word in enumerate(rows)
        ],
        "least": card.match_threshold,
        "cosines": found.cosines[: len(columns), : len(rows)].T.round(2).tolist(),
        "more": max(0, len(found.passage) - ROWS),
    }


def faded(word: Word, card: EncoderCard) -> bool:
    """Whether it says too little to answer anything."""
    return word.weight < card.word_weight
