"""Imports every table so that the metadata is complete before a library is opened."""

from __future__ import annotations

from partyroom.features.archives import tables as archives
from partyroom.features.dues import tables as dues
from partyroom.features.meetings import tables as meetings
from partyroom.features.members import tables as members
from partyroom.features.organisation import tables as organisation
from partyroom.features.pledges import tables as pledges
from partyroom.storage import attachments, audit, drafts, years

TABLES = (organisation, members, meetings, dues, pledges, archives, attachments, audit, drafts, years)
"""The modules whose mapped classes make up a library."""
