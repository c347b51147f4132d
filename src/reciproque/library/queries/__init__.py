"""What pages show of the library."""

from reciproque.library.queries.cases import CasePage, answers_to, asked_of, cases_in
from reciproque.library.queries.export import write_export
from reciproque.library.queries.files import most_bytes, path_of
from reciproque.library.queries.sheets import (
    Change,
    Mine,
    Opinions,
    Shelf,
    authors_of,
    changes_between,
    mine,
    opinions_on,
    sheets_about,
    sheets_from,
    sheets_in_order,
    sheets_of_trade,
    shelf,
    talk_about,
    talks_of,
    trades_of,
    versions_of,
)

__all__ = [
    "CasePage",
    "Change",
    "Mine",
    "Opinions",
    "Shelf",
    "answers_to",
    "asked_of",
    "authors_of",
    "cases_in",
    "changes_between",
    "mine",
    "most_bytes",
    "opinions_on",
    "path_of",
    "sheets_about",
    "sheets_from",
    "sheets_in_order",
    "sheets_of_trade",
    "shelf",
    "talk_about",
    "talks_of",
    "trades_of",
    "versions_of",
    "write_export",
]
