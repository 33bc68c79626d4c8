"""A process that grades about forty times a second and carries to a shelf, until it is killed: home, hub, every."""

import sys
import time
from pathlib import Path

from core.offsite.carrier import Carrier
from core.offsite.hub import HubShelf
from core.store.store import Store
from tests.core.test_offsite import grade
from tests.hub import TOKEN

home, url, every = sys.argv[1:]
with Store.open(Path(home) / "store.db") as store:
    carrier = Carrier(store.path, HubShelf("ada/grades", TOKEN, endpoint=url), every=float(every))
    carrier.start()
    print("ready", flush=True)
    for at in range(1_000_000):
        saved = store.append(grade(f"d{at}", at % 4))
        carrier.saw(saved.seq)
        print(saved.event_id, saved.seq, time.time(), flush=True)
        time.sleep(0.02)
