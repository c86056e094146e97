"""The ``victoria`` command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from backend.domain.errors import VictoriaError

app = typer.Typer(
    name="victoria",
    help="Voice agents that listen, think, speak, and can be interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

doctor = typer.Typer(no_args_is_help=True)
app.add_typer(doctor, name="doctor")


@doctor.callback()
def doctor_group() -> None:
    """Find out what is wrong, and what to mend first."""


@doctor.command("telephone")
def doctor_telephone_command(
    key: Annotated[
        str | None, typer.Option(help="API key (VICTORIA_API_KEY; else the owner's, on this machine).")
    ] = None,
    *,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Check everything between a telephone and an agent; succeed if nothing is bad."""
    from backend.interfaces.cli.doctor import telephone  # noqa: PLC0415 - a client, for this command only

    raise typer.Exit(telephone(key, is_json=is_json))


@app.command("serve")
def serve_command(
    host: Annotated[str | None, typer.Option(help="Address to listen on (VICTORIA_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65_535, help="Port to listen on (VICTORIA_PORT).")
    ] = None,
) -> None:
    """Run the server: console, REST and calls."""
    from backend import bootstrap  # noqa: PLC0415 - only this command needs the whole server
    from backend.interfaces.cli.serve import listen, run_loop, serve  # noqa: PLC0415

    settings = bootstrap.read_settings(host=host, port=port)
    bootstrap.begin_logging(settings)
    listener = listen(settings.host, settings.port)
    application = bootstrap.build_application(settings)

    def say_address() -> None:
        key = bootstrap.owner_key(settings)
        typer.echo(f"\n  Victoria is ready:  {settings.address}/{f'#token={key}' if key else ''}\n")
        if key is None:
            typer.echo("  The owner's key file is gone; log in with a key that you have kept.\n")

    run_loop(serve(application, listener, drain_seconds=settings.drain_seconds, on_started=say_address))


@app.command("call")
def call_command(
    wavs: Annotated[list[Path], typer.Argument(metavar="WAV...", help="What the caller says, one by one.")],
    *,
    agent: Annotated[str | None, typer.Option(help="The agent to call: its name or its id.")] = None,
    carrier: Annotated[
        str | None, typer.Option(help="Call as a telephone does: loopback, on this machine's server.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="The number to call, instead of an agent.")] = None,
    keys: Annotated[str, typer.Option(help="Keys to press after the first WAV was answered.")] = "",
    url: Annotated[str | None, typer.Option(help="Where the server is; else this machine's.")] = None,
    key: Annotated[
        str | None, typer.Option(help="API key (VICTORIA_API_KEY; on this machine, else the owner's).")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write what a caller would have heard: caller left, agent right.")
    ] = None,
    barge_in_ms: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Say the second WAV so long after the first answer began (a single WAV: the greeting).",
        ),
    ] = None,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Call an agent with WAV files as the caller's voice; succeed if each of them was answered."""
    from backend.interfaces.cli.call import call  # noqa: PLC0415 - numpy and a client, for this command only

    status = call(
        wavs,
        agent=agent,
        carrier=carrier,
        to=to,
        keys=keys,
        url=url,
        key=key,
        out=out,
        barge_in_ms=barge_in_ms,
        is_json=is_json,
    )
    raise typer.Exit(status)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database to the current schema (the server does so by itself when it starts)."""
    from backend import bootstrap  # noqa: PLC0415
    from backend.interfaces.cli.serve import run_loop  # noqa: PLC0415

    run_loop(bootstrap.migrate_database(bootstrap.read_settings()))
    typer.echo("The database is up to date.")


def run() -> None:
    """Run the command; what an owner can mend is said in a sentence, with exit status 1."""
    try:
        app()
    except VictoriaError as error:
        typer.echo(f"victoria: {error.message}", err=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
