"""Gives memory back that starting needed and running does not."""

import ctypes
import gc


def give_back() -> None:
    """Return freed memory to the system: what glibc keeps after reading the model and the texts.

    Elsewhere than on glibc nothing happens.
    """
    gc.collect()
    gc.freeze()  # what lives from the start on lives to the end: no need to look at it again
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):
        return
