"""A world built once for the tests of a module that only look at it: each looks in a transaction of its own."""

from __future__ import annotations

import contextlib
import copy
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import override_settings
from django.utils import translation

from reciproque.config.worker import run_reactions
from reciproque.kit import clock
from reciproque.matching.queries.index import forget_all
from tests.conftest import (
    ADMIN,
    CAST,
    MONDAY,
    NETWORK,
    create_network,
    join_as,
    person_maker,
    play,
    post_maker,
)
from tests.house.group_world import GroupWorld, build_group
from tests.house.world import World, build


class Undone(Exception):
    """Rolls a scene back."""


@dataclass
class Scene:
    """What the fixtures of the same names give, and the folder of what was written beside the database."""

    network: Any
    admin: Any
    alice: Any
    bob: Any
    chloe: Any
    dora: Any
    world: World
    group: GroupWorld | None
    folder: Path

    def for_one_test(self, settings: Any) -> Scene:
        """Return a copy that a test may change, and put the files where this test looks for them."""
        settings.DEMO = True
        shutil.copytree(self.folder, settings.DATA, dirs_exist_ok=True)
        return copy.deepcopy(self)


@contextlib.contextmanager
def played(blocker: Any, folder: Path, *, group: bool = False) -> Iterator[Scene]:
    """Build a world, and a group in it when asked, as the fixtures of one test would; undo it at the end."""
    kept = {"DATA": folder, "MATCHING_INDEX": folder / "index", "LIBRARY_FILES": folder / "files"}
    with blocker.unblock(), contextlib.suppress(Undone), transaction.atomic():
        with override_settings(DEMO=True, **kept), clock.at(MONDAY), translation.override("fr"):
            forget_all()
            make_person = person_maker()
            admin = make_person(*ADMIN[0], **ADMIN[1])
            network = create_network(*NETWORK[0], by=admin, **NETWORK[1])
            cast = {name: play(name, network, make_person) for name in CAST}
            world = build(network, *cast.values(), post_maker(network), run_reactions)
            made = build_group(network, cast["alice"], cast["bob"], make_person, join_as) if group else None
            if made:
                run_reactions()
            forget_all()
        yield Scene(network, admin, **cast, world=world, group=made, folder=folder)
        raise Undone
