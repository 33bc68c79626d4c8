"""What came in with a file, as lines for a terminal or a page."""

from collections import Counter
from collections.abc import Iterator

from core.collections.importing import Summary
from core.collections.preview import Preview
from core.errors import shortened
from core.records import Collection


def summary_text(collection: Collection, summary: Summary) -> str:
    """A line for each thing, and the next command."""
    said = [f"{what:<11} {value}" for what, value in summary_rows(collection, summary)]
    return "\n".join([*said, "", f"Next: babelscope index {collection.collection_id}"])


def preview_text(found: Preview) -> str:
    """The layout, which column is what, and the first rows as they would come in."""
    used = [choice.column for choice in found.choices]
    rest = [name for name in found.columns if name not in used]
    said = [f"{'collection':<11} {found.name} ({found.said})"]
    said.append(f"{'columns':<11} {', '.join(map(str, found.choices)) or 'none'}")
    if rest:
        said.append(f"{'not used':<11} {', '.join(rest[:12])}{' …' if len(rest) > 12 else ''}")
    for row in found.rows:
        cells = " · ".join(shortened(row.cells[name], 60) for name in used or found.columns if row.cells.get(name))
        said.append(f"{f'line {row.line}':<11} {row.reason or row.language or '–'}: {cells}")
    return "\n".join([*said, *([found.fault] if found.fault else [])])


def summary_rows(collection: Collection, summary: Summary) -> Iterator[tuple[str, str]]:
    """(what, value) pairs, from the file to the refused rows."""
    yield "collection", f"{collection.collection_id} ({summary.said})"
    if summary.choices:
        roles = {choice.role for choice in summary.choices}
        by_number = () if "id" in roles else ("id = d1, d2 … by row",)
        yield "columns", ", ".join([*map(str, summary.choices), *by_number])
    if summary.unused:
        more = " …" if len(summary.unused) > 12 else ""
        yield "not used", ", ".join(summary.unused[:12]) + more
    yield "rows", f"{summary.rows:,}"
    yield "documents", f"{len(collection.documents):,}"
    yield "languages", _languages(collection, summary)
    groups = Counter(document.group for document in collection.documents if document.group)
    shared = sum(count > 1 for count in groups.values())
    yield "groups", f"{len(groups):,}, of them {shared:,} with several documents" if groups else "none"
    total = sum(summary.refused.values())
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in summary.refused.items())
    yield "refused", f"{total:,} ({reasons}); see {summary.quarantine}" if total else "none"
    if summary.surrogates or summary.nuls:
        yield "replaced", f"{summary.surrogates:,} lone surrogates by U+FFFD, {summary.nuls:,} NUL by U+2400"


def _languages(collection: Collection, summary: Summary) -> str:
    counted = ", ".join(f"{tag} {count:,}" for tag, count in collection.languages.items())
    if not summary.detected:
        return counted
    share = summary.unsure / summary.detected
    return f"{counted}; {summary.detected:,} detected, unsure of {summary.unsure:,} ({share:.1%})"
