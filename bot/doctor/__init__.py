"""Is everything ready, and if not, what is to be done? Looks, asks, and changes nothing."""
