"""No file of the machine is served: every route, every spelling, on a real server."""

import http.client
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.web.browsing import LIGHT, free_port, serving
from tests.web.hostile import write_library

SECRET = "the-secret-of-this-machine"
ROUTES = (
    "/",
    "/assets/",
    "/static/",
    "/svelte/",
    "/file=",
    "/file/",
    "/gradio_api/file=",
    "/gradio_api/file/",
    "/gradio_api/upload_progress?upload_id=",
    "/gradio_api/proxy=",
    "/gradio_api/proxy=file://",
    "/gradio_api/stream/a/b/c/",
    "/gradio_api/custom_component/x/client/component/",
    "/gradio_api/deep_link?session_hash=",
    "/gradio_api/runs/",
    "/gradio_api/vibe-code/",
    "/gradio_api/mcp/",
    "/gradio_api/call/ask/",
    "/gradio_api/heartbeat/",
    "/monitoring/",
    "/pwa_icon/",
    "/report/",
    "/report/report.html/",
    "/theme.css/",
    "/?deep_link=",
)


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library, a report and secrets beside and within them."""
    top = tmp_path_factory.mktemp("disk")
    write_library(top / "library")
    (top / "report").mkdir()
    secret = top / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    (top / "library" / "secret.txt").write_text(SECRET, encoding="utf-8")
    (top / "report" / "secret.txt").write_text(SECRET, encoding="utf-8")
    (top / "report" / "report.html").write_text("<h1>The report</h1>", encoding="utf-8")
    (top / "report" / "link.html").symlink_to(secret)
    (top / "library" / "link.txt").symlink_to(secret)
    return top


@pytest.fixture(scope="module")
def port(disk: Path) -> Iterator[int]:
    port = free_port()
    folders = ("--library", str(disk / "library"), "--report", str(disk / "report"))
    feedback = ("--feedback", str(disk / "feedback.jsonl"))
    with serving(*LIGHT, "--port", str(port), *folders, *feedback, port=port):
        yield port


def ask(port: int, target: str, method: str = "GET") -> tuple[int, bytes]:
    """Send a request exactly as it is spelt: no client tidies the address."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        head = f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode("latin-1"))
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        connection.settimeout(0.3)
        return answer.status, b"".join(_pieces(answer))


def _pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """Give what comes at once; some routes leave a stream open."""
    try:
        while piece := answer.read1(200_000):
            yield piece
    except TimeoutError:
        return


def spellings(path: Path) -> list[str]:
    """Ways to say a file: absolute, upwards, encoded once and twice, with other separators."""
    up = "../" * 12
    below = str(path).lstrip("/")
    return [
        str(path),
        quote(str(path), safe=""),
        f"/{path}",
        f"{up}{below}",
        f"{up.replace('.', '%2e')}{below}",
        f"{up.replace('/', '%2f')}{quote(below, safe='')}",
        f"{up.replace('.', '%252e').replace('/', '%252f')}{below}",
        f"{up.replace('/', '%5c')}{below}",
        f"....//....//....//....//{below}",
        f"./{up}{below}%00.js",
        f"x/{up}{below}",
        f"%c0%ae%c0%ae/{below}",
        f"file://{path}",
        f"http://127.0.0.1/{below}",
    ]


@pytest.mark.parametrize("route", ROUTES)
def test_no_spelling_of_a_secret_is_served(port: int, disk: Path, route: str) -> None:
    files = [disk / "secret.txt", disk / "library" / "link.txt", Path("/etc/passwd")]
    targets = [f"{route}{spelling}" for path in files for spelling in spellings(path)]
    with ThreadPoolExecutor(len(targets)) as pool:  # some routes wait for seconds
        answers = list(pool.map(lambda target: ask(port, target), targets))
    for target, (status, body) in zip(targets, answers, strict=True):
        assert SECRET.encode() not in body, target
        assert b"root:" not in body, target
        is_file = "?" not in route
        assert not is_file or status in (400, 404), (target, status)


def test_of_the_report_s_folder_the_report_alone_is_served(port: int, disk: Path) -> None:
    assert ask(port, "/report/report.html") == (200, b"<h1>The report</h1>")
    for name in ("secret.txt", "link.html", "results.json", "../secret.txt", ""):
        status, body = ask(port, f"/report/{name}")
        assert status == 404
        assert SECRET.encode() not in body


def test_files_of_the_library_and_of_the_program_are_not_served(port: int, disk: Path) -> None:
    for path in (
        disk / "library" / "articles" / "hostile-00" / "source.txt",
        disk / "library" / "manifest.json",
        disk / "feedback.jsonl",
        Path("app.py").resolve(),
        Path("requirements.txt").resolve(),
    ):
        for route in ("/gradio_api/file=", "/file=", "/static/", "/assets/", "/"):
            assert ask(port, f"{route}{path}")[0] == 404


def test_what_somebody_uploaded_is_not_served(port: int) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.html"\r\n'
        b"Content-Type: text/html\r\n\r\n<script>alert(1)</script>\r\n--x--\r\n"
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    connection.request("POST", "/gradio_api/upload", body, headers)
    answer = connection.getresponse()
    assert answer.status == 200
    place = answer.read().decode().strip('[]"\n')
    assert place.endswith("a.html")
    assert ask(port, f"/gradio_api/file={place}")[0] == 404


def test_a_folder_and_a_file_with_other_methods_are_not_served(port: int, disk: Path) -> None:
    for method in ("HEAD", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        assert ask(port, f"/gradio_api/file={disk}/secret.txt", method)[0] in (400, 404)
