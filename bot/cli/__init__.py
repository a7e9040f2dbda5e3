"""The operators' commands: one file a group; ``bot.cli.main`` puts them together."""
