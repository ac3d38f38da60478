"""The rooms of the house in the order of their tabs; the only file that knows all pages."""

from __future__ import annotations

from partyroom.features.archives.page import ArchivesPage
from partyroom.features.dues.page import DuesPage
from partyroom.features.exchange.page import RosterPage
from partyroom.features.meetings.page import MeetingsPage
from partyroom.features.pledges.page import PledgesPage
from partyroom.ui.page import Page

FEATURES: tuple[type[Page], ...] = (RosterPage, MeetingsPage, DuesPage, PledgesPage, ArchivesPage)
"""The page of each feature; the roster comes with its import and export."""
