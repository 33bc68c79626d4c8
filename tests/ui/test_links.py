from hypothesis import given
from hypothesis import strategies as st

from ui import links
from ui.links import Link

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters=';,"'), min_size=1, max_size=20)


@given(
    st.builds(
        Link,
        collection=names | st.just(""),
        query=texts,
        language=names | st.just(""),
        documents=st.lists(names, unique=True, max_size=5).map(tuple),
        systems=st.lists(names, unique=True, max_size=links.MOST_SYSTEMS).map(tuple),
        open=names | st.just(""),
        panel=st.sampled_from(["", "why", "translations"]),
        column=st.sampled_from(["", "2", "8"]),
        folded=st.lists(st.sampled_from("12345678"), unique=True).map(tuple),
        pinned=st.sampled_from(["", "1"]),
        reference=st.sampled_from(["", "1", "8"]),
        view=st.sampled_from(["", "ladder"]),
        top=st.sampled_from(["", "10", "50"]),
    )
)
def test_what_is_written_reads_back(link):
    found, notes = links.read(links.write(link))
    assert found == link
    assert notes == []


@given(st.text(max_size=300))
def test_any_text_reads_as_some_link(search):
    link, _ = links.read(search)
    assert links.read(links.write(link))[0] == link


def test_the_form_of_the_design():
    search = "?v=1&c=demo&q=asali%20ya%20nyuki&ql=sw&dl=ar,de&s=bm25;dense:static-26&open=honey.sw"
    link = Link("demo", "asali ya nyuki", "sw", ("ar", "de"), ("bm25", "dense:static-26"), "honey.sw")
    assert links.read(search) == (link, [])
    assert links.write(link) == search


def test_unknown_parts_are_left_out_with_a_note():
    link, notes = links.read("?q=a&q=b&colour=blue&v=2&dl=" + "x" * 3000 + "&s=a;b;c;d;e;f;g;h;i;a&__theme=dark&empty")
    assert link == Link(query="a", systems=("a", "b", "c", "d", "e", "f", "g", "h"))
    assert len(notes) == 6
    assert any("'colour'" in note for note in notes)
    assert any("version 2" in note for note in notes)
    assert any("names 'q' twice" in note for note in notes)
    assert any("9 systems" in note for note in notes)


def test_a_link_of_the_version_before_reads_the_same():
    """Four systems at most, and nothing about how they are shown."""
    link, notes = links.read("?v=1&c=demo&q=asali&s=bm25;dense:static-26;bm25[q=lex];rrf(bm25, dense:static-26)&col=2")
    assert link.systems == ("bm25", "dense:static-26", "bm25[q=lex]", "rrf(bm25, dense:static-26)")
    assert (link.column, link.folded, link.pinned, notes) == ("2", (), "", [])


def test_systems_are_pasted_between_semicolons_or_on_lines_and_quoted_words_stay_whole():
    pasted = ' bm25 ;\nrrf(bm25, dense:static-26)\r\n\n;bm25[drop="a;b", q=lex]; bm25;"half;x'
    assert links.names_of(pasted) == (
        "bm25",
        "rrf(bm25, dense:static-26)",
        'bm25[drop="a;b", q=lex]',
        '"half',
        "x",
    )
    link = Link(systems=('bm25[drop="a;b", q=lex]', "bm25"))
    assert links.read(links.write(link)) == (link, [])


def test_eight_long_systems_fit_into_a_link():
    link = Link(systems=tuple(f"rrf({'bm25, ' * 280}bm25@{n})" for n in range(1, 9)))
    assert links.read(links.write(link)) == (link, [])
