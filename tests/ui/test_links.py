from hypothesis import given
from hypothesis import strategies as st

from ui import links
from ui.links import Link

texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z"), exclude_characters=";,"), min_size=1, max_size=20)


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
        column=st.sampled_from(["", "2", "4"]),
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
    link, notes = links.read("?q=a&q=b&colour=blue&v=2&dl=" + "x" * 3000 + "&s=a;b;c;d;e;a&__theme=dark&empty")
    assert link == Link(query="a", systems=("a", "b", "c", "d"))
    assert len(notes) == 6
    assert any("'colour'" in note for note in notes)
    assert any("version 2" in note for note in notes)
    assert any("names 'q' twice" in note for note in notes)
    assert any("5 systems" in note for note in notes)
