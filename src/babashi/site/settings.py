"""Django settings. Everything that differs between places comes from the environment (docs/manual/production.md)."""

import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF

from babashi.site import environment, postgres

TESTING = environment.testing()
PROJECT_DIR = environment.project_folder()
DATA_DIR = environment.data_folder()

# -- mode ------------------------------------------------------------------------------------------------

BABASHI_DEMO = environment.switch("BABASHI_DEMO", default=TESTING)
"""Demo mode: synthetic district, movable day, demo sign-ins. Never together with real data."""
DEBUG = environment.switch("BABASHI_DEBUG", default=False)


def _demo_start() -> date:
    text = os.environ.get("BABASHI_TODAY", "").strip() or "2022-09-01"
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise environment.SettingsError(f"BABASHI_TODAY 的值“{text}”不是日期，请写成 2022-09-01。") from error


BABASHI_TODAY = _demo_start() if BABASHI_DEMO else None
"""The day on which the demo starts (only in demo mode)."""
BABASHI_PACKS = Path(os.environ.get("BABASHI_PACKS") or PROJECT_DIR / "packs")
BABASHI_CORRECTION_GRACE_DAYS = environment.number(
    "BABASHI_CORRECTION_GRACE_DAYS", default=5, low=0, high=250
)
"""Working days after a missed correction until officials may close the case: 待主管部门明确 (ADR 22)."""
BABASHI_DISTRICT = os.environ.get("BABASHI_DISTRICT", "500113")
BABASHI_DISTRICT_NAME = os.environ.get("BABASHI_DISTRICT_NAME", "重庆市巴南区")
BABASHI_BASE_URL = os.environ.get("BABASHI_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
"""The public address, for QR codes and links in messages."""

# -- keys ------------------------------------------------------------------------------------------------

SECRET_KEY = environment.key("secret", "BABASHI_SECRET_KEY", DATA_DIR)
BABASHI_FIELD_KEY = environment.key("field", "BABASHI_FIELD_KEY", DATA_DIR)
"""Master key for sealed fields (bank account numbers and the like); losing it loses them."""

# -- applications ----------------------------------------------------------------------------------------

SHARED = ["workdays", "audit", "accounts", "files"]
JOURNEY = [
    "enterprises",
    "catalogue",
    "matching",
    "outreach",
    "budget",
    "applications",
    "publicity",
    "reviews",
    "payments",
    "feedback",
    "reports",
]
INSTALLED_APPS = [
    "babashi.site",
    *(f"babashi.{name}" for name in [*SHARED, *JOURNEY]),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "ninja",
    "csp",
    "axes",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "babashi.site.middleware.response_headers",
    "babashi.site.middleware.refuse_nul",
    "babashi.site.middleware.one_day",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "babashi.site.middleware.signed_out",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "babashi.site.middleware.DomainErrors",
    "babashi.site.middleware.RefuseNulInForms",
    "babashi.site.unseen.SeenTextOnly",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "babashi.site.urls"
WSGI_APPLICATION = "babashi.site.wsgi.application"
FORM_RENDERER = "babashi.site.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "babashi.site.context.page",
            ],
            "builtins": ["babashi.site.templatetags.babashi"],
        },
    }
]

# -- database --------------------------------------------------------------------------------------------

EMBEDDED_POSTGRES: Path | None = None
"""The data folder of the embedded server, or None when DATABASE_URL names another one."""

WEB_THREADS = environment.number("BABASHI_THREADS", default=4, low=1, high=64)


def _database() -> dict[str, Any]:
    global EMBEDDED_POSTGRES
    url = os.environ.get("DATABASE_URL", "").strip()
    if url:
        database = environment.database_from_url(url)
    else:
        EMBEDDED_POSTGRES = postgres.data_folder(DATA_DIR / f"pg{postgres.MAJOR}")
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": postgres.DATABASE,
            "USER": postgres.ROLE if TESTING else postgres.APP_ROLE,  # tests make and drop databases
            "HOST": str(postgres.socket_folder(EMBEDDED_POSTGRES)),
            "PORT": str(postgres.PORT),
            "OPTIONS": {},
        }
    if TESTING:
        database["TEST"] = {"NAME": os.environ.get("BABASHI_TEST_DB") or f"test_babashi_p{os.getpid()}"}
    else:
        # one connection a thread of the web server; more would only queue inside PostgreSQL
        database["CONN_HEALTH_CHECKS"] = True  # a restart of the database costs no reader an error page
        database["OPTIONS"]["pool"] = {"min_size": 1, "max_size": WEB_THREADS + 2, "timeout": 10}
    return database


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people ----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]  # speed of the test run only
    if TESTING
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AXES_ENABLED = not TESTING
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "babashi.accounts.addresses.client"
AXES_LOCKOUT_CALLABLE = "babashi.site.errors.locked_out"
AXES_VERBOSE = False

BABASHI_SMTP = "" if TESTING else os.environ.get("BABASHI_SMTP", "").strip()
BABASHI_CODE_CHANNELS = {
    "sms": os.environ.get("BABASHI_CODE_SMS") or ("file" if BABASHI_DEMO else ""),
    "email": os.environ.get("BABASHI_CODE_EMAIL")
    or ("file" if BABASHI_DEMO else "email" if BABASHI_SMTP else ""),
}
"""How one-time codes leave (babashi.enterprises.delivery): console, file, email or a dotted path; empty: not."""

# -- security --------------------------------------------------------------------------------------------

HTTPS = environment.switch("BABASHI_HTTPS", default=not (BABASHI_DEMO or TESTING or DEBUG))
ALLOWED_HOSTS = [host for host in os.environ.get("BABASHI_HOSTS", "").split(",") if host] or (
    ["*"] if BABASHI_DEMO else ["127.0.0.1", "localhost", "[::1]"]
)
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("BABASHI_ORIGINS", "").split(",") if origin]
CSRF_FAILURE_VIEW = "babashi.site.errors.csrf_failure"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 8 * 3600
PASSWORD_RESET_TIMEOUT = 3600
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/v1/healthz$", r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
BEHIND_PROXY = environment.switch("BABASHI_BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# -- uploads and requests --------------------------------------------------------------------------------

MEDIA_ROOT = DATA_DIR / "files"
UPLOAD_LIMIT = 20 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640

# -- language and time -----------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

# -- static files ----------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING or DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_MANIFEST_STRICT = False

# -- jobs, messages, logs --------------------------------------------------------------------------------

PROCRASTINATE_WORKER_DEFAULTS = {"delete_jobs": "successful", "install_signal_handlers": True}
BABASHI_CHANNELS: tuple[str, ...] = ("file",) if BABASHI_DEMO else ("email",) if BABASHI_SMTP else ()
"""Ways out beside the inbox: none without a mail server, or letters to nowhere would count as delivered."""
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mail"
if BABASHI_SMTP:
    globals().update(environment.mail_from_url(BABASHI_SMTP))
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for subdomains is for the operator of the domain to decide
    "security.W021",
]
NINJA_PAGINATION_MAX_LIMIT = 200

LOG_LEVEL = os.environ.get("BABASHI_LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "babashi": {"level": LOG_LEVEL},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},  # what readers mistype is not news
        "django.security.DisallowedHost": {"level": "ERROR"},
    },
}
