"""The bench of rings agrees with its own plain walk."""

from __future__ import annotations

import argparse
import json

from reciproque.config.bench import rings


def test_figures_agree_with_a_plain_walk(capsys):
    parser = argparse.ArgumentParser()
    rings.add(parser)
    small = ["--posts", "300", "--people", "100", "--subjects", "30", "--solver-seconds", "10", "--json"]
    assert rings.run(parser.parse_args(small)) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["rings of 3"] > 0
    assert figures["all of them"]
    assert figures["the same as a plain walk finds"]
    assert (
        figures["  the best ring first"]
        <= figures["people in a ring at once"]
        <= figures["people in some ring"]
    )
