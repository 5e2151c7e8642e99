"""The native palette made from tokens, so that what the style sheet leaves out matches too."""

from __future__ import annotations

from PySide6.QtGui import QPalette

from koda_desktop.views.theme.tokens import Tokens

_Role = QPalette.ColorRole

_ROLES = {
    _Role.Window: "canvas",
    _Role.WindowText: "text",
    _Role.Base: "field",
    _Role.AlternateBase: "subtle",
    _Role.Text: "text",
    _Role.PlaceholderText: "text-tertiary",
    _Role.Button: "raised",
    _Role.ButtonText: "text",
    _Role.BrightText: "danger-text",
    _Role.ToolTipBase: "tooltip",
    _Role.ToolTipText: "on-tooltip",
    _Role.Link: "accent-text",
    _Role.LinkVisited: "accent-text",
    _Role.Highlight: "accent",
    _Role.HighlightedText: "on-accent",
    _Role.Light: "raised",
    _Role.Midlight: "hover",
    _Role.Mid: "outline",
    _Role.Dark: "field-edge",
    _Role.Shadow: "field-edge",
    _Role.Accent: "accent",
}
_DIMMED = (_Role.WindowText, _Role.Text, _Role.ButtonText)


def palette_from(tokens: Tokens) -> QPalette:
    """The QPalette of ``tokens``."""
    palette = QPalette()
    for role, name in _ROLES.items():
        palette.setColor(role, tokens.color(name))
    for role in _DIMMED:
        palette.setColor(QPalette.ColorGroup.Disabled, role, tokens.color("text-disabled"))
    return palette
