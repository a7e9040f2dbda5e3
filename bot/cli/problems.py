"""Problems that operators can solve, in their words; whatever is not listed here is a defect."""

from sqlalchemy.exc import DatabaseError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.cases.retention_rules import RetentionProblem
from bot.cli.show import Refused
from bot.inbox.spool import SpoolUnusable
from bot.settings import SettingsProblem
from bot.worktime.calendar import CalendarProblem
from nlp.rights import RightsError
from nlp.scores import ModelError
from nlp.taxonomy import TaxonomyError
from storage.crypto import KeyProblem
from storage.database import DatabaseDown
from storage.migrate import SchemaProblem, SchemaTooNew
from storage.running import NotAlone

_DOCTOR = "Jalankan python admin_cli.py doctor untuk rinciannya."


def explain(error: Exception) -> tuple[str, str] | None:
    """What happened and what to do next; None for an error that nobody foresaw."""
    match error:
        case Refused():
            return error.what, error.to_do
        case NotAlone():
            return (
                "program sedang berjalan, atau perintah lain sedang memakai data ini.",
                "Hentikan program (atau tunggu perintah itu selesai), lalu ulangi.",
            )
        case SettingsProblem():
            return (
                f"ada pengaturan yang salah, jadi program tidak bisa mulai.\n{error}",
                "Perbaiki nilainya di .env atau di lingkungan, lalu ulangi.",
            )
        case KeyProblem():
            return (
                f"kunci enkripsi tidak cocok, jadi data tidak bisa dibaca. {error}",
                f"Kembalikan kunci dari simpanan Anda. {_DOCTOR}",
            )
        case SpoolUnusable():
            return f"pesan masuk tidak bisa ditampung di disk. {error}", _DOCTOR
        case SchemaProblem():
            return _schema(error)
        case ModelError() | TaxonomyError() | RightsError():
            return _knowledge(error)
        case CalendarProblem() | RetentionProblem():
            return f"sebuah berkas aturan salah: {error}.", "Perbaiki berkas itu, lalu ulangi."
        case DatabaseDown() | OperationalError() | InterfaceError() | PoolTimeout():
            return _database(error)
        case DatabaseError() if type(error) is DatabaseError:  # "file is not a database" and such
            return _database(error)
        case OSError():
            place = f" ({error.filename})" if error.filename else ""
            return (
                f"berkas atau disk menolak: {error.strerror or type(error).__name__}{place}.",
                "Periksa hak akses dan ruang disk, lalu ulangi.",
            )
        case _:
            return None


def _schema(error: SchemaProblem) -> tuple[str, str]:
    if isinstance(error, SchemaTooNew):
        return (
            "database ini dibuat oleh program yang lebih baru.",
            "Pasang versi program yang terbaru, atau pulihkan cadangan dari sebelumnya.",
        )
    return (
        "susunan database bukan yang dibutuhkan program ini.",
        "Jalankan python admin_cli.py db upgrade, lalu ulangi.",
    )


def _knowledge(error: ModelError | TaxonomyError | RightsError) -> tuple[str, str]:
    match error:
        case ModelError():
            return f"pengklasifikasi tidak bisa dimuat: {error}.", "Perbaiki CLASSIFIER di .env."
        case TaxonomyError():
            return f"daftar kategori salah: {error}.", "Perbaiki nlp/taxonomy.toml di tempat itu."
        case RightsError():
            return f"jawaban soal hak salah: {error}.", "Perbaiki nlp/rights.toml di tempat itu."


def _database(error: Exception) -> tuple[str, str]:
    """The sort of failure only: the library's own words may hold what people wrote."""
    if isinstance(error, OperationalError) and "locked" in str(error.orig):
        return "database sedang sibuk ditulis.", "Tunggu sebentar, lalu ulangi."
    return (
        f"database tidak bisa dipakai ({type(error).__name__}).",
        f"Periksa DATABASE_URL dan apakah servernya hidup. {_DOCTOR}",
    )
