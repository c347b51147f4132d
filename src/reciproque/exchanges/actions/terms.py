"""Write down what the people of an introduction or an exchange agree on."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.exchanges.access import can_mediate, is_in
from reciproque.exchanges.models import Exchange, Introduction, Terms
from reciproque.exchanges.rules import TEXT_MAX, ExchangeState, IntroductionState
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean
from reciproque.people.models import Person

FIELDS = {"content", "purpose", "level", "method", "place", "rhythm", "material", "success", "review_on"}


@transaction.atomic
def write_terms(subject: Introduction | Exchange, *, by: Person, **fields: Any) -> Terms:
    """Write down or adjust the terms: the two people (or the mediator) before the exchange, its people during it."""
    unknown = set(fields) - FIELDS
    if unknown:
        raise ValueError(f"not terms: {sorted(unknown)}")
    if isinstance(subject, Introduction):
        two = (subject.requester_id, subject.offerer_id)
        if by.pk not in two and not can_mediate(by, subject):
            raise PermissionDenied
        if subject.state != IntroductionState.ACCEPTED:
            raise ValidationError(
                _("On note les termes une fois la mise en relation acceptée, avant l’échange.")
            )
        terms = Terms.objects.filter(introduction=subject).first() or Terms(introduction=subject)
    else:
        if not is_in(by, subject):
            raise PermissionDenied
        if subject.state != ExchangeState.OPEN:
            raise ValidationError(_("L’échange n’est plus en cours : ses termes ne changent plus."))
        terms = Terms.objects.filter(exchange=subject).first() or Terms(exchange=subject)
    for name, value in fields.items():
        setattr(terms, name, clean(value).strip() if isinstance(value, str) else value)
    if len(terms.content) > TEXT_MAX:
        raise ValidationError({"content": _("Ce texte est trop long : 4 000 caractères au plus.")})
    terms.written_by, terms.written_at = by, clock.now()
    terms.full_clean(exclude=["introduction", "exchange", "written_by"], validate_unique=False)
    terms.save()
    record("terms.written", subject, by=by, network=subject.network, title=subject.title)
    return terms
