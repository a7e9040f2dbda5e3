"""What is run by hand, now and then, by those who write the program."""
