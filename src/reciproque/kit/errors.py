"""The one refusal that Django does not already name."""


class NotThere(Exception):
    """The thing does not exist for this person: pages answer 404, because existence itself is private."""
