"""Handlers: one package a channel, from what a provider sends to events, and back."""
