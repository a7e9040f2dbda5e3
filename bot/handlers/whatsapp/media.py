"""Files that people sent, fetched from Twilio: only from there, and never more than asked for.

The address of a file comes with a message, so it is not trusted: only its path is used, in its
one exact form, at the configured host. Where Twilio then redirects to must be https, at most
three times, on public addresses only, looked up once; the token goes to Twilio alone.
"""

import ipaddress
import re
from urllib.parse import urlsplit

import anyio
import httpx

from bot.channels import FileGone, FileTooLarge, Misconfigured, RateLimited, TryLater
from bot.handlers.whatsapp.account import WhatsAppAccount
from bot.handlers.whatsapp.client import PUBLIC_API, pause_of

_REDIRECTS = 3
_TIMEOUT = httpx.Timeout(20, connect=5)
_MEDIA_PATH = re.compile(
    r"/2010-04-01/Accounts/(?P<account>AC\w{1,64})/Messages/(?:SM|MM)\w{1,64}/Media/ME\w{1,64}",
    re.ASCII,
)


class MediaFetcher:
    """Fetches the files of one account.

    Args:
        account: whose files; its first token is the password.
    """

    def __init__(self, account: WhatsAppAccount) -> None:
        self._account = account
        self._base = httpx.URL(account.api_base_url)
        self._hosts = {self._base.netloc, httpx.URL(PUBLIC_API).netloc}
        self._loopback_allowed = _is_loopback_host(self._base.host)
        self._http = httpx.AsyncClient(timeout=_TIMEOUT)

    async def close(self) -> None:
        """Close the open connections."""
        await self._http.aclose()

    async def fetch(self, reference: str, limit: int) -> bytes:
        """The bytes of a file.

        Raises:
            FileTooLarge: it has more than ``limit`` bytes.
            FileGone: Twilio deleted it, or the reference is none of this account's files.
            TryLater: not there yet, or no connection.
            Misconfigured: Twilio refuses the token.
        """
        url = self._start(reference)
        try:
            for _ in range(_REDIRECTS + 1):
                answer = await self._open(url)
                try:
                    if answer.has_redirect_location:
                        url = url.join(answer.headers["location"])
                        continue
                    _check(answer)
                    return await _read(answer, limit)
                finally:
                    await answer.aclose()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise TryLater(type(error).__name__) from None
        raise FileGone("redirects")

    def _start(self, reference: str) -> httpx.URL:
        try:
            given = urlsplit(reference)
            path = _MEDIA_PATH.fullmatch(given.path)
        except ValueError:
            raise FileGone("reference") from None
        ours = path is not None and path["account"] == self._account.account_sid
        plain = not given.query and not given.fragment and given.scheme in {"http", "https"}
        if not (ours and plain and given.netloc.encode() in self._hosts):
            raise FileGone("reference")
        return self._base.copy_with(path=given.path)

    async def _open(self, url: httpx.URL) -> httpx.Response:
        """Ask one host, at the address that was checked; the name is not looked up again."""
        at_base = url.scheme == "http" and url.host == self._base.host
        if url.userinfo or not (url.scheme == "https" or at_base):
            raise FileGone("redirect")
        address = await self._checked_address(url)
        mine = (url.scheme, url.netloc) == (self._base.scheme, self._base.netloc)
        request = self._http.build_request(
            "GET",
            url.copy_with(host=address),
            headers={"Host": url.netloc.decode("ascii"), "Accept": "*/*"},
            extensions={"sni_hostname": url.host},
        )
        auth = httpx.BasicAuth(self._account.account_sid, self._account.auth_tokens[0])
        return await self._http.send(request, auth=auth if mine else None, stream=True)

    async def _checked_address(self, url: httpx.URL) -> str:
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await anyio.getaddrinfo(url.host, port)
        except OSError as error:
            raise TryLater(type(error).__name__) from None
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(map(self._may_ask, addresses)):
            raise FileGone("address")
        return addresses[0]

    def _may_ask(self, address: str) -> bool:
        parsed = ipaddress.ip_address(address)
        if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
            parsed = parsed.ipv4_mapped
        if parsed.is_loopback:
            return self._loopback_allowed
        return parsed.is_global and not parsed.is_multicast


def _is_loopback_host(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check(answer: httpx.Response) -> None:
    status = answer.status_code
    match status:
        case 200:
            return
        case 401 | 403:
            raise Misconfigured(str(status))
        case 404:  # Twilio tells of a message before its file can be fetched
            raise TryLater(str(status))
        case 429:
            raise RateLimited(pause_of(answer))
        case _ if status >= 500:  # noqa: PLR2004 - trouble at their side
            raise TryLater(str(status))
        case _:
            raise FileGone(str(status))


async def _read(answer: httpx.Response, limit: int) -> bytes:
    told = answer.headers.get("content-length", "")
    if told.isdecimal() and int(told) > limit:
        raise FileTooLarge
    content = bytearray()
    async for chunk in answer.aiter_bytes():
        content += chunk
        if len(content) > limit:
            raise FileTooLarge
    return bytes(content)
