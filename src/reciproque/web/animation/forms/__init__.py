"""What an animator answers, settles, or writes for someone who asked them to."""
