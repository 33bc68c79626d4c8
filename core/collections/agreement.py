"""Whether the texts of a collection agree: what `checks` in its collection.toml asks for, one sentence for each fault.

numbers: the texts of a group have the same numbers in digits, and the same units at them, exceptions.tsv apart.
languages: the texts read as the languages they say they are in, 99 of 100 at least.
overlap: no two groups share more than half of their index terms in a language, pairs in near-misses.tsv apart.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from core.analysis import terms
from core.collections.numbers import Number, numbers, value_name
from core.collections.units import units
from core.detection import detect
from core.records import Check, Collection, Difference, Document

_RIGHT = 0.99  # of the texts, for `languages`
_COMMON = 0.1  # of a language's terms, left out by `overlap`
_SHARED = 0.5  # of the smaller set of terms, at most
_DATED = "year"  # East Asian dates say it behind every year, so that half of the texts are not enough

_Said = tuple[Document, list[Number]]


def disagreements(collection: Collection) -> Iterator[str]:
    """One sentence for each fault that the collection's checks find."""
    for check in collection.checks:
        yield from _CHECKS[check](collection)


def _numbers(collection: Collection) -> Iterator[str]:
    declared: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for exception in collection.exceptions:
        declared[exception.doc_id, exception.kind][exception.value] += 1
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for group, documents in _groups(collection.documents).items():
        said = [(document, numbers(document.content, document.language)) for document in documents]
        for doc_id, kind, value in [*_values(said), *_units(said)]:
            found[doc_id, kind][value] += 1
            if found[doc_id, kind][value] > declared.get((doc_id, kind), Counter())[value]:
                yield _disagreement(doc_id, kind, value, group)
    yield from _idle(collection.exceptions, found)


def _groups(documents: Iterable[Document]) -> dict[str, list[Document]]:
    groups: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        if document.group:
            groups[document.group].append(document)
    return groups


def _values(said: Sequence[_Said]) -> Iterator[tuple[str, str, str]]:
    """Document, missing or extra, and value, against the multiset of values that most documents have."""
    counts = [(document, Counter(value_name(number.value) for number in found)) for document, found in said]
    usual = Counter(frozenset(values.items()) for _, values in counts).most_common(1)
    reference = Counter(dict(usual[0][0]))
    for document, values in counts:
        yield from ((document.doc_id, "missing", value) for value in (reference - values).elements())
        yield from ((document.doc_id, "extra", value) for value in (values - reference).elements())


def _units(said: Sequence[_Said]) -> Iterator[tuple[str, str, str]]:
    """Document, missing, and value with unit, for units right at a value in half of the texts that have it."""
    read = [(document, units(document.content, document.language, found)) for document, found in said]
    having = Counter(value for _, values in read for value in values)
    at = Counter((value, unit) for _, values in read for value, beside in values.items() for unit in beside.at)
    for (value, unit), count in sorted(at.items()):
        if 2 * count < having[value] or (unit == _DATED and 2 * count == having[value]):
            continue
        for document, values in read:
            if value in values and not values[value].has(unit):
                yield document.doc_id, "missing", f"{value_name(value)} {unit}"


def _disagreement(doc_id: str, kind: str, value: str, group: str) -> str:
    number, _, unit = value.partition(" ")
    if unit:
        return f"Document '{doc_id}' has {number} without {unit}, unlike other texts of '{group}'."
    if kind == "missing":
        return f"Document '{doc_id}' lacks the number {value}, which the texts of '{group}' have."
    return f"Document '{doc_id}' has the number {value} that the texts of '{group}' do not have."


def _idle(exceptions: Iterable[Difference], found: Mapping[tuple[str, str], Counter[str]]) -> Iterator[str]:
    """Exceptions that are declared and not met."""
    met = {key: Counter(values) for key, values in found.items()}
    for one in exceptions:
        left = met.get((one.doc_id, one.kind), Counter())
        if left[one.value] < 1:
            yield f"The exception '{one.kind} {one.value}' of document '{one.doc_id}' does not apply; take it out."
        left[one.value] -= 1


def _languages(collection: Collection) -> Iterator[str]:
    among = list(collection.languages)
    read = [(document, detect(document.text, among)[0]) for document in collection.documents]
    wrong = [(document, tag) for document, tag in read if tag != document.language]
    if len(wrong) > (1 - _RIGHT) * len(read):
        for document, tag in wrong:
            yield f"Document '{document.doc_id}' is said to be {document.language}, but reads as {tag}."


def _overlap(collection: Collection) -> Iterator[str]:
    groups = {document.group for document in collection.documents}
    for name in dict.fromkeys(group for pair in collection.near for group in pair if group not in groups):
        yield f"near-misses.tsv names the group '{name}', which is not there."
    near = {frozenset(pair) for pair in collection.near}
    for language in collection.languages:
        documents = [document for document in collection.documents if document.language == language]
        telling = _telling([set(terms(document.content, language)) for document in documents])
        for (a, first), (b, second) in combinations(zip(documents, telling, strict=True), 2):
            smaller = min(len(first), len(second))
            shared = len(first & second)
            if shared <= _SHARED * smaller or (a.group and a.group == b.group):
                continue
            if frozenset((a.group, b.group)) not in near:
                percent = f"{100 * shared / smaller:.0f} %"
                yield f"Documents '{a.doc_id}' and '{b.doc_id}' share {percent} of their index terms, more than half."


def _telling(found: list[set[str]]) -> list[set[str]]:
    """The terms of each document without the commonest tenth of all, by document frequency, then name."""
    counts = Counter(term for names in found for term in names)
    order = sorted(counts, key=lambda term: (-counts[term], term))
    common = set(order[: int(_COMMON * len(order))])
    return [names - common for names in found]


_CHECKS: dict[Check, Callable[[Collection], Iterator[str]]] = {
    "numbers": _numbers,
    "languages": _languages,
    "overlap": _overlap,
}
