"""Every message of the list, told through the real actions and read as it arrives, in both languages.

After a wanted change: `SNAPSHOTS=write .venv/bin/pytest tests/emails`, then read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Q
from django.utils import translation

from reciproque.agenda.rules import IN_A_GROUP, PRIVATE_VERBS
from reciproque.journal.models import Fact
from reciproque.networks import actions as networks
from reciproque.networks.models import Membership
from reciproque.notices.messages import MESSAGES, messages_of
from reciproque.notices.messages.shape import Message
from reciproque.notices.models import Outgoing
from reciproque.people.models import Person
from tests.emails.scenes_community import CommunityScenes
from tests.emails.scenes_desk import DeskScenes
from tests.emails.scenes_exchanges import ExchangeScenes
from tests.emails.scenes_gatherings import GatheringScenes
from tests.emails.scenes_groups import GroupScenes
from tests.emails.scenes_learning import LearningScenes
from tests.emails.scenes_library import LibraryScenes
from tests.emails.scenes_moderation import UNSAID, ModerationScenes
from tests.emails.scenes_networks import NetworkScenes
from tests.emails.scenes_reports import ReportScenes
from tests.emails.scenes_rhythm import RhythmScenes
from tests.emails.scenes_skills import SkillScenes
from tests.emails.scenes_steering import SteeringScenes
from tests.emails.scenes_surveys import SurveyScenes
from tests.emails.scenes_training import TrainingScenes

FOLDER = Path(__file__).parent / "texts"
# Facts about what was reported: their mails open a page, and say nothing themselves.
BETWEEN_FEW = ("report", "decision", "appeal")
TELLING_WORDS = re.compile(
    r"signal|conduite|plainte|sanction|suspen|recours|masqu|report|conduct|complain|appeal|hidden|hide", re.I
)


class Scenes(
    CommunityScenes,
    SkillScenes,
    SurveyScenes,
    TrainingScenes,
    ReportScenes,
    SteeringScenes,
    RhythmScenes,
    DeskScenes,
    GatheringScenes,
    ModerationScenes,
    ExchangeScenes,
    GroupScenes,
    LearningScenes,
    LibraryScenes,
    NetworkScenes,
):
    """The whole life, in an order: a reminder is of one thing only while little else waits."""

    def play(self) -> None:
        # In the workshop network.
        self.reminders_on_the_way_to_an_exchange()
        self.reminder_of_an_exchange_left_without_a_word()
        self.reminders_of_what_was_found()
        self.reminder_to_confirm()
        self.pause()
        self.late_desk()
        self.posts_without_a_word()
        self.in_someones_name()
        self.encouraged()
        self.pool()
        self.steps_out_of_a_group()
        self.announced()
        self.typed_for_someone()
        self.written_by_the_team()
        self.reported_post()
        self.reported_conduct()
        self.reminders_to_members()
        # In the two others.
        self.direct_exchange()
        self.offered()
        self.invitations_to_withdraw()
        self.endings()
        self.mediated_exchange()
        self.reminder_of_a_mediation()
        self.declarations()
        self.posts()
        self.brought_together()
        self.small_group()
        self.asked_and_answered()
        self.signed_together()
        self.learning_network()
        self.called_upon()
        self.invited_to_help()
        self.maturity_to_look_at()
        self.skills_of_chloe()
        self.questionnaires()
        self.training()
        self.risks_and_studies()
        self.report_written_and_sent()
        self.network_life()
        self.departure()
        # In the workshop network again, once nothing else of it is to be told.
        self.questions_and_sheets_again()
        self.whole_life_of_a_group()
        self.group_that_stops()
        self.group_on_paper()


@pytest.fixture
def scenes(
    make_person: Any,
    admin: Any,
    network: Any,
    join: Any,
    alice: Any,
    bob: Any,
    chloe: Any,
    dora: Any,
    emile: Any,
    fatou: Any,
) -> Scenes:
    mediated = networks.create_network(
        "Cadres", by=None, slug="cadres", name_en="Managers", mediation="mediated", reciprocity="open"
    )
    workshop = networks.create_network(
        "Ateliers", by=None, slug="ateliers", name_en="Workshops", mediation="direct", reciprocity="strict"
    )
    gil = make_person("Gil", "Abadie", email="gil@example.org", unit="Finances", site="Lyon")
    cast = {"alice": alice, "bob": bob, "chloe": chloe, "dora": dora, "emile": emile, "fatou": fatou}
    cast |= {"ada": admin, "gil": gil}
    for person in (bob, chloe, dora):
        join(person, mediated)
        join(person, workshop)
    join(alice, mediated, "animator")
    join(fatou, network)
    join(emile, workshop, "sponsor")
    for person in (alice, gil):
        join(person, workshop, "animator")
    for net in (network, mediated, workshop):
        for person in (bob, chloe):
            membership = Membership.objects.get(person=person, network=net)
            networks.change_capacity(membership, by=person, give=20, receive=20)
    played = Scenes(make_person, cast, direct=network, mediated=mediated, workshop=workshop)
    played.told = Fact.objects.latest("pk").pk
    return played


def plain(text: str) -> str:
    """The text without what changes from one run to the next: identifiers and tokens."""
    text = re.sub(r"/tap/\S+/", "/tap/‹signed›/", text)
    return re.sub(r"/[2-9bcdfghjkmnpqrstvwxz]{12}/", "/‹id›/", text)


def position(outgoing: Outgoing) -> int:
    """Which message of its fact this is, found again by its words."""

    def pattern(text: Any) -> str:
        return ".*".join(re.escape(part) for part in re.split(r"%\(\w+\)s", str(text)))

    def says(message: Message) -> bool:
        whole = re.fullmatch(pattern(message.subject), outgoing.subject)
        return bool(whole) and all(re.search(pattern(said), outgoing.text) for said in message.says)

    messages = messages_of(outgoing.fact_name)
    with translation.override(outgoing.language):
        found = next((message for message in messages if says(message)), None)
    assert found is not None, f"no message of the list says {outgoing.subject!r}"
    same = [other for other in messages if (other.subject, other.says) == (found.subject, found.says)]
    if len(same) == 1:
        return messages.index(found)
    # Several things are asked for in the same words, which say nothing of them.
    verb = Fact.objects.get(pk=outgoing.fact_id).data["verb"]
    return next(messages.index(other) for other in same if other.awaits == verb)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_texts_of_every_message(scenes: Scenes, language: str) -> None:
    with translation.override("en"):
        if language == "en" and translation.gettext("Lire et répondre") == "Lire et répondre":
            pytest.skip("the catalogues are not compiled: tools/messages.py compile")
    Person.objects.update(language=language)
    for person in scenes.cast.values():
        person.language = language
    scenes.play()

    seen: dict[tuple[str, int], Outgoing] = {}
    told = Outgoing.objects.select_related("person")
    # Who answers a questionnaire is kept in random order, on purpose: by name here.
    drawn = told.filter(fact_name__startswith="campaign.").order_by("fact_id", "person__first_name")
    for outgoing in [*told.exclude(pk__in=drawn.values("pk")).order_by("pk"), *drawn]:
        assert "%(" not in outgoing.subject + outgoing.text
        assert "«\u00a0\u00a0»" not in outgoing.text, outgoing.text
        assert "Ceci ne sort pas d’ici" not in outgoing.text + outgoing.html
        seen.setdefault((outgoing.fact_name, position(outgoing)), outgoing)

    listed = {(message.fact, messages_of(message.fact).index(message)) for message in MESSAGES}
    assert listed - set(seen) == set(), "messages that no scene tells"
    check_what_few_may_read(scenes)

    files: dict[str, list[str]] = {}
    for (fact, number), outgoing in sorted(seen.items()):
        head = f"=== {fact} ({number + 1}) → {outgoing.person.first_name}"
        if outgoing.ics_method:
            head += f" + invitation.ics ({outgoing.ics_method})"
        block = f"{head}\n{outgoing.subject}\n\n{plain(outgoing.text)}"
        files.setdefault(fact.partition(".")[0], []).append(block)
    for name, blocks in files.items():
        check(FOLDER / language / f"{name}.txt", "\n".join(blocks))


def check_what_few_may_read(scenes: Scenes) -> None:
    """Of what was reported, neither words nor names, nor a subject that says what it is about."""
    verbs = [verb.value for verb in PRIVATE_VERBS if verb not in IN_A_GROUP]
    private = Fact.objects.filter(name="step.reminded", data__verb__in=verbs)
    reminders = Outgoing.objects.filter(fact_id__in=private.values("pk"))
    names = [str(name) for person in scenes.cast.values() for name in (person.first_name, person.last_name)]
    for words in UNSAID:
        assert not Outgoing.objects.filter(Q(text__contains=words) | Q(html__contains=words)).exists()
    few = Outgoing.objects.filter(fact_name__regex=rf"^({'|'.join(BETWEEN_FEW)})\.") | reminders
    few = few.exclude(fact_name="report.sent")  # of a group to its deciders
    assert {row.fact_name.partition(".")[0] for row in few} == {*BETWEEN_FEW, "step"}
    for outgoing in few:
        assert not TELLING_WORDS.search(outgoing.subject), outgoing.subject
        said = "\n".join(line for line in outgoing.text.splitlines() if "http" not in line)
        said = said.replace(outgoing.person.first_name, "", 1)  # the greeting
        assert not [name for name in names if re.search(rf"\b{name}\b", outgoing.subject + said)], said
        assert "chantier" not in outgoing.subject + outgoing.text


def test_html_of_one_message(scenes: Scenes) -> None:
    scenes.ask("Tailler <b>les rosiers</b> & co")
    outgoing = Outgoing.objects.get(person=scenes.chloe, fact_name="introduction.asked")
    assert "<b>" not in outgoing.html
    assert "<table" not in outgoing.html
    assert "<script" not in outgoing.html
    assert "<link" not in outgoing.html
    assert "<img" not in outgoing.html
    # What programs without style sheets need is on each element; only the dark colours stay in a sheet.
    body = outgoing.html.partition("<body")[2]
    assert not re.findall(r"<(?:div|h1|p|a)\b(?![^>]*\bstyle=)[^>]*>", body)
    sheet = re.search(r"<style>(.*?)</style>", outgoing.html, re.S)
    assert sheet is not None
    assert sheet[1].strip().startswith("@media (prefers-color-scheme: dark)")
    check(FOLDER / "fr" / "introduction.asked.html", plain(outgoing.html))


def check(file: Path, text: str) -> None:
    if os.environ.get("SNAPSHOTS") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.exists(), f"{file.name} is missing: SNAPSHOTS=write makes it"
    assert text == file.read_text(encoding="utf-8")
