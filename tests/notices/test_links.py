"""Mails are kept for years: each address they hold still leads to the page that it names."""

import pytest
from django.urls import resolve

from reciproque.notices.rules import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_an_address_in_a_mail_leads_to_its_page(name: str) -> None:
    path = PAGES[name].format(
        slug="savoirs", id="abc23456789b", token="a:b-c_d", kind="offer", start="2026-07-01"
    )
    assert resolve(path).view_name == name
