"""Kawan Buruh: the complaint line of Indonesian trade unions inside WhatsApp and Telegram."""
