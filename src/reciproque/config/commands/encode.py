"""`reciproque encode`: make the vectors that are missing, for instance after RECIPROQUE_ENCODER was changed."""

from __future__ import annotations

import argparse
import time

from django.utils.translation import ngettext

from reciproque.config.commands import console


def add(parser: argparse.ArgumentParser) -> None:
    """Say the options."""
    parser.description = (
        "Encode the texts of every network that have no vector from the encoder in use, and save the indexes. The worker"
        " does it by itself; stopped and started again, it goes on where it was."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object for a machine")


@console.command
def run(options: argparse.Namespace) -> int:
    """Encode network after network, then say how many texts and with what."""
    from reciproque.matching.actions import save_index
    from reciproque.matching.engine.encoders import WrongEncoder
    from reciproque.matching.queries.index import encoder
    from reciproque.networks.models import Network

    begun, posts, networks = time.monotonic(), 0, list(Network.objects.order_by("pk"))
    try:
        for network in networks:
            with console.progress(network.name, 1, options) as move:
                posts += len(save_index(network, move))
    except WrongEncoder as error:
        raise console.WrongUse(str(error)) from error
    said = {
        "networks": len(networks),
        "posts": posts,
        "encoder": encoder().name,
        "seconds": round(time.monotonic() - begun, 1),
    }
    if options.json:
        console.print_json(said)
        return console.DONE
    sentence = ngettext(
        "%(posts)s annonce encodée par %(encoder)s, en %(seconds)s s.",
        "%(posts)s annonces encodées par %(encoder)s, en %(seconds)s s.",
        posts,
    )
    print(sentence % said)
    return console.DONE
