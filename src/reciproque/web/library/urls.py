"""Addresses of this section."""

from django.urls import path, register_converter

from reciproque.library.rules import SheetKind
from reciproque.web.library.views import cases, files, peers, shelves, signing, writing


class SheetKindConverter:
    """A kind of sheet, nothing else."""

    regex = "|".join(SheetKind.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(SheetKindConverter, "sheet_kind")

app_name = "library"
urlpatterns = [
    path("networks/<slug:slug>/sheets/", shelves.shelf, name="shelf"),
    path("networks/<slug:slug>/sheets/mine/", shelves.mine, name="mine"),
    path("networks/<slug:slug>/sheets/export.zip", shelves.export, name="export"),
    path("networks/<slug:slug>/sheets/new/", writing.choose, name="choose"),
    path("networks/<slug:slug>/sheets/new/<sheet_kind:sheet_kind>/", writing.new, name="new"),
    path("networks/<slug:slug>/sheets/draft/<sheet_kind:sheet_kind>/", writing.draft, name="draft"),
    path("networks/<slug:slug>/trades/<str:trade_id>/", shelves.trade, name="trade"),
    path("networks/<slug:slug>/questions/", cases.questions, name="questions"),
    path("networks/<slug:slug>/questions/new/", cases.ask, name="ask"),
    path("questions/<str:case_id>/", cases.case, name="case"),
    path("questions/<str:case_id>/decline/", cases.decline, name="decline"),
    path("questions/<str:case_id>/close/", cases.close, name="close"),
    path("sheets/<str:sheet_id>/", shelves.sheet, name="sheet"),
    path("sheets/<str:sheet_id>/edit/", writing.edit, name="edit"),
    path("sheets/<str:sheet_id>/publish/", writing.publish, name="publish"),
    path("sheets/<str:sheet_id>/withdraw/", writing.withdraw, name="withdraw"),
    path("sheets/<str:sheet_id>/confirm/", writing.confirm, name="confirm"),
    path("sheets/<str:sheet_id>/versions/", shelves.versions, name="versions"),
    path("sheets/<str:sheet_id>/authors/", signing.authors, name="authors"),
    path("sheets/<str:sheet_id>/rate/", peers.rate, name="rate"),
    path("sheets/<str:sheet_id>/message/", peers.write, name="write"),
    path("sheet-talks/<str:talk_id>/", peers.talk, name="talk"),
    path("sheets/<str:sheet_id>/files/", files.files, name="files"),
    path("sheets/<str:sheet_id>/files/<str:file_id>/", files.file, name="file"),
    path("sheets/<str:sheet_id>/files/<str:file_id>/remove/", files.remove, name="remove_file"),
]
