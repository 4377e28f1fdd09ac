import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.identifiers import (
    arxiv_id_of_doi,
    arxiv_id_of_url,
    normalise_doi,
    normalise_openalex_id,
    normalise_orcid,
    orcid_check_digit,
    split_arxiv_id,
)


@pytest.mark.parametrize(
    ("written", "canonical", "version"),
    [
        ("2002.03532", "2002.03532", None),
        ("2002.03532v2", "2002.03532", 2),
        ("0704.0001", "0704.0001", None),
        ("http://arxiv.org/abs/cond-mat/0410550v1", "cond-mat/0410550", 1),
        ("https://arxiv.org/pdf/2002.03532v1.pdf", "2002.03532", 1),
        ("http://export.arxiv.org/pdf/1409.1556", "1409.1556", None),
        ("math.GT/0309136v3", "math/0309136", 3),
        ("pmh:oai:arXiv.org:cs/0110053", "cs/0110053", None),
        ("oai:arXiv.org:0803.4354", "0803.4354", None),
        ("arXiv:hep-th/9711200", "hep-th/9711200", None),
    ],
)
def test_reads_every_spelling_of_an_arxiv_id(written, canonical, version):
    assert split_arxiv_id(written) == (canonical, version)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "0000.0000",  # there is no month 00
        "2013.00001",  # nor 13
        "9711200",  # an old id without archive
        "hep-th/97112",
        "../../etc/2002.03532",
        "2002.03532/../..",
        "2002.03532\x00",
        "٢٠٠٢.٠٣٥٣٢",  # digits, but not of ASCII
        "x2002.03532",
        "https://arxiv.org/list/cs.LG/2002",
        "2002.03532v0",
    ],
)
def test_takes_nothing_else_for_an_arxiv_id(written):
    assert split_arxiv_id(written) == (None, None)


@given(st.text())
def test_reading_an_arxiv_id_twice_changes_nothing(written):
    canonical, _ = split_arxiv_id(written)
    if canonical is not None:
        assert split_arxiv_id(canonical) == (canonical, None)


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("https://doi.org/10.1103/PhysRevD.76.013009", "10.1103/physrevd.76.013009"),
        ("http://dx.doi.org/10.1000/A", "10.1000/a"),
        ("doi: 10.1000/A", "10.1000/a"),
        ("10.1000/a 10.1000/b", "10.1000/a"),
        ("10.1000/a; 10.1000/b", "10.1000/a"),
        ("10.48550/arXiv.2002.03532", "10.48550/arxiv.2002.03532"),
        ("not a doi", None),
        ("", None),
        (None, None),
    ],
)
def test_normalises_dois(written, doi):
    assert normalise_doi(written) == doi


def test_reads_arxiv_ids_from_dois_and_addresses():
    assert arxiv_id_of_doi("https://doi.org/10.48550/arXiv.cond-mat/0410550") == "cond-mat/0410550"
    assert arxiv_id_of_doi("10.1000/a") is None
    assert arxiv_id_of_url("https://api.datacite.org/dois/10.48550/arxiv.1205.5611") == "1205.5611"
    assert arxiv_id_of_url("https://doi.org/10.48550/arxiv.1603.04467") == "1603.04467"
    assert arxiv_id_of_url("https://arxiv.org/abs/1412.6980v5") == "1412.6980"
    assert arxiv_id_of_url("http://arxiv.org/pdf/1502.01852?download=1") == "1502.01852"
    assert arxiv_id_of_url("https://europepmc.org/articles/pmc5380101") is None


@pytest.mark.parametrize("iD", ["0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X"])
def test_accepts_the_example_orcids_of_orcid_itself(iD):  # noqa: N803
    assert normalise_orcid(iD) == iD
    assert normalise_orcid(f"https://orcid.org/{iD}") == iD
    assert normalise_orcid(iD.lower()) == iD


@given(st.text(alphabet="0123456789", min_size=15, max_size=15), st.integers(0, 14), st.integers(1, 9))
def test_any_single_wrong_digit_breaks_an_orcid(digits, place, step):
    whole = digits + orcid_check_digit(digits)
    wrong = whole[:place] + str((int(whole[place]) + step) % 10) + whole[place + 1 :]
    assert normalise_orcid(whole) is not None
    assert normalise_orcid(wrong) is None


@pytest.mark.parametrize(
    ("written", "identifier"),
    [
        ("https://openalex.org/W2101234009", "W2101234009"),
        ("https://api.openalex.org/works/W2101234009", "W2101234009"),
        ("a5023888391", "A5023888391"),
        ("https://openalex.org/subfields/1100", None),
        ("W../../x", None),
        ("", None),
    ],
)
def test_reads_openalex_ids(written, identifier):
    assert normalise_openalex_id(written) == identifier
