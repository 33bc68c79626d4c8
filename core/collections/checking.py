"""What is wrong with a collection: every fault as one sentence, so that all can be mended at once."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from core.collections.agreement import disagreements
from core.errors import shortened
from core.records import Collection


def faults_of(collection: Collection) -> list[str]:
    """One sentence for each fault, in the order documents, queries, judgments, checks; none for a sound collection."""
    return [
        *_documents(collection),
        *_queries(collection),
        *_variants(collection),
        *_qrels(collection),
        *disagreements(collection),
    ]


def _documents(collection: Collection) -> Iterator[str]:
    seen: dict[tuple[str, str], str] = {}
    for document in collection.documents:
        if not document.text.strip():
            yield f"Document '{document.doc_id}' has no text."
            continue
        first = seen.setdefault((document.language, " ".join(document.text.split())), document.doc_id)
        if first != document.doc_id:
            yield f"Documents '{first}' and '{document.doc_id}' have the same text."
    groups: dict[str, list[str]] = defaultdict(list)
    for document in collection.documents:
        if document.group:
            groups[document.group].append(document.language)
    yield from _uneven("Group", groups)


def _queries(collection: Collection) -> Iterator[str]:
    for query in collection.queries:
        if not query.text.strip():
            yield f"Query '{query.query_id}' has no text."
    needs: dict[str, list[str]] = defaultdict(list)
    for query in collection.queries:
        if query.need:
            needs[query.need].append(query.language)
    yield from _uneven("Need", needs)


def _variants(collection: Collection) -> Iterator[str]:
    known = {query.need for query in collection.queries}
    for one in collection.variants:
        if one.need not in known:
            yield f"Variant '{one.query_id}' asks the need '{shortened(one.need)}', which no query has."


def _qrels(collection: Collection) -> Iterator[str]:
    doc_ids = {document.doc_id for document in collection.documents}
    query_ids = {query.query_id for query in collection.queries}
    scale = {grade.value for grade in collection.grades}
    pairs = Counter((qrel.query_id, qrel.doc_id) for qrel in collection.qrels)
    for qrel in collection.qrels:
        what = f"The judgment of '{qrel.query_id}' and '{qrel.doc_id}'"
        if qrel.query_id not in query_ids:
            yield f"{what} names a query that is not there."
        if qrel.doc_id not in doc_ids:
            yield f"{what} names a document that is not there."
        if qrel.grade not in scale:
            yield f"{what} has the grade {qrel.grade}, which the scale does not have."
    yield from (f"'{query}' and '{doc}' are judged {n} times." for (query, doc), n in pairs.items() if n > 1)
    if collection.qrels:
        judged = {qrel.query_id for qrel in collection.qrels}
        yield from (f"Query '{query_id}' has no judgment." for query_id in sorted(query_ids - judged))


def _uneven(kind: str, members: dict[str, list[str]]) -> Iterator[str]:
    """A language twice in one group or need."""
    for name, languages in members.items():
        twice = [tag for tag, count in Counter(languages).items() if count > 1]
        if twice:
            yield f"{kind} '{shortened(name)}' has {', '.join(sorted(twice))} more than once."
