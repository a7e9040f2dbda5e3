"""The settings, read once from the environment (and a ``.env`` file) at start.

A wrong value stops the start with its name and the reason; the value itself is never printed.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SILENT_STAGES = (
    "baru", "verifikasi", "ditangani", "bipartit", "mediasi", "phi", "dilimpahkan",
)  # fmt: skip
"""Stages in which a case goes on, so that its reporter is told so when nothing moves."""
MOST_SILENT_DAYS = 60


class SettingsProblem(Exception):  # noqa: N818 - read by operators, one line a setting
    """One or more settings cannot be used; the message names each with the reason."""


class Settings(BaseSettings):
    """Every setting of the program. Names in the environment are the same in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True)

    database_url: str = ""
    data_dir: Path = Path("var")
    encryption_keys: SecretStr = SecretStr("")
    bind: str = "127.0.0.1:8080"
    public_base_url: str = ""
    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = SecretStr("")
    officer_chat_id: str = ""
    operator_chat_id: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_auth_token_secondary: SecretStr = SecretStr("")
    twilio_whatsapp_from: str = ""
    twilio_messaging_service_sid: str = ""
    twilio_api_base_url: str = "https://api.twilio.com"
    classifier: str = "bawaan"
    timezone: str = "Asia/Jakarta"
    simulator: Literal["auto", "on", "off"] = "auto"
    quiet_seconds: float = Field(default=8, ge=0, le=600)
    silent_days: int = Field(default=7, ge=1, le=MOST_SILENT_DAYS)
    silent_days_by_stage: str = ""
    inbound_silence_hours: int = Field(default=18, ge=0, le=720)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(
            ("sqlite:///", "postgresql://", "postgresql+psycopg://")
        ):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return value

    @field_validator("bind")
    @classmethod
    def _host_and_port(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) <= 65535:  # noqa: PLR2004
            raise ValueError("must be HOST:PORT, for example 127.0.0.1:8080")
        return value

    @field_validator("public_base_url", "telegram_api_base_url", "twilio_api_base_url")
    @classmethod
    def _http_address(cls, value: str) -> str:
        bare = value.split("#", maxsplit=1)[0].rstrip("/")
        if bare and urlsplit(bare).scheme not in {"http", "https"}:
            raise ValueError("must begin with http:// or https://")
        return bare

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError("is no time zone name such as Asia/Jakarta") from unknown
        return value

    @field_validator("officer_chat_id")
    @classmethod
    def _group_id(cls, value: str) -> str:
        if value and not value.lstrip("-").isdigit():
            raise ValueError("must be the number of a Telegram group, for example -1001234567890")
        return value

    @field_validator("operator_chat_id")
    @classmethod
    def _chat_id(cls, value: str) -> str:
        if value and not value.lstrip("-").isdigit():
            raise ValueError("must be the number of a Telegram chat, for example 123456789")
        return value

    @field_validator("silent_days_by_stage")
    @classmethod
    def _days_by_stage(cls, value: str) -> str:
        for part in filter(None, (part.strip() for part in value.split(","))):
            stage, _, days = (word.strip() for word in part.partition(":"))
            number = int(days) if days.isascii() and days.isdigit() else 0
            if stage not in SILENT_STAGES or not 1 <= number <= MOST_SILENT_DAYS:
                raise ValueError(
                    f"must be STAGE:DAYS with commas between, for example mediasi:14,phi:21; days "
                    f"from 1 to {MOST_SILENT_DAYS}, stages are {', '.join(SILENT_STAGES)}"
                )
        return value

    @field_validator("telegram_bot_token")
    @classmethod
    def _bot_token(cls, value: SecretStr) -> SecretStr:
        token = value.get_secret_value()
        if token and not (token.partition(":")[0].isdigit() and token.partition(":")[2]):
            raise ValueError("must look like 123456789:AA…, as BotFather gave it")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: Any) -> Any:
        return value.upper() if isinstance(value, str) else value

    @field_validator("twilio_whatsapp_from")
    @classmethod
    def _sender(cls, value: str) -> str:
        bare = value.removeprefix("whatsapp:")
        if bare and not (bare.startswith("+") and bare[1:].isdigit()):
            raise ValueError("must be a number such as +6281100000000")
        return bare

    @model_validator(mode="after")
    def _whole_twilio(self) -> "Settings":
        given = (
            bool(self.twilio_account_sid),
            bool(self.twilio_auth_token.get_secret_value()),
            bool(self.twilio_whatsapp_from),
        )
        if any(given) and not all(given):
            raise ValueError(
                "TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WHATSAPP_FROM belong together: "
                "set all three, or none to leave WhatsApp off"
            )
        return self

    @property
    def silent_stages(self) -> Mapping[str, int]:
        """The days of ``silent_days_by_stage``, by stage."""
        parts = (
            part.partition(":") for part in self.silent_days_by_stage.split(",") if ":" in part
        )
        return {stage.strip(): int(days) for stage, _, days in parts}

    @property
    def database(self) -> str:
        """The database address, with its default inside ``data_dir``."""
        return self.database_url or f"sqlite:///{self.data_dir / 'kawan.db'}"

    @property
    def host(self) -> str:
        """The host part of ``bind``."""
        return self.bind.rpartition(":")[0]

    @property
    def port(self) -> int:
        """The port part of ``bind``."""
        return int(self.bind.rpartition(":")[2])

    @property
    def public_url(self) -> str:
        """What providers call, without a slash at the end."""
        return self.public_base_url or f"http://{self.bind}"

    @property
    def simulator_on(self) -> bool:
        """Whether the simulator is served: where only this machine comes, or when asked for.

        A public base URL means that a proxy lets the world in, also on a loopback address.
        """
        if self.simulator == "auto":
            public = urlsplit(self.public_url).hostname or ""
            return _is_loopback(self.host) and _is_loopback(public)
        return self.simulator == "on"

    @property
    def telegram_on(self) -> bool:
        """Whether a Telegram bot of the default organisation is configured."""
        return bool(self.telegram_bot_token.get_secret_value())

    @property
    def whatsapp_on(self) -> bool:
        """Whether a WhatsApp sender of the default organisation is configured."""
        return bool(self.twilio_account_sid)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which times are shown."""
        return ZoneInfo(self.timezone)


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment.

    Raises:
        SettingsProblem: naming each wrong setting and the reason, without its value.
    """
    try:
        return Settings(**overrides)
    except ValidationError as wrong:
        lines = [_explain(problem) for problem in wrong.errors()]
        raise SettingsProblem("\n".join(lines)) from None


def _explain(problem: Any) -> str:
    name = "_".join(str(part) for part in problem["loc"]).upper()
    reason = problem["msg"].removeprefix("Value error, ")
    return f"{name}: {reason}" if name else reason


def _is_loopback(host: str) -> bool:
    """Whether only this machine comes in at this host; a name that looks like one does not."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def environment_names() -> tuple[str, ...]:
    """The names of all settings as the environment has them."""
    return tuple(name.upper() for name in Settings.model_fields)
