"""How the window looks: colour tokens, fonts, icons, palette and style sheet, in light and dark."""
