"""Static pages of a paper or a person from rows of the marts: one HTML text each, complete in itself.

What belongs here: what a page shows and how. What does not: reading the rows (`pipeline.steps.panels`), writing files.
`panels.py` says what a page is made from, `views.py` and `nearby.py` turn rows into what templates show, `network.py`
draws the graph, `rendering.py` puts it together. A page has no script, asks nothing of the network, and is read on a
desktop, a phone and paper.
"""

from pipeline.pages.links import Kind, Neighbours, file_name
from pipeline.pages.panels import AuthorPanels, Graph, PaperPanels
from pipeline.pages.rendering import author_page, paper_page

__all__ = ["AuthorPanels", "Graph", "Kind", "Neighbours", "PaperPanels", "author_page", "file_name", "paper_page"]
