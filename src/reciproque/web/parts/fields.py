"""Form parts: a field with why it is asked and who sees it, the summary of errors, the state of a draft."""

from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from reciproque.web.parts.drawing import draw, one_of

register = template.Library()

_GROUPS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def _shape(widget: forms.Widget) -> str:
    if isinstance(widget, _GROUPS):
        return "group"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    # Several controls under one question (a date in three boxes) need a legend rather than a label.
    return "several" if widget.use_fieldset else "line"


def _is_optional(field: forms.Field) -> bool:
    # Some are left empty in a draft, and asked in the end: they are not said to be optional.
    return bool(getattr(field, "is_optional", not field.required))


def _heading(label: Any) -> tuple[str, str]:
    """Return a label as it stands before what is wrong with it, and the sign between the two."""
    words = str(label).rstrip(" .\u00a0")
    return words, "" if words.endswith(("?", "!", "…", ":")) else _(" :")


@register.simple_tag(takes_context=True)
def field(
    context: Context,
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    why: str = "",
    seen: str = "",
    rows: int = 0,
    counter: bool = False,
    look: str = "",
    optional: bool | None = None,
    suffix: str = "",
) -> SafeString:
    """Draw a bound field: its question, why it is asked, who will see the answer, what is wrong with it."""
    one_of(look, "", "pills", "cards", "slots")
    widget = bound.field.widget
    if widget.is_hidden:
        return str(bound)
    base = bound.auto_id or bound.html_name
    hint = hint or bound.help_text
    why = why or getattr(bound.field, "why", "")
    seen = seen or getattr(bound.field, "seen", "")
    shape = _shape(widget)
    limit = getattr(bound.field, "max_length", None) if counter else None
    described = " ".join(
        f"{base}_{part}"
        for part, there in (
            ("error", bound.errors),
            ("hint", hint),
            ("why", why),
            ("seen", seen),
            ("count", limit),
        )
        if there
    )
    attrs: dict[str, Any] = {}
    if shape != "group" and described:
        attrs["aria-describedby"] = described
    if rows:
        attrs["rows"] = rows
    if limit:
        attrs["data-counter"] = f"{base}_count"
    return draw(
        context,
        "field",
        bound=bound,
        base=base,
        shape=shape,
        look=look,
        label=label or bound.label,
        control="" if shape == "group" else bound.as_widget(attrs=attrs),
        options=list(bound) if shape == "group" else [],
        label_for=bound.id_for_label,
        hint=hint,
        why=why,
        seen=seen,
        limit=limit,
        errors=list(bound.errors),
        described=described,
        optional=_is_optional(bound.field) if optional is None else optional,
        suffix=suffix,
    )


@register.simple_tag(takes_context=True)
def errors(context: Context, form: forms.BaseForm) -> SafeString:
    """Draw the summary of what must be corrected, each line leading to its field."""
    if not form.errors:
        return SafeString("")
    lines = []
    for name in form.errors:
        if name == forms.forms.NON_FIELD_ERRORS:
            continue
        bound = form[name]
        # A group has no single control: the link leads to its first one.
        target = bound.id_for_label or f"{bound.auto_id}_0"
        label, sign = _heading(bound.label)
        lines += [{"label": label, "sign": sign, "text": text, "target": target} for text in bound.errors]
    return draw(context, "errors", lines=lines, general=list(form.non_field_errors()))


@register.simple_tag(takes_context=True)
def fields(context: Context, form: forms.BaseForm) -> SafeString:
    """Draw the summary of errors and every field of a form in order."""
    drawn = [errors(context, form), *(field(context, bound) for bound in form)]
    return SafeString("\n".join(drawn))


@register.simple_tag(takes_context=True)
def autosave_status(context: Context) -> SafeString:
    """Draw the line that says whether the draft is kept."""
    return draw(context, "autosave_status")
