"""What the pages are made of, without models: icons, the annual wheel, bars, the menu."""
