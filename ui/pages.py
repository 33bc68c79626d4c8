"""The pages there are, put together and served."""

from typing import Any

import gradio as gr
from fastapi import FastAPI
from gradio.route_utils import CustomCORSMiddleware
from starlette.middleware import Middleware
from starlette.types import Scope

from core.workbench import Workbench
from ui.asked import Asked
from ui.assets import head
from ui.gate import Gate
from ui.guard import Guard
from ui.health import Health
from ui.identity import Seal, cookie_of, key_of
from ui.views.alignment import Alignment
from ui.views.collections import Collections
from ui.views.search import Search

VIEWS: tuple[type[Search] | type[Alignment] | type[Collections], ...] = (Search, Alignment, Collections)
"""One class a page, in the order of the navigation; the first has the path `/`."""

FONTS = ("system-ui", "sans-serif")
MONO = ("ui-monospace", "monospace")


def build_app(bench: Workbench) -> gr.Blocks:
    """All pages on one workbench."""
    with gr.Blocks(title="Babelscope", analytics_enabled=False, fill_width=True) as blocks:
        VIEWS[0](bench).build(navigation(VIEWS[0].path))
    for view in VIEWS[1:]:
        with blocks.route(view.title, view.path, show_in_navbar=False):
            view(bench).build(navigation(view.path))
    blocks.queue(default_concurrency_limit=8, max_size=64)
    return blocks


def navigation(current: str) -> list[dict[str, Any]]:
    """The links of the pages that exist."""
    return [{"title": v.title, "path": v.path, "key": v.key, "current": v.path == current} for v in VIEWS]


def theme() -> gr.themes.Base:
    """Gradio's own parts in the colours of ui/style.css; system fonts, so that nothing is fetched."""
    return gr.themes.Base(font=FONTS, font_mono=MONO).set(
        body_background_fill="#fbfaf7",
        body_background_fill_dark="#16181b",
        body_text_color="#1c1f23",
        body_text_color_dark="#e8e6e1",
        button_primary_background_fill="*primary_700",
    )


def options(bench: Workbench) -> dict[str, Any]:
    """Everything `launch` is told, in one place: nothing is shared, recorded, uploaded or served beyond the pages."""
    settings = bench.settings
    return {
        "server_name": settings.host,
        "server_port": settings.port,
        "app_kwargs": {
            "middleware": in_front(bench),
            "openapi_url": None,
            "docs_url": None,
            "redoc_url": None,
        },
        "theme": theme(),
        "head": head(),
        "footer_links": [],
        "quiet": True,
        "share": False,
        "ssr_mode": False,
        "run_history": False,
        "enable_monitoring": False,
        "mcp_server": False,
        "pwa": False,
        "show_error": False,
        "allowed_paths": [],
        "blocked_paths": [str(settings.home)],
        "max_file_size": "1mb",
        "state_session_capacity": 1000,
    }


def in_front(bench: Workbench) -> list[Middleware]:
    """What a request passes before Gradio, the first first."""
    settings = bench.settings
    seal = Seal(b"" if settings.mode == "private" else key_of(settings))  # nobody proves anything in private

    def known(scope: Scope) -> str:
        claim = seal.claim(settings.mode, cookie_of(scope, settings.mode)) if settings.mode != "private" else None
        return claim.annotator if claim else ""

    guard = Middleware(
        Guard,
        local=settings.mode == "private",  # on 0.0.0.0 too, as in a container that is reached by localhost
        names=settings.names,
        trust_proxy=settings.trust_proxy,
        known=known,
    )
    return [guard, Middleware(Health, bench=bench), Middleware(Gate, bench=bench, seal=seal), Middleware(Asked)]


def launch(bench: Workbench, blocks: gr.Blocks) -> None:
    """Serves; returns once the server answers."""
    blocks.launch(prevent_thread_lock=True, **options(bench))
    own_in_front(blocks.app)


def own_in_front(app: FastAPI) -> None:
    """Takes out Gradio's CORS answers, which stand before ours and let any site read; our pages need none."""
    app.user_middleware[:] = [one for one in app.user_middleware if one.cls is not CustomCORSMiddleware]
    app.middleware_stack = None  # is put together again for the next request
