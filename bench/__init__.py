"""What the program costs: queries, CPU and bytes per page, CPU and memory per letter, and what a year asks of people.

``make bench`` prints the tables and writes them to ``var/bench/``. It is a measuring stick, not a test.
"""
