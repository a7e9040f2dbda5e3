"""The simulator: one page on which one person plays a worker's phone and the officers' group.

It is a channel like WhatsApp and Telegram: what people do on the page goes through the same
inbox, what the bot says comes through the same outbox.
"""
