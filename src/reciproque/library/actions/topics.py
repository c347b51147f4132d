"""Follow topics that are merged: sheets and questions go to the one kept."""

from __future__ import annotations

from django.db import transaction

from reciproque.catalogue.models import Topic
from reciproque.library.models import Sheet, UseCase

AT_ONCE = 500


@transaction.atomic
def fold_topic(topic: Topic) -> int:
    """Tie what carried a merged topic to the one that took it in; return how many. Done twice, nothing more moves."""
    kept = topic.merged_into
    if kept is None:
        return 0
    done = 0
    for through, owner in ((Sheet.topics.through, "sheet_id"), (UseCase.topics.through, "usecase_id")):
        rows = through.objects.filter(topic_id=topic.pk)
        owners = list(rows.values_list(owner, flat=True))
        for start in range(0, len(owners), AT_ONCE):
            some = owners[start : start + AT_ONCE]
            here = {f"{owner}__in": some}
            there = set(through.objects.filter(topic_id=kept.pk, **here).values_list(owner, flat=True))
            rows.filter(**{f"{owner}__in": sorted(there)}).delete()
            rows.filter(**{f"{owner}__in": [pk for pk in some if pk not in there]}).update(topic_id=kept.pk)
        done += len(owners)
    return done
