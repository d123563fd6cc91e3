"""Award and refusal letters: pure values in, words and pages out. No database, no gettext, no request.

The words stand in ``texts/*.toml``, bokmål and nynorsk side by side, each part with the paragraph it rests on.
``compose`` chooses and fills the parts, ``letter_html`` and ``letter_pdf`` put them on paper, ``notice`` writes the
mail that tells the recipient.
"""
