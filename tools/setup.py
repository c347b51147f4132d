"""Prepare this folder: `python3 tools/setup.py [run|dev]`, with nothing but Python's standard library.

`run` installs what running the program needs, `dev` adds what testing it needs. Each step is skipped while
nothing it depends on has changed, and one that was interrupted is simply done again.
The syntax stays that of Python 3.6, so that an old Python can still be told that it is too old.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMPS = os.path.join(VENV, "setup-stamps.json")
LOG = os.path.join(VENV, "setup.log")
BIN = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin")
PYTHON = os.path.join(BIN, "python.exe" if os.name == "nt" else "python")
UV = os.path.join(BIN, "uv.exe" if os.name == "nt" else "uv")
LOCKS = {"run": ["requirements/run.txt", "requirements/build.txt"], "dev": ["requirements/dev.txt"]}

NETWORK_SIGNS = (
    "Max retries",
    "NewConnectionError",
    "ProxyError",
    "Connection refused",
    "Could not fetch",
    "Could not resolve",
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ENETUNREACH",
    "ENOTFOUND",
    "ETIMEDOUT",
    "Failed to fetch",
    "Network is unreachable",
    "No matching distribution",
    "Name or service not known",
    "Temporary failure in name resolution",
    "dns error",
    "error sending request",
    "operation timed out",
)
FULL_DISK_SIGNS = ("No space left on device", "ENOSPC", "Disk quota exceeded")


class RefusalError(Exception):
    """What prevents the set-up, in one French and one English sentence."""

    def __init__(self, french, english):
        super().__init__("{}\n{}".format(french, english))


NO_NETWORK = RefusalError(
    "Impossible de télécharger les dépendances : vérifiez la connexion à internet (ou le proxy), puis relancez.",
    "The dependencies could not be downloaded: check the internet connection (or the proxy), then run it again.",
)
FULL_DISK = RefusalError(
    "Le disque est plein : libérez environ 2 Go, puis relancez.",
    "The disk is full: free about 2 GB, then run it again.",
)


def say(text, end="\n", stream=None):
    """Print at once, even to a terminal that cannot show every character."""
    stream = stream or sys.stdout
    encoding = stream.encoding or "ascii"
    stream.write((text + end).encode(encoding, "replace").decode(encoding))
    stream.flush()


# -- what could prevent it ------------------------------------------------------------------------------


def check_python():
    """Go on with a recent enough Python: this one, else another one of the machine."""
    if sys.version_info[:2] >= OLDEST:
        return
    for minor in range(20, OLDEST[1] - 1, -1):
        newer = shutil.which("python3.{}".format(minor))
        if newer and subprocess.call([newer, "-c", "import ensurepip, venv"], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer, os.path.abspath(__file__)] + sys.argv[1:])
    wanted, found = "{}.{}".format(*OLDEST), "{}.{}".format(*sys.version_info[:2])
    raise RefusalError(
        "Python {} ou plus récent est nécessaire, et celui-ci est Python {}.".format(wanted, found),
        "Python {} or newer is needed, and this one is Python {}.".format(wanted, found),
    )


def check_folder():
    """Refuse a folder in which nothing can be written."""
    try:
        with tempfile.TemporaryFile(dir=ROOT):
            pass
    except OSError:
        raise RefusalError(
            "Le dossier {} n’est pas accessible en écriture : copiez le projet ailleurs.".format(ROOT),
            "The folder {} cannot be written to: copy the project elsewhere.".format(ROOT),
        )


def check_venv_module():
    """Refuse a Python whose venv module was packaged apart and not installed."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise RefusalError(
            "Le module « venv » de Python manque : installez-le (sur Debian ou Ubuntu : apt install {}).".format(
                package
            ),
            "Python’s venv module is missing: install it (on Debian or Ubuntu: apt install {}).".format(
                package
            ),
        )


# -- what has been done already -------------------------------------------------------------------------


def read_stamps():
    """The finger-print of each step at the time it was last completed."""
    try:
        with open(STAMPS, encoding="utf-8") as file:
            return dict(json.load(file))
    except (OSError, ValueError):
        return {}


def write_stamp(step, value):
    """Remember that a step is complete, or with None that it no longer is."""
    stamps = read_stamps()
    stamps[step] = value
    with open(STAMPS + ".new", "w", encoding="utf-8") as file:
        json.dump(stamps, file, indent=1, sort_keys=True)
    os.replace(STAMPS + ".new", STAMPS)


def fingerprint(*paths):
    """One value for the content of these files and folders, which changes when any of them does."""
    digest = hashlib.sha256()
    for path in paths:
        full = os.path.join(ROOT, path)
        found = [full]
        if os.path.isdir(full):
            found = [os.path.join(folder, name) for folder, _, names in os.walk(full) for name in names]
        for name in sorted(found):
            digest.update(os.path.relpath(name, ROOT).encode())
            with open(name, "rb") as file:
                digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()[:16]


def catalogues():
    """The translation sources, which are compiled by the last step."""
    base = os.path.join(ROOT, "src/reciproque/locale")
    found = [os.path.join(folder, name) for folder, _, names in os.walk(base) for name in names]
    return sorted(os.path.relpath(name, ROOT) for name in found if name.endswith(".po"))


# -- doing it -------------------------------------------------------------------------------------------


UNDER_WAY = {"label": "", "begun": 0.0}


def show_seconds():
    """Keep the current line alive on a terminal: the step under way and its seconds."""
    if sys.stdout.isatty():
        say("\r  {:<28} {:.0f} s ".format(UNDER_WAY["label"], time.time() - UNDER_WAY["begun"]), end="")


def run(command):
    """Run a command, its output kept in the log; show the seconds that pass to someone who watches."""
    environment = dict(os.environ, VIRTUAL_ENV=VENV, NO_COLOR="1", UV_NO_PROGRESS="1", PYTHONUTF8="1")
    environment.pop("PYTHONHOME", None)
    environment.pop("PYTHONPATH", None)
    with open(LOG, "a+", encoding="utf-8", errors="replace") as log:
        log.write("\n$ {}\n".format(" ".join(command)))
        log.flush()
        start = log.tell()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            while True:
                try:
                    process.wait(1)
                    break
                except subprocess.TimeoutExpired:
                    show_seconds()
        except BaseException:
            process.terminate()
            process.wait()
            raise
        if process.returncode == 0:
            return
        log.seek(start)
        output = log.read()
    if any(sign in output for sign in FULL_DISK_SIGNS):
        raise FULL_DISK
    if any(sign in output for sign in NETWORK_SIGNS):
        raise NO_NETWORK
    tail = "\n".join(output.strip().splitlines()[-12:])
    raise RefusalError(
        "L’installation s’est arrêtée ; le détail est dans {}.".format(os.path.relpath(LOG, ROOT)),
        "The set-up stopped; the details are in {}.\n\n{}".format(os.path.relpath(LOG, ROOT), tail),
    )


def company_settings():
    """What pip knows of a company's mirror and certificates, told to uv, which does not read pip's settings."""
    if "UV_SYSTEM_CERTS" not in os.environ:
        os.environ["UV_SYSTEM_CERTS"] = "1"
    if "UV_DEFAULT_INDEX" in os.environ or "UV_INDEX_URL" in os.environ:
        return
    answer = subprocess.run(
        [PYTHON, "-m", "pip", "config", "get", "global.index-url"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        universal_newlines=True,
    )
    mirror = os.environ.get("PIP_INDEX_URL") or (answer.stdout.strip() if answer.returncode == 0 else "")
    if mirror:
        os.environ["UV_DEFAULT_INDEX"] = mirror


def make_environment():
    """Start .venv afresh: it is missing, half made, moved, or of another Python."""
    if os.path.isdir(VENV):
        shutil.rmtree(VENV)
    os.makedirs(VENV)
    run([getattr(sys, "_base_executable", None) or sys.executable, "-m", "venv", VENV])
    run(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--retries", "2", "--timeout", "20"]
        + ["--require-hashes", "-r", "requirements/uv.txt"]
    )


def install_packages(level):
    """Install exactly the locked packages, each checked against its hash."""
    company_settings()
    write_stamp("project", None)  # syncing takes away what no lock names, the project itself among them
    run([UV, "pip", "sync", "--python", PYTHON, "--require-hashes"] + LOCKS[level])


def install_project():
    """Make `reciproque` importable and its command available, from the sources in place."""
    run(
        [
            UV,
            "pip",
            "install",
            "--python",
            PYTHON,
            "--no-deps",
            "--no-build-isolation",
            "--offline",
            "-e",
            ".",
        ]
    )


def install_npm():
    """Install the npm packages of package-lock.json."""
    run([PYTHON, "-c", "import sys; sys.path.insert(0, 'tools'); import assets; assets.install()"])


def bundle_assets():
    """Bundle the browser's files."""
    run([PYTHON, "-c", "import sys; sys.path.insert(0, 'tools'); import assets; assets.bundle()"])


def compile_catalogues():
    """Compile the translations."""
    run([PYTHON, "tools/messages.py", "compile"])


def environment_is_usable():
    """Whether .venv was completed here, by a Python that is still there."""
    try:
        return os.path.exists(PYTHON) and read_stamps().get("environment") == environment_value()
    except OSError:
        return False


def environment_value():
    """What .venv depends on: this folder, its Python, the pinned installer."""
    with open(os.path.join(VENV, "pyvenv.cfg"), encoding="utf-8") as file:
        settings = file.read()
    digest = hashlib.sha256((ROOT + settings).encode()).hexdigest()[:16]
    return digest + fingerprint("requirements/uv.txt")


def steps(level):
    """The steps in order: a name, what people read, whether it is still done, its value, how to do it."""
    stamps = read_stamps()
    # Someone who has the test tools keeps them when they only ask to run the program.
    if level == "run" and stamps.get("level") == "dev":
        level = "dev"
    packages = level + fingerprint(*LOCKS[level])
    npm = fingerprint("package.json", "package-lock.json", ".npmrc")
    bundle = npm + fingerprint("src/reciproque/web/assets", "tools/build.mjs")
    sources = catalogues()
    compiled = all(os.path.exists(os.path.join(ROOT, name[:-3] + ".mo")) for name in sources)
    dist = os.path.join(ROOT, "src/reciproque/web/static/dist/app.js")

    def install_level():
        install_packages(level)
        write_stamp("level", level)

    return [
        ("packages", "Dépendances Python", True, packages, install_level),
        ("project", "Programme", True, fingerprint("pyproject.toml"), install_project),
        (
            "npm",
            "Dépendances du navigateur",
            os.path.isdir(os.path.join(ROOT, "node_modules")),
            npm,
            install_npm,
        ),
        ("bundle", "Styles et scripts", os.path.exists(dist), bundle, bundle_assets),
        ("catalogues", "Traductions", compiled, fingerprint(*sources), compile_catalogues),
    ]


def timed(label, action):
    """Do one step under its name, and say how long it took."""
    UNDER_WAY.update(label=label, begun=time.time())
    show_seconds()
    try:
        action()
    except BaseException:
        if sys.stdout.isatty():
            say("")
        raise
    seconds = time.time() - UNDER_WAY["begun"]
    say("{}  {:<28} {:.1f} s".format("\r" if sys.stdout.isatty() else "", label, seconds))


def set_up(level):
    """Bring the folder to the state that its files describe."""
    announced = []

    def announce():
        if not announced:
            say("Préparation de l’environnement (.venv)…")
            announced.append(True)

    if not environment_is_usable():
        announce()
        check_venv_module()
        timed("Environnement Python", make_environment)
        write_stamp("environment", environment_value())
    for name, label, present, value, action in steps(level):
        if present and read_stamps().get(name) == value:
            continue
        announce()
        write_stamp(name, None)
        timed(label, action)
        write_stamp(name, value)
    if announced:
        say("Prêt.")


class Turn:
    """One set-up at a time in this folder: a second one waits for the first, then finds it done."""

    def __enter__(self):
        self.handle = None
        try:
            import fcntl
        except ImportError:  # Windows
            return self
        self.handle = os.open(ROOT, os.O_RDONLY)
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("Une autre préparation est en cours, attendez…")
            try:
                fcntl.flock(self.handle, fcntl.LOCK_EX)
            except OSError:  # a file system without locks
                pass
        return self

    def __exit__(self, *exc):
        if self.handle is not None:
            os.close(self.handle)


def main():
    """Set up for running or for developing; exit code 2 when something prevents it."""
    level = sys.argv[1] if len(sys.argv) > 1 else "run"
    if level not in LOCKS or len(sys.argv) > 2:
        say("python3 tools/setup.py [run|dev]", stream=sys.stderr)
        return 2
    try:
        check_python()
        check_folder()
        with Turn():
            set_up(level)
    except RefusalError as refusal:
        say(str(refusal), stream=sys.stderr)
        return 2
    except OSError as error:
        if error.errno == 28:
            say(str(FULL_DISK), stream=sys.stderr)
            return 2
        raise
    except KeyboardInterrupt:
        say("\nInterrompu : relancez pour continuer.\nInterrupted: run it again to go on.", stream=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
