"""One folder per library: engine, unit of work, audit, migrations, attachments, backups."""
