"""The operators' commands, through the command line as they are typed."""
