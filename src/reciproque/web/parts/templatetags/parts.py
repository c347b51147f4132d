"""`{% load parts %}`: every part of the pages, gathered from the modules that define them."""

from django import template

from reciproque.web.parts import blocks, fields, lists, small

register = template.Library()
for _module in (small, blocks, fields, lists):
    register.tags.update(_module.register.tags)
