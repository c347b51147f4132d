"""What the tests of these pages share with those of the floor: a learning network at each age."""

from tests.initiatives.conftest import (  # noqa: F401
    committee,
    frame,
    group,
    make_proposal,
    make_trial,
    panel,
    results,
    working,
)
