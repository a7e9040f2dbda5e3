"""What can be ordered to be sent.

``say``, ``send_file``, ``typing`` and ``template`` go to a reporter (``reporter_orders``).
``card`` and ``reply`` are living posts in the officers' group; ``post``, ``post_file``, ``topic``
go into a case's topic, ``erase`` takes posts away again, ``leave`` closes the topic of a case that
moves to the other group, ``announce`` goes beside the topics, ``whisper`` to one officer's private
chat, ``tap`` answers a tap (``officer_orders``). How they are written down: ``queue``.
"""

from bot.outbox.officer_orders import OfficerOrders
from bot.outbox.reporter_orders import ReporterOrders


class OutboxWriter(ReporterOrders, OfficerOrders):
    """The one door to the outbox: takes orders inside the transaction of their cause.

    What it is made of: see :class:`bot.outbox.queue.QueueWriter`.
    """

    __slots__ = ()
