"""The one thing of this package that a Workbench holds: recovers once, then carries, and says how it stands."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import BadInput
from core.settings import Settings, on_space

if TYPE_CHECKING:
    from core.offsite.carrier import Backed, Carrier
    from core.offsite.hub import HubShelf


class Offsite:
    """Does nothing, and imports nothing, where the settings name no shelf."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._carrier: Carrier | None = None
        self.recovered = ""
        """The sentence on what came back from the shelf, once `recover` found no store."""

    @property
    def configured(self) -> bool:
        """Whether there is a shelf and a token. Raises BadInput for one without the other, but on a Space."""
        token = self._settings.labels_token
        if self._settings.labels_to and not (token and token.get_secret_value()) and not on_space():
            raise BadInput("BABELSCOPE_LABELS_TO needs a token that may write there: set BABELSCOPE_LABELS_TOKEN.")
        return bool(self._settings.labels_to and token and token.get_secret_value())

    @property
    def ephemeral(self) -> bool:
        """The grades end with this machine: a Space, and no shelf."""
        return on_space() and not self.configured

    def recover(self, store: Path) -> None:
        """Where there is no store, makes the one that the shelf holds. Raises Unreachable rather than start another."""
        if self.configured and not store.exists():
            from core.offsite.recovery import recover

            self.recovered = str(recover(self._shelf(), store))

    def start(self, store: Path) -> None:
        """Sends new events to the shelf from now on."""
        if self.configured and self._carrier is None:
            from core.offsite.carrier import Carrier

            self._carrier = Carrier(store, self._shelf(), every=self._settings.labels_every)
            self._carrier.start()

    def saw(self, seq: int) -> None:
        """Events up to that one are committed."""
        if self._carrier:
            self._carrier.saw(seq)

    def state(self) -> "Backed | None":
        """How the shelf stands; None where none is kept."""
        return self._carrier.state() if self._carrier else None

    def close(self) -> None:
        """Pushes what waits, for as long as that may take."""
        if self._carrier:
            self._carrier.close()

    def _shelf(self) -> "HubShelf":
        from core.offsite.hub import HubShelf

        token = self._settings.labels_token
        return HubShelf(self._settings.labels_to, token.get_secret_value() if token else "")
