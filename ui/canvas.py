"""The one component that a page is drawn in."""

from typing import Any

import gradio as gr

CUSTOM_EVENTS = ("follow", "search")
"""What the scripts trigger, as Python listens to it: `canvas.search(...)`."""


class Canvas(gr.HTML):
    """A gr.HTML that knows its events by name.

    gr.HTML looks for every attribute it lacks in the whole script, whether that names such an event; Gradio asks for
    over thirty with each update, on the thread that serves all requests: a third of what a search cost the server.
    """

    def __getattr__(self, name: str) -> Any:
        if name in CUSTOM_EVENTS:
            return super().__getattr__(name)
        raise AttributeError(f"'{type(self).__name__}' has no attribute and no event '{name}'")
