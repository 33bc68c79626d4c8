"""The model card: what the model is, how it was made, what it finds, and whom it thanks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from core.training.corpora import Corpus
from core.training.loop import Plan
from core.training.measuring import Figures


@dataclass(frozen=True, slots=True)
class Facts:
    """What the card says; `used` are corpora with the folders they came from."""

    name: str
    size: int
    languages: Sequence[str]
    plan: Plan
    figures: Figures
    fertility: Mapping[str, float]
    used: Mapping[str, tuple[Corpus, Sequence[str]]]
    command: str


def card(facts: Facts) -> str:
    """README.md of a model folder, in the layout that model hubs read."""
    return "\n".join([*_head(facts), *_figures(facts), *_sources(facts.used.values())]) + "\n"


def _head(facts: Facts) -> list[str]:
    return [
        "---",
        "license: cc-by-sa-4.0",
        "library_name: babelscope",
        "tags: [static-embeddings, sentence-similarity, multilingual]",
        f"language: [{', '.join(facts.languages)}]",
        "---",
        "",
        f"# {facts.name}",
        "",
        f"A static-embedding encoder for {len(facts.languages)} languages: a tokenizer of {facts.size:,} entries and",
        f"one table of {facts.plan.dim}-dimensional vectors. A text is the mean of its entries' vectors, then unit",
        "length; what the tokenizer does not know is left out; a text without a known entry is a zero vector. It knows",
        "no word order, no negation and little that is not in a translation.",
        "",
        "| file | what |",
        "|---|---|",
        "| `model.toml` | what the files are, with their checksums, which are verified at every load |",
        f"| `model.safetensors` | `embedding.weight` [{facts.size}, {facts.plan.dim}] int8 and `embedding.scale`"
        f" [{facts.size}] float16; an entry's vector is its row times its scale |",
        "| `tokenizer.json` | Unigram; NFKC, lower case, punctuation and digits apart, a mark before each part |",
        "",
        f"Made with `{facts.command}`:",
        f"{facts.plan.steps:,} steps of {facts.plan.blocks} blocks, by contrast (InfoNCE) on translations, words,",
        "running text and questions, in blocks of one language pair, at Matryoshka dimensions",
        f"{', '.join(str(dim) for dim, _ in facts.plan.dims)}.",
        "",
    ]


def _figures(facts: Facts) -> list[str]:
    figures = facts.figures
    lines = []
    if figures.into:
        lines += [
            f"Translations found in the development set (accuracy at 1, mean of {len(figures.into)} languages): "
            f"{fmean(figures.into.values()):.3f} into English, {fmean(figures.out_of.values()):.3f} out of it.",
            "",
        ]
    if figures.found:
        every = ", ".join(f"{name} {value:.3f}" for name, value in figures.found.items())
        lines += [f"MRR@10 of dense search: {every}.", ""]
    lines += ["| language | into English | out of English | entries for 10 characters |", "|---|---:|---:|---:|"]
    for tag in facts.languages:
        measured = [f"{part[tag]:.3f}" if tag in part else "" for part in (figures.into, figures.out_of)]
        lines.append(f"| {tag} | {' | '.join(measured)} | {facts.fertility.get(tag, 0):.2f} |")
    return [*lines, ""]


def _sources(used: Iterable[tuple[Corpus, Sequence[str]]]) -> list[str]:
    return [
        "## Licence and attribution",
        "",
        "The weights are under CC BY-SA 4.0. They were trained on the following openly licensed material; each remains",
        "under its own licence, and its authors are hereby named. Nothing of it is in this repository.",
        "",
        "| source | licence | repositories |",
        "|---|---|---|",
        *(
            f"| {corpus.name} ({', '.join(folders)}) | {corpus.licence} | {', '.join(corpus.sources)} |"
            for corpus, folders in used
        ),
    ]
