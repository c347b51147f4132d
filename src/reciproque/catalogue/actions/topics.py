"""Put topics in order: rename them, merge them, give them other names, a family, a link to a framework."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from reciproque.catalogue.access import can_name, can_rename, is_settled
from reciproque.catalogue.models import Entry, Post, Topic, TopicLink, TopicName
from reciproque.catalogue.rules import FAMILY_MAX, MAX_NAMES, TOPIC_MAX
from reciproque.journal.actions import record
from reciproque.kit import clock
from reciproque.kit.text import clean, fold
from reciproque.people.access import can_administer
from reciproque.people.models import Person
from reciproque.people.rules import SPOKEN

GONE = _("Ce sujet vient d’être réuni à un autre : reprenez depuis celui-ci.")
AT_ONCE = 500


def _name(text: str) -> tuple[str, str]:
    name = " ".join(clean(text).split())
    if not fold(name).strip():
        raise ValidationError({"name": _("Un sujet a besoin d’au moins une lettre ou un chiffre.")})
    if len(name) > TOPIC_MAX:
        raise ValidationError({"name": _("Ce nom est trop long : 80 caractères au plus.")})
    return name, fold(name)[:TOPIC_MAX]


def _locked(*topics: Topic) -> list[Topic]:
    """Lock topics in one order whoever comes, and return them as they stand now."""
    rows = Topic.objects.select_for_update().filter(pk__in=[topic.pk for topic in topics]).order_by("pk")
    found = {row.pk: row for row in rows}
    return [found[topic.pk] for topic in topics]


def _living(topic: Topic) -> Topic:
    [row] = _locked(topic)
    if row.merged_into_id is not None:
        raise ValidationError(GONE, code="changed")
    return row


def _check_free(folded: str, topic: Topic) -> None:
    """Refuse a name under which another topic is already found."""
    other = Topic.objects.filter(folded=folded).exclude(pk=topic.pk).exclude(merged_into=topic).first()
    named = TopicName.objects.filter(folded=folded).exclude(topic=topic).select_related("topic").first()
    taken = other or (named.topic if named else None)
    if taken is not None:
        sentence = _("« %(name)s » existe déjà. S’il s’agit du même savoir, réunissez les deux sujets.")
        raise ValidationError({"name": sentence % {"name": taken.name}})


@transaction.atomic
def rename_topic(topic: Topic, *, by: Person, name: str) -> Topic:
    """Give a topic another name; the former one stays a name under which it is found."""
    if not can_rename(by, topic):
        raise PermissionDenied
    name, folded = _name(name)
    row = _living(topic)
    if row.name == name:
        return row
    _check_free(folded, row)
    if Topic.objects.filter(folded=folded, merged_into=row).exists():
        # The name of a topic that was merged into this one: the two rows exchange theirs.
        raise ValidationError({"name": _("Ce nom mène déjà ici : c’est celui d’un sujet réuni à celui-ci.")})
    former, former_folded = row.name, row.folded
    row.names.filter(folded=folded).delete()
    row.name, row.folded = name, folded
    row.save(update_fields=["name", "folded"])
    if former_folded != folded:
        TopicName.objects.create(topic=row, name=former, folded=former_folded, added_by=by)
    topic.name, topic.folded = name, folded
    record("topic.renamed", row, by=by, name=name, former=former)
    return row


@transaction.atomic
def merge_topics(topics: Sequence[Topic], *, into: Topic, by: Person) -> Topic:
    """Make one topic of several: names, links and posts go to the one kept, and each former address leads there."""
    others = list({topic.pk: topic for topic in topics if topic.pk != into.pk}.values())
    if not others:
        raise ValidationError({"topics": _("Choisissez au moins un autre sujet à réunir à celui-ci.")})
    if not can_name(by, into):
        raise PermissionDenied
    for other in others:
        if not can_rename(by, other):
            if is_settled([other]):
                sentence = _(
                    "« %(name)s » a été confirmé par des collègues : demandez à qui administre l’installation de les "
                    "réunir."
                )
                raise ValidationError({"topics": sentence % {"name": other.name}})
            sentence = _(
                "« %(name)s » sert aussi ailleurs : demandez à qui administre l’installation de les réunir."
            )
            raise ValidationError({"topics": sentence % {"name": other.name}})
    rows = {row.pk: row for row in _locked(*sorted([into, *others], key=lambda topic: topic.pk))}
    kept = rows.pop(into.pk)
    if kept.merged_into_id is not None:
        raise ValidationError(GONE, code="changed")
    # Already there, or on its way with another of these: a button pressed twice changes nothing.
    if any(row.merged_into_id not in (None, kept.pk, *rows) for row in rows.values()):
        raise ValidationError(GONE, code="changed")
    rows = {pk: row for pk, row in rows.items() if row.merged_into_id is None}
    shown = _may_show(by, kept)
    for row in rows.values():
        # One step from any former name to the topic kept: readers look no further.
        Topic.objects.filter(merged_into=row).update(merged_into=kept)
        row.merged_into = kept
        row.save(update_fields=["merged_into"])
        _move_names(row, kept, shown=shown)
        _move_links(row, kept)
        if not kept.family and row.family:
            kept.family = row.family
            kept.save(update_fields=["family"])
        _move_posts(row, kept)
        record("topic.merged", row, by=by, name=row.name, into=kept.name, into_id=kept.public_id)
    return kept


def _move_names(row: Topic, kept: Topic, *, shown: bool) -> None:
    told = row.names.filter(shown=True)
    if shown:
        told = told.filter(
            language__in=list(kept.names.filter(shown=True).values_list("language", flat=True))
        )
    told.update(shown=False)
    row.names.update(topic=kept)


def _move_links(row: Topic, kept: Topic) -> None:
    held = {link.entry_id: link for link in kept.links.all()}
    for link in row.links.all():
        same = held.get(link.entry_id)
        if same is None:
            TopicLink.objects.filter(pk=link.pk).update(topic=kept)
            continue
        if link.kept and not same.kept:
            TopicLink.objects.filter(pk=same.pk).update(
                kept=True, decided_at=link.decided_at, decided_by=link.decided_by
            )
        link.delete()


def _move_posts(row: Topic, kept: Topic) -> int:
    """Tie the posts of a merged topic to the one kept; return how many."""
    through = Post.topics.through
    mine = through.objects.filter(topic=row)
    posts = list(mine.values_list("post_id", flat=True))
    for start in range(0, len(posts), AT_ONCE):
        some = posts[start : start + AT_ONCE]
        there = set(through.objects.filter(topic=kept, post__in=some).values_list("post_id", flat=True))
        mine.filter(post__in=[pk for pk in some if pk not in there]).update(topic=kept)
        mine.filter(post__in=[pk for pk in some if pk in there]).delete()
    return len(posts)


def fold_posts(limit: int = 50) -> int:
    """Bring to the topics kept the posts written on merged ones at the very moment of the merge (by the clock)."""
    used = Post.topics.through.objects.filter(topic__merged_into__isnull=False)
    keys = list(used.order_by().values_list("topic", flat=True).distinct()[:limit])
    done = 0
    for row in Topic.objects.filter(pk__in=keys).select_related("merged_into"):
        with transaction.atomic():
            assert row.merged_into is not None
            done += _move_posts(row, row.merged_into)
    return done


def _may_show(by: Person, topic: Topic) -> bool:
    """Tell whether this person may have a topic shown under another name: not what people gave their word on."""
    return can_administer(by) or not is_settled([topic])


@transaction.atomic
def add_topic_name(
    topic: Topic, *, by: Person, name: str, language: str = "", shown: bool = False
) -> TopicName:
    """Give a topic another name: a synonym, or its translation, shown to those who read in that language."""
    if not can_name(by, topic):
        raise PermissionDenied
    name, folded = _name(name)
    if language and language not in [code for code, _label in SPOKEN]:
        raise ValidationError({"language": _("Choisissez une langue de la liste.")})
    if shown and not language:
        raise ValidationError({"language": _("Pour montrer ce nom, dites dans quelle langue il est écrit.")})
    row = _living(topic)
    _check_free(folded, row)
    if folded == row.folded and not (shown and language):
        raise ValidationError({"name": _("C’est déjà le nom du sujet.")})
    known = row.names.filter(folded=folded).first()
    if known is None and row.names.count() >= MAX_NAMES:
        raise ValidationError(
            {"name": _("Ce sujet a déjà vingt autres noms. Retirez-en avant d’en ajouter.")}
        )
    if known is not None and (known.name, known.language, known.shown) == (name, language, shown):
        return known
    if shown:
        if not _may_show(by, row):
            sentence = _(
                "« %(name)s » a été confirmé par des collègues : demandez à qui administre l’installation de le montrer "
                "sous un autre nom."
            )
            raise ValidationError({"shown": sentence % {"name": row.name}})
        row.names.filter(language=language, shown=True).update(shown=False)
    if known is None:
        known = TopicName(topic=row, folded=folded, added_by=by)
    known.name, known.language, known.shown = name, language, shown
    known.save()
    record("topic.named", row, by=by, name=row.name, other=name, language=language)
    return known


@transaction.atomic
def remove_topic_name(name: TopicName, *, by: Person) -> None:
    """Take one of its other names away from a topic; done twice, nothing more happens."""
    if not can_name(by, name.topic):
        raise PermissionDenied
    deleted, _rows = TopicName.objects.filter(pk=name.pk).delete()
    if deleted:
        record("topic.unnamed", name.topic, by=by, name=name.topic.name, other=name.name)


@transaction.atomic
def set_family(topic: Topic, *, by: Person, family: str) -> Topic:
    """Put a topic in a family, or in none; a family known under the same letters keeps its spelling."""
    if not can_rename(by, topic):
        raise PermissionDenied
    family = _spelt(family)
    row = _living(topic)
    if row.family != family:
        former, row.family = row.family, family
        row.save(update_fields=["family"])
        record("topic.filed", row, by=by, name=row.name, family=family, former=former)
    topic.family = family
    return row


@transaction.atomic
def rename_family(family: str, *, by: Person, name: str) -> int:
    """Rename a family everywhere, or join it to another by giving it its name; return how many topics it holds."""
    if not can_administer(by):
        raise PermissionDenied
    name = _spelt(name, besides=family)
    if not name:
        raise ValidationError({"name": _("Donnez un nom à cette famille.")})
    rows = list(Topic.objects.select_for_update().filter(family=family).order_by("pk"))
    Topic.objects.filter(pk__in=[row.pk for row in rows]).update(family=name)
    if rows and family != name:
        first = rows[0]
        record("topic.family_renamed", first, by=by, name=name, former=family, count=len(rows))
    return len(rows)


def _spelt(family: str, *, besides: str = "") -> str:
    family = " ".join(clean(family).split())
    if len(family) > FAMILY_MAX:
        raise ValidationError({"family": _("Ce nom est trop long : 80 caractères au plus.")})
    known = Topic.objects.exclude(family__in=["", besides]).order_by("family")
    spelt = {fold(one): one for one in known.values_list("family", flat=True).distinct()}
    return spelt.get(fold(family), family)


@transaction.atomic
def link_topic(
    topic: Topic, *, by: Person, entry: Entry, kept: bool, closeness: int | None = None
) -> TopicLink:
    """Say that a topic is the same as an entry of a framework, or that it is not: it is not proposed again."""
    if not can_name(by, topic):
        raise PermissionDenied
    if kept and (entry.gone_at is not None or entry.group):
        raise ValidationError(_("On relie un sujet à un savoir en vigueur du référentiel, pas à un groupe."))
    row = _living(topic)
    link = TopicLink.objects.select_for_update().filter(topic=row, entry=entry).first()
    if link is not None and link.kept == kept:
        return link
    if link is None:
        link = TopicLink(topic=row, entry=entry, closeness=closeness)
    link.kept, link.decided_by, link.decided_at = kept, by, clock.now()
    link.save()
    names = {"name": row.name, "entry": entry.label, "framework": str(entry.framework)}
    record("topic.linked", row, by=by, kept=kept, **names)
    return link
