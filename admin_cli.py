"""``python admin_cli.py …``: the operators' commands; they live in ``bot.cli``."""

from bot.cli.main import main

if __name__ == "__main__":
    main()
