"""The forms of the forums."""
