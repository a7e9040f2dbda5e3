"""Links under which a provider may fetch a stored file for a short while."""

import base64
import hmac
from datetime import datetime, timedelta

from bot.clock import Clock
from storage.crypto import Vault

VALID_FOR = timedelta(hours=4)  # as long as Twilio keeps a message in its queue
PATH = "/media/"


class MediaLinks:
    """Makes and reads links; a link tells nothing of the file and ends by itself."""

    def __init__(self, vault: Vault, clock: Clock, public_url: str) -> None:
        self._vault = vault
        self._clock = clock
        self._public_url = public_url

    def link(self, attachment_key: str) -> str:
        """The address of a stored file, valid for four hours."""
        until = int((self._clock.now() + VALID_FOR).timestamp())
        plain = f"{until}:{attachment_key}"
        token = f"{plain}:{self._seal(plain)}"
        encoded = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
        return f"{self._public_url}{PATH}{encoded}"

    def read(self, token: str) -> str | None:
        """The key of the file that a link stands for; None for a forged or an old one."""
        try:
            decoded = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
            until, key, seal = decoded.split(":")
            ends = datetime.fromtimestamp(int(until), tz=self._clock.now().tzinfo)
        except (ValueError, OverflowError, OSError):
            return None
        if not hmac.compare_digest(seal.encode(), self._seal(f"{until}:{key}").encode()):
            return None
        return key if ends >= self._clock.now() else None

    def _seal(self, plain: str) -> str:
        return self._vault.lookup(f"media link:{plain}")[:40]
