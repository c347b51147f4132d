"""The program's settings: few, read from the environment, each with a default that works on one machine."""

import datetime as dt
import sys
from email.utils import parseaddr
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from reciproque.config import environment as env
from reciproque.kit import clock
from reciproque.matching.engine import encoders

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(env.text("RECIPROQUE_DATA") or Path.cwd() / "var").resolve()
TESTING = "pytest" in sys.modules

DEMO = env.flag("RECIPROQUE_DEMO")
DEBUG = env.flag("RECIPROQUE_DEBUG")
SECRET_KEY = "only for the tests" if TESTING else env.secret_key(DATA)
# Private notes are sealed under these, kept outside the database: docs/groups.md.
NOTES_KEYS = ["b25seSBmb3IgdGhlIHRlc3RzLCBub3RoaW5nIGVsc2U="] if TESTING else env.notes_keys(DATA)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
BASE_URL = env.text("BASE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [BASE_URL]

if DEMO:
    clock.use_shift_file(DATA / "clock")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "lucide",
    "reciproque.journal",
    "reciproque.people",
    "reciproque.networks",
    "reciproque.agenda",
    "reciproque.catalogue",
    "reciproque.exchanges",
    "reciproque.library",
    "reciproque.matching",
    "reciproque.gatherings",
    "reciproque.circles",
    "reciproque.initiatives",
    "reciproque.moderation",
    "reciproque.surveys",
    "reciproque.recognition",
    "reciproque.notices",
    "reciproque.insights",
    "reciproque.web",
    "reciproque.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "reciproque.web.middleware.HouseMiddleware",
]

if TESTING:
    # The live server of the tests serves files by itself.
    MIDDLEWARE.remove("whitenoise.middleware.WhiteNoiseMiddleware")

ROOT_URLCONF = "reciproque.config.urls"
WSGI_APPLICATION = "reciproque.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reciproque.web.shell.shell",
            ],
            "libraries": {"parts": "reciproque.web.parts.templatetags.parts"},
        },
    }
]

DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA / "reciproque.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_ADAPTER = "reciproque.web.account.adapter.Adapter"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
# Unknown addresses are written to as well, by web.account.doors, in our words.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "Europe/Paris")

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG

EMAIL_BACKEND = env.text(
    "EMAIL_BACKEND",
    # Its own: it says when a message may have been taken (docs/decisions/0008).
    "django.core.mail.backends.dummy.EmailBackend" if DEMO else "reciproque.notices.engine.mailer.Backend",
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Réciproque <reciproque@localhost>")
# How many e-mails one person receives at most in any seven days: beyond, they are put together in one.
MESSAGES_A_WEEK = env.number("RECIPROQUE_MESSAGES_A_WEEK", 14, least=1)
# A mailbox in which undelivered e-mails come back, if there is one: imaps://name:password@host/INBOX.
BOUNCES = env.mailbox("RECIPROQUE_BOUNCES")
# Notifications on browsers and telephones: `reciproque push-keys` makes these two.
VAPID_PRIVATE_KEY = env.text("RECIPROQUE_VAPID_PRIVATE_KEY")
VAPID_PUBLIC_KEY = env.text("RECIPROQUE_VAPID_PUBLIC_KEY")
VAPID_CONTACT = env.text("RECIPROQUE_VAPID_CONTACT", f"mailto:{parseaddr(DEFAULT_FROM_EMAIL)[1]}")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_HTTPS = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = int(dt.timedelta(days=30).total_seconds())
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "reciproque.web.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Shared by the web processes: it counts the attempts to sign in.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if TESTING
        else "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": "" if TESTING else DATA / "cache",
    }
}
# Behind a proxy every request seems to come from it: say how many stand in front, or all share one limit of attempts.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("PROXIES", 0)
# Machines of the organisation that addresses given by people may lead to: host, or host:port. None by default.
FETCH_HOSTS = env.words("RECIPROQUE_FETCH_HOSTS")
# off: the clock neither reminds nor hands over what is late (to see what would stall; never in real life).
ESCALATION = env.text("RECIPROQUE_ESCALATION", "on") != "off"
MATCHING_INDEX = DATA / "index"
# Files joined to sheets: outside what the web server shows, under random names.
LIBRARY_FILES = DATA / "files"
LIBRARY_FILE_MB = env.number("RECIPROQUE_FILE_MB", 100)
# A command that looks at a file (its path comes last) and ends with 0 when it is clean: "clamdscan --no-summary".
LIBRARY_SCAN = env.text("RECIPROQUE_SCAN")
# What turns texts into vectors: default, model2vec:/folder or onnx:/folder.
MATCHING_ENCODER = env.text("RECIPROQUE_ENCODER", "default")
try:
    encoders.check(MATCHING_ENCODER)
except encoders.WrongEncoder as error:
    raise env.WrongSetting(f"RECIPROQUE_ENCODER: {error}") from None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
