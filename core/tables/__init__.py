"""Reads tables people have: workbooks, text files with separators, and what is pasted from a spreadsheet.

What comes out is text: a value's meaning is the column's affair (core.imports). What can't be read raises
core.unreadable.Unreadable with a sentence that names the cell and the mend.
"""

from core.files import LARGEST
from core.tables.reading import read_file, read_pasted
from core.tables.sheets import Book, Line, Sheet, address

__all__ = ["LARGEST", "Book", "Line", "Sheet", "address", "read_file", "read_pasted"]
