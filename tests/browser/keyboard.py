"""People who use no mouse: they reach everything with Tab, press Enter and Space, and always see where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page

from tests.browser.people import Person, pattern

FAR = 400
"""Tabs before something counts as out of reach."""
FOCUS = """element => {
    const at = document.activeElement, box = at.getBoundingClientRect();
    const outlined = (one, part) => {
        const style = getComputedStyle(one, part);
        const line = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
        return line || style.boxShadow !== "none";
    };
    const field = at.closest(".ds-field");  // round a radio button or a check box the whole field is outlined
    const marked = outlined(at) || outlined(at, "::after") || (field && outlined(field)) || at.matches(".ds-skip-link");
    const group = element.type === "radio" && at.type === "radio" && at.name === element.name;
    return {there: at === element || group, body: at === document.body, html: at.outerHTML.slice(0, 200),
            shown: marked && box.width > 1};
}"""


class KeyboardPerson(Person):
    """A person with only a keyboard. Pages are looked at elsewhere; here it is the way through them that counts."""

    def looks(self) -> None:
        self.is_refused_nothing()

    def finds_task(self, address: str, **words: Any) -> Page:
        self.goes_to("accounts:home")
        self.follows(self.page.locator(f'main a[href^="{reverse(address, kwargs=words)}"]').first)
        return self.page

    def follows(self, thing: Locator) -> None:
        """Reach a link or a button and press Enter."""
        self.reaches(thing)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fills(self, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            found = self.page.locator(pattern(name, "input:not([type=hidden]):not([type=radio]), textarea"))
            assert found.count(), f"no field {name} at {self.page.url}"
            for number in range(found.count()):
                self.reaches(found.nth(number))
                self.page.keyboard.press("Control+a")
                self.page.keyboard.insert_text(value)

    def chooses(self, fields: Mapping[str, str]) -> None:
        for name, value in fields.items():
            lists = self.page.locator(pattern(name, "select"))
            boxes = self.page.locator(pattern(name, "input[type=checkbox]"))
            buttons = self.page.locator(pattern(name, f'input[type=radio][value="{value}"]'))
            assert lists.count() + boxes.count() + buttons.count(), f"no choice {name} at {self.page.url}"
            for number in range(lists.count()):
                self._walks_to(lists.nth(number), "Home", value)
            for found in (boxes, buttons):
                for number in range(found.count()):
                    self._marks(found.nth(number))

    def presses(self, button: str = "button[type=submit], button:not([type])", *, look: bool = True) -> Page:
        found = self.page.locator("main").locator(button)
        assert found.count(), f"no {button} at {self.page.url}"
        self.follows(found.first)
        self.page.wait_for_load_state()
        if look:
            self.looks()
        return self.page

    def reaches(self, thing: Locator) -> None:
        """Press Tab until the thing, or the radio group it belongs to, has focus. Each stop on the way shows it has."""
        wanted = thing.element_handle()
        for _press in range(FAR):
            stop = self.page.evaluate(FOCUS, wanted)
            assert stop["body"] or stop["shown"], f"no visible focus on {stop['html']}"
            if stop["there"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {thing} at {self.page.url}")

    def _marks(self, box: Locator) -> None:
        """A check box or a radio button: Space, or the arrows within the group."""
        self.reaches(box)
        if box.get_attribute("type") == "checkbox":
            if not box.is_checked():
                self.page.keyboard.press("Space")
            return
        self.page.keyboard.press("Space")
        self._walks_to(box, "", "")

    def _walks_to(self, thing: Locator, start: str, value: str) -> None:
        """The arrows, to the button or to the entry ``value`` of a list."""
        self.reaches(thing)
        if start:
            self.page.keyboard.press(start)
        for _press in range(FAR):
            if thing.input_value() == value if start else thing.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"the arrows never reach {thing} at {self.page.url}")
