"""Give the learner what attests a training; let the training department take what was handed over."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.networks.models import Network
from reciproque.people.access import is_present
from reciproque.people.models import Person
from reciproque.recognition.access.training import can_take_training
from reciproque.recognition.actions.keys import ensure_key
from reciproque.recognition.engine import credentials, signing
from reciproque.recognition.models import Attestation, TrainingExport, TrainingRecord
from reciproque.recognition.models.training import new_code
from reciproque.recognition.queries.keys import site
from reciproque.recognition.queries.training import YEARS_BACK, attested_lines
from reciproque.recognition.rules.training import ExportForm, Shown, TrainingState


@transaction.atomic
def issue_attestation(row: TrainingRecord, *, by: Person, shown: Collection[str]) -> Attestation:
    """Sign what attests a record, for its learner alone, who chooses what the public page says.

    Made again with another choice, the former code says that it was withdrawn.
    """
    rows = TrainingRecord.objects.select_for_update(of=("self",)).select_related(
        "network", "learner", "trainer"
    )
    row = rows.get(pk=row.pk)
    if by.pk != row.learner_id or not is_present(by):
        raise PermissionDenied
    if row.state != TrainingState.AGREED:
        raise ValidationError(
            _("Une attestation se fait quand les deux personnes sont d’accord sur les heures.")
        )
    if set(shown) - set(Shown.values):
        raise ValidationError({"shown": _("Choisissez parmi ce qui est proposé.")})
    chosen = [one for one in Shown.values if one in shown]
    former = Attestation.objects.filter(record=row, withdrawn_at=None).select_related("key").first()
    lines = attested_lines(row, chosen)
    if former is not None:
        if former.shown == chosen and former.key.broken_at is None and _lines(former) == lines:
            return former
        _withdraw(former, by)
    key, private = ensure_key()
    now, code = clock.now(), new_code()
    payload: dict[str, Any] = {
        "iss": site().base,
        "jti": code,
        "type": "TrainingAttestation",
        "attests": lines,
    }
    if Shown.DATES in chosen:
        payload["iat"] = int(now.timestamp())
    token = signing.sign(payload, private, key.kid)
    made = Attestation.objects.create(
        record=row, code=code, shown=chosen, token=token, key=key, issued_at=now
    )
    record("attestation.issued", made, by=by, network=row.network, title=row.title, at=credentials.iso(now))
    return made


def _lines(attestation: Attestation) -> object:
    try:
        return signing.peek(attestation.token)[1].get("attests")
    except signing.Unreadable:
        return None


def _withdraw(attestation: Attestation, by: Person) -> None:
    attestation.withdrawn_at = clock.now()
    attestation.save(update_fields=["withdrawn_at"])
    row = attestation.record
    record("attestation.withdrawn", attestation, by=by, network=row.network, title=row.title)


@transaction.atomic
def withdraw_attestation(attestation: Attestation, *, by: Person) -> Attestation:
    """Take an attestation back: whoever checks its code reads that it was withdrawn, and nothing else."""
    rows = Attestation.objects.select_for_update(of=("self",)).select_related("record__network")
    attestation = rows.get(pk=attestation.pk)
    if by.pk != attestation.record.learner_id or not is_present(by):
        raise PermissionDenied
    if attestation.withdrawn_at is None:
        _withdraw(attestation, by)
    return attestation


@transaction.atomic
def take_training(network: Network, *, by: Person, year: int, form: str) -> TrainingExport:
    """Take the records of a year that both people agreed to hand over; who took what is written."""
    if not can_take_training(by, network):
        raise PermissionDenied
    last = clock.now().year
    if not last - YEARS_BACK < year <= last:
        raise ValidationError({"year": _("Choisissez une année parmi celles qui sont proposées.")})
    if form not in ExportForm.values:
        raise ValidationError({"form": _("Choisissez parmi ce qui est proposé.")})
    export = TrainingExport.objects.create(network=network, by=by, year=year, form=form, at=clock.now())
    keys = TrainingRecord.objects.handed().filter(network=network, ends_on__year=year).order_by("pk")
    through = TrainingExport.records.through
    links = [
        through(trainingexport_id=export.pk, trainingrecord_id=key)
        for key in keys.values_list("pk", flat=True)
    ]
    through.objects.bulk_create(links, batch_size=500)
    record("training.exported", export, by=by, network=network, year=year, form=form, count=len(links))
    return export
