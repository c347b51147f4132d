"""Where each section of the site stands."""

from django.urls import include, path

from reciproque.web.account.views import language

urlpatterns = [
    path("language/", language, name="set_language"),
    path("", include("reciproque.web.home.urls")),
    path("", include("reciproque.web.account.urls")),
    # Before the settings, which would take the address of the rule of certification for one of their own pages.
    path("", include("reciproque.web.recognition.urls")),
    path("", include("reciproque.web.surveys.urls")),
    path("", include("reciproque.web.insights.urls")),
    path("", include("reciproque.web.settings.urls")),
    path("", include("reciproque.web.join.urls")),
    path("", include("reciproque.web.posts.urls")),
    path("", include("reciproque.web.find.urls")),
    path("", include("reciproque.web.library.urls")),
    path("", include("reciproque.web.matching.urls")),
    path("", include("reciproque.web.people.urls")),
    path("", include("reciproque.web.exchanges.urls")),
    path("", include("reciproque.web.agenda.urls")),
    path("", include("reciproque.web.animation.urls")),
    path("", include("reciproque.web.gatherings.urls")),
    path("", include("reciproque.web.circles.urls")),
    path("", include("reciproque.web.initiatives.urls")),
    path("", include("reciproque.web.topics.urls")),
    path("", include("reciproque.web.community.urls")),
    path("", include("reciproque.web.moderation.urls")),
    path("", include("reciproque.web.pages.urls")),
    path("", include("reciproque.web.demo.urls")),
]
