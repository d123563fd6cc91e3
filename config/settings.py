"""The one settings file, driven by the environment; what is missing or makes no sense stops the start with a sentence.

Two profiles:

* *embedded* – no environment variable set: SQLite in `var/`, demo sign-in and demo clock, no mail leaves, jobs carried
  by `manage.py run_jobs`. This is what `make demo` and a developer's `manage.py` run.
* *installation* – `DATABASE_URL` set: PostgreSQL, secure cookies, mail by SMTP, jobs carried by Celery when
  `BROKER_URL` is set. `.env.example` lists every variable.
"""

import os
import secrets
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("ARSHJUL_VAR_DIR", default=str(BASE_DIR / "var"))).resolve()
VAR_DIR.mkdir(parents=True, exist_ok=True)


def kept_secret(path: Path) -> str:
    """The secret in `path`, made on first use; several processes that start at once end up with the same one."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50), encoding="ascii")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")


# --- Profile ----------------------------------------------------------------------------------------------------------

EMBEDDED = "DATABASE_URL" not in env.ENVIRON
DEMO = env.bool("ARSHJUL_DEMO", default=EMBEDDED)
DEBUG = env.bool("ARSHJUL_DEBUG", default=False)
if DEBUG and not DEMO:
    raise ImproperlyConfigured("ARSHJUL_DEBUG shows the inside of the program: it is only for ARSHJUL_DEMO=true.")
if EMBEDDED and not DEMO:
    raise ImproperlyConfigured("A real installation (ARSHJUL_DEMO=false) needs DATABASE_URL: the database's address.")

# A real installation's clock runs: core.clock lets nobody set it without this, or outside a rehearsal's own database.
ARSHJUL_CLOCK_MAY_BE_SET = DEMO

if DEMO:
    SECRET_KEY = env.str("ARSHJUL_SECRET_KEY", default="") or kept_secret(VAR_DIR / "secret_key")
    ALLOWED_HOSTS = env.list("ARSHJUL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    BASE_URL = env.str("ARSHJUL_BASE_URL", default="http://127.0.0.1:8000")
else:
    SECRET_KEY = env.str("ARSHJUL_SECRET_KEY")
    ALLOWED_HOSTS = env.list("ARSHJUL_ALLOWED_HOSTS")
    BASE_URL = env.str("ARSHJUL_BASE_URL")
    if len(SECRET_KEY) < 50:
        raise ImproperlyConfigured("ARSHJUL_SECRET_KEY must be at least 50 characters.")
    if not BASE_URL.startswith("https://"):
        raise ImproperlyConfigured("ARSHJUL_BASE_URL must begin with https://: letters and mails link to it.")
BASE_URL = BASE_URL.rstrip("/")

# --- What the program is made of --------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "reporting",
    "grants",
    "forums",
    "networks",
    "accounts",
    "core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "guardian",
    "pgtrigger",
    "rules.apps.AutodiscoverRulesConfig",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "core.probes.ProbeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.caching.PrivatePagesMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # Django's LocaleMiddleware would answer English to a browser that says en: ours never does.
    "core.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # The few public pages are marked one by one with `login_not_required`.
    "core.middleware.ActorMiddleware",
    "core.keeping.KeepingMiddleware",
    "core.middleware.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["template_partials.templatetags.partials"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
        },
    }
]
# So that templates/django/forms/field.html stands before Django's own.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data stores ------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'arshjul.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A write lock from the first statement: no transaction fails half-way because another one wrote meanwhile.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("ARSHJUL_CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

SESSION_ENGINE = "django.contrib.sessions.backends.db"

# Holds counts of tries and nothing else (core.limits, allauth). One web process counts for itself; several need a
# Redis together. While it is away nothing is counted, and no page breaks.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://arshjul")}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    CACHES["default"]["BACKEND"] = "core.caching.PatientRedisCache"
    CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5}

# Letters and attachments are never served by address: a view that asks `allowed()` hands them out.
MEDIA_ROOT = VAR_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "core.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
# Where `manage.py backup` puts a backup nobody named a place for, and where `doctor` looks how old the last one is.
BACKUP_DIR = env.str("ARSHJUL_BACKUP_DIR", default="")

# --- Public registers -------------------------------------------------------------------------------------------------

# Where each is asked; empty means never, and a file is loaded instead (manage.py load_register).
REGISTERS = {
    "enhetsregisteret": env.str("ARSHJUL_ENHETSREGISTERET_URL", default=""),
    "nsr": env.str("ARSHJUL_NSR_URL", default=""),
    "nbr": env.str("ARSHJUL_NBR_URL", default=""),
    "klass": env.str("ARSHJUL_KLASS_URL", default=""),
}
REGISTER_SECONDS = env.float("ARSHJUL_REGISTER_SECONDS", default=5)
for name, address in REGISTERS.items():
    if address and not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise ImproperlyConfigured(f"ARSHJUL_{name.upper()}_URL must begin with https://.")

# --- Time and language ------------------------------------------------------------------------------------------------

TIME_ZONE = "Europe/Oslo"
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk")]
LOCALE_PATHS = [BASE_DIR / "locale"]

# --- Sign-in: a code by mail, no password -----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.adapter.PersonBackend",
    "guardian.backends.ObjectPermissionBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# The code that signs a person in proves the address; a second mail would prove it twice.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
# An unknown address gets the same answer, and no mail.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# Many in a municipality share one address on the net; a mailbox is nobody's but one's own.
ACCOUNT_RATE_LIMITS = {"request_login_code": "30/m/ip,3/m/key,20/h/key", "login": "60/m/ip"}
# A known address costs a mail to write, an unknown one nothing: all wait until this many seconds have gone.
SIGN_IN_SECONDS = 0.4

ANONYMOUS_USER_NAME = None  # guardian: no stand-in person in the table of people

# --- Security ---------------------------------------------------------------------------------------------------------

# A working day and the evening after it, counted from sign-in: nobody is signed out in the middle of a form, and a
# session that begins in the morning ends at night. It doesn't slide (docs/adr/, «Text kept for its writer»).
SESSION_COOKIE_AGE = 21 * 60 * 60
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
if not DEMO:
    # A name a browser takes only from this very host, over TLS: no neighbour under the same domain can plant one.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_FAILURE_VIEW = "core.keeping.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("ARSHJUL_CSRF_TRUSTED_ORIGINS", default=[])
SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEMO
SECURE_HSTS_PRELOAD = not DEMO
if env.bool("ARSHJUL_BEHIND_TLS_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
# The workbench of a large county: 300 measures with a few sums and a reason each, in one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # a pasted list may be as large as a file with it
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # the design system's icons are data: pictures in its style sheet
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- Mail -------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("ARSHJUL_FROM_EMAIL", default="Årshjul <arshjul@example.no>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if "EMAIL_URL" in env.ENVIRON:
    vars().update(env.email_url("EMAIL_URL"))
    EMAIL_TIMEOUT = 20
elif DEMO:
    # Nothing leaves a demo: a message counts as sent and is read under /demo/epost/.
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    raise ImproperlyConfigured("A real installation needs EMAIL_URL, for example smtp://mail.example.no:25.")

# --- Jobs -------------------------------------------------------------------------------------------------------------

# Empty: no broker, and `manage.py run_jobs` carries the jobs.
CELERY_BROKER_URL = env.str("BROKER_URL", default="") or None
# How long a claimed job is left alone, and how often what nobody woke is swept up: short in the tests that kill things.
JOB_LEASE_SECONDS = env.float("ARSHJUL_JOB_LEASE", default=300)
JOB_SWEEP_SECONDS = env.float("ARSHJUL_JOB_SWEEP", default=60)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Should a worker grow all the same (ADR 30, 31): at this size (kB) it is replaced between two jobs.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # its lines go through our formatter too
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker waits for its broker as long as it takes; after a hundred tries it would end.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A wake message that can't be left at once is given up: the sweep finds the row within a minute. Without the numbers
# below a dead broker is knocked on for six seconds while somebody waits for a page.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

# --- Log --------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.log.PrivateFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("ARSHJUL_LOG_LEVEL", default="INFO")},
    # These tell of every style sheet and picture they read.
    "loggers": {
        **{name: {"level": "WARNING"} for name in ("weasyprint", "pikepdf", "fontTools")},
        # Through the same formatter as all else, and never by mail: Django's own handlers would send what was typed.
        **{name: {"handlers": [], "level": "INFO", "propagate": True} for name in ("django", "django.server")},
    },
}
