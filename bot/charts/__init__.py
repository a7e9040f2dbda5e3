"""Pictures of numbers, drawn in a process of their own: the library that draws is large."""
