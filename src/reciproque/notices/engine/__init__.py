"""The wires: dressing a letter, handing it to a mail server, pushing, posting in a room, reading what comes back."""
