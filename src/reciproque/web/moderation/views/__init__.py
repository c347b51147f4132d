"""Reporting, deciding, appealing; stopping what is uncomfortable; removing one's own words."""
