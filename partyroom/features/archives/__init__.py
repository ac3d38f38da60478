"""档案: what is filed, the year's handbook, inspection packs, closing a year and handing over."""
