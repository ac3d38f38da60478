"""Imports every table so that the metadata is complete before a library is opened."""

from __future__ import annotations

from partyroom.features.dues import tables as dues
from partyroom.features.meetings import tables as meetings
from partyroom.features.members import tables as members
from partyroom.features.organisation import tables as organisation
from partyroom.features.pledges import tables as pledges
from partyroom.storage import attachments, audit, drafts

TABLES = (organisation, members, meetings, dues, pledges, attachments, audit, drafts)
"""The modules whose mapped classes make up a library."""
