"""The printing kit: fonts, line breaking, official page layout, blocks, build to bytes."""
