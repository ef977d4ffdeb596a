"""The one file that is served beside Gradio's own: the evaluation report."""

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from qa.web.guard.headers import STILL_POLICY
from qa.web.options import REPORT_PAGE, PageOptions


def report_route(options: PageOptions) -> Route:
    """Make the route of the report; no other file of its folder can be reached."""

    def show(request: Request) -> Response:
        file = options.report_file  # asked each time: it may be written while the chat runs
        if file is None:
            return PlainTextResponse("There is no evaluation report yet.", status_code=404)
        policy = {"Content-Security-Policy": STILL_POLICY}
        return FileResponse(file, media_type="text/html", headers=policy)

    return Route(f"/report/{REPORT_PAGE}", show)
