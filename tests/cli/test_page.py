"""`pipeline page`: the published file as files to open in a browser, and what the command refuses."""

import pytest
from lxml import html

from pipeline.sources.pages import Source
from pipeline.steps import graph, related
from tests.steps.bench import Bench
from tests.steps.small_world import AUTHORS, INSTITUTIONS, PAPERS, WORKS, json_lines

from .conftest import Shell, refused

NAMESAKE = "Ada Byron"


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """The small world, published; one more person is called as its first author is."""
    bench = Bench(tmp_path_factory.mktemp("paged") / "data")
    bench.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    bench.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    bench.land(Source.OPENALEX_INSTITUTIONS, json_lines(INSTITUTIONS), minutes=2)
    bench.land(Source.OPENALEX_AUTHORS, json_lines(AUTHORS), minutes=3)
    bench.build()
    with bench.warehouse.write() as con:
        related.relate_papers(con, threads=1)
        graph.build_graph(con, run_id="run")
        con.execute("UPDATE marts.authors SET display_name = ? WHERE display_name = 'Mary Somerville'", [NAMESAKE])
    bench.warehouse.publish()
    return bench


@pytest.fixture
def shell(bench, monkeypatch):
    return Shell(bench.folder, monkeypatch)


def author_id(bench, name):
    ((found,),) = bench.rows("SELECT author_id FROM marts.authors WHERE display_name = ?", name)
    return found


def title_of(file):
    return html.fromstring(file.read_text(encoding="utf-8")).findtext(".//h1")


@pytest.mark.parametrize(
    "who",
    [
        "arxiv:2103.00001",
        "2103.00001",
        "arXiv:2103.00001v1",
        "https://arxiv.org/abs/2103.00001",
        "W101",
        "https://openalex.org/W101",
        "https://doi.org/10.1234/WEAVE.1",
    ],
)
def test_a_paper_is_found_by_any_of_its_ids(shell, tmp_path, who):
    file = tmp_path / "new" / "page.html"
    said = shell("page", "paper", who, "--out", str(file))
    assert (said.code, said.err) == (0, "")
    assert said.out == f"Written to {file}: open it in a browser.\n"
    assert title_of(file) == PAPERS[0]["title"]


def test_a_person_is_found_by_name_and_id(shell, bench, tmp_path):
    by_name, by_id = tmp_path / "name.html", tmp_path / "id.html"
    assert shell("page", "author", "luigi federico menabrea", "--out", str(by_name)).code == 0
    assert shell("page", "author", author_id(bench, "Luigi Federico Menabrea"), "--out", str(by_id)).code == 0
    assert by_name.read_bytes() == by_id.read_bytes()
    assert title_of(by_name) == "Luigi Federico Menabrea"


def test_a_title_that_is_sql_is_shown_as_it_is(shell, bench, tmp_path):
    file = tmp_path / "page.html"
    ((title,),) = bench.rows("SELECT title FROM marts.papers WHERE work_id = 'arxiv:2103.00009'")
    assert "DROP TABLE staging.works" in title
    assert shell("page", "paper", "2103.00009", "--out", str(file)).code == 0
    assert title_of(file) == title


def test_in_a_folder_every_link_between_pages_leads_to_a_file(shell, bench, tmp_path):
    said = shell("page", "paper", "2103.00001", "--out", str(tmp_path))
    assert said.code == 0
    files = {file.name for file in tmp_path.iterdir()}
    assert f"with {len(files) - 1} pages of what is near" in said.out
    assert {"paper-arxiv_2103.00001.html", f"author-{author_id(bench, 'José León Jr.')}.html"} <= files
    assert len(files) > 3
    links = {
        href
        for file in tmp_path.iterdir()
        for link in html.fromstring(file.read_text(encoding="utf-8")).iter("a")
        if (href := link.get("href")).endswith(".html")
    }
    assert links <= files
    assert f"author-{author_id(bench, 'José León Jr.')}.html" in links


def test_the_same_file_gives_the_same_bytes(shell, tmp_path):
    for folder in ("one", "two"):
        assert shell("page", "author", "Luigi Federico Menabrea", "--out", str(tmp_path / folder)).code == 0
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_a_name_of_several_people_is_refused_with_their_ids(shell, bench, tmp_path):
    sentence = refused(shell("page", "author", NAMESAKE, "--out", str(tmp_path / "page.html")))
    assert sentence.startswith(f"2 fit {NAMESAKE!r}, so give the id of one of them: ")
    ids = bench.rows("SELECT author_id FROM marts.authors WHERE display_name = ?", NAMESAKE)
    assert len(ids) == 2
    assert all(id_ in sentence for (id_,) in ids)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize("who", ["Nobody Special", "A2222222222", "[/bold]", "'; DROP TABLE marts.authors; --"])
def test_a_person_who_is_not_there_is_named(shell, tmp_path, who):
    sentence = refused(shell("page", "author", who, "--out", str(tmp_path / "page.html")))
    assert sentence == f"Nobody is called {who!r} here: try another spelling, or `pipeline run` to load more."


@pytest.mark.parametrize("who", ["2103.99999", "arxiv:1", "openalex:W999", "10.1234/nothing", "../../etc/passwd", ""])
def test_a_paper_that_is_not_there_is_named(shell, tmp_path, who):
    sentence = refused(shell("page", "paper", who, "--out", str(tmp_path / "page.html")))
    assert sentence == f"There is no paper {who!r} here: give an arXiv id, an OpenAlex id or a DOI that was loaded."


def test_a_place_that_cannot_be_written_is_named(shell, tmp_path):
    (tmp_path / "file").write_text("")
    target = tmp_path / "file" / "page.html"
    assert refused(shell("page", "paper", "2103.00001", "--out", str(target))).startswith(
        f"{target} cannot be written: "
    )


def test_without_a_published_file_the_way_out_is_said(tmp_path, monkeypatch):
    shell = Shell(tmp_path / "nothing", monkeypatch)
    sentence = refused(shell("page", "paper", "2103.00001", "--out", str(tmp_path / "page.html")))
    assert sentence.startswith(f"Nothing is published in {tmp_path / 'nothing'} yet: ")
