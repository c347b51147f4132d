"""Who may see, write and judge what in the library."""

from django.db.models import Prefetch

from reciproque.catalogue.models import Topic
from reciproque.kit.errors import NotThere
from reciproque.library.models import Attachment, Sheet, SheetAuthor, Talk, Trade, UseCase
from reciproque.library.rules import GUARDED, AskState, AuthorState, CaseState, SheetState
from reciproque.networks.access import is_animator, is_member
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person

_SHOWN = ("network", "owner", "owner__unit", "owner__site", "trade", "case", "withdrawn_by")


def get_sheet(person: Person, public_id: str) -> Sheet:
    """Return a sheet this person may see, or its trace once withdrawn; a stranger meets `NotThere`."""
    sheet = (
        Sheet.objects.visible_to(person)
        .select_related(*_SHOWN)
        .prefetch_related(Prefetch("topics", Topic.objects.named()))
        .filter(public_id=public_id)
        .first()
    )
    if sheet is None or not is_present(person):
        raise NotThere
    return sheet


def get_readable(person: Person, public_id: str) -> Sheet:
    """Return a sheet whose words this person may read: once withdrawn, its authors only."""
    sheet = get_sheet(person, public_id)
    if not can_read(person, sheet):
        raise NotThere
    return sheet


def get_own_sheet(person: Person, public_id: str) -> Sheet:
    """Return a sheet of which this person is an author; anyone else meets `NotThere`."""
    sheet = get_sheet(person, public_id)
    if not is_author(person, sheet):
        raise NotThere
    return sheet


def get_file(person: Person, sheet_id: str, public_id: str) -> Attachment:
    """Return a file of a sheet that this person may read; anyone else meets `NotThere`."""
    sheet = get_readable(person, sheet_id)
    file = Attachment.objects.filter(sheet=sheet, public_id=public_id).select_related("sheet").first()
    if file is None:
        raise NotThere
    return file


def get_trade(network: Network, public_id: str) -> Trade:
    """Return a trade of a network of which one is a member."""
    trade = Trade.objects.filter(network=network, public_id=public_id).select_related("network").first()
    if trade is None:
        raise NotThere
    return trade


def get_case(person: Person, public_id: str) -> UseCase:
    """Return a question of one's network; a stranger meets `NotThere`."""
    case = (
        UseCase.objects.visible_to(person)
        .select_related("network", "asker", "asker__unit", "asker__site")
        .prefetch_related(Prefetch("topics", Topic.objects.named()))
        .filter(public_id=public_id)
        .first()
    )
    if case is None or not is_present(person):
        raise NotThere
    return case


def get_talk(person: Person, public_id: str) -> Talk:
    """Return a conversation of which this person is one of the two; anyone else meets `NotThere`."""
    talk = (
        Talk.objects.visible_to(person)
        .select_related("sheet__network", "reader", "author", "thread")
        .filter(public_id=public_id)
        .first()
    )
    if talk is None or not is_present(person):
        raise NotThere
    return talk


def author_state(person: Person, sheet: Sheet) -> str:
    """Return how this person's name stands under a sheet, "" when it was never asked for."""
    return (
        SheetAuthor.objects.filter(sheet=sheet, person=person).values_list("state", flat=True).first() or ""
    )


def is_author(person: Person, sheet: Sheet) -> bool:
    """Tell whether this person signs the sheet."""
    return is_present(person) and author_state(person, sheet) == AuthorState.ACCEPTED


def can_read(person: Person, sheet: Sheet) -> bool:
    """Tell whether this person may read the words of a sheet they may see."""
    if sheet.state == SheetState.PUBLISHED:
        return True
    return author_state(person, sheet) in (AuthorState.ACCEPTED, AuthorState.INVITED)


def can_write(person: Person, sheet: Sheet) -> bool:
    """Tell whether this person may change the sheet: an author who is still of the network."""
    return is_author(person, sheet) and is_member(person, sheet.network)


def can_withdraw(person: Person, sheet: Sheet) -> bool:
    """Tell whether this person may take the whole sheet back.

    Who keeps it, its only author, each author of what a group wrote; an animator, with a reason.
    """
    if is_animator(person, sheet.network) and sheet.state == SheetState.PUBLISHED:
        return True
    if not is_author(person, sheet):
        return False
    alone = not sheet.authors.filter(state=AuthorState.ACCEPTED).exclude(person=person).exists()
    return alone or sheet.owner_id == person.pk or sheet.origin_kind in GUARDED


def can_rate(person: Person, sheet: Sheet) -> bool:
    """Tell whether this person may say what they think of a sheet: a peer, never one of its authors."""
    return (
        sheet.state == SheetState.PUBLISHED
        and is_member(person, sheet.network)
        and author_state(person, sheet) not in (AuthorState.ACCEPTED, AuthorState.INVITED, AuthorState.LEFT)
    )


def can_export(person: Person, network: Network) -> bool:
    """Tell whether this person may take a copy of the whole library."""
    return is_animator(person, network)


def is_asked(person: Person, case: UseCase) -> bool:
    """Tell whether the question was carried to this person and still waits for them."""
    return case.state == CaseState.OPEN and case.asked.filter(person=person, state=AskState.WAITING).exists()
