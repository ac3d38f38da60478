"""Reading the workbooks that others made: Excel, WPS and text tables, whatever they hold."""
