from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "reciproque.config"

    def ready(self) -> None:
        from reciproque.config import checks  # noqa: F401
        from reciproque.config.reactions import subscribe_all
        from reciproque.kit import hooks

        subscribe_all()
        hooks.register("after_clock_moved", _do_daily)


def _do_daily() -> dict[str, object]:
    from reciproque.config.worker import do_daily

    return do_daily()
