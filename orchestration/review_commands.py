"""The commands `atlas review …`. Heavy libraries are imported by the commands that need them."""

from typing import Annotated

import typer

review_app = typer.Typer(add_completion=False, help="Events that feeds tell of, which wait for a person.")
Candidate = Annotated[str, typer.Argument(metavar="ID", help="Candidate, or the beginning of its identifier.")]
Reviewer = Annotated[str, typer.Option("--reviewer", help="Who decides.")]


@review_app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    format_: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """List the candidates that wait for a person."""
    from orchestration import review as reviewing

    if context.invoked_subcommand is None:
        reviewing.waiting(format_)


@review_app.command()
def show(candidate: Candidate) -> None:
    """Show a candidate: its items, why each fact was read, and the ledger's chain beside."""
    from orchestration import review as reviewing

    reviewing.show(candidate)


@review_app.command()
def accept(
    candidate: Candidate,
    reviewer: Reviewer,
    program: Annotated[str | None, typer.Option("--program", help="Name of the deal or programme.")] = None,
    family: Annotated[str | None, typer.Option("--family", help="Family of programmes, a program_family.")] = None,
    vendor: Annotated[str | None, typer.Option("--vendor", help="Organisation that leads the deal.")] = None,
    components: Annotated[str | None, typer.Option("--components", help="Parts of the package, joined by ;.")] = None,
    event_type: Annotated[
        str | None,
        typer.Option("--event-type", help="announcement, expansion, status_change, financing, regulatory, retraction."),
    ] = None,
    stage: Annotated[str | None, typer.Option("--stage", help="Stage as of this event.")] = None,
    parent: Annotated[
        str | None, typer.Option("--parent", help='Event it continues, a deal_id; "" for a chain of its own.')
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="What else a reader should know, in your words.")] = None,
    cells: Annotated[
        list[str] | None, typer.Option("--set", help="column=value: any other column of the ledger (repeatable).")
    ] = None,
) -> None:
    """Add the event to the ledger. What the items tell is filled in; options add to it or put it right."""
    from orchestration import review as reviewing

    given = {
        "program": program, "program_family": family, "lead_vendor": vendor, "components": components,
        "event_type": event_type, "stage": stage, "parent_deal_id": parent, "notes": note,
    }  # fmt: skip
    reviewing.accept(candidate, reviewer, given, cells or [])


@review_app.command()
def reject(
    candidate: Candidate,
    reviewer: Reviewer,
    reason: Annotated[str, typer.Option("--reason", help="Why it is no event of the ledger, in your words.")],
) -> None:
    """Decide that a candidate is no event; it comes back only with a fact that is new."""
    from orchestration import review as reviewing

    reviewing.reject(candidate, reviewer, reason)
