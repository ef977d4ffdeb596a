"""How well Sic answers: questions with known evidence, measures with intervals, and a report.

Nothing outside this package and `qa/__main__.py` imports it.
"""
