"""Write a sheet: a draft kept as it is typed, published at once, changed, read again, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from reciproque.circles.access import get_shared
from reciproque.circles.actions import draft_print, write_group_sheet
from reciproque.exchanges.access import get_exchange
from reciproque.kit.errors import NotThere
from reciproque.kit.tokens import is_id, new_id
from reciproque.library.access import can_withdraw, can_write, get_case, get_own_sheet, get_sheet, is_author
from reciproque.library.actions import confirm_sheet, edit_sheet, publish_sheet, save_draft, withdraw_sheet
from reciproque.library.queries import most_bytes, trades_of
from reciproque.library.rules import GUARDED, PARTS, PARTS_OF, OriginKind, SheetKind, SheetState
from reciproque.networks.access import require_member
from reciproque.web.http import attempt, put_errors, refuse, see, submit, tell, warn
from reciproque.web.library.forms import FileForm, SheetForm, WithdrawForm, initial_of
from reciproque.web.library.views.shelves import crumbs, file_rows
from reciproque.web.parts.library import ICONS

if TYPE_CHECKING:
    from reciproque.circles.models import Circle
    from reciproque.library.models import Sheet
    from reciproque.networks.models import Network

EXPLAINED: dict[str, Any] = {
    SheetKind.PRACTICE: gettext_lazy("Ce que vous avez essayé, ce que cela a donné, ce que vous en retenez."),
    SheetKind.TIP: gettext_lazy("Quelques lignes qui font gagner du temps."),
    SheetKind.MEDIA: gettext_lazy("Un son ou une vidéo, avec une phrase pour le présenter."),
    SheetKind.LINK: gettext_lazy("Une page utile, et pourquoi elle l’est."),
}

# The group drafts last saved from this browser: {public id: print}.
OWN_SAVES = "group_drafts"


@require_safe
def choose(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what to write."""
    request.network, _membership = require_member(request.user, slug)
    kinds = [
        {
            "label": capfirst(SheetKind(kind).label),
            "text": text,
            "icon": ICONS[kind],
            "url": reverse("library:new", args=[slug, kind]),
        }
        for kind, text in EXPLAINED.items()
    ]
    context = {"slug": slug, "kinds": kinds, "crumbs": crumbs(slug, _("Écrire"))}
    return render(request, "library/choose.html", context)


def _origins(request: HttpRequest, network: Network) -> dict[str, Any]:
    """Return the question or the exchange that the address names, when they are there for this person."""
    given = {name: (request.POST or request.GET).get(name, "") for name in ("case", "exchange")}
    found: dict[str, Any] = {"case": None, "exchange": None}
    for name, get in (("case", get_case), ("exchange", get_exchange)):
        if is_id(given[name]):
            row = get(request.user, given[name])
            if row.network_id != network.pk:
                raise NotThere
            found[name] = row
    return found


def _origin_fields(origins: dict[str, Any]) -> dict[str, Any]:
    exchange = origins["exchange"]
    fields: dict[str, Any] = {"case": origins["case"]}
    if exchange is not None:
        fields |= {"origin_kind": OriginKind.EXCHANGE.value, "origin_id": exchange.public_id}
    return fields


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, slug: str, sheet_kind: str) -> HttpResponse:
    """Write a new sheet: publish it, or keep it for later."""
    request.network, _membership = require_member(request.user, slug)
    origins = _origins(request, request.network)
    if request.method == "POST":
        return _send(request, request.network, sheet_kind, origins)
    initial = {
        "key": new_id(),
        "title": request.GET.get("title", "")[:140],
        "topics": request.GET.get("topic", "")[:80],
    }
    form = SheetForm(sheet_kind, initial=initial)
    return _page(request, form, request.network, sheet_kind, origins=origins)


def _send(
    request: HttpRequest,
    network: Network,
    kind: str,
    origins: dict[str, Any],
    sheet: Sheet | None = None,
) -> HttpResponse:
    """Take a form: `step` says whether to publish (the default), to keep as a draft, or to go on to its files."""
    form = SheetForm(kind, request.POST)
    try:
        kept = _keep(request, network, kind, form, origins)
    except ValidationError as error:
        if (done := _published(request, form)) is not None:
            return see("library:sheet", done.public_id)
        if getattr(error, "code", "") == "overwritten" and sheet is not None:
            return _both(request, form, error, sheet)
        put_errors(form, error)
        return _page(request, form, network, kind, sheet=sheet, origins=origins, status=422)
    step = request.POST.get("step", "publish")
    if step == "files":
        return see(reverse("library:edit", args=[kept.public_id]) + "#files")
    if step != "publish":
        if kept.origin_kind == OriginKind.CIRCLE:
            tell(request, _("C’est gardé. Seuls les membres du groupe le voient."))
            return see("circles:sheets", kept.origin_id)
        tell(request, _("Votre brouillon est gardé. Seuls ses auteurs le voient."))
        return see("library:mine", network.slug)
    # Published as typed: what a draft would have cut or left out is said.
    done, _sheet = submit(form, lambda _values: publish_sheet(kept, by=request.user))
    if not done:
        return _page(request, form, network, kind, sheet=kept, origins=origins, status=422)
    tell(request, _("Votre fiche est publiée : les membres du réseau la trouveront en cherchant."))
    return see("library:sheet", kept.public_id)


def _published(request: HttpRequest, form: SheetForm) -> Sheet | None:
    """Return what the first press of the same button has just published, if that is what happened."""
    try:
        sheet = get_own_sheet(request.user, form.cleaned_data.get("key") or "")
    except NotThere:
        return None
    return sheet if sheet.is_open else None


def _keep(
    request: HttpRequest, network: Network, kind: str, form: SheetForm, origins: dict[str, Any]
) -> Sheet:
    values = form.draft_values()
    key = form.cleaned_data.get("key", "")
    group = _group_draft(request, key)
    if group is not None:
        # Every member of the group writes it; changed while their agreement is asked, it is asked again.
        circle, sheet = group
        own = request.session.get(OWN_SAVES, {})
        seen = form.cleaned_data.get("seen", "")
        # What this very screen kept a moment ago, as one typed, is nobody else's text.
        since = [seen, own.get(key, "")] if seen else None
        saved = write_group_sheet(circle, by=request.user, sheet=sheet, kind=kind, seen=since, **values)
        last = {one: text for one, text in own.items() if one != key}
        request.session[OWN_SAVES] = dict(list(last.items())[-20:]) | {key: draft_print(saved)}
        return saved
    return save_draft(network, by=request.user, kind=kind, key=key, **_origin_fields(origins), **values)


def _both(request: HttpRequest, form: SheetForm, error: ValidationError, sheet: Sheet) -> HttpResponse:
    """Show two texts written at once; saving again from this page keeps what is in the fields."""
    now = get_own_sheet(request.user, sheet.public_id)
    labels = {"title": _("Titre"), "link": _("Adresse du lien"), **PARTS}
    typed = form.values()
    theirs = [
        {"label": labels[name], "words": getattr(now, name)}
        for name in ("title", "link", *PARTS_OF[now.kind])
        if _same_lines(getattr(now, name)) != _same_lines(typed.get(name, getattr(now, name)))
    ]
    data = request.POST.copy()
    data["seen"] = draft_print(now)
    again = SheetForm(now.kind, data)
    put_errors(again, error)
    return _page(request, again, now.network, now.kind, sheet=now, status=422, theirs=theirs)


def _same_lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _group_draft(request: HttpRequest, key: str) -> tuple[Circle, Sheet] | None:
    """Return the group to which a draft belongs, with the draft; None for anything else."""
    if not is_id(key):
        return None
    try:
        sheet = get_own_sheet(request.user, key)
    except NotThere:
        return None
    if sheet.origin_kind != OriginKind.CIRCLE or sheet.state != SheetState.DRAFT:
        return None
    return get_shared(request.user, sheet.origin_id), sheet


def _page(
    request: HttpRequest,
    form: SheetForm,
    network: Network,
    kind: str,
    *,
    sheet: Sheet | None = None,
    origins: dict[str, Any] | None = None,
    status: int = 200,
    file_form: FileForm | None = None,
    theirs: list[dict[str, Any]] | None = None,
) -> HttpResponse:
    fresh = sheet is None or sheet.state == SheetState.DRAFT
    origins = origins or {}
    context = {
        "form": form,
        "kind": kind,
        "label": SheetKind(kind).label,
        "sheet": sheet,
        "fresh": fresh,
        "guarded": sheet is not None and sheet.origin_kind in GUARDED,
        "theirs": theirs or [],
        "network": network,
        "slug": network.slug,
        "trades": trades_of(network),
        "case": origins.get("case") or (sheet.case if sheet else None),
        "exchange": origins.get("exchange"),
        "files": file_rows(sheet) if sheet else [],
        "file_form": (file_form or FileForm()) if sheet else None,
        "most_mb": most_bytes() // (1024 * 1024),
        "autosave_url": reverse("library:draft", args=[network.slug, kind]) if fresh else "",
        "back_url": reverse("library:sheet", args=[sheet.public_id])
        if sheet
        else reverse("library:mine", args=[network.slug]),
    }
    return render(request, "library/form.html", context, status=status)


@require_POST
def draft(request: HttpRequest, slug: str, sheet_kind: str) -> HttpResponse:
    """Keep what has been typed so far; nothing to show."""
    request.network, _membership = require_member(request.user, slug)
    origins = _origins(request, request.network)
    form = SheetForm(sheet_kind, request.POST)
    values = form.draft_values()
    texts = [value for name, value in values.items() if isinstance(value, str) and name != "serves"]
    if form.cleaned_data.get("key") and any(texts):
        try:
            _keep(request, request.network, sheet_kind, form, origins)
        except ValidationError:
            return HttpResponse(status=409)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Change a draft, or the words of what is published."""
    sheet = get_own_sheet(request.user, sheet_id)
    request.network = sheet.network
    if not can_write(request.user, sheet):
        raise NotThere
    if sheet.state == SheetState.WITHDRAWN:
        warn(request, _("Cette fiche est retirée : publiez-la de nouveau pour la modifier."))
        return redirect("library:sheet", sheet_id)
    published = sheet.state == SheetState.PUBLISHED
    if request.method == "GET":
        initial = initial_of(sheet)
        if sheet.origin_kind == OriginKind.CIRCLE and not published:
            initial["seen"] = draft_print(sheet)
        form = SheetForm(sheet.kind, initial=initial, published=published)
        return _page(request, form, sheet.network, sheet.kind, sheet=sheet)
    if not published:
        return _send(request, sheet.network, sheet.kind, {"case": sheet.case, "exchange": None}, sheet)
    form = SheetForm(sheet.kind, request.POST, published=True)
    done, _sheet = submit(
        form,
        lambda values: edit_sheet(
            sheet, by=request.user, base=values["base"], note=values["note"], **form.values()
        ),
    )
    if not done:
        return _page(request, form, sheet.network, sheet.kind, sheet=sheet, status=422)
    tell(request, _("C’est modifié. La version d’avant reste lisible."))
    return see("library:sheet", sheet_id)


@require_POST
def publish(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Publish a draft, or a sheet that was withdrawn, as it stands."""
    sheet = get_own_sheet(request.user, sheet_id)
    try:
        publish_sheet(sheet, by=request.user)
    except ValidationError as error:
        refuse(request, error)
        if sheet.state == SheetState.DRAFT:
            return see("library:edit", sheet_id)
    else:
        tell(request, _("Votre fiche est publiée : les membres du réseau la trouveront en cherchant."))
    return see("library:sheet", sheet_id)


@require_POST
def confirm(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Note that a sheet was read again and is still right."""
    sheet = get_own_sheet(request.user, sheet_id)
    attempt(
        request, lambda: confirm_sheet(sheet, by=request.user), _("C’est noté : la fiche est toujours juste.")
    )
    return see("library:sheet", sheet_id)


@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, sheet_id: str) -> HttpResponse:
    """Take a sheet back, after a question."""
    sheet = get_sheet(request.user, sheet_id)
    request.network = sheet.network
    if not can_withdraw(request.user, sheet):
        raise NotThere
    was_draft = sheet.state == SheetState.DRAFT
    form = WithdrawForm(request.POST or None)
    if request.method == "POST":
        done, _sheet = submit(
            form, lambda values: withdraw_sheet(sheet, by=request.user, reason=values["reason"])
        )
        if done:
            tell(request, _("Le brouillon est supprimé.") if was_draft else _("La fiche est retirée."))
            return see("library:mine" if was_draft else "library:shelf", sheet.network.slug)
    context = {
        "sheet": sheet,
        "form": None if is_author(request.user, sheet) else form,
        "draft": was_draft,
        "cancel": reverse("library:sheet", args=[sheet_id]),
        "crumbs": crumbs(sheet.network.slug, str(sheet)),
    }
    return render(request, "library/withdraw.html", context, status=422 if form.errors else 200)
