"""Settings stop the start when they are wrong, and say why without showing the value."""

from typing import Any

import pytest

from bot.settings import Settings, SettingsProblem, load_settings


def settings(**values: Any) -> Settings:
    return load_settings(_env_file=None, **values)


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("bind", "8080", "HOST:PORT"),
        ("database_url", "mysql://x", "sqlite:/// or postgresql://"),
        ("timezone", "Asia/Cikarang", "time zone"),
        ("telegram_bot_token", "geheim", "BotFather"),
        ("officer_chat_id", "@grup", "number of a Telegram group"),
        ("twilio_whatsapp_from", "081234", "+628"),
        ("public_base_url", "ftp://x", "http"),
        ("quiet_seconds", "-1", "greater than or equal"),
        ("silent_days_by_stage", "phi=21", "mediasi:14,phi:21"),
        ("silent_days_by_stage", "sidang:21", "stages are baru, verifikasi"),
        ("silent_days_by_stage", "phi:0", "days from 1 to 60"),
        ("silent_days_by_stage", "phi:seminggu", "days from 1 to 60"),
    ],
)
def test_a_wrong_value_is_named_with_its_reason(name: str, value: str, reason: str) -> None:
    """The operator must know which line to mend."""
    with pytest.raises(SettingsProblem) as problem:
        settings(**{name: value})
    assert name.upper() in str(problem.value)
    assert reason in str(problem.value)
    assert "geheim" not in str(problem.value)


def test_days_of_silence_may_differ_by_stage() -> None:
    """A court takes longer than an officer who reads."""
    made = settings(silent_days_by_stage=" mediasi:14, phi: 21,")
    assert made.silent_stages == {"mediasi": 14, "phi": 21}
    assert settings().silent_stages == {}


def test_half_of_twilio_is_refused() -> None:
    """A sender without its token would fail at the first message instead of at the start."""
    with pytest.raises(SettingsProblem, match="belong together"):
        settings(twilio_account_sid="AC1")


@pytest.mark.parametrize(
    ("bind", "public", "simulator", "on"),
    [
        ("127.0.0.1:8080", "", "auto", True),
        ("localhost:80", "", "auto", True),
        ("[::1]:8080", "", "auto", True),
        ("0.0.0.0:8080", "", "auto", False),
        ("127.0.0.1:8080", "https://lapor.example.org", "auto", False),
        ("127.0.0.1:8080", "https://localhost.evil.org", "auto", False),
        ("127.0.0.1:8080", "https://127.0.0.1.evil.org", "auto", False),
        ("0.0.0.0:8080", "", "on", True),
        ("127.0.0.1:8080", "", "off", False),
    ],
)
def test_the_simulator_is_not_open_to_the_world_by_itself(
    bind: str, public: str, simulator: str, on: bool
) -> None:
    """Behind a proxy a loopback address is public too."""
    made = settings(bind=bind, public_base_url=public, simulator=simulator)
    assert made.simulator_on is on


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    """Settings end up in error reports."""
    made = settings(telegram_bot_token="123456789:KENARIrahasia", encryption_keys="KENARIkunci")
    assert "KENARI" not in repr(made)
