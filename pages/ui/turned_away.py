"""What a stranger sees: a page of its own, which needs nothing else of the app."""

import html

from store.seals import ENTER

# No address of these pages is to be handed on, and nothing of them kept: a link's secret stands in it.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{title} – Vitrine</title><style>
:root {{ color-scheme: light dark; --ink: #22272b; --page: #fcfbf8; --card: #fff; --line: #dcd8ce; --act: #0f6e68; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e8e6e0; --page: #14181a; --card: #1e2427; --line: #333b3f; --act: #258278; }} }}
body {{ margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 30rem; margin: 12vh auto 2rem; padding: 0 1.25rem; }}
.card {{ background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1.5rem; }}
h1 {{ font-size: 1.4rem; margin: 0 0 .75rem; }} p {{ margin: .5rem 0; }}
label {{ display: block; margin: 1rem 0 .25rem; font-weight: 600; }}
input {{ font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .6rem; border: 1px solid var(--line);
  border-radius: .4rem; background: var(--page); color: inherit; }}
button {{ font: inherit; font-weight: 600; margin-top: 1rem; padding: .55rem 1.2rem; border: 0; border-radius: .4rem;
  background: var(--act); color: #fff; cursor: pointer; }}
small {{ opacity: .75; }} .wrong {{ color: #c0362c; }} a {{ color: inherit; }}
</style></head><body><main><div class="card"><h1>{title}</h1>{body}</div></main></body></html>"""


def page(why: str, *, base: str) -> str:
    """The page of somebody who is not let in. why: a sentence; base: the path that the app is served at."""
    leave = f'<p><small><a href="{html.escape(base)}{ENTER}/leave">Come in as somebody else</a></small></p>'
    return _PAGE.format(title="Not open to you", body=f"<p>{html.escape(why)}</p>{leave}")


def name_page(*, title: str, shows: str, role: str, until: str, name: str = "", wrong: str = "") -> str:
    """The page at which somebody who follows a link says a name. wrong: what was wrong with the last one."""
    body = (
        f"<p>You were given a link to <b>{html.escape(shows)}</b>: you come in as a <b>{html.escape(role)}</b> "
        f"({html.escape(title)}).</p>"
        '<form method="post"><label for="name">Your name</label>'
        f'<input id="name" name="name" maxlength="60" autocomplete="name" required autofocus '
        f'value="{html.escape(name)}">'
        + (f'<p class="wrong" role="alert">{html.escape(wrong)}</p>' if wrong else "")
        + '<button type="submit">Come in</button></form>'
        f"<p><small>What you write is kept under this name. The link ends on {html.escape(until)}.</small></p>"
    )
    return _PAGE.format(title="A display case of pictures", body=body)
