"""``python -m services.catalogue account …``: staff accounts from the command line."""

import argparse
import getpass
import sys
from collections.abc import Callable
from typing import Any

from services.catalogue import accounts, second_factor
from services.catalogue.models import Account
from shared.commands import say
from shared.database import Database, UnitOfWork
from shared.errors import NotFoundError, ReiheError
from shared.languages import text as _
from shared.staff import ROLES
from shared.web.schemas import EmailAddress, Line, Schema, load

ACTOR = "command"

Connect = Callable[[], tuple[Database, Callable[[], Any]]]
"""Gives the database and the clock; called when a command runs."""


class NewAccountSchema(Schema):
    email = EmailAddress(required=True)
    name = Line(required=True)
    password = Line(required=True, longest=accounts.LONGEST_PASSWORD)


def add_account_commands(commands: Any, connect: Connect) -> None:
    """Add ``account`` with its subcommands to argparse's subparsers."""
    parser = commands.add_parser("account", help="staff accounts, their passwords and API tokens")
    subcommands = parser.add_subparsers(required=True, metavar="action")

    def add(name: str, help_text: str, action: Callable[[Database, Any, argparse.Namespace], None]) -> Any:
        made = subcommands.add_parser(name, help=help_text)
        made.set_defaults(run=lambda arguments: _run(connect, action, arguments))
        return made

    adding = add("add", "add an account; the password is asked for, or read from standard input", _add)
    adding.add_argument("--email", required=True)
    adding.add_argument("--name", help="as colleagues know the person; the address if left out")
    adding.add_argument("--role", action="append", required=True, choices=ROLES, dest="roles")
    add("list", "list all accounts", _list)
    for name, help_text, action in (
        ("lock", "keep an account and its API tokens out everywhere", _lock),
        ("unlock", "let a locked account in again", _unlock),
        ("remove-second-factor", "let the account in with its password alone", _remove_second_factor),
        ("password", "set a new password; ends every sign-in of the account", _set_password),
    ):
        add(name, help_text, action).add_argument("--email", required=True)
    token = add("token", "make an API token, which is shown once", _add_token)
    token.add_argument("--email", required=True)
    token.add_argument("--name", required=True, help="what the token is for")
    token.add_argument("--scope", action="append", default=[], choices=ROLES, dest="scopes")


def _run(
    connect: Connect, action: Callable[[Database, Any, argparse.Namespace], None], arguments: argparse.Namespace
) -> int:
    database, clock = connect()
    try:
        action(database, clock(), arguments)
    except ReiheError as error:
        wrong = [f"{field}: {text}" for field, texts in error.errors.items() for text in texts]
        print("\n".join(wrong or [str(error.text)]), file=sys.stderr)  # noqa: T201  # a command speaks to its caller
        return 1
    finally:
        database.close()
    return 0


def _add(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    given = {"email": arguments.email, "name": arguments.name or arguments.email, "password": _asked_password()}
    fields = load(NewAccountSchema(), given)
    password_hash = accounts.hashed(fields["password"])
    with database.unit_of_work(now) as uow:
        accounts.add_account(
            uow,
            name=fields["name"],
            email=fields["email"],
            roles=arguments.roles,
            password_hash=password_hash,
            actor=ACTOR,
        )
        uow.commit()
    say(f"Added {fields['email']}: {', '.join(sorted(set(arguments.roles)))}")


def _list(database: Database, _now: Any, _arguments: argparse.Namespace) -> None:
    with database.read() as session:
        for account in accounts.all_accounts(session):
            say(f"{account.email}  {', '.join(account.roles)}  {'active' if account.active else 'locked'}")


def _lock(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    with database.unit_of_work(now) as uow:
        accounts.lock(uow, _named(uow, arguments).id, ACTOR)
        uow.commit()
    say(f"Locked {arguments.email}")


def _unlock(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    with database.unit_of_work(now) as uow:
        accounts.unlock(uow, _named(uow, arguments).id, ACTOR)
        uow.commit()
    say(f"Unlocked {arguments.email}")


def _set_password(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    password_hash = accounts.hashed(_asked_password())
    with database.unit_of_work(now) as uow:
        accounts.set_password(uow, _named(uow, arguments).id, password_hash, ACTOR)
        uow.commit()
    say(f"Set the password of {arguments.email}")


def _remove_second_factor(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    with database.unit_of_work(now) as uow:
        second_factor.remove(uow, _named(uow, arguments).id, ACTOR)
        uow.commit()
    say(f"Removed the second factor of {arguments.email}")


def _add_token(database: Database, now: Any, arguments: argparse.Namespace) -> None:
    with database.unit_of_work(now) as uow:
        account = _named(uow, arguments)
        token = accounts.add_token(uow, account.id, arguments.name, arguments.scopes, ACTOR)
        uow.commit()
    say(token)


def _named(uow: UnitOfWork, arguments: argparse.Namespace) -> Account:
    account = accounts.account_by_email(uow.session, arguments.email)
    if account is None:
        raise NotFoundError("account_unknown", _("There is no account with this address."))
    return account


def _asked_password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
