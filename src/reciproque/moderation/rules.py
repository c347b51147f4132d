"""The words and limits of moderation."""
