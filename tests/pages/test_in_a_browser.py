"""Pages as a browser has them: nothing on the console, nothing asked for, nothing wider than the window."""

from dataclasses import replace

import pytest

from pipeline.pages import author_page, paper_page

from .browser import EXECUTABLE, browser
from .conftest import paper_row
from .test_rendering import HOSTILE, made_hostile

pytestmark = pytest.mark.skipif(EXECUTABLE is None, reason="no Chromium is installed: `apt-get install chromium`")

LONG = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 8


@pytest.fixture(scope="module")
def tab(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("chromium")) as opened:
        yield opened


@pytest.fixture
def written(tmp_path, author_panels, paper_panels):
    long = paper_row(
        title=LONG,
        abstract=LONG,
        comments=LONG,
        code_urls=[f"https://example.org/{LONG}"],
        bibtex=LONG,
        doi=f"10.1/{LONG}",
    )
    texts = {
        "author": author_page(author_panels),
        "paper": paper_page(paper_panels),
        "long": paper_page(replace(paper_panels, paper=long)),
        "hostile": paper_page(replace(paper_panels, paper=made_hostile(paper_panels.paper))),
    }
    for name, text in texts.items():
        (tmp_path / f"{name}.html").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["author", "paper", "long", "hostile"])
def test_a_page_is_quiet_and_fits(tab, written, name, width, dark):
    page = written / f"{name}.html"
    seen = tab.open(page, width=width, dark=dark)
    assert seen.complaints == []
    assert seen.requests == [page.as_uri()]
    assert tab.value("window.innerWidth") == width
    assert tab.value("document.documentElement.scrollWidth") == width


def test_hostile_text_is_read_and_not_run(tab, written):
    tab.open(written / "hostile.html", width=1280)
    assert tab.value("document.querySelector('h1').textContent") == HOSTILE
    assert tab.value("document.scripts.length") == 0


def test_the_drawing_has_its_labels_on_a_desktop_and_its_dots_on_a_phone(tab, written):
    labels = "[...document.querySelectorAll('.graph .label')].filter(label => label.checkVisibility()).length"
    inside = (
        "[...document.querySelectorAll('.graph .number')].every(one => {const box = one.getBoundingClientRect();"
        " return box.left >= 0 && box.right <= innerWidth})"
    )
    for width, shown in ((1280, 5), (390, 0)):
        tab.open(written / "paper.html", width=width)
        assert tab.value(labels) == shown
        assert tab.value(inside)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(tab, written, dark):
    """WCAG 2.2, 1.4.3: a contrast of 4.5 for text."""
    tab.open(written / "author.html", width=1280, dark=dark)
    names = "['paper','card','wash'].flatMap(back => ['ink','soft','link'].map(front => [front, back]))"
    contrasts = tab.value(
        "(() => { const style = getComputedStyle(document.documentElement);"
        " const light = name => { const hex = style.getPropertyValue('--' + name).trim().slice(1);"
        " const [r, g, b] = [0, 2, 4].map(at => parseInt(hex.slice(at, at + 2), 16) / 255)"
        ".map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);"
        " return 0.2126 * r + 0.7152 * g + 0.0722 * b };"
        f" return {names}.map(([front, back]) => {{ const [a, b] = [light(front), light(back)].sort((x, y) => y - x);"
        " return (a + 0.05) / (b + 0.05) }) })()"
    )
    assert len(contrasts) == 9
    assert min(contrasts) >= 4.5


def test_names_written_from_right_to_left_stand_in_printed_order(tab, tmp_path, paper_panels):
    """Joined by commas alone, the two would be one run of text, and the second stand before the first."""
    names = ["Ada Nowak", "محمد علي", "דוד כהן", "Bo Li"]
    authors = [{"author_id": None, "name": name, "position": n} for n, name in enumerate(names, start=1)]
    file = tmp_path / "page.html"
    file.write_text(paper_page(replace(paper_panels, paper=paper_row(authors=authors))), encoding="utf-8")
    tab.open(file, width=1280)
    found = tab.value(
        "[...document.querySelectorAll('.byline bdi')].map(e => [e.textContent, e.getBoundingClientRect().left])"
    )
    assert [name for name, _ in sorted(found, key=lambda one: one[1])] == names
