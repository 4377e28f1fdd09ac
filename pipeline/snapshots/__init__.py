"""Bulk files, landed slice by slice as raw pages of whole lines, so that staging reads them as it reads any page.

A slice is named by its content: importing the same file again lands nothing, and a killed import goes on where it was.
`arxiv.py` lands arXiv's one file, `openalex.py` the parts of an OpenAlex snapshot that are wanted.
"""

from pipeline.snapshots.arxiv import LandedSlice, land_snapshot
from pipeline.snapshots.files import ImportFileError

__all__ = ["ImportFileError", "LandedSlice", "land_snapshot"]
