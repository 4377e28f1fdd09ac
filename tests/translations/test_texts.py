"""Texts in other languages: what records carry, and what a machine wrote, kept apart and kept up to date."""

import shutil

import pytest

from pipeline.sources.pages import Source
from pipeline.steps import texts
from pipeline.translations import LibreTranslate
from tests.steps.bench import Bench
from tests.steps.small_world import json_lines, paper, work
from warehouse import Warehouse

PAPERS = [
    paper("2103.50001", [["Byron", "Ada", ""]], title="On engines", abstract="Engines that weave."),
    paper("2103.50002", [["Byron", "Ada", ""]], title="On looms", abstract="Looms that remember.", day="3"),
    paper("2103.50003", [["Byron", "Ada", ""]], title="On nothing", abstract=" ", day="2"),
]


def index(words):
    return {word: [place] for place, word in enumerate(words.split())}


def in_language(number, title, language, abstract=None, **changes):
    inverted = index(abstract) if abstract else None
    return work(number, title, ["Ada Byron"], language=language, abstract_inverted_index=inverted, **changes)


def of_paper(arxiv_id):
    return {"doi": f"https://doi.org/10.48550/arXiv.{arxiv_id}"}


WORKS = [
    in_language(501, "On engines", "fr", "Des machines qui tissent.", **of_paper("2103.50001")),
    in_language(502, "Des nombres", "fr"),
    in_language(503, "Von Gezeiten", "de", "Die Erde dreht sich."),
    in_language(504, "On numbers", "en", "Numbers count."),
    in_language(505, "Untold", None, "Nobody tells which."),
    in_language(506, "Odd", "not a language", "Nobody knows."),
    in_language(507, "On engines", "fr", "Une autre notice.", **of_paper("2103.50001"), cited_by_count=0),
]


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    built = Bench(tmp_path_factory.mktemp("texts"))
    built.land(Source.ARXIV_SNAPSHOT, json_lines(PAPERS))
    built.land(Source.OPENALEX_WORKS, json_lines(WORKS), minutes=1)
    built.build()
    with built.warehouse.write() as con:
        texts.build_texts(con)
    return built


@pytest.fixture
def bench(world, tmp_path):
    shutil.copy(world.warehouse.working_path, tmp_path)
    shutil.copytree(world.landing.root, tmp_path / "raw")
    return Bench(tmp_path)


@pytest.fixture
def translator(service, policy):
    return LibreTranslate(service.url, policy=policy)


def rows(bench, *, is_machine):
    return bench.rows(
        "SELECT work_id, language, kind, text FROM staging.work_texts WHERE is_machine = ? ORDER BY ALL", is_machine
    )


def rebuild(bench):
    bench.build(run_id="again")
    with bench.warehouse.write() as con:
        return texts.build_texts(con)


def test_records_tell_the_language_of_their_abstract_or_of_a_title_alone(world):
    assert rows(world, is_machine=False) == [
        ("arxiv:2103.50001", "fr", "abstract", "Des machines qui tissent."),
        ("openalex:W502", "fr", "title", "Des nombres"),
        ("openalex:W503", "de", "abstract", "Die Erde dreht sich."),
    ]
    assert world.rows("SELECT DISTINCT source, translated_from, original_digest FROM staging.work_texts") == [
        ("openalex", None, None)
    ]


def test_counts(bench):
    assert rebuild(bench) == {"texts_of_records": 3, "languages": 2}


def test_abstracts_are_translated_from_the_language_told_newest_first(bench, translator, service):
    done = texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    assert (done.translated, done.refused, done.stopped_by) == (3, 0, [])
    assert rows(bench, is_machine=True) == [
        ("arxiv:2103.50002", "fr", "abstract", "fr: Looms that remember."),
        ("openalex:W503", "fr", "abstract", "fr: Die Erde dreht sich."),
        ("openalex:W504", "fr", "abstract", "fr: Numbers count."),
    ]
    assert [(question["source"], question["q"]) for question in service.questions] == [
        ("en", "Looms that remember."),
        ("de", "Die Erde dreht sich."),
        ("en", "Numbers count."),
    ]
    assert bench.rows(
        "SELECT DISTINCT source, translated_from FROM staging.work_texts WHERE is_machine ORDER BY 2"
    ) == [
        ("libretranslate", "de"),
        ("libretranslate", "en"),
    ]


def test_what_is_translated_is_not_asked_again_and_outlives_a_rebuild(bench, translator, service):
    texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    before = rows(bench, is_machine=True)
    asked = len(service.questions)
    rebuild(bench)
    assert texts.translate_abstracts(bench.warehouse, translator, ["fr"]).translated == 0
    assert len(service.questions) == asked
    assert rows(bench, is_machine=True) == before


def test_a_changed_abstract_is_translated_anew(bench, translator):
    texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    changed = PAPERS[1] | {
        "abstract": "Looms that forget.",
        "versions": [*PAPERS[1]["versions"], {"version": "v2", "created": "Fri, 5 Mar 2021 10:00:00 GMT"}],
    }
    bench.land(Source.ARXIV_SNAPSHOT, json_lines([changed]), minutes=5)
    rebuild(bench)
    assert texts.translate_abstracts(bench.warehouse, translator, ["fr"]).translated == 1
    assert ("arxiv:2103.50002", "fr", "abstract", "fr: Looms that forget.") in rows(bench, is_machine=True)
    assert len(rows(bench, is_machine=True)) == 3


def test_a_translation_of_a_work_that_is_gone_goes_with_it(bench, translator):
    texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    with bench.warehouse.write() as con:
        con.execute("DELETE FROM staging.works WHERE work_id = 'openalex:W504'")
        texts.build_texts(con)
    assert [row[0] for row in rows(bench, is_machine=True)] == ["arxiv:2103.50002", "openalex:W503"]


def test_a_run_ends_and_the_next_goes_on(bench, translator):
    for expected in (2, 1, 0):
        assert texts.translate_abstracts(bench.warehouse, translator, ["fr"], texts=2).translated == expected


def test_a_service_that_fails_keeps_what_came_and_the_next_run_goes_on(bench, translator, service):
    service.will_say((200, b'{"translatedText": "Les metiers"}'), (403, b""))
    done = texts.translate_abstracts(bench.warehouse, translator, ["fr", "es"])
    assert (done.translated, done.is_down) == (1, True)
    (sentence,) = done.stopped_by
    assert "PIPELINE_TRANSLATE_KEY" in sentence
    assert len(service.questions) == 2, "another language is not tried at a service that is down"
    assert texts.translate_abstracts(bench.warehouse, translator, ["fr"]).translated == 2


def test_a_refused_text_does_not_keep_the_others_back(bench, translator, service):
    service.will_say((400, b'{"error": "too long"}'))
    done = texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    assert (done.translated, done.refused, done.stopped_by) == (2, 1, [])


def test_a_language_that_is_refused_is_left_and_the_next_one_tried(bench, translator, service):
    service.will_say(*[(400, b'{"error": "fr is not supported"}')] * 3)
    done = texts.translate_abstracts(bench.warehouse, translator, ["fr", "es"])
    assert (done.refused, done.translated, done.is_down) == (3, 4, False)
    assert "fr is not supported" in done.stopped_by[0]
    assert {row[1] for row in rows(bench, is_machine=True)} == {"es"}


def test_nothing_is_held_while_the_service_works(bench):
    """Another writer would wait for minutes otherwise."""

    class Looking:
        name = "looking"

        def translate(self, text, **_):
            with Warehouse(bench.folder).write() as con:
                con.execute("SELECT 1")
            return text.upper()

    assert texts.translate_abstracts(bench.warehouse, Looking(), ["fr"]).translated == 3


@pytest.mark.parametrize("target", ["en", "en-GB"])
def test_english_is_not_translated_into_english(bench, translator, target):
    texts.translate_abstracts(bench.warehouse, translator, [target])
    assert [row[0] for row in rows(bench, is_machine=True)] == ["openalex:W503"]


def test_batches_are_kept_one_by_one(bench, translator, monkeypatch):
    monkeypatch.setattr(texts, "TEXTS_AT_ONCE", 1)
    kept = []
    keep = texts._keep

    def noted(warehouse, batch):
        kept.append(batch.height)
        keep(warehouse, batch)

    monkeypatch.setattr(texts, "_keep", noted)
    texts.translate_abstracts(bench.warehouse, translator, ["fr"])
    assert kept == [1, 1, 1]
