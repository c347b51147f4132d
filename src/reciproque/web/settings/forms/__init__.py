"""What is typed to create a network and to settle its choices."""
