"""Addresses of introductions, exchanges and reviews."""

from django.urls import path

from reciproque.web.exchanges.views import ask, exchanges, introductions, mine, reviews, talk, tap

app_name = "exchanges"
urlpatterns = [
    path("exchanges/", mine.mine, name="mine"),
    path("networks/<slug:slug>/introductions/new/", ask.ask, name="ask"),
    path("introductions/<str:introduction_id>/", introductions.introduction, name="introduction"),
    path("introductions/<str:introduction_id>/answer/", introductions.answer, name="answer"),
    path("introductions/<str:introduction_id>/message/", introductions.message, name="message"),
    path("introductions/<str:introduction_id>/withdraw/", introductions.withdraw, name="withdraw"),
    path("introductions/<str:introduction_id>/terms/", introductions.terms, name="terms"),
    path("introductions/<str:introduction_id>/outcome/", introductions.outcome, name="outcome"),
    path("introductions/<str:introduction_id>/next/", ask.next_person, name="next"),
    path("networks/<slug:slug>/exchanges/declare/", reviews.declare, name="declare"),
    path("exchanges/<str:exchange_id>/", exchanges.exchange, name="exchange"),
    path("exchanges/<str:exchange_id>/message/", exchanges.exchange_message, name="exchange_message"),
    path("exchanges/<str:exchange_id>/terms/", exchanges.exchange_terms, name="exchange_terms"),
    path("exchanges/<str:exchange_id>/finish/", exchanges.finish, name="finish"),
    path("exchanges/<str:exchange_id>/extend/", exchanges.extend, name="extend"),
    path("exchanges/<str:exchange_id>/stop/", exchanges.stop, name="stop"),
    path("exchanges/<str:exchange_id>/review/", reviews.review, name="review"),
    path("exchanges/<str:exchange_id>/confirm/", reviews.confirm, name="confirm"),
    path("reviews/<str:review_id>/correct/", reviews.correct, name="review_correct"),
    path("reviews/<str:review_id>/withdraw/", reviews.withdraw, name="review_withdraw"),
    path("messages/<str:message_id>/remove/", talk.remove_message, name="remove_message"),
    path("tap/<str:token>/", tap.tap, name="tap"),
]
