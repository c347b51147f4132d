"""The learning community as a place: map, knowledge at risk, pool, calls, maturity."""

from django.urls import path

from reciproque.web.community.views import atlas, calls, maturity, place, pool, risk

app_name = "community"
_HERE = "networks/<slug:slug>/community/"

urlpatterns = [
    path(_HERE, place.place, name="place"),
    path(_HERE + "risk/", risk.risk, name="risk"),
    path(_HERE + "risk/<str:topic_id>/", risk.launch, name="launch"),
    path(_HERE + "calls/", calls.calls, name="calls"),
    path(_HERE + "pool/", pool.pool, name="pool"),
    path(_HERE + "pool/invite/<str:person_id>/", pool.invite, name="invite"),
    path(_HERE + "maturity/", maturity.maturity, name="maturity"),
    path(_HERE + "maturity/check/", maturity.check, name="check"),
    path(_HERE + "maturity/goals/", maturity.goals, name="goals"),
    path(_HERE + "figures/", maturity.figures, name="figures"),
    path("calls/<str:call_id>/", calls.call, name="call"),
    path("calls/<str:call_id>/withdraw/", calls.withdraw, name="call_withdraw"),
    path("calls/<str:call_id>/done/", calls.done, name="call_done"),
    path("invitations/<str:invitation_id>/", pool.helping, name="helping"),
    path("me/calls/", calls.mine, name="my_calls"),
    path("me/calls/leaving/", calls.leaving, name="leaving"),
    # the map
    path("networks/<slug:slug>/map/", atlas.map_page, name="map"),
    path("networks/<slug:slug>/map/poster/", atlas.poster, name="poster"),
]
