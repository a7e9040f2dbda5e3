"""Stand-ins for the providers, served over real HTTP on 127.0.0.1, as strict as the real ones."""
