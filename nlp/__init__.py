"""What a message says: labels, danger, workplace, region, time, people, money.

Imports neither ``bot`` nor ``storage``; works on text alone and knows nobody's address.
"""
