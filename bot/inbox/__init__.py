"""The way in: events are accepted (stored), claimed in order, and turned, once each."""
