"""How the demo's page of its channel looks: colours for light and dark, and the signs that it draws itself."""

from __future__ import annotations


def _sign(name: str, shapes: str) -> str:
    return f'<svg class="sign" role="img" aria-label="{name}" viewBox="0 0 20 20">{shapes}</svg>'


def _disc(name: str, colour: str, edge: str) -> str:
    return _sign(
        f"{name} circle",
        f'<circle cx="10" cy="10" r="8.5" fill="{colour}" stroke="{edge}" stroke-width="1"/>',
    )


SIGNS = {
    "🔴": _disc("red", "#dd2e44", "#b31f33"),
    "🟠": _disc("orange", "#f4900c", "#c86f00"),
    "🟡": _disc("yellow", "#fdcb58", "#cf9a1c"),
    "👀": _sign(
        "eyes",
        "".join(
            f'<ellipse cx="{at}" cy="10" rx="4.2" ry="7" fill="#fff" stroke="#66757f"/>'
            f'<circle cx="{at - 1}" cy="11" r="2.3" fill="#292f33"/>'
            for at in (5.2, 14.8)
        ),
    ),
    "🔧": _sign(
        "wrench",
        '<path d="M18 5.2a4.8 4.8 0 0 1-6.4 5.4L5.3 17a2.1 2.1 0 0 1-3-3l6.3-6.3A4.8 4.8 0 0 1 14 1.4L11.4 4l.6'
        ' 3.2 3.3.7z" fill="#8899a6"/>',
    ),
    "🔔": _sign(
        "bell",
        '<path d="M10 2a5 5 0 0 0-5 5.2c0 4-1.6 5.4-2.4 6.6h14.8c-.8-1.2-2.4-2.6-2.4-6.6A5 5 0 0 0 10 2z"'
        ' fill="#ffac33"/><circle cx="10" cy="16" r="2" fill="#ffac33"/>',
    ),
}

STYLE = """
:root{--ground:#fff;--text:#1d1c1d;--faint:#616061;--line:#dddde0;--link:#1264a3;--edge:#bbb;--badge:#e8e8e8}
@media(prefers-color-scheme:dark){:root{--ground:#1a1d21;--text:#d1d2d3;--faint:#9a9b9e;--line:#35373b;--link:#3aa0e6;
--edge:#565856;--badge:#35373b}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--text);font:15px/1.46 Lato,Roboto,"Segoe UI","Helvetica Neue",
"DejaVu Sans",sans-serif}
main{max-width:720px;margin:0 auto;overflow-wrap:anywhere}
header{padding:10px 16px;border-bottom:1px solid var(--line);font-weight:bold}
header span{font-weight:normal;color:var(--faint);font-size:13px;margin-left:6px}
article{display:flex;gap:9px;padding:10px 16px}
article>div:last-child{min-width:0;flex:1}
.face{flex:none;width:36px;height:36px;border-radius:7px;background:#4a2f73;padding:7px}
.face .sign{width:22px;height:22px;margin:0;display:block}
.who i{font-style:normal;font-size:10px;font-weight:bold;color:var(--faint);background:var(--badge);border-radius:3px;
padding:1px 4px;vertical-align:1px}
.who time,.also,.context,footer,.replies{font-size:12px;color:var(--faint)}
h2{font-size:17px;line-height:1.35;margin:4px 0 6px}
p{margin:2px 0;white-space:normal}
.rich{margin:4px 0}
.context{margin:6px 0}
blockquote{margin:3px 0 5px;padding-left:12px;border-left:4px solid var(--line)}
em{font-style:italic}
a{color:var(--link);text-decoration:none}
.sign{width:1.12em;height:1.12em;vertical-align:-.2em;margin-right:1px}
.actions{display:flex;flex-wrap:wrap;gap:8px;margin:8px 0 2px}
.button{border:1px solid var(--edge);border-radius:8px;padding:4px 11px;font-size:13px;font-weight:bold}
.replies,.day{display:flex;align-items:center;gap:10px;padding:4px 16px}
.count{font-size:13px;font-weight:bold}
.replies:after,.day:before,.day:after{content:"";flex:1;border-top:1px solid var(--line)}
.day span{border:1px solid var(--line);border-radius:20px;padding:2px 13px;font-size:12px;font-weight:bold}
footer{padding:8px 16px 12px;border-top:1px solid var(--line);margin-top:6px}
"""
