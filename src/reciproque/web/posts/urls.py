"""Addresses of this section."""

from django.urls import path, register_converter

from reciproque.web.posts.views import keeping, writing


class KindConverter:
    """`offer` or `request`, nothing else."""

    regex = "offer|request"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(KindConverter, "post_kind")

app_name = "posts"
urlpatterns = [
    path("networks/<slug:slug>/posts/", keeping.mine, name="mine"),
    path("networks/<slug:slug>/posts/new/<post_kind:kind>/", writing.new, name="new"),
    path("networks/<slug:slug>/posts/draft/<post_kind:kind>/", writing.draft, name="draft"),
    path("networks/<slug:slug>/posts/hints/", writing.hints, name="hints"),
    path("posts/<str:post_id>/", keeping.post, name="post"),
    path("posts/<str:post_id>/edit/", writing.edit, name="edit"),
    *(
        path(f"posts/<str:post_id>/{verb}/", keeping.act, {"verb": verb}, name=verb)
        for verb in ("pause", "withdraw", "fulfil", "renew")
    ),
]
