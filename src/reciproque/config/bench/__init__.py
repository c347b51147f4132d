"""What `reciproque bench` measures, each part beside what one would do without the program."""
