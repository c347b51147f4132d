"""The one table of what can be seen without signing in; a test walks every other address as nobody."""

PUBLIC = {
    "set_language",
    "account:sign_in",
    "account:code",
    "account:confirm_code",
    "account:password_forgotten",
    "account:password_forgotten_done",
    "account:password_reset",
    "account:password_reset_done",
    "account:unsubscribe",
    "account:worker",
    "api:feed",
    "demo:door",
    "demo:enter",
    "exchanges:tap",
    "pages:accessibility",
    "pages:privacy",
    "pages:public",
}
