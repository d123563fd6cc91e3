"""Every component: it renders, a misspelt prop stops the template, and nothing needs an exception from CSP."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template, TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.utils import translation

from core.templatetags.ui import PARTS, register
from core.templatetags.ui_marks import one_of
from core.ui.gallery import sample_page
from core.ui.icons import NAMES, STATUS

TEMPLATES = Path(settings.BASE_DIR) / "templates"
GALLERY = (TEMPLATES / "core" / "ui.html").read_text(encoding="utf-8")
EVERY_PAGE = sorted(path for path in TEMPLATES.rglob("*.html") if "letters" not in path.parts)


def drawn(source: str, **values: object) -> str:
    """The source rendered in bokmål with the library loaded."""
    with translation.override("nb"):
        return Template("{% load i18n ui %}" + source).render(Context(values)).strip()


def gallery(form: str) -> str:
    """The gallery's own part, without the frame (which needs a signed-in person's context)."""
    engine = engines["django"]
    assert isinstance(engine, DjangoTemplates)
    with translation.override(form):
        return engine.get_template("core/ui.html").render(sample_page(), RequestFactory().get("/ui/"))


def test_every_component_is_shown_in_the_gallery() -> None:
    in_frame = {"error_prefix", "page_messages"}
    of_an_office = {"register_links"}  # made of `filters`, which is shown, and of an office's addresses
    shown = {name for name in register.tags if re.search(rf"{{% {name}\b", GALLERY)}
    assert set(register.tags) - shown == in_frame | of_an_office


def test_every_filter_of_the_pages_is_known_to_the_library() -> None:
    assert sorted(register.filters) == [
        "account",
        "account_masked",
        "and_list",
        "clock_time",
        "date_long",
        "date_short",
        "date_weekday",
        "date_weekday_year",
        "kroner",
        "number",
        "orgnr",
    ]


def test_no_two_parts_of_the_library_use_the_same_name() -> None:
    names = [name for part in PARTS for name in (*part.register.tags, *part.register.filters)]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("name", sorted(register.tags))
def test_a_misspelt_prop_stops_the_template(name: str) -> None:
    end = "{% end" + name + " %}" if f"{{% end{name} %}}" in GALLERY else ""
    with pytest.raises(TemplateSyntaxError, match=r"unexpected keyword argument 'misspelt'"):
        Template("{% load ui %}{% " + name + " misspelt=1 %}" + end)


def test_a_missing_prop_stops_the_template() -> None:
    with pytest.raises(TemplateSyntaxError, match="did not receive value"):
        Template('{% load ui %}{% status kind="done" %}')


@pytest.mark.parametrize("form", ["nb", "nn"])
def test_the_gallery_renders_with_unique_ids_and_needs_no_exception_from_csp(form: str) -> None:
    page = gallery(form)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert not re.search(r"<[^>]+\s(?:style|on[a-z]+)=", page)
    assert re.findall(r"<script(?! src=)", page) == []
    referred = {
        word for names in re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page) for word in names.split()
    }
    assert sorted(referred - set(ids)) == []


@pytest.mark.parametrize("path", EVERY_PAGE, ids=[str(path.relative_to(TEMPLATES)) for path in EVERY_PAGE])
def test_no_template_has_inline_style_or_script(path: Path) -> None:
    source = re.sub(r"{%.*?%}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


def test_a_status_is_a_shape_and_words() -> None:
    assert drawn('{% status kind="done" text="Ferdig" note="4. januar" %}') == (
        '<span class="status status--done"><svg class="icon" aria-hidden="true">'
        '<use href="/static/vendor/icons.svg#checkmark-circle-fill"/></svg>Ferdig</span> '
        '<span class="muted">4. januar</span>'
    )


def test_every_state_has_a_shape_of_its_own() -> None:
    assert len(set(STATUS.values())) == len(STATUS) == 8
    assert set(STATUS.values()) <= NAMES


def test_a_wrong_word_in_a_prop_says_what_it_should_have_been() -> None:
    with pytest.raises(ValueError, match=r"Status 'dne' is not one of: done, going, none"):
        drawn('{% status kind="dne" text="x" %}')
    with pytest.raises(ValueError, match=r"Icon 'star' is not one of"):
        drawn('{% icon name="star" %}')
    assert one_of("a", ("a", "b"), "Letter") == "a"


def test_names_and_texts_are_escaped() -> None:
    hostile = "<b>&"
    for source in (
        '{% status kind="done" text=x %}',
        '{% button label=x url="/" about=x %}',
        "{% change before=x after=x label=x %}",
        "{% task label=x url=x hint=x %}{{ x }}{% endtask %}",
        '{% page_head heading=x lead=x %}{% fact icon="eye" %}{{ x }}{% endfact %}{% endpage_head %}',
        '{% section heading=x id="a" aside=x %}{{ x }}{% endsection %}',
        "{% cell label=x sub=x %}{{ x }}{% endcell %}",
        "{% figure label=x value=x note=x %}",
        '{% measure_card id="m" title=x meta=x aside=x %}{{ x }}{% endmeasure_card %}',
        '{% breadcrumbs current=x level1=x level1_url="/" %}',
        "{% empty_state text=x then=x label=x url=x %}",
        "{% guess why=x %}",
    ):
        page = drawn(source, x=hostile)
        assert "<b>" not in page, source
        assert "&lt;b&gt;&amp;" in page, source


def test_a_button_is_a_link_when_it_leads_somewhere_and_submits_otherwise() -> None:
    assert drawn('{% button label="Se" url="/a/" variant="secondary" %}') == (
        '<a class="ds-button" data-variant="secondary" href="/a/">Se</a>'
    )
    assert drawn('{% button label="Minn på" about="Ola" name="remind" value=7 size="sm" %}') == (
        '<button class="ds-button" data-size="sm" type="submit" name="remind" value="7">'
        'Minn på<span class="ds-sr-only"> Ola</span></button>'
    )


class Step:
    """A step of a machine, open or not."""

    name = "send"
    label = "Send"

    def __init__(self, *, allowed: bool) -> None:
        self.allowed = allowed
        self.obstacle = "" if allowed else "Berit Lie kan gjøre det."


def test_a_step_that_is_not_open_stands_there_with_its_sentence_and_no_button() -> None:
    page = drawn("{% step_button step=step %}", step=Step(allowed=False))
    assert "Berit Lie kan gjøre det." in page
    assert "Send" in page
    assert "<button" not in page
    assert "<a " not in page


@pytest.mark.parametrize(
    ("props", "control"),
    [
        ("", '<button class="ds-button" type="submit" name="step" value="send">Send</button>'),
        ('url="/s/"', '<a class="ds-button" href="/s/">Send</a>'),
        ('url="/s/" how="submit"', '<button class="ds-button" type="submit" name="step" value="send">Send</button>'),
    ],
)
def test_an_open_step_is_a_link_or_a_button(props: str, control: str) -> None:
    assert drawn("{% step_button step=step " + props + " %}", step=Step(allowed=True)) == control


def test_a_step_may_be_a_form_of_its_own_with_the_token() -> None:
    page = drawn('{% step_button step=step url="/s/" how="post" %}', step=Step(allowed=True), csrf_token="abc")
    assert page.startswith(
        '<form method="post" action="/s/"><input type="hidden" name="csrfmiddlewaretoken" value="abc">'
    )


def test_a_step_that_leads_somewhere_must_say_where() -> None:
    with pytest.raises(ValueError, match="needs a url"):
        drawn('{% step_button step=step how="post" %}', step=Step(allowed=True))


def test_a_change_is_heard_as_well_as_seen() -> None:
    words = re.sub(r"<[^>]+>", "", drawn("{% change label='Forslag' before='400' after='350' %}"))
    assert "400" in words
    assert "350" in words
    assert drawn("{% change before='1' after='2' %}").count("ds-sr-only") == 2


def test_the_trail_begins_at_home_and_the_way_back_is_the_last_level() -> None:
    page = drawn(
        '{% breadcrumbs current="Brev" level1="Runde 2027" level1_url="/r/" level2="Vedtak" level2_url="/v/" %}'
    )
    assert re.findall(r'href="([^"]+)"', page) == ["/v/", "/", "/r/", "/v/"]
    assert 'aria-current="page">Brev</a>' in page


def test_a_page_head_without_facts_has_no_empty_list() -> None:
    assert "<ul" not in drawn('{% page_head heading="Hei" %}{% endpage_head %}')


def test_a_scroll_region_must_have_a_name() -> None:
    with pytest.raises(ValueError, match="labelledby"):
        drawn("{% scroll %}<table></table>{% endscroll %}")


def test_an_empty_cell_of_a_stacked_table_is_empty() -> None:
    assert drawn('{% cell label="Plan" %} {% endcell %}') == '<td role="cell"></td>'


def test_a_number_of_tasks_goes_on_where_the_list_before_it_ended() -> None:
    assert 'class="tasks panel panel--flush tasks--numbered from-3"' in drawn(
        "{% tasks numbered=True after=3 %}{% endtasks %}"
    )
    with pytest.raises(ValueError, match="after"):
        drawn("{% tasks numbered=True after=13 %}{% endtasks %}")


def test_the_theme_can_number_as_far_as_the_component_allows() -> None:
    theme = (Path(settings.BASE_DIR) / "static" / "css" / "theme.css").read_text(encoding="utf-8")
    assert re.findall(r"\.from-(\d+) \{", theme) == [str(number) for number in range(1, 13)]


def test_marks_are_left_out_when_they_do_not_apply() -> None:
    assert drawn("{% invented when=False %}{% guess when=False %}") == ""


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("{{ 500000|kroner }}", "500 000 kr"),
        ("{{ 500000|number }}", "500 000"),
        ("{{ day|date_long }}", "1. februar 2027"),
        ("{{ day|date_weekday }}", "mandag 1. februar"),
        ("{{ day|date_weekday_year }}", "mandag 1. februar 2027"),
        ("{{ day|date_short }}", "1. feb."),
        ("{{ moment|date_long }} {{ moment|clock_time }}", "2. februar 2027 00.30"),
        (
            "{{ names|and_list }}, {{ names|slice:':2'|and_list }}, {{ names|slice:':1'|and_list }}",
            "A, B og C, A og B, A",
        ),
        ("{{ '912345678'|orgnr }}", "912 345 678"),
        ("{{ '12345678903'|account }}", "1234 56 78903"),
        ("{{ '12345678903'|account_masked }}", "•••• •• •8903"),
        ("[{{ none|kroner }}{{ none|number }}{{ none|date_long }}{{ none|clock_time }}]", "[]"),
        ("[{{ none|and_list }}{{ ''|orgnr }}]", "[]"),
    ],
)
def test_filters_write_as_norwegians_do(source: str, written: str) -> None:
    values: dict[str, Any] = {
        "day": date(2027, 2, 1),
        "moment": datetime(2027, 2, 1, 23, 30, tzinfo=UTC),
        "none": None,
        "names": ["A", "B", "C"],
    }
    assert drawn(source, **values).replace("\N{NO-BREAK SPACE}", " ") == written
