"""The words and limits of offers and requests (fields of the mise en relation: purpose, level, way of learning)."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from reciproque.kit.text import clean

TITLE_MIN, TITLE_MAX = 3, 140
TEXT_MAX = 4000
SHORT_MAX = 500
MAX_TOPICS = 5
TOPIC_MAX = 80
WARNING_DAYS = 14
# How long the author of an offer that nobody answers has to say that it still holds.
SILENCE_DAYS = 14
MAX_OPEN_POSTS = 60
MAX_AT_ONCE = 20


class Kind(TextChoices):
    OFFER = "offer", _("offre")
    REQUEST = "request", _("demande")


class PostState(TextChoices):
    DRAFT = "draft", _("brouillon")
    PUBLISHED = "published", _("publiée")
    PAUSED = "paused", _("en pause")
    FULFILLED = "fulfilled", _("satisfaite")
    EXPIRED = "expired", _("expirée")
    WITHDRAWN = "withdrawn", _("retirée")
    # Out of everybody's sight but its author's and the person's who decided it, after a report.
    HIDDEN = "hidden", _("masquée")
    # Its words are erased; the row stays as a neutral trace, so that counts and histories hold.
    REMOVED = "removed", _("retirée à la demande de son auteur")


class Level(TextChoices):
    """Where one stands (request) or whom it suits (offer)."""

    ANY = "", _("peu importe")
    BEGINNER = "beginner", _("je débute")
    SOME = "some", _("j’ai des bases")
    SEASONED = "seasoned", _("je pratique déjà")


# verb → (from which states, to which state)
TRANSITIONS: dict[str, tuple[list[PostState], PostState]] = {
    "publish": (
        [PostState.DRAFT, PostState.PAUSED, PostState.EXPIRED, PostState.WITHDRAWN],
        PostState.PUBLISHED,
    ),
    "pause": ([PostState.PUBLISHED], PostState.PAUSED),
    "fulfil": ([PostState.PUBLISHED, PostState.PAUSED], PostState.FULFILLED),
    "withdraw": (
        [PostState.PUBLISHED, PostState.PAUSED, PostState.EXPIRED],
        PostState.WITHDRAWN,
    ),
    "expire": ([PostState.PUBLISHED], PostState.EXPIRED),
    "hide": (
        [PostState.PUBLISHED, PostState.PAUSED, PostState.EXPIRED, PostState.FULFILLED],
        PostState.HIDDEN,
    ),
    "remove": (
        [
            PostState.PUBLISHED,
            PostState.PAUSED,
            PostState.FULFILLED,
            PostState.EXPIRED,
            PostState.WITHDRAWN,
            PostState.HIDDEN,
        ],
        PostState.REMOVED,
    ),
}
# What every floor writes in the place of words removed at their author's request.
REMOVED_WORDS = _("Retirée à la demande de son auteur")

# Questions that draw out a savoir: what one does, difficulties solved, what colleagues ask.
OFFER_PROMPTS = [
    _("Que viennent vous demander vos collègues ?"),
    _("Quelle difficulté avez-vous résolue cette année ?"),
    _("Que faites-vous sans y penser, et que d’autres trouvent difficile ?"),
    _("Quel outil ou quelle méthode avez-vous appris à vos dépens ?"),
    _("Dans un poste précédent, que saviez-vous faire de particulier ?"),
]
REQUEST_PROMPTS = [
    _("Qu’est-ce qui vous prend trop de temps aujourd’hui ?"),
    _("Que remettez-vous toujours à plus tard, faute de savoir comment faire ?"),
    _("Quel collègue vous a donné envie de savoir faire comme lui ou elle ?"),
    _("De quoi aurez-vous besoin dans les six prochains mois ?"),
    _("Quelle question n’osez-vous plus poser ?"),
]


def clean_title(text: str) -> str:
    """Return a title fit to store; ValidationError with the sentence to show."""
    text = " ".join(clean(text).split())
    if len(text) < TITLE_MIN:
        raise ValidationError(
            {"title": _("Dites en quelques mots de quoi il s’agit (trois lettres au moins).")}
        )
    if len(text) > TITLE_MAX:
        raise ValidationError(
            {"title": _("Le titre est trop long : 140 caractères au plus. Le reste va dessous.")}
        )
    return text


def expiry(published_at: dt.datetime, validity_days: int) -> dt.datetime:
    """Return when a post published then stops being visible."""
    return published_at + dt.timedelta(days=validity_days)


def expires_soon(expires_at: dt.datetime | None, now: dt.datetime) -> bool:
    """Tell whether the author should be asked to renew."""
    return expires_at is not None and now <= expires_at <= now + dt.timedelta(days=WARNING_DAYS)


FAMILY_MAX = 80
MAX_NAMES = 20
LABEL_MAX, CODE_MAX = 300, 200


class FrameworkKind(TextChoices):
    """How the files of a framework are laid out."""

    ESCO = "esco", "ESCO"
    ROME = "rome", "ROME"
    CSV = "csv", _("tableau (code, intitulé, parent, autres intitulés)")
