"""Skills seen, confirmed and certified; badges; one’s own record."""

from django.urls import path

from reciproque.web.recognition.views import (
    badges,
    certifying,
    confirming,
    mine,
    record,
    running,
    skills,
)

app_name = "recognition"

urlpatterns = [
    path("me/skills/", mine.mine, name="mine"),
    path("me/skills/history/", mine.history, name="history"),
    path("me/skills/stop/", mine.stop, name="stop"),
    path("me/skills/keep/", mine.keep, name="keep"),
    path("me/confirmations/", confirming.to_confirm, name="to_confirm"),
    path("me/confirmations/<str:exchange_id>/", confirming.recognise, name="recognise"),
    path("me/record/", record.record, name="record"),
    path("me/record.pdf", record.pdf, name="record_pdf"),
    path("me/record.json", record.json, name="record_json"),
    path("skills/<str:skill_id>/", skills.skill, name="skill"),
    path("skills/<str:skill_id>/ask/", skills.ask, name="ask"),
    path("skills/<str:skill_id>/hide/", mine.hide, name="hide"),
    path("skills/<str:skill_id>/show/", mine.show_again, name="show_again"),
    path("skills/<str:skill_id>/confirm/", confirming.confirm, name="confirm"),
    path("skills/<str:skill_id>/decline/", confirming.decline, name="decline"),
    path("confirmations/<str:confirmation_id>/withdraw/", confirming.withdraw, name="withdraw"),
    path("certifications/<str:certification_id>/", certifying.certification, name="certification"),
    path("certifications/<str:certification_id>/contest/", certifying.contest_new, name="contest_new"),
    path("certifications/<str:certification_id>/give-up/", certifying.give_up, name="give_up"),
    path("contests/<str:contest_id>/", certifying.contest, name="contest"),
    path("badges/<str:badge_id>/give-up/", certifying.give_up_badge, name="give_up_badge"),
    path("networks/<slug:slug>/settings/certification/", running.rule, name="rule"),
    path("networks/<slug:slug>/animation/recognition/", running.desk, name="desk"),
    # Badges: public, for whoever was given one (web/access.py).
    path("badges/verify/", badges.check, name="verify"),
    path("badges/keys/", badges.keys, name="keys"),
    path("badges/keys/rotate/", badges.rotate, name="rotate"),
    path("badges/keys/<str:kid>/break/", badges.broken, name="broken"),
    path("badges/keys/<str:kid>.json", badges.key, name="key"),
    path("badges/names/", badges.names, name="names"),
    path("badges/names/<str:person_id>/", badges.name_off, name="name_off"),
    path("badges/issuer/<str:network_id>/", badges.issuer, name="issuer"),
    path("badges/issuer/<str:network_id>/did.json", badges.issuer_did, name="issuer_did"),
    path("badges/endorser/<str:confirmation_id>/did.json", badges.endorser_did, name="endorser_did"),
    path("badges/status/<str:network_id>/<int:list_number>/", badges.status, name="status"),
    path("badges/<str:badge_id>.json", badges.badge_json, name="badge_json"),
    path("badges/<str:badge_id>.jsonld", badges.badge_europass, name="badge_europass"),
    path("badges/<str:badge_id>.jwt", badges.badge_jwt, name="badge_jwt"),
    path("badges/<str:badge_id>.svg", badges.badge_image, {"kind": "svg"}, name="badge_svg"),
    path("badges/<str:badge_id>.png", badges.badge_image, {"kind": "png"}, name="badge_png"),
    path("badges/<str:badge_id>/class.json", badges.certified, name="certified"),
    path("badges/<str:badge_id>/", badges.badge, name="badge"),
    path(".well-known/jwks.json", badges.keys_published, name="jwks"),
]
