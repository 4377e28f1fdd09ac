"""Bulk files, landed slice by slice as raw pages of whole lines, so that staging reads them as it reads any page.

A slice is named by its content: importing the same file again lands nothing, and a killed import goes on where it was.
"""

from pipeline.snapshots.arxiv import ImportFileError, land_snapshot, slices

__all__ = ["ImportFileError", "land_snapshot", "slices"]
