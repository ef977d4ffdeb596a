"""Texts that would run in a page if anything took them for more than text, and articles of them.

Each calls ``hit(NUMBER)``, which the page under test listens to, or asks ``/hit`` of the server.
"""

import json
from html import escape
from pathlib import Path

RLO, ZWSP, BOM = "\u202e", "\u200b", "\ufeff"
PAYLOADS = (
    # scripts
    "<script>hit(0)</script>",
    "<SCRIPT SRC=/hit?1></SCRIPT>",
    "</script><script>hit(2)</script>",
    "<scr<script>ipt>hit(3)</scr</script>ipt>",
    "<script type=module>import('/hit?4')</script>",
    "<script\x0c>hit(5)</script\t>",
    # event handlers
    "<img src=x onerror=hit(6)>",
    '"><img src=x onerror="hit(7)">',
    "'><img src=x onerror='hit(8)'>",
    "<img/src=x/onerror=hit(9)//",
    "<body onload=hit(10)>",
    "<input autofocus onfocus=hit(11)>",
    "<details open ontoggle=hit(12)>x</details>",
    "<video><source onerror=hit(13)></video>",
    "<audio src=x onerror=hit(14)>",
    "<marquee onstart=hit(15)>x</marquee>",
    "<style>@keyframes k{}</style><b style=animation-name:k onanimationstart=hit(16)>x</b>",
    '" autofocus onfocus="hit(17)" x="',
    "' onmouseover='hit(18)' x='",
    '" onclick=hit(19) style="position:fixed;inset:0"',
    # links and addresses
    "<a href=javascript:hit(20)>x</a>",
    "<a href='jav&#x09;ascript:hit(21)'>x</a>",
    "<a href=' &#14; javascript:hit(22)'>x</a>",
    "javascript:hit(23)",
    "<a href=data:text/html,<script>parent.hit(24)</script>>x</a>",
    "data:text/html;base64,PHNjcmlwdD5wYXJlbnQuaGl0KDI1KTwvc2NyaXB0Pg==",
    "<form action=javascript:hit(26)><button>x</button></form>",
    "<iframe src=javascript:parent.hit(27)></iframe>",
    "<iframe srcdoc='<script>parent.hit(28)</script>'></iframe>",
    "<object data=javascript:hit(29)></object>",
    "<embed src=/hit?30>",
    "<base href=//evil.example/31/>",
    "<meta http-equiv=refresh content='0;url=/hit?32'>",
    "<link rel=stylesheet href=/hit?33>",
    # SVG, MathML
    "<svg onload=hit(34)>",
    "<svg><script>hit(35)</script></svg>",
    "<svg><animate onbegin=hit(36) attributeName=x dur=1s></svg>",
    "<svg><a xlink:href=javascript:hit(37)><text y=20>x</text></a></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hit(38)></style></mglyph></table>",
    # breaking out of a template
    "${hit(39)}",
    "{{hit(40)}}",
    "{{constructor.constructor('hit(41)')()}}",
    "`${hit(42)}`",
    "{% for x in ().__class__.__base__.__subclasses__() %}hit(43){% endfor %}",
    "<%= hit(44) %>#{hit(44)}@{hit(44)}",
    # Markdown
    "[x](javascript:hit(45))",
    "![x](/hit?46)",
    "[x]: javascript:hit(47) 'x'\n[x]",
    # tricks of Unicode
    f"{RLO}<img src=x onerror=hit(48)>{ZWSP}{BOM}",
    "\uff1cscript\uff1ehit(49)\uff1c/script\uff1e<\u017fcript>hit(49)</\u017fcript>",
)
NAMES = (
    "<img src=x onerror=hit(50)>.md",
    "'\"><svg onload=hit(51)>.nxml",
    "${hit(52)}{{hit(52)}}.html",
    "<script>hit(53)<!--script>.txt",
    "<img src=x onerror=hit(54)>.exe",
)
"""Of files; the third to the last are refused, the last by the page itself."""


def write_library(folder: Path) -> Path:
    """Write a library with an article for each payload: in its facts, its text, its references."""
    for number, payload in enumerate(PAYLOADS):
        article = folder / "articles" / f"hostile-{number:02}"
        article.mkdir(parents=True)
        said = json.dumps(payload)
        script = json.dumps(f"javascript:hit({number})//{payload}")
        facts = (
            f"title = {said}\nauthors = [{{ family = {said}, given = {said} }}]\n"
            f"journal = {said}\nyear = 2020\nvolume = {said}\nissue = {said}\npages = {said}\n"
            f"affiliation = {said}\ndoi = {said}\npmid = {said}\nlanguage = {said}\n"
            f"[licence]\nid = {said}\nname = {said}\nurl = {script}\nattribution = {said}\n"
        )
        line = " ".join(payload.split())
        text = (
            f"Milk and cells\n\nBackground\n\nMilk holds stem cells of kind{number:02} {line} as "
            f"was shown (1). Nobody has seen bone in {line} of kind{number:02}.\n\n"
            f"References\n\n1. Author A. {line} Cells. Journal 2010; 1: 1-2.\n"
        )
        (article / "article.toml").write_text(facts, encoding="utf-8")
        (article / "source.txt").write_text(text, encoding="utf-8")
    return folder


def uploads() -> list[dict[str, object]]:
    """Files as a browser sends them: hostile by name, by facts and by text."""
    contents = (_markdown(), _jats(), _page(), "", "MZ\x90\x00")
    return [
        {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        for name, content in zip(NAMES, contents, strict=True)
    ]


def _markdown() -> str:
    said = " ".join(" ".join(PAYLOADS).split())
    lines = "\n\n".join(f"Milk holds {' '.join(p.split())} as was shown [1]." for p in PAYLOADS)
    facts = f"---\ntitle: {json.dumps(said)}\nauthor: {json.dumps(said)}\ndoi: {json.dumps(said)}\n"
    return f"{facts}---\n\n# Cells\n\n{lines}\n\n## References\n\n1. Author A. {said}. Gut 2010.\n"


def _jats() -> str:
    said = escape(" ".join(" ".join(p for p in PAYLOADS if "\x0c" not in p).split()))
    links = "".join(
        f'<p>Milk holds <ext-link xlink:href="{escape(p)}">{escape(p)}</ext-link> cells '
        f'<xref ref-type="bibr" rid="r1">1</xref>.</p>'
        for p in ("javascript:hit(20)", "data:text/html,<script>parent.hit(24)</script>")
    )
    return (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>'
        f'<article-id pub-id-type="doi">{said}</article-id>'
        f"<title-group><article-title>{said}</article-title></title-group><contrib-group>"
        f'<contrib contrib-type="author"><name><surname>{said}</surname>'
        f"<given-names>{said}</given-names></name></contrib></contrib-group><permissions>"
        f'<license xlink:href="javascript:hit(23)"><license-p>{said}</license-p></license>'
        f"</permissions></article-meta></front><body><sec><title>{said}</title>"
        f"<p>Milk holds {said} cells.</p>{links}</sec></body><back><ref-list><ref id='r1'>"
        f"<mixed-citation>Author A. {said}. Gut 2010.</mixed-citation></ref></ref-list></back>"
        "</article>"
    )


def _page() -> str:
    body = "".join(f"<p>Milk holds {payload} cells.</p>\n" for payload in PAYLOADS[:38])
    said = escape(" ".join(PAYLOADS))
    return (
        f'<!DOCTYPE html><html><head><meta name="citation_title" content="{said}">'
        f'<meta name="citation_doi" content="{said}"><title>{said}</title></head>'
        f"<body><article><h1>Milk</h1>{body}</article></body></html>"
    )
