"""The way out: what is to be sent is written down with its cause, then sent, then recorded."""
