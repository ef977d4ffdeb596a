"""How well the parts of the search do on public sets: ``python -m benchmarks.public_sets --help``.

The sets themselves are not part of the project; the command is given the folder that holds them.
"""
