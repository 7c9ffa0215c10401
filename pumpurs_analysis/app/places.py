"""Which workspace the pages show, to whom, and which pages there are.

The server hands both on in its environment: PUMPURS_WORKSPACE and PUMPURS_AUDIENCE. A visitor can
change neither.
"""

import os
from datetime import date
from functools import cache

from pumpurs_analysis import workspace
from pumpurs_analysis.app import PAGES
from pumpurs_analysis.app.parts import Link
from pumpurs_analysis.app.state import Selection
from pumpurs_analysis.dataset import published
from pumpurs_analysis.disclosure import NotReleasable
from pumpurs_analysis.disclosure.published import Audience
from pumpurs_analysis.errors import InputError
from pumpurs_analysis.releases import Release, make_release
from pumpurs_analysis.text import Language, say


class Nothing(LookupError):  # noqa: N818  (it says what is the case)
    """There is no workspace to show; the message says why where one was named."""


def audience() -> Audience:
    """Give whom the server was started for; anything but the owner is the public.

    Example:
        >>> audience()
        'public'
    """
    return "owner" if os.environ.get("PUMPURS_AUDIENCE") == "owner" else "public"


def release(whom: Audience | None = None) -> Release:
    """Give what may be shown of the workspace; opened once for each state of its files.

    Args:
        whom: For whom; without it, for whom the server was started.

    Raises:
        Nothing: No workspace was named or loaded, or it cannot be shown.
    """
    folder = workspace.which()
    if folder is None:
        raise Nothing
    try:
        told = str(workspace.manifest(folder).get("content_hash", ""))
        return _opened(str(folder), told, whom or audience())
    except (InputError, NotReleasable) as fault:
        raise Nothing(str(fault)) from fault


@cache
def _opened(folder: str, _content: str, whom: Audience) -> Release:
    data = workspace.open_workspace(folder, at_once=whom == "owner")
    return make_release(data, audience=whom)


def public_release() -> Release:
    """Give what everybody may see: of the workspace, or the published figures where there is none.

    Example:
        >>> public_release().audience
        'public'
    """
    try:
        return release("public")
    except Nothing:
        return stated()


def refusal(shown: Release, name: str, language: Language) -> str:
    """Say why files must not be made of a release now; empty where they may, and it is noted down.

    Example:
        >>> refusal(stated(), "slides", "en")
        ''
    """
    from pumpurs_analysis.releases import beside  # noqa: PLC0415  (needs a solver)

    try:
        beside.issue(shown, name=name, on=date.today())  # noqa: DTZ011  (the day where the person is)
    except beside.OfAnExtract as refused:
        return refused.sentence(language)
    except beside.NotBesideEarlier as refused:
        return f"{refused.sentence(language)} {say('publish.beside.page', language)}"
    return ""


def state() -> str:
    """Name the state of the workspace's files; empty where there is no workspace.

    Example:
        >>> isinstance(state(), str)
        True
    """
    folder = workspace.which()
    if folder is None:
        return ""
    return f"{folder} {workspace.manifest(folder).get('content_hash', '')}"


@cache
def stated() -> Release:
    """Give the published figures."""
    return make_release(published())


def name_of(shown: Release) -> str:
    """Give the name of the folder that a release comes from."""
    return shown.data.folder.name if shown.data.folder else ""


def links(page_name: str, selection: Selection) -> list[Link]:
    """Name the start and all pages, and the way to each; of the filters it takes what it offers.

    Example:
        >>> links("overview", Selection(language="en", filters={"school_year": "2019/2020"}))[3]
        Link(text='Risks', href='risks.ipynb?lang=en&school_year=2019%2F2020')
    """
    kept = selection.as_query()
    to = {name: f"{name}.ipynb?{kept}" for name in PAGES} | {page_name: ""}
    start = Link(say("page.start.nav", selection.language), f"../../?lang={selection.language}")
    named = [(say(f"page.{name}.nav", selection.language), href) for name, href in to.items()]
    return [start, *(Link(name, href) for name, href in named)]
