"""A browser for the tests of the forum's pages."""

from __future__ import annotations

from typing import Any

from django.test import Client


class Browser(Client):
    """Signed in as somebody, at ``/innlandet/forum/``."""

    def __init__(self, user: Any, form: str = "nb") -> None:
        super().__init__(HTTP_ACCEPT_LANGUAGE=form)
        self.force_login(user)

    def page(self, path: str = "", **asked: str) -> str:
        answer = self.get(f"/innlandet/forum/{path}", asked)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def send(self, path: str, **data: Any) -> Any:
        return self.post(f"/innlandet/forum/{path}", data)
