"""LibreTranslate: what is asked, what is made of each answer, and that nobody sees the key."""

import logging

import pytest

from pipeline.sources.errors import HttpStatusError, KeyRefusedError, RetryAfterError, SourceError, UnreachableError
from pipeline.translations import LibreTranslate, TextRefusedError

KEY = "translate-key-that-nobody-may-see"
GOOD = b'{"translatedText": "Bonjour"}'


@pytest.fixture
def translate(service, policy):
    translator = LibreTranslate(service.url + "/", key=KEY, policy=policy)
    return lambda text="Hello": translator.translate(text, source="en", target="fr")


def test_what_is_asked_and_what_comes(service, translate):
    assert translate("Tables in looms.") == "fr: Tables in looms."
    assert service.questions == [
        {
            "path": "/translate",
            "q": "Tables in looms.",
            "source": "en",
            "target": "fr",
            "format": "text",
            "api_key": KEY,
        }
    ]


def test_no_key_is_no_field(service, policy):
    LibreTranslate(service.url, policy=policy).translate("Hello", source="en", target="fr")
    assert "api_key" not in service.questions[0]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_service_is_asked_again(service, translate, status):
    service.will_say((status, b"busy"))
    assert translate() == "fr: Hello"
    assert len(service.questions) == 2


def test_a_service_that_stays_busy_is_an_error(service, translate):
    service.will_say((429, b""), (429, b""))
    with pytest.raises(HttpStatusError, match="answered 429 2 times"):
        translate()


def test_a_long_wait_is_not_slept_through(service, translate):
    service.will_say((429, {"Retry-After": "3600"}, b""))
    with pytest.raises(RetryAfterError, match="asks to wait 3,600 s"):
        translate()


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sign in</html>",
        b"{}",
        b"[]",
        b'{"translatedText": null}',
        b'{"translatedText": ["Bonjour"]}',
        b'{"translatedText": "  "}',
        b'{"translatedText": "Bon',
        b"\xff",
    ],
)
def test_an_answer_that_is_no_translation_is_no_translation(service, translate, body):
    service.will_say((200, body))
    with pytest.raises(SourceError, match=r"127\.0\.0\.1 answered 200 without a translation: check PIPELINE_TRANS"):
        translate()


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_text_may_be_refused(service, translate, status):
    service.will_say((status, b'{"error": "Invalid request: request (%s) exceeds text limit."}' % KEY.encode()))
    with pytest.raises(TextRefusedError) as caught:
        translate()
    assert "does not translate this text from en to fr: Invalid request: request (***) exceeds" in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"<html>", b'"no"', b'{"reason": 1}'])
def test_a_refusal_without_words_names_its_status(service, translate, body):
    service.will_say((400, body))
    with pytest.raises(TextRefusedError, match="from en to fr: status 400"):
        translate()


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_may_be_refused(service, translate, status):
    service.will_say((status, b'{"error": "Invalid API key"}'))
    with pytest.raises(KeyRefusedError, match=f"answered {status}: set PIPELINE_TRANSLATE_KEY"):
        translate()


@pytest.mark.parametrize("status", [302, 307, 404, 405])
def test_another_answer_says_to_check_the_address_and_is_not_followed(service, translate, status):
    service.will_say((status, {"Location": "/elsewhere"}, GOOD))
    with pytest.raises(HttpStatusError, match=f"answered {status} to /translate: check PIPELINE_TRANSLATE_URL"):
        translate()
    assert [question["path"] for question in service.questions] == ["/translate"]


def test_the_key_shows_nowhere(service, policy, caplog):
    caplog.set_level(logging.DEBUG)
    service.will_say((503, KEY.encode()), (400, b'{"error": "%s"}' % KEY.encode()))
    translator = LibreTranslate(service.url, key=KEY, policy=policy)
    with pytest.raises(TextRefusedError) as refused:
        translator.translate("x", source="en", target="fr")
    with pytest.raises(UnreachableError) as dead:
        LibreTranslate("http://127.0.0.1:9", key=KEY, policy=policy).translate("x", source="en", target="fr")
    assert KEY not in f"{refused.value} {dead.value} {caplog.text}"


def test_languages(service, policy):
    assert LibreTranslate(service.url, policy=policy).languages() == {"en", "fr", "de"}


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[1]", b'[{"name": "French"}]', b"null"])
def test_languages_that_are_none(service, policy, body):
    service.will_say((200, body))
    if body == b"{}":
        assert LibreTranslate(service.url, policy=policy).languages() == frozenset()
        return
    with pytest.raises(SourceError, match="answered 200 to /languages, not as LibreTranslate does"):
        LibreTranslate(service.url, policy=policy).languages()
