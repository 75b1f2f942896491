"""`legato serve` says in one line what stands in its way, starts within seconds and leaves nothing behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from legato.cli import app, main
from legato.commands import serve as command
from legato.errors import BadInput
from legato.store import open_catalogue
from legato.store.results import code_checksum
from legato.store.rows import JobRow
from legato.web import render
from legato.web.render import environment
from legato.web.serve import data_folder, hosts_of, loopback, open_socket, read_ahead, served_at

Start = Callable[..., "Served"]


class Served:
    """`legato serve` in a process of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "legato", "serve", "--data", str(folder), "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        found = re.search(r"http://\S+", self.said)
        assert found, self.process.communicate()
        self.address = found.group()
        with urllib.request.urlopen(self.address, timeout=30) as answer:
            assert answer.status == 200
        self.up_s = time.monotonic() - self.began

    @property
    def others(self) -> list[int]:
        """The processes that it started, and those that they started."""
        return children(self.process.pid)

    def end(self, how: signal.Signals, within_s: float = 20.0) -> tuple[int, float, str]:
        """Send a signal; exit code, how long it took, and what was said."""
        began = time.monotonic()
        self.process.send_signal(how)
        _, said = self.process.communicate(timeout=within_s)
        return self.process.returncode, time.monotonic() - began, said


def children(pid: int) -> list[int]:
    found: list[int] = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if int((place / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found += [int(place.name), *children(int(place.name))]
        except OSError:
            continue
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: list[int], within_s: float) -> bool:
    limit = time.monotonic() + within_s
    while any(alive(pid) for pid in pids):
        if time.monotonic() > limit:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[Served] = []

    def begin(*options: str) -> Served:
        running.append(Served(tmp_path / "kept", *options))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_within_seconds_with_its_worker(start: Start, how: signal.Signals):
    served = start()
    workers = served.others
    assert workers
    open_page = socket.create_connection(("127.0.0.1", int(served.address.rpartition(":")[2])))
    open_page.sendall(b"GET / HTTP/1.1\r\n")
    code, took_s, said = served.end(how)
    assert code == 0 and said == ""
    assert took_s < 12.0  # 2 s on a machine that does nothing else
    assert gone(workers, 1.0)
    open_page.close()


def test_it_ends_within_seconds_while_an_analysis_runs_and_a_page_follows_it(start: Start, tmp_path: Path):
    served = start()
    port = int(served.address.rpartition(":")[2])
    with urllib.request.urlopen(served.address, timeout=30) as answer:
        token = re.search(r'data-token="([^"]+)"', answer.read().decode())
    assert token is not None
    asked = urllib.request.Request(f"{served.address}/demo", f"token={token[1]}".encode(), method="POST")
    urllib.request.urlopen(asked, timeout=30).close()
    catalogue = open_catalogue(tmp_path / "kept")
    with catalogue.session() as rows:
        session = rows.query(JobRow).one().session_id
    page = socket.create_connection(("127.0.0.1", port))
    page.sendall(f"GET /sessions/{session}/progress HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    # Its worker imports all that it needs first.
    limit, told = time.monotonic() + 60.0, b""
    page.settimeout(60.0)
    while b'"analysing session 1"' not in told:
        told += page.recv(65536)
        assert time.monotonic() < limit, told
    workers = served.others
    assert len(workers) == 2
    code, took_s, said = served.end(signal.SIGTERM)
    assert code == 0 and said == ""
    print(f"\nended in {took_s:.2f} s")
    assert took_s < 12.0  # 2 s on a machine that does nothing else
    assert gone(workers, 1.0)
    page.close()
    with catalogue.session() as rows:
        job = rows.query(JobRow).one()
        assert (job.state, job.attempts, job.worker) == ("queued", 0, None)
    assert list(catalogue.work.iterdir()) == [] and list(catalogue.files.beside.iterdir()) == []
    catalogue.close()


def test_the_database_is_named_by_the_environment_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    opened: list[str | None] = []
    monkeypatch.setattr("legato.web.serve.serve", lambda folder, url, listening: opened.append(url))
    named = ["serve", "--data", str(tmp_path / "kept"), "--port", "0"]
    assert CliRunner().invoke(app, named, env={"LEGATO_DATABASE": "postgresql://a@b/c"}).exit_code == 0
    assert CliRunner().invoke(app, [*named, "--database", "postgresql://d@e/f"]).exit_code == 0
    assert CliRunner().invoke(app, named, env={"LEGATO_DATABASE": ""}).exit_code == 0
    assert opened == ["postgresql://a@b/c", "postgresql://d@e/f", None]


def test_a_killed_app_takes_its_worker_with_it(start: Start):
    served = start()
    workers = served.others
    served.end(signal.SIGKILL)
    assert workers and gone(workers, 10.0)


def test_it_starts_within_seconds(start: Start):
    start().end(signal.SIGTERM)
    again = start()
    again.end(signal.SIGTERM)
    assert again.up_s < 20.0  # 3 s on a machine that does nothing else


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """The command's exit code."""
    monkeypatch.setattr(sys, "argv", ["legato", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_a_port_that_is_taken_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    with open_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BadInput, match=f"--port {port}: .*in use.*or 0 for a free one"):
            open_socket("127.0.0.1", port)
        assert run(monkeypatch, "serve", "--data", str(tmp_path), "--port", str(port)) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", "example.org", "", "127.0.0.1.evil.example", "0", "2130706433"]
)
def test_an_address_that_others_reach_is_refused(host: str, tmp_path: Path):
    with pytest.raises(BadInput, match="others could reach"):
        loopback(host)
    told = CliRunner().invoke(app, ["serve", "--host", host, "--data", str(tmp_path / "kept")])
    assert told.exit_code != 0 and not (tmp_path / "kept").exists()


def test_loopback_by_any_name_is_served():
    assert loopback("localhost") == "127.0.0.1" and loopback("::1") == "::1" and loopback("127.0.0.2") == "127.0.0.2"
    assert hosts_of("::1", 8750) == ["[::1]:8750", "localhost:8750"] and served_at("::1", 8750) == "http://[::1]:8750"
    assert set(hosts_of("127.0.0.1", 80)) == {"127.0.0.1:80", "localhost:80", "127.0.0.1", "localhost"}


def test_what_is_not_installed_or_not_built_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(command, "_NEEDS", ("fastapi", "no_such_package"))
    with pytest.raises(BadInput, match=r"needs no_such_package: pip install 'legato\[app\]'"):
        command.serve(data=tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(render, "STATIC", tmp_path)
    with pytest.raises(BadInput, match="make client"):
        command.serve(data=tmp_path)


def test_a_folder_that_cannot_be_used_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "file").write_text("x")
    assert run(monkeypatch, "serve", "--data", str(tmp_path / "file"), "--port", "0") == 2
    assert "name another folder" in capsys.readouterr().err


def test_the_folder_is_the_one_that_was_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("LEGATO_DATA", str(tmp_path / "named"))
    assert data_folder(None) == tmp_path / "named" and data_folder(tmp_path) == tmp_path
    monkeypatch.delenv("LEGATO_DATA")
    assert data_folder(None) == Path.home() / "legato-data"


def test_a_small_answer_does_not_wait_for_the_one_before_it_to_be_acknowledged():
    with open_socket("127.0.0.1", 0) as listening:
        # Where the protocol is not named, asyncio leaves Nagle's algorithm on for what it accepts.
        assert listening.proto == socket.IPPROTO_TCP


def test_what_a_first_page_waits_for_is_read_ahead():
    code_checksum.cache_clear()
    environment.cache_clear()
    read_ahead()
    assert code_checksum.cache_info().currsize == 1
    cache = environment().cache
    assert cache is not None and len(cache) == len(environment().list_templates()) > 40


_HEAPS_OF_THREADS = """
import ctypes, sys, tempfile, threading
from legato.web.serve import spare_memory
libc = ctypes.CDLL(None)
if not hasattr(libc, "mallopt"):
    sys.exit("no glibc")
spare_memory()
all_there = threading.Barrier(16)
def work():
    text = b"x" * 100_000
    all_there.wait()
threads = [threading.Thread(target=work) for _ in range(16)]
[one.start() for one in threads]
[one.join() for one in threads]
libc.fopen.restype = ctypes.c_void_p
with tempfile.NamedTemporaryFile() as told:
    file = ctypes.c_void_p(libc.fopen(told.name.encode(), b"w"))
    libc.malloc_info(0, file)
    libc.fclose(file)
    print(told.read().count(b"<heap nr="))
"""


def test_threads_share_their_heaps():
    made = subprocess.run([sys.executable, "-c", _HEAPS_OF_THREADS], capture_output=True, text=True, check=False)
    if "no glibc" in made.stderr:
        pytest.skip("only glibc gives each thread a heap")
    assert made.returncode == 0, made.stderr
    assert 1 <= int(made.stdout) <= 2
