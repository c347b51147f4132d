"""Sheets are signed together, handed over and read again; readers write; questions reach those who know."""

from __future__ import annotations

from typing import Any

from reciproque.kit import clock
from reciproque.library import actions as library
from reciproque.library.models import Sheet
from reciproque.people.models import Person
from tests.emails.scenes_stage import DAY, Stage


class LibraryScenes(Stage):
    """Sheets are signed together, handed over and read again; readers write; questions reach those who know."""

    def drafted(self, author: Person, title: str, **fields: Any) -> Sheet:
        fields = {"kind": "tip", "text": "Trois lignes suffisent."} | fields
        return library.save_draft(self.direct, by=author, title=title, **fields)

    def signed_together(self) -> None:
        """Chloé writes with Bob, then leaves him the sheet; its day to be read again comes."""
        sheet = self.drafted(self.chloe, "Accueillir un client mécontent")
        library.invite_author(sheet, self.bob, by=self.chloe)
        self.tell()
        library.answer_invitation(sheet, by=self.bob, accept=True)
        library.publish_sheet(sheet, by=self.chloe)
        library.give_to(sheet, self.bob, by=self.chloe)
        self.tell()
        sheet.refresh_from_db()
        library.write_to_author(sheet, "Et au téléphone ?", by=self.dora)
        self.tell()
        assert sheet.review_on is not None
        with clock.at(clock.now() + (sheet.review_days + 1) * DAY):
            library.tell_stale()
            self.tell()

    def asked_and_answered(self) -> None:
        """Bob asks everybody; Chloé, who seems to know, answers with a sheet."""
        case = library.ask_case(self.direct, by=self.bob, question="Comment préparez-vous une passation ?")
        library.route_case(case, [self.chloe])
        self.tell()
        sheet = self.drafted(self.chloe, "Passer la main en une heure", kind="answer", case=case)
        library.publish_sheet(sheet, by=self.chloe)
        self.tell()
