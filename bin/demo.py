"""`make demo`: set up what is missing, build the demo years once, serve, carry the jobs, and stop all of it together.

PORT=8000 is where it serves (on this machine only); RESET=1 starts over with new demo data.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack

from bin.processes import Child, running, turn_sigterm_into_exit
from bin.setup import PYTHON, ROOT, STAMPS, VAR, collected_static, embedded_env, manage, prepare

HOST = "127.0.0.1"
BUILT = STAMPS / "demo-years"


def port_from_environment() -> int:
    """The port to serve on; a taken or senseless one stops before any work is done."""
    word = os.environ.get("PORT") or "8000"
    if not (word.isdecimal() and 0 < int(word) < 65536):
        sys.exit(f"PORT={word} is not a port number. Try: make demo PORT=8001")
    port = int(word)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            sys.exit(f"Port {port} can't be used here ({error.strerror}). Try: make demo PORT={port + 1}")
    return port


def forget_data() -> None:
    """Throw the demo database and its files away; the packages and the secret stay."""
    for path in VAR.glob("arshjul.sqlite3*"):
        path.unlink()
    shutil.rmtree(VAR / "files", ignore_errors=True)
    BUILT.unlink(missing_ok=True)


def database(*, reset: bool) -> None:
    """The embedded database with the demo years; what an interrupted build left is not taken for data."""
    if reset or not BUILT.exists():
        forget_data()
    manage("migrate", "--noinput")
    if not BUILT.exists():
        print("Building the demo years:", flush=True)
        manage("build_demo", quiet=False)
        BUILT.touch()


def await_answer(url: str, server: Child) -> None:
    """Wait until the server answers anything at all."""
    for _ in range(300):
        if not server.running:
            sys.exit("The server did not start; its words stand above.")
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit("The server does not answer.")


def serve(port: int) -> None:
    """Run web server and jobs until one of them ends or somebody stops us."""
    address = f"http://{HOST}:{port}"
    env = embedded_env(ARSHJUL_BASE_URL=address)
    listen = ("--listen", f"{HOST}:{port}", "--threads", "8", "config.wsgi:application")
    with ExitStack() as stack:
        web = stack.enter_context(running(Child([PYTHON, "-m", "waitress", *listen], env=env, cwd=ROOT)))
        jobs = stack.enter_context(running(Child([PYTHON, "manage.py", "run_jobs"], env=env, cwd=ROOT)))
        await_answer(f"{address}/demo/", web)
        print(
            f"\nÅrshjul runs on {address}/\n"
            f"  {address}/demo/         sign in as one of the demo people\n"
            f"  {address}/demo/epost/   the mails it would have sent\n"
            "Ctrl-C stops everything; the data is kept (make demo RESET=1 starts over).\n",
            flush=True,
        )
        while web.running and jobs.running:
            time.sleep(0.3)
        ended = "web server" if jobs.running else "background jobs"
        sys.exit(f"The {ended} ended by itself, so everything is stopped; its words stand above.")


def main() -> None:
    """From whatever state the folder is in to a running demo."""
    turn_sigterm_into_exit()
    began = time.monotonic()
    port = port_from_environment()
    prepare()
    collected_static()
    database(reset=os.environ.get("RESET", "") not in ("", "0"))
    print(f"Ready after {time.monotonic() - began:.0f} s.")
    serve(port)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("\nStopped.")
