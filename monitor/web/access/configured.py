"""From [web] to who may read and act, and in words whether that is well. Refuses pages that are open to a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from monitor.config import Config, ConfigError, Problem, Web, tokens
from monitor.web.access.rules import EVERYBODY, Access
from monitor.web.guard import is_loopback, leads_elsewhere

GUIDE = "docs/guide/access.md"


def access_of(config: Config, host: str | None, environ: Mapping[str, str]) -> Access:
    """host: where the pages are served; None: as configured. ConfigError."""
    web = config.web
    where = host or web.host
    ready = tokens(config, environ)
    access = Access(
        read_token=ready.get("read_token"),
        act_token=ready.get("act_token"),
        user_header=web.user_header,
        trusted_proxies=web.trusted_proxies,
        readers=web.readers,
        actors=web.actors,
    )
    # By what was made of it, not by what stands in the file: this is what lets people in.
    if access.is_open and not is_loopback(where):
        written = host is None
        raise ConfigError(
            [
                Problem(
                    file=config.shown,
                    line=config.places.get(("web", "host")) if written else None,
                    table="[web]",
                    key="host" if written else "",
                    message=("`host` is" if written else "says of nobody who may read, and `--host` is")
                    + f" beyond this machine, where whoever reaches it could read everything: `{where}`",
                    hint=f"give `read_token`, or `user_header` behind a proxy with a log-in ({GUIDE}); or stay on"
                    " 127.0.0.1, and come from elsewhere with `ssh -L 8787:127.0.0.1:8787`",
                )
            ]
        )
    return access


def described(web: Web, access: Access) -> Iterator[tuple[bool | None, str]]:
    """Good (None: what to think of), one line."""
    if access.is_open and leads_elsewhere(web.public_url):
        yield (
            None,
            f"no log-in of ours: whoever the proxy lets through to {web.public_url} reads everything; `user_header` or"
            f" `read_token` says who may ({GUIDE})",
        )
        return
    if access.is_open:
        yield True, f"{web.host}: for this machine alone, without a log-in"
        return
    yield True, f"read by {_who(access, acting=False)}; {_acting(web, access)}"
    plain = web.public_url is None or urlsplit(web.public_url).scheme != "https"
    if plain and not is_loopback(web.host):
        yield (
            None,
            "tokens and pages may go over the network unencrypted: put a proxy with TLS in front and set `public_url`",
        )
    elif plain and web.public_url is not None:
        yield None, "`public_url` is not encrypted: tokens and pages go over the network for all to see"


def _acting(web: Web, access: Access) -> str:
    if web.acting is False or not (access.act_token or access.actors):
        return "nobody may act"
    return f"acted on by {_who(access, acting=True)}"


def _who(access: Access, *, acting: bool) -> str:
    said = []
    if access.act_token or (access.read_token and not acting):
        said.append("whoever has the token" if acting or not access.act_token else "whoever has a token")
    names = access.actors if acting else (*access.readers, *access.actors)
    if access.user_header and names:
        whom = "everybody" if EVERYBODY in names else ", ".join(dict.fromkeys(names))
        proxies = ", ".join(access.trusted_proxies) or "nowhere"
        said.append(f"{whom} whom a proxy at {proxies} names in `{access.user_header}`")
    return " and ".join(said) or "nobody"
