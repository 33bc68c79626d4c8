"""Four people grade as fast as they can; each acknowledgement is a line "event_id seq version grade"."""

import os
import random
import sys
import threading
import uuid
from pathlib import Path

from core.errors import BadInput
from core.records import JudgmentKey
from core.store.events import Event, Shown, new_event_id
from core.store.store import Store

TIME = "2026-11-20T09:00:00Z"


def person(store: Store, seed: int) -> None:
    chance, who = random.Random(seed), str(uuid.uuid4())
    while True:
        try:
            act = chance.random()
            if act < 0.15:
                saved = store.undo(who, event_id=new_event_id(), client_time=TIME)
            elif act < 0.25:
                saved = store.redo(who, event_id=new_event_id(), client_time=TIME)
            else:
                key = JudgmentKey(who, "demo", f"q{chance.randrange(20)}", f"d{chance.randrange(50)}")
                shown = Shown("潮の満ち引き" * 10, "ja", "bm25", 1, "a" * 64, "", "b" * 64)
                grade = chance.choice((None, 0, 1, 2, 3))
                kind = "clear" if grade is None else "grade"
                saved = store.append(Event(new_event_id(), kind, key, grade, shown, None, TIME))
        except BadInput:  # nothing to undo or redo
            continue
        os.write(1, f"{saved.event_id} {saved.seq} {saved.version} {saved.grade}\n".encode())  # one write: whole lines


def main() -> None:
    store = Store.open(Path(sys.argv[1]))
    os.write(1, f"ready {store.read_only}\n".encode())
    threads = [threading.Thread(target=person, args=(store, seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
