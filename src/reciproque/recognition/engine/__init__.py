"""Badges as files: what is signed, how it is told revoked, how it is put in a picture. Without Django, without rows."""
