"""Who sits here, as the name button shows it; and, for an owner, who may sign in."""

from core.errors import BadInput
from core.store.events import checked_annotator
from core.store.people import Member
from core.workbench import Workbench
from ui.events import Answer, Functions
from ui.incoming import text, texts
from ui.words import say


def people_functions(bench: Workbench) -> Functions:
    """What the header of every page calls."""
    people = PeopleDesk(bench)
    return {
        "read_person": (people.person, "search"),
        "list_people": (people.listed, "people"),
        "add_people": (people.add, "people"),
        "renew_password": (people.renew, "people"),
        "remove_person": (people.remove, "people"),
    }


class PeopleDesk:
    """The functions; each takes one dict."""

    def __init__(self, bench: Workbench) -> None:
        self.bench = bench

    def person(self, data: object) -> Answer:
        """Who asks: what the request itself proves."""
        annotator = text(data, "annotator", 64)
        member = self._member(annotator) if self.bench.settings.mode == "session" else None
        return {
            "annotator": annotator,
            "name": member.name if member else "",
            "owner": bool(member and member.owner),
        }

    def listed(self, data: object) -> Answer:  # noqa: ARG002  # as every server function
        return {"people": [{"name": one.name, "owner": one.owner} for one in self.bench.store.people.all()]}

    def add(self, data: object) -> Answer:
        """Name → password of each who was added; shown once, kept nowhere."""
        return {"slips": self.bench.store.people.add(texts(data, "names", 200, 200))}

    def renew(self, data: object) -> Answer:
        name = text(data, "name", 200)
        return {"slips": {name: self.bench.store.people.renew(name)}}

    def remove(self, data: object) -> Answer:
        name = text(data, "name", 200)
        own = self._member(text(data, "annotator", 64))
        if own is not None and own.name == name:
            raise BadInput(say("people.self"))
        self.bench.store.people.remove(name)
        return {}

    def _member(self, annotator: str) -> Member | None:
        return self.bench.store.people.get(checked_annotator(annotator)) if annotator else None
