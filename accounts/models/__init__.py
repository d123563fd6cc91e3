"""People, what they are, and how they were let in."""

from accounts.models.invitations import Invitation
from accounts.models.lists import ListConfirmation
from accounts.models.notices import Notice
from accounts.models.roles import AnchorPermission, RoleAssignment
from accounts.models.users import User

__all__ = ["AnchorPermission", "Invitation", "ListConfirmation", "Notice", "RoleAssignment", "User"]
