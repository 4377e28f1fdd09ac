"""Links to code and data in free text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalise.links import code_urls, dataset_urls, urls


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, []),
        ("", []),
        ("no link at all", []),
        ("See https://github.com/ada/engine.", ["https://github.com/ada/engine"]),
        ("(https://github.com/ada/engine)", ["https://github.com/ada/engine"]),
        ("https://en.wikipedia.org/wiki/Engine_(software), ...", ["https://en.wikipedia.org/wiki/Engine_(software)"]),
        (
            "github.com/ada/engine and www.github.com/b/c",
            ["https://github.com/ada/engine", "https://www.github.com/b/c"],
        ),
        ("\\url{https://github.com/ada/engine}", ["https://github.com/ada/engine"]),
        ("$https://github.com/ada/engine$", ["https://github.com/ada/engine"]),
        ("https://a.org/x https://a.org/x https://b.org/y", ["https://a.org/x", "https://b.org/y"]),
        ("mail ada@github.com or not-github.com/x", []),
        ("HTTPS://GitHub.com/Ada/Engine", ["HTTPS://GitHub.com/Ada/Engine"]),
    ],
)
def test_urls_in_order_without_what_follows_them(text, found):
    assert urls(text) == found


@pytest.mark.parametrize(
    ("url", "is_code", "is_dataset"),
    [
        ("https://github.com/ada/engine", True, False),
        ("https://www.github.com/ada/engine", True, False),
        ("https://github.com", False, False),
        ("https://github.com/", False, False),
        ("https://github.com.evil.org/ada/engine", False, False),
        ("https://gitlab.inria.fr/ada/engine", True, False),
        ("https://codeberg.org/ada/engine", True, False),
        ("https://anonymous.4open.science/r/engine-1", True, False),
        ("https://zenodo.org/records/123", False, True),
        ("https://doi.org/10.5281/zenodo.123", False, True),
        ("https://dx.doi.org/10.7910/DVN/XYZ", False, True),
        ("https://doi.org/10.1234/weave.1", False, False),
        ("https://huggingface.co/datasets/ada/cards", False, True),
        ("https://huggingface.co/ada/model", False, False),
        ("https://www.kaggle.com/datasets/ada/cards", False, True),
        ("https://www.kaggle.com/ada", False, False),
        ("https://arxiv.org/abs/2002.03532", False, False),
        ("https://[broken/ada", False, False),
    ],
)
def test_what_a_link_leads_to(url, is_code, is_dataset):
    assert (code_urls(f"see {url}") == [url], dataset_urls(f"see {url}") == [url]) == (is_code, is_dataset)


@given(st.text())
def test_any_text_can_be_read(text):
    found = urls(text)
    assert len(found) == len(set(found))
    assert set(code_urls(text)) | set(dataset_urls(text)) <= set(found)
