"""The conversations: pure scripts, and the engine that plays them. See ``script`` first."""
