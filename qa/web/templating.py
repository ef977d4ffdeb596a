"""The one Jinja2 environment of the page; every text is escaped on its way into HTML."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from qa.exporting import permalink
from qa.web.inline import outside_href, reference_href
from qa.web.naming import short_name

TEMPLATES = Path(__file__).with_name("templates")


def render(template: str, **values: object) -> str:
    """Render a template of `qa/web/templates`; a value that the template lacks is an error."""
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "outside_href": outside_href,
        "permalink": permalink,
        "reference_href": reference_href,
        "short_name": short_name,
    }
    return environment
