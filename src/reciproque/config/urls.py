"""Every address of the product. The pages visible without signing in are listed in `web.access.PUBLIC`."""

from django.urls import include, path

urlpatterns = [
    path("", include("reciproque.web.urls")),
    path("", include("reciproque.api.urls")),
]

handler403 = "reciproque.web.errors.forbidden"
handler404 = "reciproque.web.errors.not_found"
handler500 = "reciproque.web.errors.broken"
