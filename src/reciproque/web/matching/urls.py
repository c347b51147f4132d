"""Addresses of what matching proposes: to people, and to animators for a whole network."""

from django.urls import path

from reciproque.web.matching.views import alike, mine, plan, rings, weights

app_name = "matching"
_HERE = "networks/<slug:slug>/matching/"
urlpatterns = [
    # one's own
    path("suggestions/<str:suggestion_id>/", mine.suggestion, name="suggestion"),
    path("suggestions/<str:suggestion_id>/later/", mine.later, name="later"),
    path("posts/<str:post_id>/why-not/", mine.why_not_page, name="why_not"),
    path("nudges/<str:nudge_id>/", mine.nudge, name="nudge"),
    path("loops/<str:loop_id>/", rings.loop, name="loop"),
    path("alike/<str:likeness_id>/", alike.alike, name="alike"),
    # a network's, for its animators
    path(_HERE, plan.plan, name="plan"),
    path(_HERE + "publish/", plan.publish, name="publish"),
    path(_HERE + "pairs/<str:pair_id>/", plan.pair, name="pair"),
    path(_HERE + "rulings/", plan.rulings, name="rulings"),
    path(_HERE + "sought/", plan.sought, name="sought"),
    path(_HERE + "loops/", rings.loops, name="loops"),
    path(_HERE + "groups/", alike.groups, name="groups"),
    path(_HERE + "weights/", weights.weights, name="weights"),
]
